"""How actions of this room refuse."""

from django.core.exceptions import ValidationError

from calls.queries.said import in_words
from lib.reasons import Reason


class Refused(ValidationError):
    """Not done; `why` says why, and the message says it to whoever reads the page."""

    def __init__(self, *why: Reason) -> None:
        self.why = why
        super().__init__(in_words(*why))


def refuse_if(*why: Reason | None) -> None:
    """Error: Refused for whatever is a reason."""
    found = [one for one in why if one is not None]
    if found:
        raise Refused(*found)
