"""When a mail is tried again, and when no more."""

from datetime import timedelta

FIRST_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
LATER_DELAY = timedelta(hours=4)
MAX_ATTEMPTS = 22
"""Some three days, which is what mail servers grant each other."""
MAX_RENDERINGS = 3
MAX_INTERRUPTIONS = 2
"""A mail that may have arrived is sent once more, so it may arrive twice; never three times."""
AWAY_DELAY = timedelta(minutes=1)
"""While the server is not reachable at all, which is no row's own failure."""
SPREAD = 0.2


def next_delay(attempts: int, luck: float) -> timedelta | None:
    """How long to wait after so many failed attempts; None to give up. `luck` from 0 to 1 spreads them."""
    if attempts >= MAX_ATTEMPTS:
        return None
    delay = FIRST_DELAYS[attempts - 1] if attempts <= len(FIRST_DELAYS) else LATER_DELAY
    return spread(delay, luck)


def spread(delay: timedelta, luck: float) -> timedelta:
    """The delay, up to a fifth shorter or longer."""
    return delay * (1 - SPREAD + 2 * SPREAD * luck)
