"""The installation's synonyms, remembered for a moment: every search asks for them."""

import time
from collections.abc import Mapping, Sequence

from knowledge.models import SynonymSet
from knowledge.rules.searching import Phrase, synonym_table

KEPT_SECONDS = 10.0


class _Memory:
    """What this process last read."""

    def __init__(self) -> None:
        self._table: Mapping[str, Sequence[Phrase]] = {}
        self._holds_until = 0.0

    def table(self) -> Mapping[str, Sequence[Phrase]]:
        """What was read lately, or now."""
        if time.monotonic() >= self._holds_until:
            self.keep(synonym_table(SynonymSet.objects.values_list("words", flat=True)))
        return self._table

    def keep(self, table: Mapping[str, Sequence[Phrase]], seconds: float = KEPT_SECONDS) -> None:
        """Answer this for a while, without asking."""
        self._table, self._holds_until = table, time.monotonic() + seconds

    def forget(self) -> None:
        """Read again next time."""
        self._holds_until = 0.0


memory = _Memory()


def synonyms() -> Mapping[str, Sequence[Phrase]]:
    """Word → phrases that mean the same, at most ten seconds old."""
    return memory.table()
