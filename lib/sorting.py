"""Sort keys for names, so that lists stand as German readers expect them (DIN 5007-1)."""

import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


def german_sort_key(name: str) -> str:
    """Return the key under which a name sorts: lower case, umlauts as their base letter, ß as ss.

    The embedded PostgreSQL has no ICU collations, so the key is stored beside the name.
    """
    folded = name.casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()
