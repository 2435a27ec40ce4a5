"""What a step of a data-processing agreement is refused for. `reason` is worded in `rules.dpa_wording`."""

from lib.reasons import Reason


class DpaRefused(Exception):
    """A step that cannot be done. `reason`: why, as a code with parameters."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.code)
        self.reason = why


class NotFromHere(DpaRefused):
    """The life cycle does not have this step in this state, or not for this side."""


class NotYours(DpaRefused):
    """This person may not do that."""


class ReviewOpen(DpaRefused):
    """A question of the mutual review is not settled."""


class DocumentUnfit(DpaRefused):
    """The document is not published, has changed, or is not the one that was offered."""


class SignatureUnfit(DpaRefused):
    """The signature lacks a name, a role or its file."""


class ReasonMissing(DpaRefused):
    """An end without a reason."""


class DayPast(DpaRefused):
    """A day that is over."""


class NothingDue(DpaRefused):
    """There is no review to decide about."""


class NotTerminated(DpaRefused):
    """There is no termination, or its day is over."""


class DataReturnUnfit(DpaRefused):
    """What is to become of the data, or what was done with them, is not said, or not to be said any more."""
