"""The small text files that hang on messages of the story."""

from __future__ import annotations

import inspect

from tickets.management.demo_story.shapes import Attachment

CARD_READER_LOG = Attachment(
    "postfach-client.log",
    "".join(
        f"2026-11-20 08:{minute:02}:17,{minute * 13:03} {level} [card-{minute % 3}] signing - {said}\n"
        for minute in range(4, 20)
        for level, said in (("INFO ", "session of t.wimmer opened"), ("ERROR", "card not readable (E-2041)"))
    )[:1900],
)
"""Held back unread: the law firm has no data-processing agreement yet."""

NEW_COLLEAGUE = Attachment(
    "eintritt-k-bauer.txt",
    inspect.cleandoc("""
        Eintritt neue Mitarbeiterin

        Name:         Katharina Bauer
        Abteilung:    Kundenservice, Schalter 3
        Vorgesetzte:  Yvonne Lechner
        Rechner:      vorhanden, Inventarnummer SWE-2291
        Telefon:      Durchwahl 348, Sammelanschluss Kundenservice
        Rechte:       wie Arbeitsplatz Schalter 2, ohne Stornofreigabe
        Postfächer:   Kundenservice (lesen und senden)
    """),
)

QUOTE_WORKPLACE = Attachment(
    "angebot-2231-arbeitsplatz.txt",
    inspect.cleandoc("""
        Berger IT                                            Angebot 2231
        An: Schreinerei Obermaier, Herrn Josef Obermaier

        Pos  Menge  Bezeichnung                       Einzel       Gesamt
          1      1  Büro-PC, 16 GB, 512 GB SSD      689,00 €     689,00 €
          2      2  Monitor 24 Zoll, verstellbar    189,00 €     378,00 €
          3      1  Tastatur und Maus                39,00 €      39,00 €
          4      3  Stunden Einrichtung, Umzug      145,00 €     435,00 €

                    Netto                                      1.541,00 €
                    Umsatzsteuer 19 %                            292,79 €
                    Gesamt                                     1.833,79 €

        Gültig 14 Tage. Lieferzeit etwa eine Woche ab Bestellung.
    """),
)

PRICE_MAIL_CHECK = Attachment(
    "kosten-mailversand-pruefen.txt",
    inspect.cleandoc("""
        Berger IT
        Kostenvoranschlag für Feinkost Aigner

        Absendereinträge der Domain prüfen und die Änderung beschreiben

        1,5 Stunden zu 145,00 €       217,50 €
        Umsatzsteuer 19 %              41,33 €
        Gesamt                        258,83 €

        Die Änderung selbst tragen Sie nach unserer Anleitung bei Ihrem
        Anbieter ein. Wir beginnen erst, wenn Sie zugestimmt haben.
    """),
)
