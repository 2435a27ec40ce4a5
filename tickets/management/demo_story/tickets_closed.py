"""Closed: the older half of the story, for the search and the customers' own history."""

from __future__ import annotations

from tickets.management.demo_story.shapes import (
    DAY,
    HOUR,
    Confirmation,
    Rated,
    Ticket,
    contact_wrote,
    note,
    prose,
    reply,
)

TICKETS_CLOSED = (
    Ticket(
        customer="brandl",
        contact="markus-brandl",
        team="infrastructure",
        subject="Konstruktionsordner für Auszubildende freigeben",
        body=prose("""
            Guten Tag,

            unsere beiden Auszubildenden sollen die Zeichnungen im Ordner Konstruktion ansehen, aber nichts
            ändern oder löschen können. Der Unterordner Angebote soll für sie unsichtbar bleiben.

            | Gruß
            | Markus Brandl
        """),
        severity="normal",
        channel="mail",
        arrived_ago=11 * DAY + 4 * HOUR,
        assignee="agent1",
        assigned_after=2 * HOUR,
        status="closed",
        solved_after=3 * HOUR + 15,
        closed_after=3 * DAY,
        talk=(
            reply(
                "agent1",
                3 * HOUR + 10,
                """
                Guten Tag Herr Brandl,

                ist eingerichtet. Beide müssen sich einmal ab- und wieder anmelden, dann erscheint der
                Ordner. Angebote sehen sie nicht.

                | Viele Grüße
                | Anna Berger
                """,
            ),
        ),
    ),
    Ticket(
        customer="reiter",
        contact="julia-reiter",
        team="workplace",
        subject="E-Mail-Signatur mit neuem Partner ergänzen",
        body=prose("""
            Zum Monatswechsel tritt Herr Dr. Lang als Partner ein. Bitte ergänzen Sie seinen Namen in der
            Fußzeile aller E-Mails und ändern Sie die Reihenfolge so, dass die Partner alphabetisch stehen.
        """),
        severity="low",
        channel="portal",
        arrived_ago=10 * DAY + 6 * HOUR,
        assignee="agent4",
        assigned_after=5 * HOUR,
        status="closed",
        solved_after=DAY + 4 * HOUR,
        closed_after=4 * DAY,
        rated=Rated(by="julia-reiter", after=4 * DAY + HOUR, verdict="good"),
        talk=(
            reply(
                "agent4",
                5 * HOUR + 30,
                """
                Guten Tag Frau Reiter,

                gern. Soll der Doktortitel mit in die Fußzeile, und ab welchem Tag gilt die Änderung?

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
            contact_wrote("julia-reiter", 9 * HOUR, "Mit Titel bitte, und gern ab sofort."),
            reply(
                "agent4",
                DAY + 4 * HOUR - 5,
                "Die neue Fußzeile ist aktiv. Eine Probe ist in Ihrem Posteingang.",
            ),
        ),
    ),
    Ticket(
        customer="isartal",
        contact="florian-haas",
        team="infrastructure",
        subject="E-Mail-Versand komplett gestört",
        body=prose("""
            Herr Haas meldet: Seit etwa 20 Minuten geht keine E-Mail mehr hinaus, alle bleiben im
            Postausgang. Empfang funktioniert. In der Disposition warten 60 Auftragsbestätigungen, die
            Fahrer bekommen ihre Touren sonst nicht.
        """),
        severity="critical",
        channel="phone",
        arrived_ago=8 * DAY + 7 * HOUR,
        filed_by="agent1",
        confirmed=Confirmation(
            "agent2", 5, "critical", "Gesamter Versand betroffen, Touren hängen davon ab."
        ),
        assignee="agent2",
        assigned_after=3,
        status="closed",
        solved_after=72,
        closed_after=2 * DAY,
        talk=(
            note(
                "agent2",
                15,
                "Datenträger mit den Transportprotokollen zu 100 % voll, Mailserver nimmt nichts mehr an.",
            ),
            reply(
                "agent2",
                22,
                """
                Guten Tag Herr Haas,

                Ursache gefunden, ich schaffe gerade Platz auf dem Server. Die wartenden E-Mails gehen
                danach von selbst hinaus, bitte nicht noch einmal senden.

                | Tobias Huber
                """,
            ),
            contact_wrote("florian-haas", 51, "Die ersten sind draußen, die Disposition atmet auf.", "mail"),
            reply(
                "agent2",
                71,
                """
                Der Postausgang ist leer, alle 60 Bestätigungen sind zugestellt. Alte Protokolle werden
                jetzt nach 14 Tagen gelöscht, und bei 80 Prozent Füllstand meldet sich der Server bei uns.
                """,
            ),
        ),
    ),
    Ticket(
        customer="tierklinik",
        contact="martin-seidl",
        team="network",
        subject="Kamera im Aufwachraum liefert kein Bild",
        body=prose("""
            Die Kamera über den Boxen im Aufwachraum zeigt seit dem Gewitter kein Bild mehr. Die anderen
            drei laufen. Die Nachtwache geht jetzt jede halbe Stunde selbst hinüber.
        """),
        severity="high",
        channel="portal",
        arrived_ago=7 * DAY + 5 * HOUR,
        confirmed=Confirmation(
            "agent2", 3 * HOUR, "normal", "Nachtwache kontrolliert persönlich, Tiere sind betreut."
        ),
        assignee="agent2",
        assigned_after=3 * HOUR - 10,
        status="closed",
        solved_after=DAY + 6 * HOUR,
        closed_after=5 * DAY,
        talk=(
            reply(
                "agent2",
                3 * HOUR + 20,
                """
                Guten Tag Herr Dr. Seidl,

                der Port, der die Kamera mit Strom versorgt, ist durch Überspannung ausgefallen. Ich stecke
                sie morgen vor Ort auf einen freien Port um und sehe nach, ob noch mehr betroffen ist.

                | Viele Grüße
                | Tobias Huber
                """,
            ),
            note(
                "agent2",
                DAY + 6 * HOUR - 10,
                "Umgesteckt auf Port 19, Bild ist da. Ports 11 und 12 defekt, gesperrt.",
            ),
        ),
    ),
    Ticket(
        customer="lindner",
        contact="nadine-fuchs",
        team="workplace",
        subject="Drucker nach Umbenennung verschwunden",
        body=prose("""
            Frau Fuchs hat ihren Drucker in „Theke“ umbenannt und findet ihn seitdem im Verkaufsprogramm
            nicht mehr. Aus anderen Programmen kann sie drucken. Kaufverträge druckt sie vorerst im Büro von
            Herrn Lindner.
        """),
        severity="normal",
        channel="phone",
        arrived_ago=6 * DAY + 8 * HOUR,
        filed_by="agent4",
        assignee="agent4",
        assigned_after=2,
        assigned_how="picked",
        assigned_reason="Ließ sich am Telefon sofort klären.",
        status="closed",
        solved_after=35,
        closed_after=3 * DAY + HOUR,
        talk=(
            reply(
                "agent4",
                33,
                """
                Guten Tag Frau Fuchs,

                wie am Telefon besprochen: Das Verkaufsprogramm merkt sich den Namen des Druckers. Unter
                „Einstellungen, Formulare“ wählen Sie bei jedem Formular einmal „Theke“ aus. Bei Kaufvertrag
                und Probefahrt haben wir es gerade gemeinsam gemacht.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
    Ticket(
        customer="northgate",
        contact="rachel-whitmore",
        team="workplace",
        subject="Meeting room booking panel frozen",
        body=prose("""
            The booking panel outside meeting room "Curie" has been stuck on yesterday's schedule since this
            morning. It does not react to touch. The other two panels are fine.
        """),
        severity="low",
        channel="portal",
        arrived_ago=9 * DAY + 5 * HOUR,
        language="en",
        assignee="agent3",
        assigned_after=4 * HOUR,
        status="closed",
        solved_after=6 * HOUR,
        closed_after=3 * DAY + 2 * HOUR,
        rated=Rated(
            by="rachel-whitmore",
            after=3 * DAY + 3 * HOUR,
            verdict="fair",
            comment="Solved for good, but I had to ask twice.",
        ),
        talk=(
            reply(
                "agent3",
                4 * HOUR + 12,
                """
                Hello Ms Whitmore, please hold the small button on the underside of the panel for ten
                seconds. It restarts and fetches the schedule again, which takes about two minutes.
                """,
            ),
            contact_wrote(
                "rachel-whitmore", 5 * HOUR + 40, "That did it. I did not even know there was a button."
            ),
        ),
    ),
    Ticket(
        customer="seeblick",
        contact="carola-dietl",
        team="network",
        subject="Telefon in Zimmer 214 ohne Wählton",
        body=prose("""
            Guten Tag,

            das Telefon in Zimmer 214 hat keinen Wählton, ein anderer Apparat an derselben Dose auch nicht.
            Das Zimmer ist ab übermorgen wieder belegt.

            | Freundliche Grüße
            | Carola Dietl
        """),
        severity="normal",
        channel="mail",
        arrived_ago=5 * DAY + 6 * HOUR,
        assignee="agent4",
        assigned_after=7 * HOUR,
        status="closed",
        solved_after=DAY + HOUR,
        closed_after=3 * DAY + 4 * HOUR,
        talk=(
            note(
                "agent4", 7 * HOUR + 25, "Nebenstelle 214 war keinem Anschluss mehr zugeordnet, neu gesetzt."
            ),
            reply(
                "agent4",
                7 * HOUR + 40,
                """
                Guten Tag Frau Dietl,

                bitte lassen Sie jemanden in Zimmer 214 den Hörer abnehmen. Der Wählton sollte wieder da
                sein.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
            contact_wrote("carola-dietl", DAY, "Ist da, vielen Dank für die schnelle Hilfe.", "mail"),
        ),
    ),
)
