"""Prices as customers read them, in German and English."""

from decimal import Decimal

from lib.money import say_money, say_percent

UNITS: dict[str, dict[str, str]] = {
    "hour": {"de": "pro Stunde", "en": "per hour"},
    "incident": {"de": "pro Fall", "en": "per incident"},
    "piece": {"de": "pauschal", "en": "flat"},
    "kilometre": {"de": "pro Kilometer", "en": "per kilometre"},
}
WORDS: dict[str, dict[str, str]] = {
    "percent": {
        "de": "{percent} auf den Stundenpreis",
        "en": "{percent} on top of the hourly price",
    },
    "gross": {"de": "mit Umsatzsteuer {money}", "en": "{money} with VAT"},
    "from": {
        "de": "Es gilt die Preisliste „{name}“ vom {day}. Alle Preise sind netto, zuzüglich {vat}"
        " Umsatzsteuer; dahinter steht der Preis mit Umsatzsteuer.",
        "en": "The price list “{name}” has been in force since {day}. All prices are net, plus {vat} VAT;"
        " behind each stands the price with VAT.",
    },
    "rounding": {
        "de": "Ohne Servicevertrag wird die Zeit jeder Arbeit auf volle {minutes} Minuten aufgerundet.",
        "en": "Without a service agreement the time of each piece of work is rounded up to full"
        " {minutes} minutes.",
    },
    "rounding_least": {
        "de": "Ohne Servicevertrag wird die Zeit jeder Arbeit auf volle {minutes} Minuten aufgerundet, es"
        " sind mindestens {least}.",
        "en": "Without a service agreement the time of each piece of work is rounded up to full"
        " {minutes} minutes and is {least} at least.",
    },
    "before": {
        "de": "Bevor wir etwas tun, das kostet, nennen wir den Preis und bitten um Ihre Freigabe.",
        "en": "Before we do anything that costs money, we name the price and ask for your approval.",
    },
    "coming": {
        "de": "Ab {day} gilt eine neue Preisliste. Dann kosten: {items}.",
        "en": "From {day} a new price list is in force. Prices will then be: {items}.",
    },
    "coming_same": {
        "de": "Ab {day} gilt eine neue Preisliste mit denselben Preisen.",
        "en": "From {day} a new price list with the same prices is in force.",
    },
    "coming_gone": {"de": "{name}: entfällt", "en": "{name}: no longer offered"},
}


def say(code: str, language: str, **params: str) -> str:
    """One of the sentences above."""
    return WORDS[code][_known(language)].format(**params)


def say_price(amount: Decimal, unit: str, currency: str, language: str) -> str:
    """120,00 € pro Stunde; a surcharge as per cent on top."""
    if unit == "percent":
        return say("percent", language, percent=say_percent(amount, language))
    return f"{say_money(amount, currency, language)} {UNITS[unit][_known(language)]}"


def _known(language: str) -> str:
    return "de" if language.startswith("de") else "en"
