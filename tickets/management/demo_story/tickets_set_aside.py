"""Waiting for a third party, or scheduled for a later day."""

from __future__ import annotations

from tickets.management.demo_story.shapes import DAY, HOUR, Ticket, contact_wrote, note, prose, reply

TICKETS_SET_ASIDE = (
    Ticket(
        customer="stadtwerke",
        contact="bernd-kratzer",
        team="network",
        subject="Glasfaseranschluss im Betriebshof ohne Signal",
        body=prose("""
            Guten Tag,

            der neue Glasfaseranschluss im Betriebshof hat noch immer kein Signal, die LED „PON“ am
            Abschlussgerät blinkt rot. Der Techniker des Anbieters war vorige Woche da und hat gesagt, es
            sei alles geschaltet. Zur Zeit läuft der Betriebshof über die alte DSL-Leitung.

            | Mit freundlichen Grüßen
            | Bernd Kratzer
        """),
        severity="normal",
        channel="mail",
        arrived_ago=4 * DAY + 6 * HOUR,
        assignee="agent2",
        assigned_after=DAY + 3 * HOUR,
        status="waiting_third_party",
        parked_after=DAY + 5 * HOUR,
        talk=(
            note(
                "agent2",
                DAY + 4 * HOUR + 30,
                """
                Dämpfung am Abschlusspunkt weit außerhalb des Bereichs, die Faser ist vermutlich geknickt
                oder falsch gespleißt. Störung beim Anbieter aufgegeben, Bearbeitung dort drei bis fünf
                Werktage.
                """,
            ),
            reply(
                "agent2",
                DAY + 5 * HOUR,
                """
                Guten Tag Herr Kratzer,

                der Fehler liegt auf der Strecke des Anbieters. Die Störung ist gemeldet, und wir haken dort
                nach. Der Betriebshof kann so lange auf der alten Leitung bleiben, sie ist noch nicht
                gekündigt.

                | Viele Grüße
                | Tobias Huber
                """,
            ),
        ),
    ),
    Ticket(
        customer="brandl",
        contact="sabine-kern",
        team="network",
        subject="Wartungszugang des Maschinenherstellers",
        body=prose("""
            Der Hersteller des neuen Bearbeitungszentrums kommt für die Fernwartung nicht auf die Steuerung.
            Er schickt uns eine Liste von Ports, die offen sein sollen, und meint, unsere Firewall sei
            schuld. Die Inbetriebnahme ist in zehn Tagen. Bitte klären Sie das direkt mit ihm, ich verstehe
            davon zu wenig.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=DAY + 22 * HOUR,
        assignee="agent2",
        assigned_after=5 * HOUR,
        status="waiting_third_party",
        parked_after=8 * HOUR,
        talk=(
            reply(
                "agent2",
                6 * HOUR,
                """
                Guten Tag Frau Kern,

                ich übernehme das mit dem Hersteller. Einen dauerhaft offenen Zugang zur Steuerung möchten
                wir vermeiden. Ich schlage einen Zugang vor, den Sie am Schlüsselschalter freigeben. Ist das
                für Sie in Ordnung?

                | Viele Grüße
                | Tobias Huber
                """,
            ),
            contact_wrote("sabine-kern", 7 * HOUR, "Ja, genau so haben wir es bei der alten Maschine auch."),
            note(
                "agent2",
                8 * HOUR,
                "Vorschlag an den Hersteller geschickt, Antwort der Technik dort steht aus.",
            ),
        ),
    ),
    Ticket(
        customer="hofmann",
        contact="petra-sommer",
        team="workplace",
        subject="Praxissoftware: Etikettenformular verrutscht",
        body=prose("""
            Seit dem letzten Update der Praxissoftware sind die Probenetiketten um etwa vier Millimeter nach
            unten verschoben, der Strichcode ist abgeschnitten. Am Drucker wurde nichts verstellt,
            Adressaufkleber passen. Vorläufig kleben wir die Etiketten quer.
        """),
        severity="low",
        channel="portal",
        arrived_ago=3 * DAY + 8 * HOUR,
        assignee="agent4",
        assigned_after=9 * HOUR,
        status="waiting_third_party",
        parked_after=10 * HOUR + 20,
        talk=(
            reply(
                "agent4",
                10 * HOUR + 20,
                """
                Guten Tag Frau Sommer,

                der Fehler steckt im Formular der neuen Version, andere Praxen haben ihn auch gemeldet. Der
                Hersteller hat eine Korrektur angekündigt. Sobald sie da ist, spielen wir sie ein und melden
                uns.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
    Ticket(
        customer="northgate",
        contact="arjun-mehta",
        team="infrastructure",
        subject="Replacement battery for the server room UPS",
        body=prose("""
            Hi,

            the UPS in the server room beeps twice a day and shows "replace battery". The self-test says 41
            % capacity. It is the smaller one (UPS-B) that feeds the switches and the freezer monitoring.

            | Best regards
            | Arjun Mehta
        """),
        severity="normal",
        channel="mail",
        arrived_ago=5 * DAY + 7 * HOUR,
        language="en",
        assignee="agent1",
        assigned_after=3 * HOUR,
        status="waiting_third_party",
        parked_after=DAY + 2 * HOUR,
        talk=(
            reply(
                "agent1",
                3 * HOUR + 30,
                """
                Hello Mr Mehta,

                the battery pack is five years old and due. The list price is 312 euros plus VAT, the
                replacement itself is covered by your agreement. Shall I order it?

                | Kind regards
                | Anna Berger
                """,
            ),
            contact_wrote("arjun-mehta", 21 * HOUR, "Yes please, go ahead.", "mail"),
            reply(
                "agent1",
                DAY + 2 * HOUR,
                """
                Ordered. The supplier promises delivery within a week; I will propose a date as soon as it
                is here. The UPS can be swapped without switching anything off.
                """,
            ),
        ),
    ),
    Ticket(
        customer="isartal",
        contact="florian-haas",
        team="infrastructure",
        subject="Arbeitsspeicher im Datenbankserver erweitern",
        body=prose("""
            Wie bei der letzten Besprechung vereinbart, soll ISA-DB01 von 64 auf 128 GB Arbeitsspeicher
            erweitert werden. Die Module sind gestern bei uns angekommen. Der Server darf nur am Abend nach
            der letzten Abfahrt ausgeschaltet werden. Welcher Tag passt Ihnen?
        """),
        severity="normal",
        channel="portal",
        arrived_ago=DAY + 20 * HOUR,
        assignee="agent1",
        assigned_after=4 * HOUR,
        status="scheduled",
        parked_after=9 * HOUR,
        scheduled_in_days=3,
        talk=(
            reply(
                "agent1",
                4 * HOUR + 15,
                """
                Guten Tag Herr Haas,

                ich könnte in der zweiten Wochenhälfte ab 20 Uhr. Mit einer Stunde Stillstand sollten Sie
                rechnen, davor läuft eine zusätzliche Sicherung. Wäre Ihnen das recht?

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote("florian-haas", 8 * HOUR, "Passt gut, ich gebe der Disposition Bescheid."),
            note(
                "agent1", 9 * HOUR, "Eingeplant, ab 20 Uhr. Schlüssel zum Serverraum beim Pförtner abholen."
            ),
        ),
    ),
    Ticket(
        customer="tierklinik",
        contact="martin-seidl",
        team="workplace",
        subject="Umzug von zwei Arbeitsplätzen in den Neubau",
        body=prose("""
            Beim Termin vor Ort besprochen: Die Arbeitsplätze 7 und 8 ziehen vom Altbau in die neue
            Anmeldung um. Es geht um zwei Rechner, vier Bildschirme, einen Etikettendrucker und zwei
            Telefone. Die Dosen sind gesetzt, aber noch nicht gemessen. Die Anmeldung muss am Folgetag um
            acht Uhr besetzt sein.
        """),
        severity="normal",
        channel="desk",
        arrived_ago=2 * DAY + 5 * HOUR,
        filed_by="agent4",
        assignee="agent4",
        assigned_after=5,
        assigned_how="picked",
        assigned_reason="Termin vor Ort selbst vereinbart.",
        status="scheduled",
        parked_after=50,
        scheduled_in_days=5,
        talk=(
            reply(
                "agent4",
                45,
                """
                Guten Tag Herr Dr. Seidl,

                wie besprochen komme ich in fünf Tagen nach der Abendsprechstunde. Bitte lassen Sie bis
                dahin die Kabel unter den alten Tischen frei räumen. Die Dosen messe ich vor dem Umzug
                durch.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
)
