"""How the reasons of this room's rules read, in German and English. One entry per code."""

TABLE: dict[str, dict[str, str]] = {
    "kind.service": {"de": "Service- und Wartungsvertrag", "en": "Service agreement"},
    "kind.update": {"de": "Updatevertrag", "en": "Update contract"},
    "kind.software_assurance": {"de": "Software Assurance", "en": "Software assurance"},
    "kind.software_maintenance": {"de": "Softwarepflege", "en": "Software maintenance"},
    "kind.cloud_subscription": {"de": "Cloud-Abo", "en": "Cloud subscription"},
    "kind.other": {"de": "Anderer Vertrag", "en": "Other agreement"},
    "standing.service_in_force": {
        "de": "Servicevertrag {level} ({reference}) gilt[ bis {ends_on}].",
        "en": "Service agreement {level} ({reference}) is in force[ until {ends_on}].",
    },
    "standing.no_agreement": {
        "de": "Kein Vertrag. Wird bearbeitet, wenn kein höher eingestuftes Ticket wartet.",
        "en": "No agreement. Worked on when no higher-ranked ticket waits.",
    },
    "standing.no_service_agreement": {
        "de": "Kein Servicevertrag in Kraft. Wird bearbeitet, wenn kein höher eingestuftes Ticket wartet.",
        "en": "No service agreement in force. Worked on when no higher-ranked ticket waits.",
    },
    "standing.not_started": {
        "de": "{reference} zählt noch nicht: beginnt am {starts_on}.",
        "en": "{reference} does not count yet: it starts on {starts_on}.",
    },
    "standing.ended": {
        "de": "{reference} zählt nicht mehr: endete am {ended_on}.",
        "en": "{reference} no longer counts: it ended on {ended_on}.",
    },
    "standing.terminated": {
        "de": "{reference} zählt nicht mehr: gekündigt zum {terminated_on}.",
        "en": "{reference} no longer counts: it was terminated with effect from the end of {terminated_on}.",
    },
    "standing.suspended": {
        "de": "{reference} zählt gerade nicht: ausgesetzt[ bis {until_on}].",
        "en": "{reference} does not count at the moment: suspended[ until {until_on}].",
    },
    "standing.vendor_agreement": {
        "de": "{kind:kind} {reference} zählt nicht: Leistung eines Herstellers, kein Servicevertrag mit uns.",
        "en": "{kind:kind} {reference} does not count: a manufacturer's service, not a service agreement "
        "with us.",
    },
    "standing.other_agreement": {
        "de": "{reference} zählt nicht: kein Servicevertrag.",
        "en": "{reference} does not count: not a service agreement.",
    },
    "standing.level_missing": {
        "de": "{reference} zählt nicht: es fehlt die Servicestufe.",
        "en": "{reference} does not count: its service level is missing.",
    },
    "standing.lower_level": {
        "de": "{reference} ({level}) gilt, aber {better} mit höherer Servicestufe entscheidet.",
        "en": "{reference} ({level}) is in force, but {better} with a higher service level decides.",
    },
    "standing.same_level": {
        "de": "{reference} ({level}) gilt ebenfalls; {better} zählt auf gleichem Rang.",
        "en": "{reference} ({level}) is in force as well; {better} counts at the same rank.",
    },
}

ALL_CODES = frozenset(TABLE)
