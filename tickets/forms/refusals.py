"""What an action refused, in words and beside the right field."""

from collections.abc import Callable

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _

from customers.actions.invitations import CannotInvite
from tickets.access import Denied
from tickets.actions.consent_refusals import ConsentRefused
from tickets.actions.gating import GateClosed, LogInText
from tickets.actions.refusals import (
    AlreadyAnswered,
    CallNotDone,
    CannotOpen,
    CeilingNeeded,
    ChecklistFull,
    EmptyMessage,
    EvidenceNeeded,
    NoPrice,
    NotStored,
    NotWaiting,
    OffDuty,
    PinNeedsFuture,
    ReasonRequired,
    TextNeeded,
)
from tickets.forms.consent_refusals import consent_refusal
from tickets.forms.gate_refusals import gate_refusal, log_refusal
from tickets.rules.lifecycle import NotAllowed
from tickets.rules.wording import sentence

REFUSALS = (
    *(Denied, NotAllowed, ReasonRequired, OffDuty, NotWaiting, CannotOpen, EmptyMessage, PinNeedsFuture),
    CannotInvite,
    *(NoPrice, CeilingNeeded, TextNeeded, EvidenceNeeded, AlreadyAnswered),
    *(GateClosed, LogInText, ChecklistFull, CallNotDone, ConsentRefused),
)


def in_words(error: Exception) -> str:
    """Why it did not happen, for the person who tried."""
    if isinstance(error, NotAllowed):
        return sentence(error.reason, translation.get_language() or "de")
    if isinstance(error, CannotOpen):
        return str(error)
    if isinstance(error, GateClosed):
        return gate_refusal(error.gate)
    if isinstance(error, ConsentRefused):
        return consent_refusal(error)
    if isinstance(error, CannotInvite):
        return error.words
    texts = {
        Denied: _("You may not do this with this ticket."),
        ReasonRequired: _("Please say why. The reason is kept with the ticket."),
        OffDuty: _("Nobody can take tickets while off duty."),
        NotWaiting: _("Somebody was faster: the ticket is no longer in the queue."),
        EmptyMessage: _("Please write something or attach a file."),
        PinNeedsFuture: _("The pin must end in the future."),
        NoPrice: _("The price list in force has no price for this service."),
        CeilingNeeded: _("Please give an amount above zero."),
        TextNeeded: _("Please say what will be done. The customer reads it."),
        EvidenceNeeded: _("Please say who gave the answer and where that can be seen."),
        AlreadyAnswered: _("Somebody was faster: the request is not open any more."),
        LogInText: log_refusal(),
        ChecklistFull: _("The checklist is full. Remove what is not needed any more."),
        CallNotDone: _("Only a call that is over can be noted, and it lasts a day at most."),
    }
    return texts[type(error)]


_FIELDS = {
    ReasonRequired: "reason",
    NotStored: "attachments",
    EmptyMessage: "body",
    PinNeedsFuture: "expires_at",
    NoPrice: "service",
    CeilingNeeded: "ceiling",
    TextNeeded: "text",
    EvidenceNeeded: "evidence",
    GateClosed: "work_kind",
    CallNotDone: "called_at",
}


def attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """Call an action; a refusal becomes an error of the form. Returns whether it happened."""
    try:
        act()
    except REFUSALS as error:
        field = _FIELDS.get(type(error), getattr(error, "field", None))
        form.add_error(field if field in form.fields else None, in_words(error))
        return False
    return True
