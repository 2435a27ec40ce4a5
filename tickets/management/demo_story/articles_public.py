"""Articles that everybody may read, and those for whoever is signed in."""

from __future__ import annotations

from tickets.management.demo_story.articles import Article, Voice, text

ARTICLES_PUBLIC = (
    Article(
        "wifi",
        "first-help",
        text(
            "Kein WLAN im Büro",
            "Erst das Gerät, dann den Raum, dann den Router: in drei Minuten wissen Sie, woran es liegt.",
            """
            ## Nur Ihr Gerät ist betroffen

            1. Schalten Sie das WLAN am Gerät aus und wieder ein.
            2. Prüfen Sie, ob der Flugmodus an ist.
            3. Wählen Sie das Netz Ihrer Firma und nicht das Gastnetz.
            4. Starten Sie das Gerät neu.

            ## Mehrere Geräte sind betroffen

            Sehen Sie nach, ob am Router oder am Gerät an der Decke eine Lampe leuchtet. Leuchtet keine, fehlt
            der Strom. Leuchtet sie rot, ist die Leitung Ihres Anbieters gestört.

            > Bitte setzen Sie den Router nicht über die kleine Taste auf der Rückseite zurück. Damit gehen
            > seine Einstellungen verloren, und die Einrichtung dauert deutlich länger als die Störung.

            ## So überbrücken Sie den Ausfall

            Fast jedes Telefon kann seine Verbindung teilen: *Einstellungen > Persönlicher Hotspot*. Für
            E-Mail
            und das Telefonsystem reicht das gut.
            """,
        ),
        text(
            "No Wi-Fi in the office",
            "First the device, then the room, then the router: three minutes to know where it fails.",
            """
            ## Only your device is affected

            1. Switch Wi-Fi off and on again.
            2. Check that flight mode is off.
            3. Choose your company’s network, not the one for guests.
            4. Restart the device.

            ## Several devices are affected

            Look whether a light is on at the router or at the device on the ceiling. No light: no power. A
            red
            light: your provider’s line is down.

            > Please do not use the small button at the back to reset the router. It loses its settings, and
            > setting it up takes much longer than the outage.

            ## How to bridge the gap

            Almost every phone can share its connection: *Settings > Personal hotspot*. That does well for
            mail
            and the phone system.
            """,
        ),
        days_ago=21,
        voices=(Voice("helpful", by="northgate", days_ago=3),),
    ),
    Article(
        "printer",
        "first-help",
        text(
            "Der Drucker druckt nicht",
            "Die fünf häufigsten Ursachen, in der Reihenfolge, in der sich das Prüfen lohnt.",
            """
            Meistens liegt es an einer von fünf Ursachen. Prüfen Sie sie von oben nach unten.

            1. **Ist der Drucker an?** Das Display leuchtet und zeigt keine Meldung. Bei einer Meldung über
               Papier oder Toner: erst diese beheben.
            2. **Ist es der richtige?** Im Druckdialog steht manchmal noch „Als PDF speichern“ oder der
               Drucker
               vom anderen Standort.
            3. **Hängt ein alter Auftrag?** Öffnen Sie *Einstellungen > Bluetooth und Geräte > Drucker*,
               wählen
               Sie den Drucker und dann *Druckwarteschlange öffnen*. Löschen Sie, was dort steht.
            4. **Ist er im Netz?** Schalten Sie ihn aus, warten Sie zehn Sekunden, schalten Sie ihn wieder
               ein.
            5. **Ist der Rechner im Netz?** Wenn auch Internetseiten nicht laden, hilft
               [Kein WLAN im Büro](article:wifi) weiter.

            ## Druckt es immer noch nicht?

            Schreiben Sie uns ein Ticket und nennen Sie dabei

            - den Namen des Druckers, wie er am Gerät oder im Druckdialog steht,
            - die Meldung auf dem Display, am besten als Foto,
            - ob auch Kollegen nicht drucken können.
            """,
        ),
        text(
            "The printer does not print",
            "The five most common causes, in the order in which checking them pays off.",
            """
            It is mostly one of five causes. Check them from the top.

            1. **Is the printer on?** The display is lit and shows no message. If it asks for paper or toner,
               see to that first.
            2. **Is it the right one?** The print dialogue may still say “Save as PDF”, or name the printer of
               another office.
            3. **Is an old job stuck?** Open *Settings > Bluetooth & devices > Printers*, choose the printer,
               then *Open print queue*. Delete what is in there.
            4. **Is it on the network?** Switch it off, wait ten seconds, switch it on again.
            5. **Is the computer on the network?** If web pages do not load either, see
               [No Wi-Fi in the office](article:wifi).

            ## It still does not print?

            File a ticket and tell us

            - the printer’s name, as on the device or in the print dialogue,
            - the message on its display, best as a photo,
            - whether colleagues cannot print either.
            """,
        ),
        related=("wifi",),
        voices=(
            Voice("helpful", by="hofmann", days_ago=9),
            Voice("helpful", days_ago=6),
            Voice("helpful", days_ago=4),
            Voice("not_helpful", "Bei Windows 10 heißt der Menüpunkt anders.", days_ago=2),
        ),
    ),
    Article(
        "phishing",
        "first-help",
        text(
            "Verdächtige E-Mail: was tun?",
            "Woran Sie Betrug erkennen, und die drei Schritte, wenn Sie schon geklickt haben.",
            """
            ## Woran Sie sie erkennen

            | Merkmal | Beispiel |
            |---|---|
            | Die Adresse passt nicht zum Namen | „Sparkasse“ von `info@sparkasse-konto.example` |
            | Es eilt | „Ihr Konto wird heute gesperrt“ |
            | Jemand will Geld oder Zugangsdaten | „Bin in einer Sitzung, kaufen Sie bitte Gutscheine“ |
            | Ein Anhang, den Sie nicht erwarten | `Rechnung.zip` |

            Öffnen Sie nichts, antworten Sie nicht. Leiten Sie die E-Mail als Anhang an uns weiter.

            ## Sie haben schon geklickt?

            1. Ziehen Sie das Netzwerkkabel oder schalten Sie das WLAN aus. Lassen Sie den Rechner an.
            2. Rufen Sie uns an. Das ist eilig, auch wenn nichts zu sehen ist.
            3. Ändern Sie Ihr Passwort **von einem anderen Gerät aus**.

            Niemand bekommt Ärger, weil er sich meldet.
            """,
        ),
        text(
            "A suspicious e-mail: what to do",
            "How to tell fraud, and three steps if you have clicked already.",
            """
            ## How to tell

            | Sign | Example |
            |---|---|
            | The address does not fit the name | “Your bank” from `info@bank-account.example` |
            | There is a hurry | “Your account will be closed today” |
            | Somebody wants money or passwords | “I am in a meeting, please buy vouchers” |
            | A file you did not expect | `invoice.zip` |

            Open nothing, do not answer. Forward the e-mail to us as an attachment.

            ## You have clicked already?

            1. Pull the network cable or switch Wi-Fi off. Leave the computer on.
            2. Call us. It is urgent even if nothing can be seen.
            3. Change your password **from another device**.

            Nobody gets into trouble for speaking up.
            """,
        ),
        author="lead",
        days_ago=15,
        voices=(Voice("helpful", days_ago=8), Voice("helpful", days_ago=1)),
    ),
    Article(
        "password",
        "first-help",
        text(
            "Passwort vergessen oder abgelaufen",
            "So kommen Sie wieder hinein, und was wir Sie dabei niemals fragen.",
            """
            **Für Windows und Microsoft 365:** Klicken Sie bei der Anmeldung auf *Kennwort vergessen* und
            folgen
            Sie dem Weg über Ihr Telefon. Das geht auch nachts.

            **Für dieses Portal:** Auf der Anmeldeseite steht *Passwort vergessen*. Sie bekommen einen Link
            per
            E-Mail.

            ## Ein gutes Passwort

            - Vier Wörter, die nichts miteinander zu tun haben, sind besser als acht Zeichen mit
              Sonderzeichen.
            - Für jeden Dienst ein eigenes; ein Passwortspeicher merkt sie sich.
            - Nicht auf einen Zettel am Bildschirm.

            ## Was wir niemals fragen

            Wir fragen nie nach Ihrem Passwort: nicht am Telefon, nicht per E-Mail und nicht bei der
            Fernwartung. Wer danach fragt, ist nicht von uns: [Verdächtige E-Mail](article:phishing).
            """,
        ),
        text(
            "Forgotten or expired password",
            "How to get back in, and what we never ask you for.",
            """
            **Windows and Microsoft 365:** choose *Forgot my password* when signing in and follow the way by
            phone. It works at night, too.

            **This portal:** the sign-in page says *Forgotten your password*. You get a link by e-mail.

            ## A good password

            - Four words that have nothing to do with each other are better than eight signs and symbols.
            - One for each service; a password manager remembers them.
            - Not on a note at the screen.

            ## What we never ask

            We never ask for your password: not by phone, not by e-mail, not during remote help. Whoever
            does is
            not from us: [A suspicious e-mail](article:phishing).
            """,
        ),
        author="agent3",
        days_ago=14,
        related=("phishing",),
    ),
    Article(
        "out-of-office",
        "workplace",
        text(
            "Abwesenheitsnotiz in Outlook einrichten",
            "In einer Minute, mit Beginn und Ende, und einem anderen Text für Fremde.",
            """
            1. Öffnen Sie in Outlook *Datei > Automatische Antworten*.
            2. Wählen Sie *Automatische Antworten senden* und setzen Sie Beginn und Ende.
            3. Schreiben Sie den Text für Kollegen.
            4. Auf der Karte *Außerhalb meiner Organisation* schreiben Sie einen kürzeren für alle anderen.

            Ein Text, der genügt:

            ```
            Guten Tag,
            ich bin bis einschließlich 14. August nicht im Haus.
            In eiligen Fällen hilft Ihnen das Sekretariat weiter.
            ```

            Nennen Sie nach außen keine Reiseziele und keine Privatnummern.
            """,
        ),
        text(
            "Set up an out-of-office reply in Outlook",
            "One minute, with a beginning and an end, and another text for strangers.",
            """
            1. In Outlook, open *File > Automatic replies*.
            2. Choose *Send automatic replies* and set when they begin and end.
            3. Write the text for colleagues.
            4. Under *Outside my organisation* write a shorter one for everybody else.

            Enough would be:

            ```
            Hello,
            I am out of the office until 14 August.
            For urgent matters please contact our front desk.
            ```

            Name neither destinations nor private numbers to strangers.
            """,
        ),
        earlier="""
        Öffnen Sie in Outlook *Datei > Automatische Antworten* und wählen Sie *Automatische Antworten senden*.

        Nennen Sie nach außen keine Reiseziele.
        """,
        author="agent3",
        days_ago=12,
        voices=(Voice("outdated", "Im neuen Outlook steht es unter „Konten“.", by="hofmann", days_ago=1),),
    ),
    Article(
        "good-ticket",
        "workplace",
        text(
            "Ein gutes Ticket schreiben",
            "Drei Angaben, mit denen wir sofort anfangen können.",
            """
            Je weniger wir zurückfragen müssen, desto schneller sind Sie fertig. Drei Angaben genügen fast
            immer.

            1. **Was wollten Sie tun?** „Ich wollte die Rechnung 4711 als PDF speichern.“
            2. **Was ist geschehen?** Der genaue Wortlaut einer Meldung, am besten als Bildschirmfoto.
            3. **Wen betrifft es?** Nur Sie, mehrere oder alle.

            ## Wie eilig ist es?

            Wählen Sie die Stufe, die wirklich zutrifft. Daraus und aus Ihrem Vertrag ergibt sich Ihr Platz in
            der Warteschlange, den Sie im Ticket jederzeit sehen.
            """,
        ),
        text(
            "How to write a good ticket",
            "Three things that let us begin at once.",
            """
            The less we have to ask, the sooner you are done. Three things are almost always enough.

            1. **What did you want to do?** “I wanted to save invoice 4711 as a PDF.”
            2. **What happened?** The exact words of a message, best as a screenshot.
            3. **Whom does it affect?** Only you, several people, or everybody.

            ## How urgent is it?

            Choose the level that really applies. It and your contract make your place in the queue, which
            your
            ticket shows at any time.
            """,
        ),
        visible_to="signed_in",
        author="lead",
        days_ago=10,
    ),
)
