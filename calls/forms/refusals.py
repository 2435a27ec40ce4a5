"""Why something about a call did not happen, in words and beside the right field."""

from collections.abc import Callable

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.actions.desk import NeedsReason, NoTicket
from contracts.queries.gates import advice_only, gate_reason, gate_ways
from contracts.rules.gate_wording import capability_name
from contracts.rules.gates import Gate
from lib.languages import page_language
from tickets.access import Denied
from tickets.actions.gating import GateClosed, LogInText
from tickets.actions.refusals import (
    CallNotDone,
    CannotOpen,
    EmptyMessage,
    NotWaiting,
    OffDuty,
    ReasonRequired,
)

REFUSALS = (
    *(NeedsReason, NoTicket, Denied, GateClosed, LogInText),
    *(CallNotDone, CannotOpen, EmptyMessage, NotWaiting, OffDuty, ReasonRequired),
)
_FIELDS = {EmptyMessage: "body", LogInText: "body", GateClosed: "work_kind", NeedsReason: "why"}


def in_words(error: Exception) -> str:
    """Why it did not happen, for the person who tried."""
    if isinstance(error, CannotOpen):
        return str(error)
    if isinstance(error, GateClosed):
        return _closed(error.gate)
    texts = {
        NeedsReason: _("Please say why no ticket is needed."),
        NoTicket: _("Notes stand on a ticket. Attach the call to one first."),
        Denied: _("You may not do this with this ticket."),
        ReasonRequired: _("Please say why. The reason is kept with the ticket."),
        OffDuty: _("Nobody can take tickets while off duty."),
        NotWaiting: _("Somebody was faster: the ticket is no longer in the queue."),
        EmptyMessage: _("Please write what was said."),
        CallNotDone: _("Only a call that is over can be noted, and it lasts a day at most."),
        LogInText: _(
            "This looks like a log, and logs of this case may not be read now. Send it as a message of the "
            "ticket: there it is held back unread. Nothing was saved here."
        ),
    }
    return texts[type(error)]


def _closed(gate: Gate) -> str:
    now, language = timezone.now(), page_language()
    ways = ", ".join(way.text for way in gate_ways(gate, now, language, "agent"))
    said = _("%(what)s is not allowed: %(why)s.") % {
        "what": capability_name(gate.capability, language),
        "why": gate_reason(gate, now, language, "agent"),
    }
    how = _("What would open it: %(ways)s.") % {"ways": ways} if ways else ""
    return " ".join(part for part in (said, how, f"{advice_only(language, 'agent')}.") if part)


def attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """Call an action; a refusal becomes an error of the form. Returns whether it happened."""
    try:
        act()
    except REFUSALS as error:
        field = _FIELDS.get(type(error))
        form.add_error(field if field in form.fields else None, in_words(error))
        return False
    return True
