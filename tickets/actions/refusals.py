"""Why an action did not happen, for the doors to put into words (with `Denied` and `NotAllowed`)."""


class ReasonRequired(Exception):
    """Declining, pinning, changing a severity or passing better tickets needs a reason, which is kept."""


class OffDuty(Exception):
    """Somebody off duty (or no longer active) cannot be given tickets."""


class NotWaiting(Exception):
    """The ticket is not in the queue any more; somebody was faster."""


class CannotOpen(Exception):
    """The new ticket contradicts itself; the text says how."""


class NotStored(CannotOpen):
    """The files cannot be written: no room, or no permission. Nothing of the message is kept."""


class EmptyMessage(Exception):
    """A message without text and without a file."""


class PinNeedsFuture(Exception):
    """A pin expires at a moment in the future."""


class Outdated(Exception):
    """The ticket changed since its editor read it."""


class NoPrice(Exception):
    """The price list in force has no price for this service, so there is nothing to approve."""


class CeilingNeeded(Exception):
    """Work is approved up to an amount above zero."""


class TextNeeded(Exception):
    """Whoever approves work must read what it is."""


class EvidenceNeeded(Exception):
    """An answer that an agent records says who gave it, and where that can be seen."""


class AlreadyAnswered(Exception):
    """The request is not open any more: answered, withdrawn or run out; `state` is how it ended."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class NotMissed(Exception):
    """Only a missed target can be justified."""


class ChecklistFull(Exception):
    """A ticket has so many steps that one more helps nobody."""


class CallNotDone(Exception):
    """Only a call that is over can be noted, and none lasts longer than a day."""
