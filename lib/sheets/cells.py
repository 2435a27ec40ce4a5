"""Texts that a spreadsheet would take for a formula are written with a quote before them, read without."""

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_QUOTE = "'"


def safe_cell(text: str) -> str:
    """The text as it may stand in a cell: one that begins like a formula is kept from being one."""
    return f"{_QUOTE}{text}" if _is_dangerous(text) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` was given."""
    return text[1:] if text.startswith(_QUOTE) and _is_dangerous(text[1:]) else text


def _is_dangerous(text: str) -> bool:
    """Whether it begins like a formula, or with a quote that could be taken for ours."""
    return text.lstrip(" ").startswith((*_FORMULA, _QUOTE))
