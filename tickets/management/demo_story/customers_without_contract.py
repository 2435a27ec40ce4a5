"""The customers without precedence today, each for a reason of its own.

suspended: Harbour Light · ended yesterday: Seeblick · begins tomorrow: Obermaier · vendor agreements
only: Moser (Software Assurance), Falk (update contract) · nothing at all: Aigner.
"""

from __future__ import annotations

from tickets.management.demo_story.shapes import Agreement, Contact, Customer, Suspension

HARBOUR = Customer(
    key="harbour",
    name="Harbour Light Studios",
    domain="harbourlight.example",
    phone="+493023125220",
    note="Vertrag ruht, bis die offene Rechnung bezahlt ist. Bis dahin nur Hinweise, keine Fernwartung.",
    contacts=(
        Contact(
            key="owen-gallagher",
            name="Owen Gallagher",
            email="owen@harbourlight.example",
            language="en",
            phones=("+493023125221",),
            portal_user="harbour",
            sees_company_tickets=True,
        ),
        Contact(
            key="priya-nair",
            name="Priya Nair",
            email="priya@harbourlight.example",
            language="en",
            portal_user="nair",
        ),
    ),
    agreements=(
        Agreement(
            "service",
            "SV-1046",
            -280,
            85,
            level="silver",
            suspensions=(Suspension(-15, None, "Rechnung seit 60 Tagen offen"),),
        ),
    ),
)

SEEBLICK = Customer(
    key="seeblick",
    name="Hotel Seeblick",
    domain="hotel-seeblick.example",
    phone="+498999998180",
    note="Servicevertrag gestern ausgelaufen, Angebot zur Verlängerung ist verschickt.",
    contacts=(
        Contact(
            key="carola-dietl",
            name="Carola Dietl",
            email="dietl@hotel-seeblick.example",
            phones=("+498999998181",),
            portal_user="seeblick",
            sees_company_tickets=True,
        ),
        Contact(
            key="milan-horvat",
            name="Milan Horvat",
            email="nightdesk@hotel-seeblick.example",
            language="en",
            phones=("+498999998182",),
            portal_user="horvat",
        ),
    ),
    agreements=(
        Agreement("service", "SV-1012", -365, -1, level="silver"),
        Agreement("cloud_subscription", "Telefonanlage CA-4127", -365),
    ),
)

OBERMAIER = Customer(
    key="obermaier",
    name="Schreinerei Obermaier",
    domain="schreinerei-obermaier.example",
    phone="+498999998190",
    note="Neuer Kunde, Servicevertrag beginnt morgen. Wünscht lieber Anrufe als E-Mails.",
    contacts=(
        Contact(
            key="josef-obermaier",
            name="Josef Obermaier",
            email="josef@schreinerei-obermaier.example",
            phones=("+498999998191", "+491713920091"),
            portal_user="obermaier",
            sees_company_tickets=True,
        ),
    ),
    agreements=(Agreement("service", "SV-1066", 1, 365, level="bronze"),),
)

AIGNER = Customer(
    key="aigner",
    name="Feinkost Aigner",
    domain="feinkost-aigner.example",
    phone="+498999998230",
    note="Kein Vertrag. Frau Aigner fragt vor jeder Arbeit nach dem Preis.",
    contacts=(
        Contact(
            key="maria-aigner",
            name="Maria Aigner",
            email="maria@feinkost-aigner.example",
            phones=("+498999998231",),
            portal_user="aigner",
            sees_company_tickets=True,
        ),
    ),
)

MOSER = Customer(
    key="moser",
    name="Zahntechnik Moser",
    domain="zahntechnik-moser.example",
    phone="+498999998240",
    note="Hält die Software Assurance für einen Servicevertrag. Unterschied freundlich erklären.",
    contacts=(
        Contact(
            key="christian-moser",
            name="Christian Moser",
            email="moser@zahntechnik-moser.example",
            phones=("+498999998241",),
            portal_user="moser",
            sees_company_tickets=True,
        ),
        Contact(
            key="ilse-brunner",
            name="Ilse Brunner",
            email="buero@zahntechnik-moser.example",
        ),
    ),
    agreements=(Agreement("software_assurance", "Server SA-3307", -600, 130),),
)

FALK = Customer(
    key="falk",
    name="Weingut Falk",
    domain="weingut-falk.example",
    phone="+491713920080",
    note="Nur Updatevertrag für die Firewall. Während der Lese kaum erreichbar.",
    contacts=(
        Contact(
            key="susanne-falk",
            name="Susanne Falk",
            email="susanne@weingut-falk.example",
            phones=("+491713920081",),
            portal_user="falk",
            sees_company_tickets=True,
        ),
    ),
    agreements=(Agreement("update", "Firewall UV-2231", -90, 275),),
)
