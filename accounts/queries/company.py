"""Which firm runs this installation, and whether it is set up at all.

Every page asks, so each process remembers the answer for a moment, and that it is set up for good.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from accounts.models import Company, User

KEPT_SECONDS = 10.0


@dataclass(frozen=True)
class Firm:
    """The firm as pages and mail show it."""

    name: str
    language: str
    is_set_up: bool


class _Memory:
    """What this process last read."""

    def __init__(self) -> None:
        self._firm: Firm | None = None
        self._holds_until = 0.0

    def firm(self) -> Firm:
        """What was read lately, or now."""
        kept = self._firm
        if kept is None or time.monotonic() >= self._holds_until:
            kept = _read(was_set_up=kept is not None and kept.is_set_up)
            self.keep(kept)
        return kept

    def keep(self, firm: Firm, seconds: float = KEPT_SECONDS) -> None:
        """Answer this for a while, without asking."""
        self._firm, self._holds_until = firm, time.monotonic() + (seconds if firm.is_set_up else 0.0)

    @property
    def last_name(self) -> str:
        """The name that was read last, however long ago."""
        return self._firm.name if self._firm else ""

    def forget(self) -> None:
        """Read again next time, and judge anew whether it is set up."""
        self._firm = None


memory = _Memory()


def firm() -> Firm:
    """The firm, at most ten seconds old. Before it has a row, its name is the one of the settings."""
    return memory.firm()


def company_name() -> str:
    """The firm's name. Never fails: error pages show it, too."""
    try:
        return firm().name
    except (DatabaseError, InterfaceError):
        return memory.last_name or _provisional_name()


def is_set_up() -> bool:
    """Whether people may use this installation. Once true it stays so and costs nothing any more."""
    return firm().is_set_up


def _read(*, was_set_up: bool) -> Firm:
    row = Company.objects.first()
    return Firm(
        name=row.name if row else _provisional_name(),
        language=row.language if row else str(settings.LANGUAGE_CODE),
        is_set_up=was_set_up or _is_done(row),
    )


def _provisional_name() -> str:
    return str(settings.COMPANY_NAME) or "Vorrang"


def _is_done(row: Company | None) -> bool:
    """The last step was taken, or there is an admin whom these steps did not make.

    The latter in one statement: between two, the first admin could be made and look like another one.
    """
    if row is not None and row.set_up_at is not None:
        return True
    made_here = Company.objects.filter(first_admin__isnull=False).values("first_admin")
    return User.objects.filter(role=User.Role.ADMIN).exclude(pk__in=made_here).exists()
