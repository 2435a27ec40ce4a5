"""How it reads what the end of an agreement changes for its customer. Said alike to the firm and to them."""

TABLE: dict[str, dict[str, str]] = {
    "topic.rank": {"de": "Servicegruppe", "en": "Service group"},
    "topic.place": {"de": "Warteschlange", "en": "Queue"},
    "topic.phone": {"de": "Telefon", "en": "Phone"},
    "topic.articles": {"de": "Anleitungsartikel", "en": "Articles"},
    "topic.help": {"de": "Fernwartung und Loganalyse", "en": "Remote help and log analysis"},
    "topic.deadlines": {"de": "Zugesagte Fristen", "en": "Promised deadlines"},
    "topic.allowance": {"de": "Kontingent", "en": "Allowance"},
    "topic.cost": {"de": "Abrechnung", "en": "Billing"},
    "end.rank_lost": {
        "de": "Statt {before} gilt keine Servicestufe mehr: Bearbeitet wird, wenn kein höher eingestuftes "
        "Ticket wartet.",
        "en": "Instead of {before} no service level any more: tickets are worked on when no higher-ranked "
        "one waits.",
    },
    "end.rank_lower": {
        "de": "Statt {before} gilt {after}: Tickets stehen weiter hinten.",
        "en": "{after} instead of {before}: tickets stand further back.",
    },
    "end.rank_better": {
        "de": "Statt {before} gilt {after}: Tickets stehen weiter vorn.",
        "en": "{after} instead of {before}: tickets stand further ahead.",
    },
    "end.rank_same": {
        "de": "Statt {before} gilt {after}, auf gleichem Rang.",
        "en": "{after} instead of {before}, at the same rank.",
    },
    "end.place": {
        "de": "Ticket {number} stünde auf Platz {then} statt {now}, nach der Warteschlange von jetzt.",
        "en": "Ticket {number} would stand in place {then} instead of {now}, as the queue is at this moment.",
    },
    "end.place_new": {
        "de": "Ein neues Ticket stünde auf Platz {then} statt {now}, nach der Warteschlange von jetzt.",
        "en": "A new ticket would stand in place {then} instead of {now}, as the queue is at this moment.",
    },
    "end.phone": {
        "de": "Die eigene Service-Rufnummer entfällt; es bleibt die öffentliche Rufnummer mit Warteschlange.",
        "en": "The own service number goes; what remains is the public number with its waiting queue.",
    },
    "end.articles": {
        "de": "{count} Artikel für Kunden mit Servicevertrag {count:ist|sind} nicht mehr lesbar.",
        "en": "{count} {count:article|articles} for customers with a service agreement {count:closes|close}.",
    },
    "end.help": {
        "de": "Nicht mehr möglich, sobald mit dem Servicevertrag auch der AV-Vertrag endet; es bleiben "
        "Hinweise, Tipps und Erklärungen.",
        "en": "No longer possible once the data processing agreement ends with the service agreement; what "
        "remains are hints, tips and explanation.",
    },
    "end.deadlines": {
        "de": "{count} {count:laufende Frist entfällt|laufende Fristen entfallen}.",
        "en": "{count} {count:running deadline falls|running deadlines fall} away.",
    },
    "end.deadlines_anew": {
        "de": "{count} {count:laufende Frist wird|laufende Fristen werden} nach {after} neu berechnet.",
        "en": "{count} {count:running deadline is|running deadlines are} worked out anew by {after}.",
    },
    "end.allowance_minutes": {
        "de": "{left} {left:Minute ist noch übrig und verfällt|Minuten sind noch übrig und verfallen}.",
        "en": "{left} {left:minute is left and expires|minutes are left and expire}.",
    },
    "end.allowance_cases": {
        "de": "{left} {left:Fall ist noch übrig und verfällt|Fälle sind noch übrig und verfallen}.",
        "en": "{left} {left:case is left and expires|cases are left and expire}.",
    },
    "end.cost": {
        "de": "Alle Leistungen werden nach der allgemeinen Preisliste abgerechnet.",
        "en": "All work is billed by the general price list.",
    },
}

ALL_CODES = frozenset(TABLE)
