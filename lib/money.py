"""Money: Decimal amounts beside a currency code, rounded to the cent and written as people read them."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_CENT = Decimal("0.01")
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_MINUS = "\N{MINUS SIGN}"


def cents(amount: Decimal | int) -> Decimal:
    """The amount with two places, half a cent up (a negative one down, so that a correction undoes it)."""
    rounded = Decimal(amount).quantize(_CENT, rounding=ROUND_HALF_UP)
    return rounded if rounded else Decimal("0.00")


def say_money(amount: Decimal | int, currency: str, language: str) -> str:
    """1.234,50 € in German, €1,234.50 in English; a currency without a sign of ours by its code."""
    rounded = cents(amount)
    minus, digits = (_MINUS if rounded < 0 else ""), f"{abs(rounded):,.2f}"
    sign = _SIGNS.get(currency)
    if language[:2] == "de":
        return f"{minus}{_german(digits)} {sign or currency}"
    return f"{minus}{sign}{digits}" if sign else f"{currency} {minus}{digits}"


def money_param(amount: Decimal | int, currency: str) -> str:
    """An amount as a parameter of a reason, the same in every language: 240.00 EUR."""
    return f"{cents(amount)} {currency}"


def say_money_param(text: str, language: str) -> str:
    """What `money_param` wrote, as people read it; other text as it is."""
    amount, _space, currency = text.partition(" ")
    try:
        return say_money(Decimal(amount), currency, language)
    except InvalidOperation:
        return text


def say_percent(percent: Decimal | int, language: str) -> str:
    """19 % in German, 19% in English; 7,5 % and 7.5%: only the places that it has."""
    whole = f"{Decimal(percent):f}"
    digits = whole.rstrip("0").rstrip(".") if "." in whole else whole
    return f"{_german(digits)} %" if language[:2] == "de" else f"{digits}%"


def _german(digits: str) -> str:
    return digits.translate(str.maketrans(",.", ".,"))
