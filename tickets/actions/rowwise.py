"""Sweeping rows one by one, so that a bad one stops nobody else's."""

from collections.abc import Callable, Iterable

import structlog
from django.db import InterfaceError, OperationalError

log = structlog.get_logger(__name__)


def or_each(together: Callable[[], int], singly: Callable[[], int], *, work: str) -> int:
    """Do a batch in one go, or singly where that fails: one bad row stops nobody else's. Errors as `each`."""
    try:
        return together()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("batch_falls_apart", work=work)
        return singly()


def each(
    rows: Iterable[int],
    act: Callable[[int], int],
    *,
    work: str,
    set_aside: Callable[[int, Exception], None] | None = None,
) -> int:
    """Act on each row in a transaction of its own and add up what comes of it.

    A row that cannot be acted on is reported and left behind, and `set_aside`, where given, keeps the next
    sweep from it. Errors: only the database's own (a lost connection, a deadlock), which are nobody's fault
    and which the next sweep tries again.
    """
    total = 0
    for row in rows:
        try:
            total += act(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("row_left_behind", work=work, row=row)
            if set_aside is not None:
                set_aside(row, error)
    return total
