"""Articles for customers with a service agreement, those for the firm itself, and what is not finished."""

from __future__ import annotations

from tickets.management.demo_story.articles import Article, Voice, text

ARTICLES_WITHIN = (
    Article(
        "vpn",
        "agreement",
        text(
            "VPN von zu Hause einrichten",
            "In zehn Minuten mit dem Firmennetz verbunden; was vorher freigeschaltet sein muss.",
            """
            ## Vorher

            Ihr Zugang muss freigeschaltet sein. Das beantragt, wer bei Ihnen für die IT zuständig ist, mit
            einem
            Ticket; es dauert meist weniger als eine Stunde.

            ## Einrichten

            1. Öffnen Sie das *Unternehmensportal* und installieren Sie **Firmen-VPN**.
            2. Melden Sie sich mit Ihrer E-Mail-Adresse an und bestätigen Sie auf dem Telefon.
            3. Das Symbol neben der Uhr wird grün. Ihre Laufwerke erscheinen nach etwa einer Minute.

            ## Wenn es nicht geht

            - *„Gateway nicht erreichbar“*: Manche Hotels sperren VPN. Nehmen Sie den Hotspot Ihres Telefons.
            - *Die Laufwerke fehlen*: Trennen, eine Minute warten, neu verbinden.
            - *Alles ist langsam*: [Kein WLAN im Büro](article:wifi) gilt auch zu Hause.
            """,
        ),
        text(
            "Set up the VPN at home",
            "Connected to the company network in ten minutes, and what has to be opened before.",
            """
            ## Before

            Your access has to be opened. Whoever looks after IT at your company asks for it by a ticket; it
            mostly takes less than an hour.

            ## Setting it up

            1. Open the *Company Portal* and install **Company VPN**.
            2. Sign in with your e-mail address and confirm on your phone.
            3. The symbol beside the clock turns green. Your drives appear after about a minute.

            ## If it does not work

            - *“Gateway not reachable”*: some hotels block VPN. Use your phone’s hotspot.
            - *The drives are missing*: disconnect, wait a minute, connect again.
            - *Everything is slow*: [No Wi-Fi in the office](article:wifi) holds at home, too.
            """,
        ),
        visible_to="contract",
        author="lead",
        days_ago=14,
        related=("wifi",),
        voices=(Voice("helpful", by="northgate", days_ago=5), Voice("helpful", by="brandl", days_ago=2)),
    ),
    Article(
        "restore",
        "agreement",
        text(
            "Gelöschte Dateien zurückholen",
            "Die letzten 30 Tage holen Sie selbst zurück; für Älteres brauchen wir drei Angaben.",
            """
            ## Selbst zurückholen

            Klicken Sie den **Ordner** mit der rechten Maustaste an, in dem die Datei lag, und wählen Sie
            *Vorgängerversionen wiederherstellen*. Öffnen Sie den Stand von gestern und ziehen Sie die Datei
            heraus. Stellen Sie nicht den ganzen Ordner wieder her: damit überschreiben Sie, was seither
            dazugekommen ist.

            ## Älter als 30 Tage

            Schreiben Sie uns

            - den vollen Pfad, zum Beispiel `G:\\Projekte\\2025\\Halle 3`,
            - wann es die Datei sicher noch gab,
            - wohin wir sie legen sollen.

            Monatsstände bewahren wir ein Jahr auf.
            """,
        ),
        text(
            "Get deleted files back",
            "You can take back the last 30 days yourself; for older ones we need to know three things.",
            """
            ## By yourself

            Right-click the **folder** that held the file and choose *Restore previous versions*. Open
            yesterday’s and drag the file out. Do not restore the whole folder: you would write over what has
            come since.

            ## Older than 30 days

            Tell us

            - the full path, for instance `G:\\Projects\\2025\\Hall 3`,
            - when the file was there for certain,
            - where we shall put it.

            We keep the state of each month for a year.
            """,
        ),
        visible_to="contract",
        days_ago=11,
    ),
    Article(
        "new-laptop",
        "agreement",
        text(
            "Neues Notebook: der erste Tag",
            "Was vorbereitet ist, was Sie noch tun, und wen Sie anrufen.",
            """
            Das Gerät kommt fertig eingerichtet. Planen Sie trotzdem eine halbe Stunde ein.

            1. Schließen Sie das Netzteil an und melden Sie sich mit Ihrem bisherigen Passwort an.
            2. Warten Sie, bis *Einrichtung abgeschlossen* erscheint. Lassen Sie das Gerät dabei offen.
            3. Öffnen Sie Outlook und Teams einmal, damit sie Ihre Daten laden.
            4. Prüfen Sie den Drucker: [Der Drucker druckt nicht](article:printer).
            5. Richten Sie das [VPN](article:vpn) ein, wenn Sie unterwegs arbeiten.

            Das alte Gerät geben Sie erst nach zwei Wochen zurück: so lange ist es Ihre Sicherung.
            """,
        ),
        visible_to="contract",
        author="agent3",
        days_ago=8,
        related=("vpn", "printer"),
    ),
    Article(
        "router-reset",
        "house",
        text(
            "Standard-Router neu aufsetzen",
            "Reihenfolge, Prüfpunkte und was vor Ort unterschrieben wird.",
            """
            Nur vor Ort oder mit jemandem am Telefon, der vor dem Gerät steht.

            1. Konfiguration aus der Ablage holen und **mit dem Ticket abgleichen**: Standort,
               Anschlusskennung.
            2. Firmware aufspielen, dann erst die Konfiguration.
            3. Prüfen: Internet, Telefonie, VPN zwischen den Standorten, Gastnetz getrennt.
            4. Altes Gerät mitnehmen, Seriennummer ins Ticket.

            ```
            ping -c 4 10.20.0.1
            show ipsec sa
            ```

            Kunden bekommen [Kein WLAN im Büro](article:wifi), nicht diesen Artikel.
            """,
        ),
        visible_to="internal",
        author="lead",
        days_ago=9,
    ),
    Article(
        "server-down",
        "house",
        text(
            "Server startet nicht: Ablauf für die erste Stunde",
            "Wer was tut, in welcher Reihenfolge, und ab wann der Kunde einen Zwischenstand bekommt.",
            """
            | Minute | Wer | Was |
            |---|---|---|
            | 0 | wer das Ticket hat | Kunden anrufen, Rückrufnummer notieren |
            | 5 | Infrastruktur | Fernkonsole, Strom, letzte Meldungen |
            | 20 | Leitung | entscheiden: reparieren oder Ersatz aus dem Backup |
            | 30 | wer das Ticket hat | Zwischenstand an den Kunden, auch ohne Neuigkeit |
            | 60 | Leitung | Ersatzbetrieb oder zweite Person dazu |

            Erst die Daten sichern, dann reparieren. Was getan wird, steht **sofort** als Notiz im Ticket.
            """,
        ),
        visible_to="internal",
        author="lead",
        days_ago=7,
        related=("router-reset",),
    ),
    Article(
        "two-factor",
        "workplace",
        text(
            "Anmeldung in zwei Schritten einrichten",
            "Warum ein zweiter Schritt schützt und wie Sie ihn in fünf Minuten einrichten.",
            """
            Ein gestohlenes Passwort allein nützt dann niemandem mehr.

            1. Öffnen Sie *Mein Konto > Sicherheit*.
            2. Scannen Sie das Bild mit der App auf Ihrem Telefon.
            3. Drucken Sie die Ersatzcodes aus und legen Sie sie zu Ihren Papieren.

            Mehr dazu in [Verdächtige E-Mail](article:phishing).
            """,
        ),
        state="review",
        author="agent3",
        days_ago=2,
    ),
    Article(
        "meeting-room",
        "workplace",
        text(
            "Besprechungsraum mit Bildschirm: so verbinden Sie sich",
            "",
            """
            Noch zu klären: Gilt das auch für den kleinen Raum?

            1. Kabel anstecken oder *Drahtlos anzeigen* wählen.
            2. Die vier Ziffern vom Bildschirm eingeben.
            """,
        ),
        state="draft",
        author="agent1",
        days_ago=1,
    ),
    Article(
        "windows-10",
        "workplace",
        text(
            "Windows 10: Updates aufschieben",
            "So bestimmen Sie, wann der Rechner neu startet.",
            """
            *Einstellungen > Update und Sicherheit > Erweiterte Optionen* und dort ein Datum wählen.
            """,
        ),
        state="archived",
        author="agent3",
        days_ago=25,
    ),
)
