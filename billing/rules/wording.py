"""How billing words its own reasons, in German and English."""

TABLE: dict[str, dict[str, str]] = {
    "billing.manual": {
        "de": "Nach Preisliste vereinbart",
        "en": "Agreed by the price list",
    },
    "billing.correction": {
        "de": "Korrektur zu {statement}, Position {position}: neu entschieden",
        "en": "Correction of {statement}, line {position}: decided anew",
    },
    "billing.waiver": {
        "de": "Kulanz: {note}",
        "en": "Goodwill: {note}",
    },
    "billing.flat_charged": {
        "de": "Pauschale für dieses Ticket schon berechnet",
        "en": "Flat fee of this ticket charged already",
    },
}
"""A correction and a waiver name what they take back."""
