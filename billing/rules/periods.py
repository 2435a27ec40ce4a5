"""Months: the periods that statements are closed for."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

_TYPED = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_NAMES = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
           "November", "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month of the company; `ends_on` is its last day."""

    starts_on: date

    @classmethod
    def of(cls, day: date) -> Self:
        """The month in which a day lies."""
        return cls(day.replace(day=1))

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "2026-10". Error: ValueError for anything else."""
        typed = _TYPED.fullmatch(text.strip())
        if typed is None:
            raise ValueError(text)
        return cls(date(int(typed[1]), int(typed[2]), 1))

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.starts_on.replace(day=monthrange(self.starts_on.year, self.starts_on.month)[1])

    @property
    def previous(self) -> Self:
        """The month before."""
        return self.of(self.starts_on - timedelta(days=1))

    @property
    def next(self) -> Self:
        """The month after."""
        return self.of(self.ends_on + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.starts_on:%Y-%m}"

    def in_words(self, language: str) -> str:
        """ "Oktober 2026"."""
        return f"{_NAMES[language[:2]][self.starts_on.month - 1]} {self.starts_on.year}"
