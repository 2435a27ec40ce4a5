"""The customers: first those whose service agreement is in force today, then all of them.

plainly in force: Brandl, Reiter, Northgate (Gold), Lindner (Bronze) · two at once: Isartal (Silber and
Gold) · began today: Stadtwerke · last day today: Hofmann · terminated last week and replaced by a better
one: Tierklinik (Bronze, now Silber).
"""

from __future__ import annotations

from tickets.management.demo_story.customers_without_contract import (
    AIGNER,
    FALK,
    HARBOUR,
    MOSER,
    OBERMAIER,
    SEEBLICK,
)
from tickets.management.demo_story.shapes import Agreement, Contact, Customer, Suspension

BRANDL = Customer(
    key="brandl",
    name="Brandl Maschinenbau",
    domain="brandl-maschinenbau.example",
    phone="+498999998110",
    note="Zweischichtbetrieb. Vor Arbeiten am ERP-Server immer die Fertigungsplanung anrufen.",
    contacts=(
        Contact(
            key="markus-brandl",
            name="Markus Brandl",
            email="m.brandl@brandl-maschinenbau.example",
            phones=("+498999998111", "+491713920011"),
            portal_user="brandl",
            sees_company_tickets=True,
            is_company_admin=True,
        ),
        Contact(
            key="sabine-kern",
            name="Sabine Kern",
            email="s.kern@brandl-maschinenbau.example",
            phones=("+498999998112",),
            portal_user="kern",
            mail_steps="answers",
        ),
    ),
    agreements=(
        Agreement("service", "SV-1007", -500, 130, level="gold", renewal_months=12, notice_days=90),
        Agreement("software_maintenance", "ERP SP-3011", -500),
    ),
)

REITER = Customer(
    key="reiter",
    name="Kanzlei Reiter & Partner",
    domain="kanzlei-reiter.example",
    phone="+498999998120",
    note="Mandatsgeheimnis: Fernwartung nur nach Anruf und wenn jemand am Gerät sitzt.",
    contacts=(
        Contact(
            key="julia-reiter",
            name="Julia Reiter",
            email="julia.reiter@kanzlei-reiter.example",
            phones=("+498999998121", "+491713920021"),
            portal_user="reiter",
            sees_company_tickets=True,
        ),
        Contact(
            key="thomas-wimmer",
            name="Thomas Wimmer",
            email="thomas.wimmer@kanzlei-reiter.example",
            phones=("+498999998122",),
        ),
    ),
    agreements=(
        Agreement("service", "SV-1015", -965, -236, level="gold", renewed_until_in_days=494),
        Agreement("update", "Firewall UV-2214", -300, 65),
    ),
)

ISARTAL = Customer(
    key="isartal",
    name="Isartal Logistik GmbH",
    domain="isartal-logistik.example",
    phone="+498999998130",
    note="Disposition rund um die Uhr besetzt. Herr Okafor spricht Englisch.",
    contacts=(
        Contact(
            key="florian-haas",
            name="Florian Haas",
            email="haas@isartal-logistik.example",
            phones=("+498999998131",),
            portal_user="isartal",
            sees_company_tickets=True,
        ),
        Contact(
            key="daniel-okafor",
            name="Daniel Okafor",
            email="okafor@isartal-logistik.example",
            language="en",
            phones=("+491713920031",),
            portal_user="okafor",
        ),
    ),
    agreements=(
        Agreement(
            "service",
            "SV-1022",
            -700,
            30,
            level="silver",
            renewal_months=12,
            notice_days=30,
            notice_given_in_days=-13,
        ),
        Agreement("service", "SV-1061", -12, 353, level="gold"),
    ),
)

HOFMANN = Customer(
    key="hofmann",
    name="Praxis Dr. Hofmann",
    domain="praxis-hofmann.example",
    phone="+498999998140",
    note="Verlängerung liegt seit zwei Wochen zur Unterschrift in der Praxis.",
    contacts=(
        Contact(
            key="claudia-hofmann",
            name="Dr. Claudia Hofmann",
            email="hofmann@praxis-hofmann.example",
            phones=("+498999998141",),
            portal_user="hofmann",
            sees_company_tickets=True,
            is_company_admin=True,
        ),
        Contact(
            key="petra-sommer",
            name="Petra Sommer",
            email="empfang@praxis-hofmann.example",
            phones=("+498999998142",),
            portal_user="sommer",
        ),
        Contact(
            key="lena-vogt",
            name="Lena Vogt",
            email="l.vogt@praxis-hofmann.example",
            phones=("+498999998143",),
        ),
    ),
    agreements=(Agreement("service", "SV-1019", -364, 0, level="silver"),),
)

TIERKLINIK = Customer(
    key="tierklinik",
    name="Tierklinik Ammersee",
    domain="tierklinik-ammersee.example",
    phone="+498999998150",
    note="Letzte Woche von Bronze auf Silber gewechselt. Neubau wird gerade bezogen.",
    contacts=(
        Contact(
            key="martin-seidl",
            name="Dr. Martin Seidl",
            email="seidl@tierklinik-ammersee.example",
            phones=("+498999998151",),
            portal_user="tierklinik",
            sees_company_tickets=True,
        ),
        Contact(
            key="lena-ostler",
            name="Lena Ostler",
            email="ostler@tierklinik-ammersee.example",
            phones=("+498999998152",),
            portal_user="ostler",
        ),
    ),
    agreements=(
        Agreement("service", "SV-1024", -340, 25, terminated_in_days=-7, level="bronze"),
        Agreement("service", "SV-1063", -6, level="silver"),
    ),
)

STADTWERKE = Customer(
    key="stadtwerke",
    name="Stadtwerke Erding",
    domain="stadtwerke-erding.example",
    phone="+498999998160",
    note="Servicevertrag beginnt heute. Arbeiten in der Leitstelle nur mit Herrn Pichler abstimmen.",
    contacts=(
        Contact(
            key="bernd-kratzer",
            name="Bernd Kratzer",
            email="b.kratzer@stadtwerke-erding.example",
            phones=("+498999998161", "+491713920061"),
            portal_user="stadtwerke",
            sees_company_tickets=True,
        ),
        Contact(
            key="yvonne-lechner",
            name="Yvonne Lechner",
            email="y.lechner@stadtwerke-erding.example",
            phones=("+498999998162",),
            portal_user="lechner",
        ),
        Contact(
            key="andreas-pichler",
            name="Andreas Pichler",
            email="a.pichler@stadtwerke-erding.example",
            phones=("+498999998163",),
        ),
    ),
    agreements=(
        Agreement("service", "SV-1064", 0, 729, level="silver"),
        Agreement("other", "Leasing Drucksysteme LV-5080", -200, 895),
    ),
)

LINDNER = Customer(
    key="lindner",
    name="Autohaus Lindner",
    domain="autohaus-lindner.example",
    phone="+498999998170",
    note="Werkstatt erreicht man am besten vor neun Uhr.",
    contacts=(
        Contact(
            key="georg-lindner",
            name="Georg Lindner",
            email="g.lindner@autohaus-lindner.example",
            phones=("+498999998171",),
            portal_user="lindner",
            sees_company_tickets=True,
        ),
        Contact(
            key="nadine-fuchs",
            name="Nadine Fuchs",
            email="n.fuchs@autohaus-lindner.example",
            phones=("+498999998172",),
            portal_user="fuchs",
        ),
    ),
    agreements=(
        Agreement(
            "service",
            "SV-1031",
            -345,
            20,
            level="bronze",
            suspensions=(Suspension(-90, -77, "Zahlungsrückstand, inzwischen beglichen"),),
        ),
        Agreement("cloud_subscription", "Microsoft 365 CA-4102", -150),
    ),
)

NORTHGATE = Customer(
    key="northgate",
    name="Northgate Biotech GmbH",
    domain="northgate-biotech.example",
    phone="+498999998210",
    note="Laborräume nur mit Einweisung betreten. Ansprechpartner sprechen Englisch.",
    contacts=(
        Contact(
            key="rachel-whitmore",
            name="Rachel Whitmore",
            email="r.whitmore@northgate-biotech.example",
            language="en",
            phones=("+498999998211", "+491713920071"),
            portal_user="northgate",
            sees_company_tickets=True,
            is_company_admin=True,
        ),
        Contact(
            key="arjun-mehta",
            name="Arjun Mehta",
            email="a.mehta@northgate-biotech.example",
            language="en",
            phones=("+498999998212",),
            portal_user="mehta",
        ),
    ),
    agreements=(
        Agreement("service", "SV-1040", -120, level="gold"),
        Agreement("software_maintenance", "Labordatenbank SP-3048", -120, 245),
    ),
)

CUSTOMERS = (
    BRANDL,
    REITER,
    ISARTAL,
    NORTHGATE,
    HOFMANN,
    TIERKLINIK,
    STADTWERKE,
    LINDNER,
    HARBOUR,
    SEEBLICK,
    OBERMAIER,
    AIGNER,
    MOSER,
    FALK,
)
