"""Why work was not entered, decided anew or taken back, for the doors to put into words."""

from decimal import Decimal


class TimeRefused(Exception):
    """Nothing was written. `code` names why, `field` what of the entry it is about, if it is about one."""

    code = ""
    field = ""


class EndsBeforeStart(TimeRefused):
    """Work lasts a minute at least."""

    code, field = "ends_before_start", "ended_at"


class EndsInFuture(TimeRefused):
    """Only what was done can be entered."""

    code, field = "ends_in_future", "ended_at"


class TooLong(TimeRefused):
    """An entry is no longer than a day."""

    code, field = "too_long", "ended_at"


class TooEarly(TimeRefused):
    """Work on a ticket lies in a time that the system knows."""

    code, field = "too_early", "started_at"


class AlreadyEntered(TimeRefused):
    """The same agent has entered the same work on this ticket already."""

    code = "already_entered"


class AllowanceRefuses(TimeRefused):
    """The agreement's allowance is used up and refuses more; `minutes` of the entry would lie beyond it."""

    code = "allowance_refuses"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"{minutes} minutes beyond the allowance")
        self.minutes = minutes


class Unapproved(TimeRefused):
    """Chargeable work that the customer has not approved, in an installation that refuses it."""

    code = "unapproved"

    def __init__(self, amount: Decimal, currency: str) -> None:
        super().__init__(f"{amount} {currency} without approval")
        self.amount = amount
        self.currency = currency


class NeedsReason(TimeRefused):
    """What is decided by hand or taken back says why."""

    code, field = "reason_required", "reason"


class TakenBack(TimeRefused):
    """The entry was taken back; there is nothing to decide any more."""

    code = "taken_back"


class CustomerChanged(TimeRefused):
    """The ticket went to another customer at this moment."""

    code = "customer_changed"
