"""Waiting in the queue: the customers with Gold."""

from __future__ import annotations

from tickets.management.demo_story.shapes import (
    DAY,
    HOUR,
    Confirmation,
    Decline,
    Ticket,
    contact_wrote,
    note,
    prose,
    reply,
)

TICKETS_WAITING_GOLD = (
    Ticket(
        customer="brandl",
        contact="markus-brandl",
        team="infrastructure",
        subject="ERP-Server nicht erreichbar, Produktion steht",
        body=prose("""
            Herr Brandl ruft aus der Fertigung an: Seit gut zehn Minuten startet das ERP an keinem Platz
            mehr, die Meldung lautet „Verbindung zum Datenbankserver ERP-SRV01 konnte nicht hergestellt
            werden“. Der Server antwortet nicht auf Ping, am Gehäuse blinkt die gelbe LED. Ohne
            Fertigungsaufträge stehen beide Drehzentren, die Spätschicht fängt in vier Stunden an.

            Er hat nichts aus- oder eingeschaltet und wartet auf unseren Rückruf unter der Mobilnummer.
        """),
        severity="critical",
        channel="phone",
        arrived_ago=62,
        filed_by="agent4",
        confirmed=Confirmation("agent2", 5, "critical", "Ganze Fertigung steht, kein Ausweichplatz."),
        talk=(
            note(
                "agent2",
                9,
                """
                Fernverwaltung des Servers antwortet: Netzteil 2 ausgefallen, Controller meldet „degraded“,
                zwei Platten im RAID fehlen. Ich hänge noch am Wasserwerk fest, bitte als Erstes nehmen.
                """,
            ),
            contact_wrote(
                "sabine-kern",
                31,
                """
                Wir haben jetzt die Aufträge von gestern ausgedruckt gefunden und fahren damit Maschine 2
                weiter. Das reicht ungefähr zwei Stunden.
                """,
                "mail",
            ),
        ),
    ),
    Ticket(
        customer="reiter",
        contact="julia-reiter",
        team="network",
        subject="Firewall blockiert VPN aller Außendienstler",
        body=prose("""
            Guten Morgen,

            seit heute früh kommt niemand im Außendienst mehr über VPN herein. Im Büro geht alles. Der
            Client fragt nach dem Kennwort, bleibt dann bei „Tunnel wird aufgebaut“ stehen und bricht nach
            30 Sekunden mit „Fehler 809“ ab. Das betrifft alle fünf Kolleginnen und Kollegen, auch mit dem
            Telefon als Hotspot. Gestern Abend lief auf der Firewall noch ein Update, vielleicht hängt es
            damit zusammen.

            Zwei von uns sitzen gleich in Verhandlungen und brauchen die Akten.

            | Viele Grüße
            | Julia Reiter
        """),
        severity="high",
        channel="mail",
        arrived_ago=43,
    ),
    Ticket(
        customer="isartal",
        contact="florian-haas",
        team="infrastructure",
        subject="Zertifikat des Mailservers läuft heute ab",
        body=prose("""
            Beim Öffnen von Outlook erscheint bei einigen Kollegen ein Hinweis, dass das
            Sicherheitszertifikat von mail.isartal-logistik.example nur noch bis heute gültig ist. Wenn man
            auf „Ja“ klickt, geht es weiter. Ich weiß nicht, ob sich das von selbst verlängert. Können Sie
            bitte nachsehen, bevor morgen niemand mehr Aufträge per E-Mail bekommt?
        """),
        severity="normal",
        channel="portal",
        arrived_ago=16 * HOUR + 4,
    ),
    Ticket(
        customer="northgate",
        contact="arjun-mehta",
        team="infrastructure",
        subject="Freezer monitoring no longer sends alerts",
        body=prose("""
            Hi,

            the monitoring server (MON-02) still shows live temperatures for the -80 °C freezers, but it has
            stopped sending alert mails. We noticed because freezer F4 had its door open for half an hour
            last night and nobody was told. A test mail from the web page fails with "535 authentication
            unsuccessful". Nothing was changed on our side as far as I know.

            We have someone walking past the freezers every hour until this works again.

            | Best regards
            | Arjun Mehta
        """),
        severity="high",
        channel="mail",
        arrived_ago=55,
        language="en",
    ),
    Ticket(
        customer="northgate",
        contact="rachel-whitmore",
        team="workplace",
        subject="Lab database access for a new starter",
        body=prose("""
            Our new research associate starts next week and needs the same access as the rest of the assay
            group: lab database (read and write), the Assays share and the booking calendar for the plate
            readers. A notebook is already here, inventory label NB-0147. Please send the initial password
            to me, not to the shared mailbox.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=5 * HOUR + 12,
        language="en",
    ),
    Ticket(
        customer="northgate",
        contact="rachel-whitmore",
        team="workplace",
        subject="Shared calendar shows meetings one hour off",
        body=prose("""
            Meetings in the "Site visits" calendar appear one hour early for me and correctly for Arjun. The
            invitations themselves have the right time. I checked the time zone in Windows and in Outlook,
            both say Berlin. It is only an annoyance, but last week I sat alone in a meeting room for an
            hour.
        """),
        severity="low",
        channel="portal",
        arrived_ago=DAY + 2 * HOUR + 20,
        language="en",
        talk=(
            reply(
                "agent3",
                95,
                """
                Hello Ms Whitmore, thank you for the details. Does it also happen when you open the same
                calendar in the browser? That tells us whether your profile or the calendar itself is wrong.
                """,
            ),
            contact_wrote(
                "rachel-whitmore", 210, "In the browser the times are right. Only Outlook is wrong."
            ),
        ),
    ),
    Ticket(
        customer="isartal",
        contact="daniel-okafor",
        team="network",
        subject="Handheld scanners drop off Wi-Fi in hall 2",
        body=prose("""
            Mr Okafor calls from dispatch: since the racks in hall 2 were moved, all eight handheld scanners
            lose the Wi-Fi between aisle 5 and aisle 9 and need about a minute to come back. Every pick has
            to be confirmed twice. Hall 1 is fine. The access point above aisle 7 shows a steady orange
            light. They have two lorries to load this afternoon and are writing lists by hand for now.
        """),
        severity="high",
        channel="phone",
        arrived_ago=96,
        language="en",
        filed_by="agent3",
        confirmed=Confirmation("agent1", 12, "high", "Loading goes on by hand, but half as fast."),
        declines=(
            Decline(
                "agent4",
                20,
                "Den Funkplan der Halle 2 hat Tobias gezeichnet, er übernimmt das nach seinem Termin.",
            ),
        ),
    ),
    Ticket(
        customer="isartal",
        contact="florian-haas",
        team="infrastructure",
        subject="Tourenplanung: Import der Aufträge bricht ab",
        body=prose("""
            Automatisch gemeldet von der Tourenplanung auf ISA-APP02: Der nächtliche Import der Aufträge ist
            zum dritten Mal in Folge abgebrochen. Verarbeitet: 412 von 1.086 Sätzen. Letzte Meldung:
            „Zeitüberschreitung beim Schreiben in Tabelle SENDUNG“. Ansprechpartner im Haus: Florian Haas,
            Durchwahl 131.
        """),
        severity="normal",
        channel="api",
        arrived_ago=2 * HOUR + 25,
    ),
    Ticket(
        customer="brandl",
        contact="sabine-kern",
        team="workplace",
        subject="CAD-Arbeitsplatz stürzt beim Speichern ab",
        body=prose("""
            Am Platz CAD-04 schließt sich das Programm ohne Meldung, sobald ich eine Baugruppe mit mehr als
            etwa 200 Teilen speichere. Kleine Teile gehen. Ich habe den Rechner neu gestartet und den
            Zwischenspeicher geleert, beides ohne Erfolg. Am Nachbarplatz CAD-03 kann ich dieselbe Baugruppe
            speichern, dort sitzt aber nur noch zwei Tage lang niemand.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=3 * HOUR + 50,
    ),
    Ticket(
        customer="brandl",
        contact="markus-brandl",
        team="workplace",
        subject="Beamer im Schulungsraum ohne Bild",
        body=prose("""
            Beim Termin vor Ort aufgenommen: Der Beamer im Schulungsraum zeigt „Kein Signal“, wenn ein
            Notebook über die Dose am Pult angeschlossen wird. Direkt am Gerät mit kurzem HDMI-Kabel geht
            es. Vermutlich ist das Kabel im Boden defekt, etwa zwölf Meter, im Leerrohr. Nächste Schulung
            ist erst in drei Wochen.
        """),
        severity="low",
        channel="desk",
        arrived_ago=DAY + 3 * HOUR + 10,
        filed_by="agent1",
    ),
    Ticket(
        customer="reiter",
        contact="thomas-wimmer",
        team="workplace",
        subject="Diktate kommen nicht im Schreibdienst an",
        body=prose("""
            Sehr geehrte Damen und Herren,

            die Diktate von drei Anwälten erscheinen seit gestern Mittag nicht mehr in der Liste des
            Schreibdienstes. Auf den Diktiergeräten steht „übertragen“, im Eingangsordner auf dem Server
            liegen die Dateien auch. Nur die Diktatsoftware zeigt sie nicht an. Den Dienst
            „Diktatverteilung“ habe ich nach Ihrer Anleitung einmal neu gestartet, danach kamen zwei alte
            Diktate, seitdem nichts.

            | Mit freundlichen Grüßen
            | Thomas Wimmer
        """),
        severity="normal",
        channel="mail",
        arrived_ago=2 * HOUR + 33,
        talk=(
            contact_wrote(
                "thomas-wimmer",
                70,
                """
                Ein Nachtrag: Morgen läuft in einer der Sachen eine Frist ab. Das Diktat dazu tippen wir
                jetzt direkt vom Gerät ab, es ist also aufgefangen. Bitte trotzdem bald ansehen.
                """,
                "mail",
            ),
        ),
    ),
)
