"""The service policy in German."""

from portal.rules.service_shapes import Group, Point, Section, Words

DE = Words(
    title="Unser Service",
    lead="Wen wir wann bedienen, worauf Sie sich verlassen können und was dafür nötig ist: Nach diesen"
    " Regeln arbeitet {company}, und jeder darf sie kennen.",
    as_of="Stand: {day}",
    sections=(
        Section(
            "why",
            "Warum es eine Reihenfolge gibt",
            (
                (
                    "Wir wollen Sie bestmöglich beraten und Störungen so schnell wie möglich beheben."
                    " Dafür brauchen wir Menschen, die ihr Fach beherrschen, analytisch denken und"
                    " Zusammenhänge verstehen. In ihre Weiterbildung investieren wir viel Zeit."
                ),
                (
                    "Solche Menschen sind selten. Wir können nicht beliebig viele einstellen, ohne an"
                    " Wissen und Erfahrung zu sparen. Servicezeit ist deshalb knapp und muss verteilt"
                    " werden."
                ),
                (
                    "Darum unterscheiden wir zwei Gruppen: Kunden mit Service- und Wartungsvertrag und"
                    " Kunden ohne. Die Gruppe entscheidet, in welchem Umfang und in welcher Reihenfolge"
                    " wir für Sie da sind."
                ),
            ),
        ),
        Section(
            "groups",
            "Die zwei Gruppen",
            groups=(
                Group(
                    "with",
                    "Mit Service- und Wartungsvertrag",
                    "Sie werden bevorzugt bedient.",
                    (
                        Point("Tickets", "Ihre Tickets kommen vor allen Tickets ohne Vertrag an die Reihe."),
                        Point(
                            "Telefon",
                            "Sie haben eine eigene Service-Rufnummer ohne Warteschlange. Ist jemand frei,"
                            " werden Sie sofort verbunden; sonst hören Sie gleich das Besetztzeichen und"
                            " verlieren keine Zeit.",
                        ),
                        Point(
                            "Anspruch",
                            "Sie haben Anspruch auf die vertraglich vereinbarte Unterstützung.",
                        ),
                        Point(
                            "Datenschutz",
                            "Wir schließen mit Ihnen einen AV-Vertrag. Er macht möglich: {capabilities}.",
                        ),
                        Point("Anleitungen", "Sie lesen auch unsere internen Anleitungsartikel."),
                        Point(
                            "Abrechnung",
                            "Was über den Vertrag hinausgeht, etwa außerhalb der Geschäftszeiten, rechnen"
                            " wir nach unserer allgemeinen Service- und Dienstleistungspreisliste ab.",
                        ),
                    ),
                ),
                Group(
                    "without",
                    "Ohne Service- und Wartungsvertrag",
                    "Sie erhalten nachrangige Unterstützung.",
                    (
                        Point("Tickets", "Wir bearbeiten Ihre Tickets, wenn kein höher eingestuftes wartet."),
                        Point(
                            "Telefon",
                            "Sie erreichen uns unter der öffentlichen Rufnummer. Je nach Auslastung"
                            " warten Sie in einer Warteschlange und können nach wenigen Minuten eine"
                            " Nachricht auf der Voicemailbox hinterlassen.",
                        ),
                        Point("Anspruch", "Einen Anspruch auf Unterstützung haben Sie nicht."),
                        Point(
                            "Datenschutz",
                            "Ohne AV-Vertrag können wir nur eingeschränkt helfen. Nicht möglich sind:"
                            " {capabilities}.",
                        ),
                        Point(
                            "Anleitungen",
                            "Produktdokumentation und öffentliche Artikel lesen Sie rund um die Uhr.",
                        ),
                        Point(
                            "Abrechnung",
                            "Alle Arbeiten rechnen wir nach unserer allgemeinen Service- und"
                            " Dienstleistungspreisliste ab.",
                        ),
                    ),
                ),
            ),
        ),
        Section(
            "order",
            "In welcher Reihenfolge wir arbeiten",
            points=(
                Point(
                    "Der Vertrag",
                    "Zuerst kommen die Servicestufen nach ihrem Rang, dann alle ohne Vertrag.",
                ),
                Point(
                    "Die Dringlichkeit",
                    "In einer Gruppe zählt der Schweregrad: kritisch, hoch, normal, niedrig.",
                ),
                Point(
                    "Der Eingang",
                    "Bei gleichem Schweregrad kommt zuerst, was uns früher erreicht hat. Eine Nachfrage"
                    " ändert daran nichts, weder im Guten noch im Schlechten.",
                ),
            ),
            is_numbered=True,
            closing=("Wird ein Ticket ausnahmsweise vorgezogen, halten wir den Grund dafür fest.",),
        ),
        Section("levels", "Unsere Servicestufen"),
        Section("hours", "Geschäftszeiten"),
        Section("contact", "So erreichen Sie uns"),
        Section("prices", "Preisliste"),
        Section(
            "data",
            "Was ohne AV-Vertrag nicht geht",
            (
                (
                    "Sobald uns bei der Arbeit personenbezogene Daten erreichen oder wir Einblick in sie"
                    " nicht ausschließen können, brauchen wir einen Auftragsverarbeitungsvertrag"
                    " (AV-Vertrag) mit Ihnen oder die ausdrückliche Einwilligung jeder betroffenen Person."
                ),
                (
                    "Ein AV-Vertrag bringt beiden Seiten Pflichten, Aufwand und Haftung. Wir schließen"
                    " ihn deshalb nach gegenseitiger Prüfung und auf der Grundlage einer Zusammenarbeit,"
                    " die auf Dauer angelegt ist."
                ),
            ),
        ),
        Section(
            "vendor",
            "Warum ein Updatevertrag nicht genügt",
            (
                "Ein Service- und Wartungsvertrag handelt von unserer Arbeit für Sie.",
                (
                    "Updateverträge, Software Assurance, Softwarepflege und monatlich abgerechnete"
                    " Cloud-Produkte handeln von der Leistung eines Herstellers, zum Beispiel vom Bezug"
                    " neuer Versionen. Sie werden in der Regel mit dem Hersteller geschlossen; wir stellen"
                    " sie bereit oder rechnen sie ab. An der Reihenfolge Ihrer Tickets ändern sie nichts."
                ),
            ),
        ),
        Section(
            "faster",
            "Wenn es schneller gehen soll",
            (
                (
                    "Mit einem Service- und Wartungsvertrag kommen Ihre Tickets von selbst früher an die"
                    " Reihe, Sie erreichen uns ohne Warteschlange, und mit dem AV-Vertrag dürfen wir Ihnen"
                    " direkt auf Ihren Systemen helfen. Sprechen Sie uns an, wenn Sie einen möchten."
                ),
            ),
        ),
    ),
    labels={
        "always": "Immer möglich",
        "portal": "Portal",
        "portal_text": "Rund um die Uhr, mit Ihrem Platz in der Reihe: {address}",
        "phone": "Öffentliche Rufnummer",
        "service_number": "Service-Rufnummer",
        "service_number_text": "Kunden mit Service- und Wartungsvertrag haben eine eigene.",
        "mail": "E-Mail",
        "post": "Anschrift",
        "zone": "Es gilt die Ortszeit in {zone}. Tickets nehmen wir rund um die Uhr an.",
        "levels_ranked": "So kommen ihre Tickets an die Reihe:",
        "levels_equal": "Alle Stufen haben denselben Rang; sie unterscheiden sich im Vereinbarten.",
        "levels_one": "Wir führen eine Stufe:",
        "without": "Ohne Vertrag",
        "without_text": "Danach alle Tickets von Kunden ohne Service- und Wartungsvertrag.",
        "same_rank": "{names} haben denselben Rang.",
        "page": "Seite",
    },
)
