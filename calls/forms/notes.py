"""What is said about a call: notes, that it needs no ticket, a ticket for it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from calls.actions import desk
from calls.forms.refusals import attempt
from calls.models import Call
from contracts.queries.gates import gate_reason
from customers.models import Contact, Customer
from lib.languages import page_language
from lib.verbatim import VerbatimField
from tickets.models import Ticket, WorkKind
from tickets.queries.gates import NEEDS, kinds_of_gates

LONGEST_NOTE = 20_000
ON_THE_PHONE = (WorkKind.ADVICE, WorkKind.REMOTE, WorkKind.LOG_ANALYSIS, WorkKind.INSTALLATION)


class NoteForm(forms.Form):
    """What was said, into the call's ticket."""

    work_kind = forms.ChoiceField(
        label=_("Kind of work"),
        choices=[(kind.value, kind.label) for kind in ON_THE_PHONE],
        initial=WorkKind.ADVICE,
    )
    body = VerbatimField(
        label=_("What was said"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, call: Call, user: User, **kwargs: Any) -> None:
        self.call, self.user = call, user
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["data-draft-key"] = f"call:{call.pk}"
        if call.ticket is not None:
            self.fields["work_kind"].help_text = _closed_kinds(call.ticket)

    def went_well(self) -> bool:
        """Whether the note was saved."""
        return self.is_valid() and attempt(self, self._write)

    def _write(self) -> None:
        typed = self.cleaned_data
        desk.note(call=self.call, body=typed["body"], work_kind=typed["work_kind"], by=self.user)


def _closed_kinds(ticket: Ticket) -> str:
    """Why not every kind of work is allowed on a ticket; "" where all are."""
    now, language = timezone.now(), page_language()
    gates = {one: gate for one, (gate, _was_open) in kinds_of_gates(ticket, now).items()}
    closed = [gates[NEEDS[kind]] for kind in ON_THE_PHONE if kind in NEEDS and not gates[NEEDS[kind]].is_open]
    return (
        str(_("Not everything is allowed: %(why)s.")) % {"why": gate_reason(closed[0], now, language)}
        if closed
        else ""
    )


class SetAsideForm(forms.Form):
    """A call that needs no ticket."""

    why = VerbatimField(label=_("Why no ticket is needed"), max_length=200)

    def __init__(self, *args: Any, call: Call, user: User, **kwargs: Any) -> None:
        self.call, self.user = call, user
        super().__init__(*args, **kwargs)

    def went_well(self) -> bool:
        """Whether it was noted."""
        return self.is_valid() and attempt(
            self, lambda: desk.set_aside(call=self.call, why=self.cleaned_data["why"], by=self.user)
        )


class NewTicketForm(forms.Form):
    """A ticket for whoever called, with the call on it."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Contact"), required=False, empty_label=_("Nobody in particular")
    )
    subject = VerbatimField(label=_("Subject"), max_length=250)
    body = VerbatimField(
        label=_("What is it about?"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=int,
        choices=Ticket.Severity.choices,
        initial=Ticket.Severity.NORMAL,
        widget=forms.RadioSelect,
    )
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), empty_label=None)

    def __init__(self, *args: Any, call: Call, customer: Customer, user: User, **kwargs: Any) -> None:
        self.call, self.customer, self.user = call, customer, user
        self.ticket: Ticket | None = None
        super().__init__(*args, **kwargs)
        people = customer.contacts.filter(is_active=True).order_by("name")
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        self.initial.setdefault("contact", call.contact_id)
        self.initial.setdefault("team", Team.objects.filter(is_default=True).first())
        self.fields["body"].widget.attrs["data-draft-key"] = f"call-ticket:{call.pk}"

    def went_well(self) -> bool:
        """Whether the ticket was filed."""
        return self.is_valid() and attempt(self, self._open)

    def _open(self) -> None:
        typed = self.cleaned_data
        self.ticket = desk.open_ticket(
            call=self.call,
            customer=self.customer,
            by=self.user,
            contact=typed["contact"],
            subject=typed["subject"],
            body=typed["body"],
            severity=Ticket.Severity(typed["severity"]),
            team=typed["team"],
        )
