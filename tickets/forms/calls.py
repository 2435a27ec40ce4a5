"""Noting a call."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact
from lib.verbatim import VerbatimField
from tickets.actions import calls
from tickets.actions.calls import Call
from tickets.forms.acting import ActForm, moment_field
from tickets.forms.choices import NameChoiceField
from tickets.forms.kinds import WorkKindField
from tickets.models import Ticket, WorkKind

MOST_MINUTES = 24 * 60
LONGEST_TEXT = 20_000


class NoteCall(ActForm):
    """A call into the conversation, as an internal note."""

    slug, label, icon = "call", _("Note a call"), "phone"
    hint = _("Stands in the conversation as an internal note; the customer does not read it.")
    done = _("The call is noted.")
    button = _("Save note")
    contact = NameChoiceField(
        Contact.objects.none(), label=_("With whom"), required=False, empty_label=_("nobody in particular")
    )
    direction = forms.ChoiceField(
        label=_("Who called"),
        choices=[("in", _("They called us")), ("out", _("We called them"))],
        widget=forms.RadioSelect,
        initial="in",
    )
    called_at = moment_field(_("When"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=MOST_MINUTES, initial=5)
    work_kind = WorkKindField()
    body = VerbatimField(
        label=_("What was said"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localtime()
        people = Contact.objects.filter(customer=self.ticket.customer_id, is_active=True)
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        kind: Any = self.fields["work_kind"]
        kind.ask(self.ticket, now)
        kind.help_text = kind.why
        self.initial.setdefault("contact", self.ticket.contact_id)
        self.initial.setdefault("called_at", now - timedelta(minutes=5))
        self.initial.setdefault("work_kind", WorkKind.ADVICE)

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.status != Ticket.Status.CLOSED

    def act(self) -> object:
        typed = self.cleaned_data
        call = Call(
            called_at=typed["called_at"],
            body=typed["body"],
            minutes=typed["minutes"],
            contact=typed["contact"],
            is_outgoing=typed["direction"] == "out",
            work_kind=typed["work_kind"],
        )
        return calls.note_call(ticket=self.ticket, call=call, by=self.user)
