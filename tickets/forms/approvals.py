"""Asking a customer to approve what work costs, taking the question back, and recording what they said."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models import Service
from contracts.queries.prices import price_facts
from contracts.rules.pricing import Rate, rate_at
from lib.languages import page_language
from lib.verbatim import VerbatimField
from tickets.actions import approving
from tickets.forms.acting import ActForm, reason_field
from tickets.models import ApprovalRequest, Ticket
from tickets.queries.approval_cards import card_of, rate_words, surcharge_words
from tickets.queries.approvals import contacts_to_ask
from tickets.rules.lifecycle import Actor, Verb, verbs_for

LONGEST_DAYS = 90
NOBODY = ""


class AskApproval(ActForm):
    """Ask the customer to approve work at its price."""

    slug, label, icon = "approval", _("Ask for approval"), "banknotes"
    hint = _(
        "The customer reads item, price, ceiling and your text, in the portal and by e-mail with a link that "
        "needs no login. Nothing begins before they answer."
    )
    button = _("Send the question")
    hides_optional = True
    done = _("The customer is asked.")
    service = forms.ChoiceField(label=_("Work"))
    is_out_of_hours = forms.BooleanField(label=_("outside service hours"), required=False)
    ceiling = forms.DecimalField(
        label=_("At most, net"), min_value=0, max_digits=12, decimal_places=2, localize=True
    )
    text = VerbatimField(
        label=_("What will be done"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    contact = forms.ChoiceField(label=_("Who is asked"), required=False)
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=LONGEST_DAYS)
    waits = forms.BooleanField(label=_("Wait for the customer meanwhile"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = timezone.now()
        self._services = {service.code: service for service in Service.objects.filter(is_active=True)}
        self._contacts = {str(one.pk): one for one in contacts_to_ask(self.ticket)}
        rates = dict(self._rates())
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (code, self._offer(code, rate)) for code, rate in rates.items()
        ]
        self.fields["contact"].choices = [  # type: ignore[attr-defined]
            *((pk, f"{one.name} ({one.email})") for pk, one in self._contacts.items()),
            (NOBODY, _("nobody by e-mail; I record the answer")),
        ]
        surcharges = {surcharge_words(rate.surcharge_percent) for rate in rates.values()} - {""}
        self.fields["is_out_of_hours"].help_text = ", ".join(sorted(surcharges))
        self.initial.setdefault("days", settings.APPROVAL_DAYS)
        self.initial.setdefault("contact", next(iter(self._contacts), NOBODY))
        if Verb.WAIT_CUSTOMER not in verbs_for(self.ticket.status, Actor.AGENT):
            del self.fields["waits"]
        else:
            self.initial.setdefault("waits", True)

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.status != Ticket.Status.CLOSED

    def clean(self) -> dict[str, Any]:
        """Say where there is nothing to choose."""
        if not self.fields["service"].choices:  # type: ignore[attr-defined]
            self.add_error(None, _("No price list is in force that prices a service."))
        return self.cleaned_data

    def act(self) -> object:
        typed = self.cleaned_data
        return approving.ask(
            ticket=self.ticket,
            service=self._services[typed["service"]],
            is_out_of_hours=typed["is_out_of_hours"],
            ceiling=typed["ceiling"],
            text=typed["text"],
            contact=self._contacts.get(typed["contact"]),
            expires_at=timezone.now() + timedelta(days=typed["days"]),
            waits=typed.get("waits", False),
            by=self.user,
        )

    def _rates(self) -> Iterator[tuple[str, Rate]]:
        facts = price_facts(self.ticket.customer_id, self._now, self._now)
        for code in self._services:
            rate = rate_at(facts, code, self._now)
            if rate is not None:
                yield code, rate

    def _offer(self, code: str, rate: Rate) -> str:
        name = self._services[code].name_in(page_language())
        return f"{name}: {rate_words(rate.amount, rate.currency, rate.unit)}"


class _OnOpenRequest(ActForm):
    """Something to do with one of the ticket's questions that nobody answered yet."""

    request = forms.ModelChoiceField(ApprovalRequest.objects.none(), label=_("Request"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        rows = ApprovalRequest.objects.filter(ticket=self.ticket).open(now)
        field: Any = self.fields["request"]
        field.queryset = rows.select_related("ticket", "price_item", "contact", "asked_by")
        field.label_from_instance = _named

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ApprovalRequest.objects.filter(ticket=ticket).open(timezone.now()).exists()

    @property
    def chosen(self) -> ApprovalRequest:
        """The request that is meant."""
        row: ApprovalRequest = self.cleaned_data["request"]
        return row


class WithdrawApproval(_OnOpenRequest):
    """Take a question back."""

    slug, label, icon = "approval-withdraw", _("Withdraw the request"), "arrow-uturn-left"
    hint = _("The link in the e-mail says from now on that there is nothing to approve any more.")
    done = _("The request is withdrawn.")
    hides_optional = True
    reason = reason_field()

    def act(self) -> object:
        return approving.withdraw(request=self.chosen, by=self.user, why=self.why)


class RecordApproval(_OnOpenRequest):
    """Keep what the customer said on the phone or on paper."""

    slug, label, icon = "approval-record", _("Record the answer"), "pencil-square"
    hint = _("For an answer that reached you otherwise. Who gave it and where that can be seen is kept.")
    done = _("The answer is recorded.")
    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[("approve", _("approved")), ("decline", _("not approved"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Who said so"), max_length=200)
    evidence = forms.CharField(
        label=_("Evidence"), max_length=250, help_text=_("Such as: on the phone, 3 March, 10:15.")
    )

    def act(self) -> object:
        typed = self.cleaned_data
        given = approving.Answer(
            is_approved=typed["answer"] == "approve",
            how=ApprovalRequest.How.RECORDED,
            by=self.user,
            name=typed["name"],
            evidence=typed["evidence"],
        )
        return approving.answer(request=self.chosen, given=given)


def _named(row: ApprovalRequest) -> str:
    card = card_of(row, timezone.now())
    return f"{card.item}, {card.ceiling}"
