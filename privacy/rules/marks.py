"""How a person is recognised in texts, and replaced: by full name, addresses, numbers and login.

Names that others bear, too, and single words are replaced only where a row is the person's own; addresses
and phone numbers everywhere. What a text says in other words nobody can find this way; the preview says so.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SHORTEST_NUMBER = 6
SHORTEST_NAME = 2
_SEPARATORS = r"(?:[\s./()\-]|\(0\)){0,4}"
_GENITIVE = r"(?:['’]?s|['’])?"
_SALUTATIONS = r"(?:Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?)"
_TITLES = frozenset({"dr", "dr.", "prof", "prof.", "med.", "dipl.-ing.", "mag.", "ing.", "phil.", "jur."})


@dataclass(frozen=True)
class Marks:
    """What names one person. `names` are theirs alone; `own_names` count only in rows that are theirs."""

    names: frozenset[str] = frozenset()
    own_names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, list[str]]:
        """As it is kept, encrypted, while an erasure runs."""
        return {name: sorted(getattr(self, name)) for name in _FIELDS}

    @classmethod
    def from_json(cls, kept: Mapping[str, Iterable[str]]) -> "Marks":
        """What `as_json` gave."""
        return cls(**{name: frozenset(kept.get(name, ())) for name in _FIELDS})

    def without_names(self, file_name: str, instead: str) -> str:
        """A file's name, or `instead` with its ending where a word of the person's names is in it."""
        words = {word for name in self.names | self.own_names for word in name.lower().split()}
        if not any(len(word) > SHORTEST_NAME and word in file_name.lower() for word in words):
            return file_name
        stem, dot, ending = file_name.rpartition(".")
        return f"{instead}.{ending}" if dot and stem and ending.isalnum() else instead


_FIELDS = ("names", "own_names", "addresses", "phones")


@dataclass(frozen=True)
class Finder:
    """Finds one person's marks in texts and puts `instead` there.

    `needle` is a regular expression that PostgreSQL understands, too, and that finds too much rather than
    too little; "" where there is nothing to look for.
    """

    marks: Marks
    instead: str
    is_own: bool = False

    @cached_property
    def needle(self) -> str:
        """For choosing rows in the database, without regard to case."""
        return "|".join(pattern for pattern, _whole in self._patterns())

    def replaced(self, text: str) -> str:
        """The text without the person."""
        if not text or not self.needle:
            return text
        return self._whole.sub(lambda _: self.instead, text)

    def replaced_in(self, value: Any) -> Any:
        """The same in every text of a JSON value, keys included."""
        if isinstance(value, str):
            return self.replaced(value)
        if isinstance(value, list):
            return [self.replaced_in(each) for each in value]
        if isinstance(value, dict):
            return {self.replaced(str(key)): self.replaced_in(each) for key, each in value.items()}
        return value

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile("|".join(whole for _pattern, whole in self._patterns()), re.IGNORECASE)

    def _patterns(self) -> list[tuple[str, str]]:
        """Each with and without what must not stand beside it; the longest first."""
        names = self.marks.names | (self.marks.own_names if self.is_own else frozenset())
        addresses = map(_letters, _sorted(self.marks.addresses))
        found = [(each, rf"(?<![\w.+-]){each}(?![\w-])") for each in addresses]
        found += [(each, rf"(?<!\d){each}(?!\d)") for each in _numbers(self.marks.phones)]
        forms = [each for name in _sorted(names) for each in _name_forms(name)]
        forms += _salutations(names) if self.is_own else []
        found += [(each, rf"(?<!\w){each}{_GENITIVE}(?!\w)") for each in forms]
        return found


def _sorted(texts: Iterable[str]) -> list[str]:
    return sorted((text for text in texts if text.strip()), key=lambda text: (-len(text), text))


def _name_forms(name: str) -> list[str]:
    """Given name first, and as registers have it: the last word, a comma, the rest."""
    words = [_letters(word) for word in name.split()]
    if not words or len(name.strip()) < SHORTEST_NAME:
        return []
    forms = [r"\s+".join(words)]
    if len(words) > 1 and not name.strip().endswith(","):
        # Not in "Frau Huber, Anna Huber hat ...", where the full name begins after the comma.
        register = words[-1] + r"\s*,\s*" + r"\s+".join(words[:-1])
        forms.append(rf"{register}(?!\s+{words[-1]})")
    return forms


def _salutations(names: Iterable[str]) -> list[str]:
    """ "Frau Huber", for a name of at least two words."""
    last = {name.split()[-1] for name in names if len(name.split()) > 1}
    titles = r"(?:(?:Prof|Dr)\.?\s+)*"
    return [rf"{_SALUTATIONS}\s+{titles}{_letters(word)}" for word in _sorted(last) if len(word) > 1]


def _numbers(phones: Iterable[str]) -> list[str]:
    """A number with its country code, and as it is dialled within the country, however it is grouped."""
    found = []
    for phone in _sorted(phones):
        digits = re.sub(r"\D", "", phone)
        if len(digits) < SHORTEST_NUMBER:
            continue
        found.append(rf"(?:\+|00)\s*{_SEPARATORS.join(digits)}")
        at_home = {digits[length:] for length in (1, 2, 3) if len(digits) - length >= SHORTEST_NUMBER}
        found += [rf"\(?0{_SEPARATORS}{_SEPARATORS.join(each)}" for each in _sorted(at_home)]
        found.append(digits)
    return found


def _letters(word: str) -> str:
    """A word as a regular expression that depends on no database's way to fold case or compose letters."""
    return "".join(map(_letter, unicodedata.normalize("NFC", word)))


def _letter(letter: str) -> str:
    if letter.isascii():
        return re.escape(letter)
    cases = {letter, letter.lower(), letter.upper()}
    spelt = {unicodedata.normalize(form, case) for case in cases for form in ("NFC", "NFD")}
    return "(?:" + "|".join(re.escape(each) for each in _sorted(spelt)) + ")"


def is_telling(name: str) -> bool:
    """Whether a name is one that a text means nobody else by: of two words at least, besides titles."""
    bare = without_title(name)
    return len(bare.split()) > 1 and len(bare) >= SHORTEST_NUMBER


def without_title(name: str) -> str:
    """ "Claudia Hofmann" of "Dr. med. Claudia Hofmann"."""
    words = name.split()
    while len(words) > 1 and words[0].lower() in _TITLES:
        words = words[1:]
    return " ".join(words)
