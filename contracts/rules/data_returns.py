"""Return and deletion of data after the end of an agreement: when it is due, when it is done. Pure."""

from datetime import date, timedelta

CHOICE_DAYS = 30
"""So many days a customer has to choose; then we delete (section 13 of the agreement)."""
RETURNS = frozenset({"return", "both"})
"""The choices after which data are handed back."""


def due_on(ended_on: date, wish_on: date | None) -> date:
    """The day on which it has to be done: the customer's, else the end of the time to choose."""
    return wish_on or ended_on + timedelta(days=CHOICE_DAYS)


def is_done(choice: str, *, returned: bool, deleted: bool, kept: bool) -> bool:
    """Whether all is done that was chosen. Data go in any case, but for what the law has us keep."""
    return (returned or choice not in RETURNS) and (deleted or kept)
