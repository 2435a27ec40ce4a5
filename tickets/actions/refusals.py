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
