"""Solved within the last days and not closed yet: the customer may still say that it is not."""

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

TICKETS_SOLVED = (
    Ticket(
        customer="reiter",
        contact="julia-reiter",
        team="network",
        subject="Kein Internet in der ganzen Kanzlei",
        body=prose("""
            Frau Reiter ruft vom Mobiltelefon an: In der ganzen Kanzlei geht seit fünf Minuten kein
            Internet, auch die Telefone sind tot. Am Router des Anbieters leuchtet nur noch die Lampe
            „Power“. Zwei Fristen laufen heute ab und müssen elektronisch eingereicht werden.
        """),
        severity="critical",
        channel="phone",
        arrived_ago=DAY + 4 * HOUR + 30,
        filed_by="agent2",
        confirmed=Confirmation(
            "agent2", 2, "critical", "Kein Internet, keine Telefonie, Fristen am selben Tag."
        ),
        assignee="agent2",
        assigned_after=1,
        assigned_how="picked",
        assigned_reason="Anruf selbst angenommen, ganze Kanzlei ohne Verbindung.",
        status="solved",
        solved_after=95,
        talk=(
            reply(
                "agent2",
                12,
                """
                Guten Tag Frau Reiter,

                Störung des Anbieters im ganzen Viertel, Dauer unbekannt. Ich schalte Ihre Firewall auf die
                Mobilfunkverbindung um. Telefone und das Anwaltspostfach haben dabei Vorrang.

                | Tobias Huber
                """,
            ),
            contact_wrote(
                "julia-reiter", 34, "Telefone gehen wieder, die erste Frist ist eingereicht. Danke!", "mail"
            ),
            reply(
                "agent2",
                94,
                """
                Die Leitung des Anbieters ist zurück, die Firewall hat von selbst wieder umgeschaltet. Sie
                müssen nichts weiter tun. Das verbrauchte Mobilfunkvolumen ist im Vertrag enthalten.
                """,
            ),
        ),
    ),
    Ticket(
        customer="brandl",
        contact="sabine-kern",
        team="workplace",
        subject="Versandetiketten werden leer gedruckt",
        body=prose("""
            Im Versand kommen alle Paketetiketten leer aus dem Drucker. Am Gerät blinkt nichts, der
            Testdruck ist in Ordnung. Der Fahrer kommt am Nachmittag, bis dahin müssen 40 Pakete fertig
            sein.
        """),
        severity="high",
        channel="portal",
        arrived_ago=DAY + 7 * HOUR,
        confirmed=Confirmation("agent1", 16, "high", "Versand steht, Abholung am selben Tag."),
        assignee="agent1",
        assigned_after=14,
        status="solved",
        solved_after=58,
        rated=Rated(
            by="sabine-kern",
            after=2 * HOUR,
            verdict="good",
            comment="Nach einer Stunde lief der Versand wieder. Danke!",
        ),
        talk=(
            reply(
                "agent1",
                20,
                """
                Guten Tag Frau Kern,

                hat sich gestern an den Etiketten etwas geändert, zum Beispiel eine andere Rolle?

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote("sabine-kern", 27, "Ja, die neue Lieferung ist von einem anderen Hersteller."),
            reply(
                "agent1",
                57,
                """
                Dann war das die Ursache: Die neuen Etiketten sind für Thermotransfer, das Gerät war auf
                Thermodirekt gestellt. Ich habe den Treiber umgestellt. Legen Sie bitte das Farbband ein,
                das im Deckel liegt.
                """,
            ),
        ),
    ),
    Ticket(
        customer="isartal",
        contact="florian-haas",
        team="workplace",
        subject="Zugang für Aushilfe in der Buchhaltung",
        body=prose("""
            Ab morgen hilft uns für sechs Wochen jemand in der Buchhaltung aus. Bitte richten Sie einen
            Zugang ein, der danach von selbst gesperrt wird: nur Lesen im Ordner Rechnungen, kein Zugriff
            auf Personalakten, keine E-Mails von außen.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=2 * DAY + 3 * HOUR,
        assignee="agent4",
        assigned_after=2 * HOUR,
        status="solved",
        solved_after=4 * HOUR + 10,
        talk=(
            reply(
                "agent4",
                4 * HOUR + 8,
                """
                Guten Tag Herr Haas,

                der Zugang „aushilfe.buchhaltung“ ist eingerichtet und endet von selbst in sechs Wochen. Das
                Startkennwort sage ich Ihnen am Telefon. Auf Personalakten und Postfächer von außen besteht
                kein Zugriff, das habe ich mit dem Konto geprüft.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
    Ticket(
        customer="hofmann",
        contact="petra-sommer",
        team="network",
        subject="Anrufbeantworter springt während der Sprechzeit an",
        body=prose("""
            Guten Tag,

            Patienten sagen uns, dass sie in der Sprechzeit auf dem Anrufbeantworter landen, obwohl bei uns
            nichts klingelt. Es passiert immer dann, wenn schon jemand telefoniert. Früher hörten die Leute
            in dem Fall das Besetztzeichen.

            | Freundliche Grüße
            | Petra Sommer
        """),
        severity="normal",
        channel="mail",
        arrived_ago=2 * DAY + 6 * HOUR,
        assignee="agent4",
        assigned_after=3 * HOUR,
        status="solved",
        solved_after=6 * HOUR,
        talk=(
            note(
                "agent4",
                4 * HOUR,
                "Regel „bei besetzt“ zeigt seit der Umstellung auf die Ansage der Nachtschaltung.",
            ),
            reply(
                "agent4",
                6 * HOUR - 3,
                """
                Guten Tag Frau Sommer,

                die Regel für den Besetztfall stand falsch und ist geändert: Anrufer hören jetzt eine kurze
                Wartemusik und nach zwei Minuten das Besetztzeichen. Der Anrufbeantworter kommt nur noch
                außerhalb der Sprechzeit.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
    Ticket(
        customer="tierklinik",
        contact="lena-ostler",
        team="workplace",
        subject="Sperrbildschirm kommt während der Behandlung",
        body=prose("""
            Die Rechner in den Behandlungsräumen sperren sich nach fünf Minuten. Mit Handschuhen jedes Mal
            das Kennwort einzutippen, ist mühsam. Kann man die Zeit dort verlängern?
        """),
        severity="low",
        channel="portal",
        arrived_ago=3 * DAY + 5 * HOUR,
        assignee="agent1",
        assigned_after=8 * HOUR,
        status="solved",
        solved_after=DAY + 2 * HOUR,
        talk=(
            reply(
                "agent1",
                9 * HOUR,
                """
                Guten Tag Frau Ostler,

                länger als zehn Minuten möchten wir nicht einstellen, weil Tierhalter mit im Raum sind. Eine
                Anmeldung mit Chipkarte am Kittel wäre schneller. Zwei Lesegeräte haben wir zum Ausprobieren
                hier. Interesse?

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote(
                "lena-ostler",
                22 * HOUR,
                "Zehn Minuten reichen uns fürs Erste. Die Karten gern nach dem Umzug.",
            ),
            reply(
                "agent1",
                DAY + 2 * HOUR - 5,
                "Ist eingestellt und gilt ab der nächsten Anmeldung. Die Karten merke ich vor.",
            ),
        ),
    ),
    Ticket(
        customer="stadtwerke",
        contact="yvonne-lechner",
        team="workplace",
        subject="Türschild am Besprechungsraum zeigt falsche Buchungen",
        body=prose("""
            Das elektronische Türschild am großen Besprechungsraum zeigt Termine, die gar nicht dort
            stattfinden. In Outlook ist der Raum frei. Heute stand deshalb eine Besuchergruppe vor
            verschlossener Tür.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=4 * DAY + 4 * HOUR,
        assignee="agent1",
        assigned_after=2 * DAY,
        status="solved",
        solved_after=2 * DAY + 90,
        rated=Rated(
            by="yvonne-lechner",
            after=2 * DAY + 4 * HOUR,
            verdict="bad",
            comment="Zwei Tage lang falsche Buchungen, und niemand hat uns einen Zwischenstand gegeben.",
        ),
        talk=(
            reply(
                "agent1",
                2 * DAY + 85,
                """
                Guten Tag Frau Lechner,

                die Schilder der Räume „Isar“ und „Sempt“ waren vertauscht zugeordnet. In der Verwaltung der
                Schilder können Sie das unter „Räume, Zuordnung“ selbst umstellen. Laut Ihrem Anruf eben
                stimmt die Anzeige jetzt.

                | Viele Grüße
                | Anna Berger
                """,
            ),
        ),
    ),
    Ticket(
        customer="northgate",
        contact="arjun-mehta",
        team="workplace",
        subject="Printer on floor 2 prints blank pages",
        body=prose("""
            Hi,

            the printer next to the kitchen on floor 2 puts one blank page between every two printed ones.
            It started when the paper tray was replaced. Copying is fine.

            | Best regards
            | Arjun Mehta
        """),
        severity="low",
        channel="mail",
        arrived_ago=DAY + 10 * HOUR,
        language="en",
        assignee="agent3",
        assigned_after=5 * HOUR,
        status="solved",
        solved_after=7 * HOUR + 30,
        talk=(
            reply(
                "agent3",
                5 * HOUR + 15,
                """
                Hello Mr Mehta, the print queue was set to insert separator pages from tray 2, which is why
                nobody noticed before. I have switched it off. Could you print two pages and look?
                """,
            ),
            contact_wrote("arjun-mehta", 7 * HOUR, "Two pages in, two pages out. Thanks a lot.", "mail"),
        ),
    ),
    Ticket(
        customer="northgate",
        contact="rachel-whitmore",
        team="infrastructure",
        subject="File share read-only after maintenance",
        body=prose("""
            Ms Whitmore calls: since the maintenance last night nobody can save to the Assays share, the
            message is "you need permission to perform this action". Opening files works. About twenty
            people are affected and keep their results on local disks for now.
        """),
        severity="critical",
        channel="phone",
        arrived_ago=DAY + 12 * HOUR,
        language="en",
        filed_by="agent3",
        confirmed=Confirmation(
            "agent1", 9, "high", "Reading works and results can be kept locally for a while."
        ),
        assignee="agent1",
        assigned_after=6,
        status="solved",
        solved_after=48,
        talk=(
            note(
                "agent1",
                25,
                """
                Nach dem Neustart ist das Volume im Nur-Lese-Modus eingehängt, Dateisystem geprüft,
                fehlerfrei.
                """,
            ),
            reply(
                "agent1",
                46,
                """
                Hello Ms Whitmore,

                the share is writable again. After the restart the volume had been mounted read-only as a
                precaution; the check found no damage. Please ask your colleagues to move their local
                results back today, local disks are not backed up.

                | Kind regards
                | Anna Berger
                """,
            ),
        ),
    ),
    Ticket(
        customer="lindner",
        contact="georg-lindner",
        team="workplace",
        subject="Ersatzgerät für den Serviceberater",
        body=prose("""
            Guten Tag,

            unserem Serviceberater ist das Tablet in die Grube gefallen, der Bildschirm ist gesprungen.
            Haben Sie ein Ersatzgerät, bis die Versicherung entschieden hat? Er braucht darauf nur die
            Annahme und die Kamera.

            | Mit freundlichen Grüßen
            | Georg Lindner
        """),
        severity="normal",
        channel="mail",
        arrived_ago=2 * DAY + 9 * HOUR,
        assignee="agent1",
        assigned_after=4 * HOUR,
        status="solved",
        solved_after=DAY + 3 * HOUR,
        talk=(
            reply(
                "agent1",
                4 * HOUR + 20,
                """
                Guten Tag Herr Lindner,

                ein Leihtablet liegt bei uns bereit, fertig eingerichtet. Die ersten vier Wochen sind im
                Vertrag enthalten. Soll es jemand abholen, oder bringe ich es morgen auf dem Weg vorbei?

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote("georg-lindner", 6 * HOUR, "Vorbeibringen wäre prima, am besten vor neun.", "mail"),
            note("agent1", DAY + 3 * HOUR, "Leihgerät LT-07 übergeben, Rückgabe in vier Wochen vorgemerkt."),
        ),
    ),
)
