"""Sweeping agreements one by one, so that a bad one stops nobody else's."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import structlog
from django.db import InterfaceError, OperationalError

AT_ONCE = 500
Look = Callable[[Sequence[int]], Iterable[int]]

log = structlog.get_logger(__name__)


def sweep(agreement_ids: Sequence[int], *, look: Look, act: Callable[[int], int], event: str) -> int:
    """Act on those that have something due and add up what comes of it.

    `look` reads many at once and says which are due; `act` does one in a transaction of its own. An agreement
    at which either fails is logged as `event` and left behind. Errors: only the database's own (a lost
    connection, a deadlock), which are nobody's fault and which the next sweep tries again.
    """
    total = 0
    for start in range(0, len(agreement_ids), AT_ONCE):
        for pk in _due(agreement_ids[start : start + AT_ONCE], look, event):
            try:
                total += act(pk)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception(event, agreement=pk)
    return total


def _due(agreement_ids: Sequence[int], look: Look, event: str) -> Iterator[int]:
    """Those that are due; where looking fails, the halves are looked at until the bad one stands alone."""
    try:
        found = list(look(agreement_ids))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(agreement_ids) == 1:
            log.exception(event, agreement=agreement_ids[0])
            return
        middle = len(agreement_ids) // 2
        yield from _due(agreement_ids[:middle], look, event)
        yield from _due(agreement_ids[middle:], look, event)
    else:
        yield from found
