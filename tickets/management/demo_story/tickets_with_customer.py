"""Waiting for the customer: the ball is in their court, nothing of this stands in the queue."""

from __future__ import annotations

from tickets.management.demo_story.shapes import (
    DAY,
    HOUR,
    Confirmation,
    Ticket,
    contact_wrote,
    prose,
    reply,
)

TICKETS_WITH_CUSTOMER = (
    Ticket(
        customer="brandl",
        contact="markus-brandl",
        team="infrastructure",
        subject="Neue Zeiterfassung liest manche Ausweise nicht",
        body=prose("""
            Guten Tag,

            am neuen Terminal der Zeiterfassung werden einige Ausweise nicht erkannt, angezeigt wird
            „Unbekanntes Medium“. Bei den meisten Kollegen klappt es. Die Betroffenen tragen sich so lange
            in eine Liste ein.

            | Gruß
            | Markus Brandl
        """),
        severity="normal",
        channel="mail",
        arrived_ago=DAY + 6 * HOUR,
        assignee="agent1",
        assigned_after=3 * HOUR,
        status="waiting_customer",
        parked_after=3 * HOUR + 25,
        talk=(
            reply(
                "agent1",
                3 * HOUR + 25,
                """
                Guten Tag Herr Brandl,

                das Terminal liest nur Ausweise der neuen Bauart, auf der Rückseite steht dann „DF2“. Bitte
                schicken Sie uns die aufgedruckten Nummern der Ausweise, die nicht gehen. Dann tauschen wir
                sie in einem Zug aus.

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
        subject="Farbdruck nur für bestimmte Personen freigeben",
        body=prose("""
            Die Kosten für Farbdrucke sind im letzten Quartal stark gestiegen. Bitte richten Sie den großen
            Drucker im Flur so ein, dass nur noch das Sekretariat farbig drucken kann. Alle anderen sollen
            automatisch schwarz-weiß drucken, ohne dass eine Fehlermeldung erscheint.
        """),
        severity="low",
        channel="portal",
        arrived_ago=3 * DAY + 4 * HOUR,
        assignee="agent4",
        assigned_after=6 * HOUR,
        status="waiting_customer",
        parked_after=7 * HOUR + 10,
        talk=(
            reply(
                "agent4",
                7 * HOUR + 10,
                """
                Guten Tag Frau Reiter,

                das lässt sich einrichten. Zwei Fragen vorab: Welche Personen gehören zum Sekretariat, und
                soll es für Gerichtstermine eine Ausnahme geben, etwa für Fotos und Pläne als Anlage?

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
    Ticket(
        customer="isartal",
        contact="daniel-okafor",
        team="workplace",
        subject="Cannot open scanned delivery notes",
        body=prose("""
            Some scanned delivery notes open as an empty grey page on the dispatch PCs. It seems to be only
            those scanned at the south gate. I can see the file size, about 300 KB, so there is something in
            them. I need them to answer customers who ask for proof of delivery.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=21 * HOUR,
        language="en",
        assignee="agent3",
        assigned_after=50,
        status="waiting_customer",
        parked_after=4 * HOUR + 15,
        talk=(
            reply(
                "agent3",
                62,
                """
                Hello Mr Okafor, could you tell me the names of two files that stay grey? Please do not
                attach the notes themselves, they carry your customers' addresses.
                """,
            ),
            contact_wrote("daniel-okafor", 130, "LS-88213.pdf and LS-88240.pdf, both in the folder South."),
            reply(
                "agent3",
                4 * HOUR + 15,
                """
                Thank you. The scanner at the south gate uses a compression that your old viewer cannot
                read. I have installed the current viewer on DISPO-2. Could you check the two files there
                and tell me whether we should roll it out to the other five PCs?
                """,
            ),
        ),
    ),
    Ticket(
        customer="tierklinik",
        contact="lena-ostler",
        team="infrastructure",
        subject="Laborgerät sendet keine Befunde mehr",
        body=prose("""
            Guten Morgen,

            das Blutbildgerät schickt die Ergebnisse nicht mehr in die Kartei. Auf dem Gerät selbst werden
            sie angezeigt, und ausdrucken lassen sie sich auch. Es fing nach dem Umzug in den Neubau an. Wir
            tippen die Werte ab, das ist bei 20 Befunden am Tag fehleranfällig.

            | Viele Grüße
            | Lena Ostler
        """),
        severity="normal",
        channel="mail",
        arrived_ago=DAY + 9 * HOUR,
        confirmed=Confirmation("agent1", 40, "high", "Befunde werden abgetippt, Verwechslung möglich."),
        assignee="agent1",
        assigned_after=38,
        status="waiting_customer",
        parked_after=5 * HOUR + 30,
        talk=(
            reply(
                "agent1",
                55,
                """
                Guten Tag Frau Ostler,

                bitte sehen Sie am Gerät unter „Einstellungen, Netzwerk“ nach: Welche Adresse steht bei
                „Host“?

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote(
                "lena-ostler", 3 * HOUR, "Dort steht 192.168.10.20, und daneben ein rotes Kreuz.", "mail"
            ),
            reply(
                "agent1",
                5 * HOUR + 30,
                """
                Danke, das ist noch die Adresse aus dem Altbau. Bitte lassen Sie von jemandem mit
                Gerätefreigabe 192.168.30.20 eintragen und das Gerät neu starten. Ändern dürfen wir an dem
                Medizingerät selbst nichts. Geben Sie mir dann kurz Bescheid, ob der nächste Befund ankommt?
                """,
            ),
        ),
    ),
    Ticket(
        customer="stadtwerke",
        contact="yvonne-lechner",
        team="workplace",
        subject="Verteilerliste für den Bereitschaftsdienst",
        body=prose("""
            Für den Bereitschaftsdienst brauchen wir eine gemeinsame Adresse, die an die jeweils
            eingeteilten Kollegen weiterleitet. Die Einteilung wechselt jede Woche. Am besten wäre es, wenn
            ich die Namen selbst ändern kann.
        """),
        severity="low",
        channel="portal",
        arrived_ago=2 * DAY + 7 * HOUR,
        assignee="agent4",
        assigned_after=DAY,
        status="waiting_customer",
        parked_after=DAY + 20,
        talk=(
            reply(
                "agent4",
                DAY + 20,
                """
                Guten Tag Frau Lechner,

                eine Verteilerliste, die Sie in Outlook selbst pflegen, passt dafür gut. Wie soll die
                Adresse heißen, und dürfen auch Absender von außen dorthin schreiben?

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
    Ticket(
        customer="northgate",
        contact="rachel-whitmore",
        team="network",
        subject="VPN client update for home office users",
        body=prose("""
            The VPN client tells our home office users that "this version will no longer be supported".
            Eleven people are affected. Can you update it without everybody bringing their notebook to the
            office? Two of them are abroad until the end of next week.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=28 * HOUR,
        language="en",
        assignee="agent2",
        assigned_after=4 * HOUR,
        status="waiting_customer",
        parked_after=4 * HOUR + 40,
        talk=(
            reply(
                "agent2",
                4 * HOUR + 40,
                """
                Hello Ms Whitmore,

                yes, we can roll it out remotely. The connection drops once for about two minutes. Would an
                evening this week suit you, and should we leave out the two colleagues abroad until they are
                back?

                | Kind regards
                | Tobias Huber
                """,
            ),
        ),
    ),
    Ticket(
        customer="lindner",
        contact="nadine-fuchs",
        team="workplace",
        subject="Rechnungen kommen beim Kunden als winmail.dat an",
        body=prose("""
            Guten Tag,

            zwei Kunden haben sich beschwert, dass an unseren E-Mails statt der Rechnung nur eine Datei
            „winmail.dat“ hängt, die sie nicht öffnen können. Bei den anderen kommt alles richtig an. Ich
            verschicke alle auf dieselbe Weise aus Outlook.

            | Liebe Grüße
            | Nadine Fuchs
        """),
        severity="normal",
        channel="mail",
        arrived_ago=26 * HOUR,
        assignee="agent4",
        assigned_after=5 * HOUR,
        status="waiting_customer",
        parked_after=5 * HOUR + 35,
        talk=(
            reply(
                "agent4",
                5 * HOUR + 35,
                """
                Guten Tag Frau Fuchs,

                das passiert, wenn Outlook im Rich-Text-Format sendet. Öffnen Sie bitte die beiden Kunden im
                Adressbuch, klicken Sie doppelt auf die E-Mail-Adresse und wählen Sie als Internetformat
                „Nur-Text“. Klappt es danach? Wenn nicht, stelle ich es zentral um.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
)
