"""Customers without a service agreement whose tickets left the queue: advice, and a price before any work."""

from __future__ import annotations

from tickets.management.demo_story.attachments import PRICE_MAIL_CHECK, QUOTE_WORKPLACE
from tickets.management.demo_story.shapes import (
    DAY,
    HOUR,
    Confirmation,
    Ticket,
    contact_wrote,
    note,
    prose,
    reply,
)

TICKETS_ADVICE_ONLY = (
    Ticket(
        customer="aigner",
        contact="maria-aigner",
        team="infrastructure",
        subject="E-Mails an Großkunden landen im Spam",
        body=prose("""
            Drei unserer Großkunden sagen, dass unsere Angebote bei ihnen im Spamordner liegen. Einer hat
            mir eine Rückmeldung weitergeleitet, darin steht „SPF check failed“. Ich verschicke ganz normal
            über unseren Webhosting-Anbieter. Was kostet es, wenn Sie das prüfen?
        """),
        severity="high",
        channel="portal",
        arrived_ago=4 * DAY + 9 * HOUR,
        confirmed=Confirmation(
            "agent2", 2 * DAY, "normal", "Versand läuft, nur einzelne Empfänger betroffen."
        ),
        assignee="agent2",
        assigned_after=2 * DAY - 10,
        status="waiting_customer",
        parked_after=2 * DAY + 15,
        talk=(
            reply(
                "agent2",
                2 * DAY + 15,
                """
                Guten Tag Frau Aigner,

                der Absendereintrag (SPF) Ihrer Domain nennt vermutlich den Server Ihres Anbieters nicht.
                Die Kosten für eine Prüfung finden Sie in der Anlage. Wir beginnen erst, wenn Sie zustimmen.
                Sie können auch zuerst selbst beim Anbieter nachfragen, das Stichwort ist „SPF-Eintrag“.

                | Viele Grüße
                | Tobias Huber
                """,
                (PRICE_MAIL_CHECK,),
            ),
        ),
    ),
    Ticket(
        customer="obermaier",
        contact="josef-obermaier",
        team="workplace",
        subject="Angebot für einen neuen Arbeitsplatz im Büro",
        body=prose("""
            Herr Obermaier stellt zum nächsten Monat eine Bürokraft ein und braucht dafür einen Rechner mit
            zwei Bildschirmen, fertig eingerichtet. Das Buchhaltungsprogramm soll vom alten Rechner mit
            umziehen. Er bittet um ein Angebot per E-Mail.
        """),
        severity="normal",
        channel="phone",
        arrived_ago=3 * DAY + 2 * HOUR,
        filed_by="agent1",
        assignee="agent1",
        assigned_after=DAY + 2 * HOUR,
        assigned_how="picked",
        assigned_reason="Ich habe das Gespräch geführt und kenne seine Wünsche.",
        status="waiting_customer",
        parked_after=DAY + 5 * HOUR,
        talk=(
            reply(
                "agent1",
                DAY + 5 * HOUR,
                """
                Guten Tag Herr Obermaier,

                anbei unser Angebot. Die drei Stunden Einrichtung enthalten den Umzug des
                Buchhaltungsprogramms, sofern der Datenträger mit der Lizenz vorliegt. Eine kurze Zusage per
                Antwort oder Anruf genügt.

                | Viele Grüße
                | Anna Berger
                """,
                (QUOTE_WORKPLACE,),
            ),
        ),
    ),
    Ticket(
        customer="harbour",
        contact="priya-nair",
        team="workplace",
        subject="How do we wipe old workstations before recycling?",
        body=prose("""
            We are giving away four old workstations. They held client footage, so the disks have to be
            wiped properly. Is the reset function in Windows enough, or do we need something else?
        """),
        severity="low",
        channel="portal",
        arrived_ago=5 * DAY + 3 * HOUR,
        language="en",
        assignee="agent3",
        assigned_after=3 * DAY + 1 * HOUR,
        status="waiting_customer",
        parked_after=3 * DAY + 2 * HOUR,
        talk=(
            note(
                "agent3", 3 * DAY + 70, "Agreement is suspended, so advice only. No remote session, no visit."
            ),
            reply(
                "agent3",
                3 * DAY + 2 * HOUR,
                """
                Hello Ms Nair,

                the plain reset is not enough for client material. Choose "Remove everything" and then
                "Clean data", and allow several hours per disk. Do the machines have SSDs or spinning disks?
                For SSDs the manufacturer's secure erase is faster and better, and I can tell you where to
                find it.

                | Kind regards
                | Emily Carter
                """,
            ),
        ),
    ),
    Ticket(
        customer="falk",
        contact="susanne-falk",
        team="workplace",
        subject="Kontakte auf ein neues Telefon übertragen",
        body=prose("""
            Ich habe ein neues Diensttelefon. Wie bekomme ich die rund 600 Kontakte vom alten herüber, ohne
            dass die privaten und die geschäftlichen durcheinandergeraten? Beide Telefone liegen vor mir.
        """),
        severity="low",
        channel="portal",
        arrived_ago=5 * DAY + 9 * HOUR,
        assignee="agent4",
        assigned_after=2 * DAY + 6 * HOUR,
        status="solved",
        solved_after=3 * DAY + 5 * HOUR,
        talk=(
            reply(
                "agent4",
                2 * DAY + 6 * HOUR + 20,
                """
                Guten Tag Frau Falk,

                am einfachsten richten Sie auf dem neuen Telefon zuerst das Firmenkonto ein, dann kommen die
                geschäftlichen Kontakte von selbst. Die privaten übertragen Sie danach mit der
                Umzugsfunktion und wählen dort nur das private Konto aus. Wenn Sie unsicher sind, fragen Sie
                gern noch einmal nach.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
            contact_wrote("susanne-falk", 3 * DAY + 4 * HOUR, "Hat genau so geklappt, herzlichen Dank!"),
        ),
    ),
    Ticket(
        customer="harbour",
        contact="owen-gallagher",
        team="network",
        subject="Project archive not reachable from edit suite 1",
        body=prose("""
            Hi,

            edit suite 1 cannot open the archive any more, it says "network path not found". Suites 2 and 3
            can. We swapped the cable and restarted everything twice. The editor has moved to suite 3 for
            now.

            | Cheers
            | Owen
        """),
        severity="high",
        channel="mail",
        arrived_ago=11 * DAY + 9 * HOUR,
        language="en",
        confirmed=Confirmation(
            "agent2", DAY + 10, "normal", "The editor works in suite 3, one machine is affected."
        ),
        assignee="agent2",
        assigned_after=DAY,
        status="closed",
        solved_after=2 * DAY + HOUR,
        closed_after=5 * DAY,
        talk=(
            reply(
                "agent2",
                DAY + 25,
                """
                Hello Mr Gallagher,

                while the agreement is suspended I can give you advice but not connect to your machines.
                Please check in the network settings of suite 1 whether the connection is marked "public".
                If so, change it to "private" and try again.

                | Kind regards
                | Tobias Huber
                """,
            ),
            contact_wrote(
                "owen-gallagher",
                2 * DAY,
                "It was public. Changed it and the archive is back. Thank you.",
                "mail",
            ),
        ),
    ),
    Ticket(
        customer="moser",
        contact="christian-moser",
        team="workplace",
        subject="Update der Scansoftware schlägt fehl",
        body=prose("""
            Das Update der Software für den Modellscanner bricht mit „Fehler 1603“ ab, die alte Version
            startet danach noch. Können Sie sich aufschalten und das Update für uns installieren? Wir haben
            ja die Software Assurance.
        """),
        severity="high",
        channel="portal",
        arrived_ago=11 * DAY + 20 * HOUR,
        confirmed=Confirmation(
            "agent1", 2 * DAY, "normal", "Die bisherige Version läuft, gescannt werden kann."
        ),
        assignee="agent1",
        assigned_after=2 * DAY - 15,
        status="closed",
        solved_after=3 * DAY + 2 * HOUR,
        closed_after=7 * DAY,
        talk=(
            reply(
                "agent1",
                2 * DAY + 20,
                """
                Guten Tag Herr Moser,

                die Software Assurance ist ein Vertrag mit dem Hersteller Ihres Servers, unsere Arbeit
                gehört nicht dazu. Aufschalten und installieren dürfen wir ohne Servicevertrag nicht. Einen
                Hinweis gebe ich gern: Fehler 1603 entsteht oft, wenn das Programm im Hintergrund noch
                läuft. Bitte den Rechner neu starten und das Update als Administrator ausführen, bevor
                jemand den Scanner öffnet.

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote(
                "christian-moser", 3 * DAY, "Verstanden. Nach dem Neustart ist es durchgelaufen, danke."
            ),
        ),
    ),
)
