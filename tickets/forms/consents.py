"""Who is concerned by a ticket, what they permit, and taking that back."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.rules.gate_wording import capability_name
from customers.models import Contact
from lib.languages import page_language
from lib.verbatim import VerbatimField
from tickets.actions import consents
from tickets.actions.consents import EVIDENCE_LENGTH, NAME_LENGTH, Given
from tickets.forms.acting import moment_field, reason_field
from tickets.forms.choices import NameChoiceField
from tickets.forms.refusals import attempt
from tickets.models import Consent, DataSubject, Ticket
from tickets.queries.consents import CAPABILITIES

How = Consent.How
BY_AGENTS = [(how.value, how.label) for how in (How.WRITTEN, How.MAIL, How.PHONE)]
"""In the portal everybody consents themselves."""


def _named(capability: str) -> str:
    return capability_name(capability, page_language())


_name_of = lazy(_named, str)


class PermitsField(forms.MultipleChoiceField):
    """What a consent permits."""

    def __init__(self, **options: Any) -> None:
        choices = [(one.value, _name_of(one.value)) for one in CAPABILITIES]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **options)


class SubjectForm(forms.Form):
    """A further person: a contact of the customer, or anybody by name."""

    contact = NameChoiceField(
        Contact.objects.none(), label=_("Contact"), required=False, empty_label=_("somebody else")
    )
    name = forms.CharField(
        label=_("Or name"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        self.ticket, self.user = ticket, user
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(customer=ticket.customer_id, is_active=True)
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]

    def went_well(self) -> bool:
        """Whether the person was named."""
        return self.is_valid() and attempt(self, self._name)

    def _name(self) -> None:
        consents.name_subject(ticket=self.ticket, by=self.user, **self.cleaned_data)


class ConsentForm(forms.Form):
    """What one person permits, as it reached us."""

    capabilities = PermitsField(label=_("What is permitted"))
    how = forms.ChoiceField(label=_("How it was given"), choices=BY_AGENTS)
    given_at = moment_field(_("When"))
    evidence = VerbatimField(
        label=_("Where the proof lies"),
        max_length=EVIDENCE_LENGTH,
        help_text=_("Such as: e-mail of today in this ticket; signed form in the folder; who took the call."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, subject: DataSubject, user: User, **kwargs: Any) -> None:
        self.subject, self.user = subject, user
        super().__init__(*args, **{"prefix": f"subject-{subject.pk}", **kwargs})
        self.initial.setdefault("given_at", timezone.localtime())

    def went_well(self) -> bool:
        """Whether the consent was recorded."""
        return self.is_valid() and attempt(self, self._record)

    def _record(self) -> None:
        given = Given(**self.cleaned_data)
        consents.record_consent(subject=self.subject, given=given, by=self.user)


class WithdrawalForm(forms.Form):
    """That somebody takes their consent back, as it reached us."""

    evidence = reason_field(label=_("How it reached us"), required=True)

    def __init__(self, *args: Any, consent: Consent, user: User, **kwargs: Any) -> None:
        self.consent, self.user = consent, user
        super().__init__(*args, **{"prefix": f"consent-{consent.pk}", **kwargs})

    def went_well(self) -> bool:
        """Whether the withdrawal was recorded."""
        return self.is_valid() and attempt(self, self._withdraw)

    def _withdraw(self) -> None:
        note = self.cleaned_data["evidence"]
        consents.withdraw_consent(consent=self.consent, note=note, by=self.user)
