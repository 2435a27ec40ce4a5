"""Waiting in the queue: everybody without a service agreement in force, behind all the others.

The two or three oldest have waited for days: the policy allows it, and the lead should see it.
"""

from __future__ import annotations

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

TICKETS_WAITING_NOTHING = (
    Ticket(
        customer="aigner",
        contact="maria-aigner",
        team="infrastructure",
        subject="Website zeigt Fehler 500 im Bestellformular",
        body=prose("""
            Wenn Kunden auf unserer Website eine Käseplatte bestellen und auf „Absenden“ tippen, erscheint
            nur noch „500 Internal Server Error“. Die übrigen Seiten gehen. Ich habe nichts geändert, der
            Anbieter hat gestern eine E-Mail wegen einer neuen PHP-Version geschickt. Samstag ist unser
            stärkster Tag, bis dahin muss das wieder laufen. Was würde es kosten, wenn Sie sich das ansehen?
        """),
        severity="critical",
        channel="portal",
        arrived_ago=64,
    ),
    Ticket(
        customer="aigner",
        contact="maria-aigner",
        team="workplace",
        subject="Wie richte ich eine Abwesenheitsnotiz ein?",
        body=prose("""
            Wir schließen nächste Woche für drei Tage. Ich möchte, dass jeder, der uns schreibt, automatisch
            eine Antwort mit den Öffnungszeiten bekommt. Wo stelle ich das ein? Ich nutze Outlook auf dem
            Laptop und das Mailprogramm auf dem Telefon.
        """),
        severity="low",
        channel="portal",
        arrived_ago=74,
    ),
    Ticket(
        customer="moser",
        contact="christian-moser",
        team="workplace",
        subject="Frage zur Lizenzverlängerung Software Assurance",
        body=prose("""
            Sehr geehrte Damen und Herren,

            wir haben eine Erinnerung erhalten, dass unsere Software Assurance für den Server in gut vier
            Monaten ausläuft. Müssen wir aktiv verlängern, und was passiert, wenn wir es nicht tun? Außerdem
            wüsste ich gern, ob wir damit auch Anspruch auf Hilfe durch Ihre Techniker haben. Bisher bin ich
            davon ausgegangen.

            | Mit freundlichen Grüßen
            | Christian Moser
        """),
        severity="normal",
        channel="mail",
        arrived_ago=20 * HOUR + 17,
    ),
    Ticket(
        customer="falk",
        contact="susanne-falk",
        team="network",
        subject="WLAN im Besprechungsraum sehr langsam",
        body=prose("""
            Im Besprechungsraum neben der Kelter kommt vom WLAN kaum etwas an, ein Geschwindigkeitstest
            zeigt 2 Mbit/s. Im Büro direkt am Router sind es 90. Für die Verkostung mit einem Händler am
            Wochenende wollten wir dort Videos zeigen. Einen Verstärker aus dem Elektromarkt haben wir
            probiert, damit wurde es noch schlechter.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=94,
    ),
    Ticket(
        customer="seeblick",
        contact="carola-dietl",
        team="workplace",
        subject="Kasse im Restaurant druckt keine Bons",
        body=prose("""
            Guten Tag,

            seit dem Mittagsgeschäft druckt die Kasse im Restaurant keine Küchenbons mehr. Am Bildschirm
            steht „Drucker KUECHE1 offline“, das Gerät selbst leuchtet grün. Wir haben Kasse und Drucker
            aus- und eingeschaltet und das Netzwerkkabel getauscht. Die Bestellungen laufen jetzt auf
            Zetteln, heute Abend erwarten wir eine Hochzeit mit 90 Gästen.

            | Freundliche Grüße
            | Carola Dietl
        """),
        severity="critical",
        channel="mail",
        arrived_ago=2 * HOUR + 4,
        confirmed=Confirmation(
            "agent4", 12, "high", "Bestellungen laufen auf Zetteln weiter, Kassieren geht."
        ),
        talk=(
            note(
                "agent4",
                14,
                """
                Servicevertrag ist gestern ausgelaufen, steht deshalb hinter allen Vertragskunden. Katrin
                weiß Bescheid und ruft Frau Dietl wegen der Verlängerung an. Ohne Vertrag nur Hinweise,
                keine Fernwartung.
                """,
            ),
        ),
    ),
    Ticket(
        customer="seeblick",
        contact="milan-horvat",
        team="network",
        subject="Guest Wi-Fi vouchers rejected since last night",
        body=prose("""
            Since last night the guest portal answers every new voucher with "code invalid or expired".
            Guests who were already logged in stay online. I printed a fresh batch of 20 codes and tried
            three of them on my own phone, none works. About ten guests have complained so far.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=9 * HOUR + 26,
        language="en",
    ),
    Ticket(
        customer="harbour",
        contact="owen-gallagher",
        team="infrastructure",
        subject="Render node 3 offline after power cut",
        body=prose("""
            Hi all,

            we had a short power cut this morning. Nodes 1, 2 and 4 came back by themselves, node 3 did not.
            It powers on, the fans spin up, then it switches off again after roughly ten seconds. We
            reseated the power cables and tried another socket. The queue still moves with three nodes, but
            a delivery that was due tomorrow will now take until the day after.

            I know there is an open invoice. Our accountant says it is on its way.

            | Cheers
            | Owen
        """),
        severity="high",
        channel="mail",
        arrived_ago=7 * HOUR + 20,
        language="en",
        talk=(
            note(
                "lead",
                35,
                """
                Vertrag ruht weiterhin, Zahlung ist bei uns noch nicht eingegangen. Sobald die Buchhaltung
                den Eingang meldet, endet die Aussetzung und das Ticket rückt von selbst vor.
                """,
            ),
        ),
    ),
    Ticket(
        customer="harbour",
        contact="priya-nair",
        team="workplace",
        subject="Editing suite asks to sign in every hour",
        body=prose("""
            On all three edit machines the editing software asks for the licence sign-in about once an hour
            and interrupts whatever is rendering. Signing out and in again helps only until the next time.
            The account page shows three of three seats in use, which is correct.
        """),
        severity="normal",
        channel="portal",
        arrived_ago=DAY + 7 * HOUR + 15,
        language="en",
    ),
    Ticket(
        customer="obermaier",
        contact="josef-obermaier",
        team="workplace",
        subject="Zuschnittprogramm findet den Dongle nicht",
        body=prose("""
            Herr Obermaier ruft an: Das Zuschnittprogramm an der Plattensäge startet mit „Kein
            Hardwareschlüssel gefunden“. Der blaue USB-Dongle steckt, die Lampe daran ist aus. An einem
            anderen USB-Anschluss dasselbe, an seinem Bürorechner leuchtet der Dongle. Bis morgen kommt er
            mit den fertigen Zuschnittlisten aus. Er weiß, dass sein Vertrag erst morgen beginnt.
        """),
        severity="normal",
        channel="phone",
        arrived_ago=4 * HOUR + 41,
        filed_by="agent1",
    ),
    Ticket(
        customer="aigner",
        contact="maria-aigner",
        team="workplace",
        subject="Lieferscheine werden doppelt gedruckt",
        body=prose("""
            Seit dem neuen Drucker kommt jeder Lieferschein zweimal heraus, Rechnungen dagegen nur einmal.
            In der Warenwirtschaft steht bei beiden „1 Exemplar“. Es ist nicht schlimm, aber wir werfen
            jeden Tag einen halben Stapel Papier weg.
        """),
        severity="low",
        channel="portal",
        arrived_ago=4 * DAY + 2 * HOUR,
        talk=(
            contact_wrote(
                "maria-aigner",
                2 * DAY + 55,
                """
                Darf ich fragen, ob das schon jemand angesehen hat? Ein Hinweis, wo ich suchen soll, würde
                mir reichen.
                """,
            ),
        ),
    ),
    Ticket(
        customer="falk",
        contact="susanne-falk",
        team="infrastructure",
        subject="Umzug der Mailadressen auf neue Domain",
        body=prose("""
            Guten Tag,

            wir möchten unsere E-Mail-Adressen auf die neue Domain umstellen, die alten sollen noch ein Jahr
            lang weitergeleitet werden. Es geht um sechs Postfächer. Können Sie uns sagen, in welcher
            Reihenfolge man das macht, damit keine Bestellung verloren geht, und was es ungefähr kosten
            würde?

            | Herzliche Grüße
            | Susanne Falk
        """),
        severity="low",
        channel="mail",
        arrived_ago=6 * DAY + 5 * HOUR,
    ),
    Ticket(
        customer="moser",
        contact="ilse-brunner",
        team="workplace",
        subject="Rechner im Gipsraum schaltet sich ab",
        body=prose("""
            Grüß Gott,

            der Rechner im Gipsraum geht zwei- bis dreimal am Tag ohne Vorwarnung aus und lässt sich erst
            nach einigen Minuten wieder einschalten. Er ist dann sehr warm. Auf dem Rechner liegt nur die
            Arbeitsvorbereitung, wir weichen solange auf das Büro aus.

            | Ilse Brunner
        """),
        severity="normal",
        channel="mail",
        arrived_ago=9 * DAY + 3 * HOUR,
        talk=(
            reply(
                "agent4",
                3 * DAY + 2 * HOUR,
                """
                Grüß Gott Frau Brunner,

                das klingt nach Überhitzung. Bitte schalten Sie den Rechner aus, ziehen Sie den Netzstecker
                und saugen Sie die Lüftungsschlitze vorn und hinten vorsichtig ab. Gipsstaub setzt sie gern
                zu. Mehr als solche Hinweise können wir Ihnen ohne Servicevertrag leider nicht zusagen.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
            contact_wrote(
                "ilse-brunner",
                5 * DAY + 4 * HOUR,
                """
                Danke, das haben wir gemacht. Es ist besser, aber gestern war er wieder einmal aus. Was
                können wir noch tun?
                """,
                "mail",
            ),
        ),
    ),
)
