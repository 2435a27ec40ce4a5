"""Writing: replies, notes, and tickets filed for a caller."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from customers.models import Contact, Customer
from lib.refused_files import FormWithFiles
from lib.uploads import FilesField
from lib.verbatim import VerbatimField
from tickets.actions import opening, replying
from tickets.forms.choices import NameChoiceField
from tickets.forms.refusals import attempt
from tickets.models import Message, Ticket
from tickets.queries.articles import dead_links
from tickets.rules.lifecycle import Verb

THEN_CHOICES = [("", ""), *((verb.value, verb.value) for verb in (Verb.WAIT_CUSTOMER, Verb.SOLVE))]
MAX_BODY = 100_000


class ReplyForm(FormWithFiles):
    """A reply to the customer or a note among colleagues; both are typed into the same field."""

    is_internal = forms.TypedChoiceField(
        label=_("Kind"),
        choices=[("0", _("Reply")), ("1", _("Internal note"))],
        coerce=lambda value: value == "1",
        initial="0",
        widget=forms.RadioSelect,
    )
    body = VerbatimField(label=_("Message"), required=False, max_length=MAX_BODY, widget=forms.Textarea)
    attachments = FilesField()
    then = forms.ChoiceField(choices=THEN_CHOICES, required=False)
    dead_links = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
    """The links that were warned of: with the same ones again, the reply is sent."""

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        self.ticket = ticket
        self.user = user
        self.message: Message | None = None
        self.warned_of = ""
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs.update(
            {"data-draft-key": f"reply:{ticket.number}", "data-draft-with": "is_internal"}
        )
        self.fields["body"].widget.attrs.update({"data-key": "r", "rows": 4, "aria-keyshortcuts": "R"})

    def went_well(self) -> bool:
        """Whether the message was written. A link that is a dead end for the customer is warned of once."""
        return self.is_valid() and not self._warns() and attempt(self, self._write)

    def _warns(self) -> bool:
        typed = self.cleaned_data
        found = () if typed["is_internal"] else dead_links(typed["body"], self.ticket.customer_id)
        self.warned_of = " ".join(link.code for link in found)
        if not found or typed["dead_links"] == self.warned_of:
            return False
        named = ", ".join(f"{link.code} {link.title}".strip() for link in found)
        text = _(
            "%(customer)s cannot open what is linked here: %(links)s. Send again to send it all the same."
        )
        params = {"customer": self.ticket.customer.name, "links": named}
        self.add_error("body", forms.ValidationError(text, code="dead_links", params=params))
        return True

    def _write(self) -> None:
        typed = self.cleaned_data
        if typed["is_internal"]:
            self.message = replying.note(
                ticket=self.ticket, body=typed["body"], files=typed["attachments"], by=self.user
            )
            return
        then = Verb(typed["then"]) if typed["then"] else None
        self.message = replying.reply(
            ticket=self.ticket, body=typed["body"], files=typed["attachments"], then=then, by=self.user
        )


class FilingForm(FormWithFiles):
    """A ticket that an agent files for a caller."""

    contact = NameChoiceField(
        Contact.objects.none(), label=_("Contact"), required=False, empty_label=_("Nobody in particular")
    )
    subject = VerbatimField(label=_("Subject"), max_length=250)
    body = VerbatimField(label=_("What is it about?"), max_length=MAX_BODY, widget=forms.Textarea)
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=int,
        choices=Ticket.Severity.choices,
        initial=Ticket.Severity.NORMAL,
        widget=forms.RadioSelect,
    )
    team = NameChoiceField(Team.objects.all(), label=_("Team"), empty_label=None)
    channel = forms.ChoiceField(
        label=_("How it reached us"),
        choices=[
            (one.value, one.label) for one in (Ticket.Channel.PHONE, Ticket.Channel.MAIL, Ticket.Channel.DESK)
        ],
        initial=Ticket.Channel.PHONE,
    )
    attachments = FilesField()

    def __init__(self, *args: Any, customer: Customer, user: User, **kwargs: Any) -> None:
        self.customer = customer
        self.user = user
        self.ticket: Ticket | None = None
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = customer.contacts.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["subject"].widget.attrs["data-draft-key"] = f"new:{customer.pk}:subject"
        self.fields["body"].widget.attrs["data-draft-key"] = f"new:{customer.pk}"
        self.initial.setdefault("team", Team.objects.filter(is_default=True).first())

    def went_well(self) -> bool:
        """Whether the ticket was filed."""
        return self.is_valid() and attempt(self, self._open)

    def _open(self) -> None:
        typed = self.cleaned_data
        self.ticket = opening.open_ticket(
            customer=self.customer,
            contact=typed["contact"],
            subject=typed["subject"],
            body=typed["body"],
            severity=Ticket.Severity(typed["severity"]),
            team=typed["team"],
            channel=Ticket.Channel(typed["channel"]),
            files=typed["attachments"],
            by=self.user,
        )
