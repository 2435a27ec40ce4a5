"""How it reads what happens next to an agreement, in German and English. One entry per code."""

TABLE: dict[str, dict[str, str]] = {
    "next.starts": {
        "de": "Der Vertrag beginnt am {starts_on}.",
        "en": "The agreement starts on {starts_on}.",
    },
    "next.suspension": {
        "de": "Er ist vom {starts_on} an ausgesetzt[, bis einschließlich {until_on}].",
        "en": "It is suspended from {starts_on}[ until {until_on}, that day included].",
    },
    "next.resumes": {
        "de": "Er ist gerade ausgesetzt und gilt vom {resumes_on} an wieder.",
        "en": "It is suspended at the moment and counts again from {resumes_on}.",
    },
    "next.suspended": {
        "de": "Er ist bis auf Weiteres ausgesetzt.",
        "en": "It is suspended until further notice.",
    },
    "next.terminated": {
        "de": "Er ist gekündigt und endet mit dem {last_on}.",
        "en": "It is terminated and ends with {last_on}.",
    },
    "next.ends": {
        "de": "Er endet mit dem {last_on} und verlängert sich nicht.",
        "en": "It ends with {last_on} and does not renew itself.",
    },
    "next.noticed": {
        "de": "Er endet mit dem {last_on}: am {given_on} wurde gekündigt.",
        "en": "It ends with {last_on}: notice was given on {given_on}.",
    },
    "next.renews": {
        "de": "Er verlängert sich nach dem {last_on} von selbst bis {until_on}, wenn nicht bis {notice_on} "
        "gekündigt wird.",
        "en": "After {last_on} it renews itself until {until_on}, unless notice is given by {notice_on}.",
    },
    "next.renewed": {
        "de": "Er verlängert sich nach dem {last_on} bis {until_on}: bis {notice_on} hat niemand gekündigt.",
        "en": "After {last_on} it is renewed until {until_on}: nobody gave notice by {notice_on}.",
    },
    "next.continues": {
        "de": "Er läuft bis {last_on}; danach gilt {reference}[ bis {until_on}].",
        "en": "It runs until {last_on}; after that {reference} is in force[ until {until_on}].",
    },
    "next.level_better": {
        "de": "Damit steigt die Servicestufe von {before} auf {after}: Tickets stehen dann weiter vorn.",
        "en": "With that the service level rises from {before} to {after}: tickets then stand further ahead.",
    },
    "next.level_lower": {
        "de": "Damit sinkt die Servicestufe von {before} auf {after}: Tickets stehen dann weiter hinten.",
        "en": "With that the service level falls from {before} to {after}: tickets then stand further back.",
    },
    "next.level_same": {
        "de": "Die Servicestufe wechselt von {before} zu {after} auf gleichem Rang.",
        "en": "The service level changes from {before} to {after}, at the same rank.",
    },
    "next.runs_on": {
        "de": "Er läuft auf unbestimmte Zeit[; gekündigt werden kann mit einer Frist von {days} Tagen].",
        "en": "It runs on without an end[; notice may be given, {days} days ahead].",
    },
}

ALL_CODES = frozenset(TABLE)
