"""Waiting in the queue: the customers with Silber and Bronze."""

from __future__ import annotations

from tickets.management.demo_story.attachments import NEW_COLLEAGUE
from tickets.management.demo_story.shapes import (
    HOUR,
    Confirmation,
    Decline,
    Pin,
    Ticket,
    contact_wrote,
    note,
    prose,
)

TICKETS_WAITING_SILVER = (
    Ticket(
        customer="hofmann",
        contact="petra-sommer",
        team="workplace",
        subject="Outlook verliert Verbindung nach Update",
        body=prose("""
            Guten Tag,

            an beiden Rechnern am Empfang ist heute früh ein Office-Update durchgelaufen. Seitdem steht
            unten in Outlook abwechselnd „Getrennt“ und „Kennwort erforderlich“. Nach einem Neustart geht es
            zwei, drei Minuten, dann ist die Verbindung wieder weg. Rezeptanfragen kommen bei uns fast nur
            per E-Mail, die Patienten rufen inzwischen an und fragen nach.

            Auf dem Rechner von Frau Dr. Hofmann (ohne Update) funktioniert alles.

            | Freundliche Grüße
            | Petra Sommer, Empfang
        """),
        severity="high",
        channel="mail",
        arrived_ago=34,
    ),
    Ticket(
        customer="hofmann",
        contact="claudia-hofmann",
        team="workplace",
        subject="Quartalsabrechnung: Übertragung bricht ab",
        body=prose("""
            Die Quartalsabrechnung lässt sich nicht übertragen. Die Prüfung läuft durch, beim Senden
            erscheint nach rund 80 Prozent „Verbindung zum Abrechnungsportal unterbrochen (Code 4003)“. Ich
            habe es dreimal versucht, auch vom Rechner im Sprechzimmer 2. Die Frist für die Abgabe endet
            heute um Mitternacht, eine Verlängerung gibt es nicht.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=3 * HOUR + 21,
        talk=(
            note(
                "lead",
                48,
                """
                Mit Frau Dr. Hofmann telefoniert: Abgabe heute, sonst wird ein Teil des Honorars erst in
                drei Monaten ausgezahlt. In der gewöhnlichen Reihenfolge käme sie zu spät dran, deshalb
                angeheftet.
                """,
            ),
        ),
        pin=Pin(
            by="lead",
            after=50,
            reason="Abgabefrist der Quartalsabrechnung endet heute um Mitternacht, nicht verlängerbar.",
            expires_in=6 * HOUR,
        ),
    ),
    Ticket(
        customer="tierklinik",
        contact="lena-ostler",
        team="workplace",
        subject="Drucker im Lager druckt keine Etiketten",
        body=prose("""
            Der Etikettendrucker im Medikamentenlager nimmt die Aufträge an, druckt aber nichts. Am Gerät
            steht „Bereit“, in der Warteschlange am Rechner stehen inzwischen 14 Aufträge mit „Fehler beim
            Drucken“. Rolle und Farbband sind neu. Über den Drucker am Empfang kommen die Etiketten, nur im
            falschen Format.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=79,
    ),
    Ticket(
        customer="stadtwerke",
        contact="yvonne-lechner",
        team="workplace",
        subject="Neue Mitarbeiterin ab Montag einrichten",
        body=prose("""
            Guten Tag,

            am Montag fängt im Kundenservice eine neue Kollegin an. Bitte richten Sie Benutzerkonto,
            Postfach und Telefon ein, die Angaben stehen in der Anlage. Der Rechner steht schon am Platz und
            ist angeschlossen. Ihr erster Termin am Schalter ist am Montag um zehn.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=72,
        attachments=(NEW_COLLEAGUE,),
    ),
    Ticket(
        customer="stadtwerke",
        contact="bernd-kratzer",
        team="network",
        subject="Telefonanlage: Anrufweiterleitung klappt nicht",
        body=prose("""
            Wenn ich mein Telefon mit *21 auf das Diensthandy umleite, hören Anrufer dreimal das Freizeichen
            und dann „Der Teilnehmer ist nicht erreichbar“. Umleitungen auf interne Nummern gehen. Im Haus
            haben das schon vier Kollegen bestätigt, es liegt also nicht an meinem Apparat (Durchwahl 161).
        """),
        severity="normal",
        channel="portal",
        arrived_ago=3 * HOUR + 2,
        declines=(
            Decline(
                "agent4",
                2 * HOUR + 48,
                "Zugang zur Telefonanlage haben nur Anna und Tobias, Freigabe ist beantragt.",
            ),
        ),
    ),
    Ticket(
        customer="stadtwerke",
        contact="andreas-pichler",
        team="network",
        subject="Leitstelle: zweiter Arbeitsplatz ohne Netz",
        body=prose("""
            Herr Pichler ruft an: Am zweiten Arbeitsplatz der Leitstelle ist seit etwa 20 Minuten das Netz
            weg. Die Dose ist tot, auch mit dem Notebook aus dem Büro. Am ersten Platz läuft alles, er kann
            die Anlagen weiter überwachen. Fällt der auch aus, müssten Leute hinausfahren und vor Ort
            ablesen. Er bittet, vor jeder Änderung am Switch anzurufen.
        """),
        severity="critical",
        channel="phone",
        arrived_ago=50,
        filed_by="agent2",
        confirmed=Confirmation(
            "agent2", 4, "high", "Erster Arbeitsplatz läuft, die Überwachung ist gesichert."
        ),
    ),
    Ticket(
        customer="tierklinik",
        contact="martin-seidl",
        team="workplace",
        subject="Monitor flackert am Arbeitsplatz 12",
        body=prose("""
            Hallo zusammen,

            der rechte Monitor am Arbeitsplatz 12 (Befundung) flackert, sobald Röntgenbilder im Vollbild
            angezeigt werden. Anderes Kabel habe ich probiert, ändert nichts. Mit dem linken Bildschirm kann
            ich arbeiten, nur nicht vergleichen. Falls ein neuer nötig ist: bitte vorher kurz den Preis
            nennen.

            | Viele Grüße
            | Martin Seidl
        """),
        severity="high",
        channel="mail",
        arrived_ago=4 * HOUR + 6,
        confirmed=Confirmation("agent1", 60, "normal", "Zweiter Bildschirm am Platz ist nutzbar."),
    ),
    Ticket(
        customer="hofmann",
        contact="petra-sommer",
        team="workplace",
        subject="Teams-Besprechung ohne Ton",
        body=prose("""
            Frau Sommer fragt, warum in der Videosprechstunde nur sie die anderen hört, aber niemand sie.
            Das Headset am Empfang wird in Windows angezeigt und der Pegel schlägt aus. Bis zur nächsten
            Videosprechstunde übermorgen nimmt sie das Notebook aus dem Sprechzimmer.
        """),
        severity="low",
        channel="phone",
        arrived_ago=5 * HOUR + 3,
        filed_by="agent1",
    ),
    Ticket(
        customer="lindner",
        contact="nadine-fuchs",
        team="workplace",
        subject="Scanner legt PDF nicht mehr ab",
        body=prose("""
            Der Scanner in der Auftragsannahme meldet nach jedem Scan „Ablage nicht erreichbar“. Bis gestern
            landeten die PDF-Dateien im Ordner \\\\LIN-SRV\\Scan\\Werkstatt. Den Ordner kann ich am Rechner
            öffnen und auch hineinschreiben. Kopieren am Gerät geht. Derzeit fotografieren wir die Aufträge
            mit dem Telefon.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=6 * HOUR + 11,
        confirmed=Confirmation("agent1", 120, "normal", "Ausweichweg vorhanden, Annahme läuft."),
    ),
    Ticket(
        customer="lindner",
        contact="nadine-fuchs",
        team="infrastructure",
        subject="Zugriff auf Projektlaufwerk fehlt",
        body=prose("""
            Guten Morgen,

            Herr Lindner hat mir die Unterlagen für den Umbau der Ausstellungshalle auf dem Laufwerk P:
            freigegeben, bei mir kommt aber „Zugriff verweigert“. Das Laufwerk selbst sehe ich, auch die
            Ordner der anderen Projekte. Ab- und wieder anmelden hat nichts geändert. Der Architekt wartet
            auf die Maße der Tore.

            | Liebe Grüße
            | Nadine Fuchs
        """),
        severity="normal",
        channel="mail",
        arrived_ago=7 * HOUR + 8,
        talk=(
            contact_wrote(
                "georg-lindner",
                44,
                """
                Hiermit bestätige ich, dass Frau Fuchs auf den Ordner „Umbau Halle“ schreiben darf.

                | Georg Lindner
                """,
                "mail",
            ),
        ),
    ),
    Ticket(
        customer="lindner",
        contact="georg-lindner",
        team="workplace",
        subject="Passwort läuft ab, Anleitung gesucht",
        body=prose("""
            Herr Lindner bekommt beim Anmelden den Hinweis, dass sein Kennwort in fünf Tagen abläuft. Er
            arbeitet bis dahin von zu Hause und möchte wissen, wie er es dort ändert, ohne sich
            auszusperren. Beim letzten Mal kam er danach nicht mehr an seine E-Mails auf dem Telefon.
            Rückruf nicht nötig, Anleitung per E-Mail genügt.
        """),
        severity="low",
        channel="phone",
        arrived_ago=8 * HOUR + 5,
        filed_by="agent4",
    ),
    Ticket(
        customer="lindner",
        contact="georg-lindner",
        team="infrastructure",
        subject="Backup-Bericht: Warnung auf NAS-02",
        body=prose("""
            Guten Abend,

            im täglichen Bericht steht seit drei Tagen eine gelbe Warnung: „NAS-02: Sicherung abgeschlossen
            mit Warnungen, 3 Dateien übersprungen (in Benutzung)“. Die Sicherung selbst ist laut Bericht
            vollständig gelaufen. Muss ich mir Sorgen machen, oder kann das so bleiben?

            | Mit freundlichen Grüßen
            | Georg Lindner
        """),
        severity="low",
        channel="mail",
        arrived_ago=18 * HOUR + 14,
    ),
)
