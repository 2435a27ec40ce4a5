"""Open and in somebody's hands, team Arbeitsplatz: what agents find under "my work".

Each of them was touched within the last three hours, so that none goes back to the queue by itself.
"""

from __future__ import annotations

from tickets.management.demo_story.attachments import CARD_READER_LOG
from tickets.management.demo_story.shapes import (
    HOUR,
    Confirmation,
    Ticket,
    contact_wrote,
    note,
    prose,
    reply,
)

TICKETS_AT_WORK_WORKPLACE = (
    Ticket(
        customer="reiter",
        contact="thomas-wimmer",
        team="workplace",
        subject="Anwaltspostfach meldet Fehler bei der Signaturkarte",
        body=prose("""
            Sehr geehrte Damen und Herren,

            beim Versenden aus dem elektronischen Anwaltspostfach kommt seit heute bei zwei Anwälten „Karte
            nicht lesbar (E-2041)“. Die Karten funktionieren am Lesegerät im Sekretariat, an den eigenen
            Plätzen nicht. Die Geräte wurden schon umgesteckt. Lesen kann man die Nachrichten, nur das
            Signieren geht nicht. Die Logdatei des Programms hängt an.

            | Mit freundlichen Grüßen
            | Thomas Wimmer
        """),
        severity="high",
        channel="mail",
        arrived_ago=4 * HOUR + 2,
        attachments=(CARD_READER_LOG,),
        confirmed=Confirmation(
            "agent1", 128, "normal", "Signieren geht im Sekretariat, Fristen sind gewahrt."
        ),
        assignee="agent1",
        assigned_after=124,
        talk=(
            reply(
                "agent1",
                130,
                """
                Guten Tag Herr Wimmer,

                vermutlich hat das Windows-Update von heute Nacht den Treiber der Lesegeräte ersetzt. Ich
                würde gern per Fernwartung auf einen der beiden Plätze. Wann passt es, und sitzt dann jemand
                daneben?

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote(
                "thomas-wimmer", 171, "Ab sofort, ich sitze selbst am Platz von Herrn Dr. Lang.", "mail"
            ),
        ),
    ),
    Ticket(
        customer="lindner",
        contact="georg-lindner",
        team="workplace",
        subject="Teilekatalog öffnet nur eine leere Seite",
        body=prose("""
            Der Teilekatalog des Herstellers zeigt an allen drei Plätzen im Teiledienst nach der Anmeldung
            nur eine weiße Seite. Zu Hause auf meinem Laptop geht er. Am Browser liegt es wohl nicht, wir
            haben zwei verschiedene probiert. Bestellen können wir so lange nur telefonisch.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=22 * HOUR + 9,
        assignee="agent1",
        assigned_after=20 * HOUR + 30,
        assigned_how="assigned",
        assigned_reason="Teiledienst bestellt seit gestern nur telefonisch, Anna kennt den Webfilter.",
        talk=(
            note(
                "agent1",
                20 * HOUR + 52,
                """
                Der Katalog lädt Skripte von einer neuen Adresse, die der Webfilter als „Dateitausch“
                einstuft. Ausnahme für den Teiledienst beantragt, Freigabe durch Herrn Lindner fehlt noch.
                """,
            ),
        ),
    ),
    Ticket(
        customer="northgate",
        contact="arjun-mehta",
        team="workplace",
        subject="Lab laptops ask for a BitLocker recovery key",
        body=prose("""
            Hi,

            after last night's firmware update four of the lab laptops start with a blue screen that asks
            for the BitLocker recovery key. The labels are NB-0112, NB-0115, NB-0116 and NB-0121. Two of
            them control the plate readers, so this morning's assay run is on hold. Please call me before
            you do anything with NB-0116, it has unsaved instrument settings.

            | Best regards
            | Arjun Mehta
        """),
        severity="high",
        channel="mail",
        arrived_ago=2 * HOUR + 8,
        language="en",
        confirmed=Confirmation("agent3", 14, "high", "Two instruments are down, manual work continues."),
        assignee="agent3",
        assigned_after=12,
        talk=(
            reply(
                "agent3",
                18,
                """
                Hello Mr Mehta,

                I have the recovery keys for all four laptops. Keys must not travel by mail, so I will read
                them out to you on the phone. I am calling you in five minutes; we will leave NB-0116 for
                last.

                | Kind regards
                | Emily Carter
                """,
            ),
            contact_wrote(
                "arjun-mehta", 61, "Three are back and the run has started. NB-0116 still to do.", "mail"
            ),
            note(
                "agent3",
                66,
                """
                NB-0112, NB-0115 and NB-0121 unlocked on the phone, protection resumed. Firmware update is
                paused for the remaining lab machines until we suspend BitLocker first.
                """,
            ),
        ),
    ),
    Ticket(
        customer="northgate",
        contact="rachel-whitmore",
        team="workplace",
        subject="Second monitor not detected after dock swap",
        body=prose("""
            Since my docking station was replaced yesterday, the second monitor stays black. Windows shows
            only one external display. I tried both DisplayPort sockets and a different cable. The monitor
            itself works with the HDMI cable from the meeting room.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=19 * HOUR + 18,
        language="en",
        assignee="agent3",
        assigned_after=17 * HOUR + 2,
        talk=(
            reply(
                "agent3",
                17 * HOUR + 10,
                """
                Hello Ms Whitmore, the new dock needs a newer firmware before it drives two monitors. May I
                connect to your PC for about fifteen minutes today? Your screens will go dark twice during
                the update.
                """,
            ),
            contact_wrote(
                "rachel-whitmore", 18 * HOUR + 5, "Any time after my call, so from half past. Thank you!"
            ),
        ),
    ),
    Ticket(
        customer="hofmann",
        contact="petra-sommer",
        team="workplace",
        subject="Kartenlesegerät am Empfang wird nicht erkannt",
        body=prose("""
            Frau Sommer ruft an: Das Kartenlesegerät am Empfang wird von der Praxissoftware nicht mehr
            erkannt, Meldung „Kein Terminal verbunden“. Am Gerät leuchtet das Netzwerksymbol rot. Die
            Versichertenkarten liest sie jetzt im Sprechzimmer 1 ein, dafür müssen die Patienten zweimal
            gehen. Stecker und Neustart sind schon probiert.
        """),
        severity="normal",
        channel="phone",
        arrived_ago=3 * HOUR + 6,
        filed_by="agent4",
        assignee="agent4",
        assigned_after=1,
        assigned_how="picked",
        assigned_reason="Frau Sommer war am Telefon, gleich mit ihr zusammen nachgesehen.",
        talk=(
            note(
                "agent4",
                42,
                """
                Gerät hat seit dem Routertausch eine neue Adresse bekommen, in der Praxissoftware steht noch
                die alte. Feste Adresse eingetragen, das Gerät muss einmal neu gekoppelt werden. Dafür
                braucht es die PIN der Praxis.
                """,
            ),
            reply(
                "agent4",
                49,
                """
                Guten Tag Frau Sommer,

                die Ursache ist gefunden. Zum Abschluss brauchen wir Sie fünf Minuten am Gerät, die PIN
                geben Sie bitte selbst ein. Rufen Sie mich an, sobald am Empfang Luft ist?

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
            contact_wrote("petra-sommer", 84, "Gern, gleich nach dem nächsten Patienten.", "mail"),
        ),
    ),
)
