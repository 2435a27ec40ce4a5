"""What the admin pages ask about customers, agreements and service levels, and how they say no."""

from typing import Any

from django import forms
from django.core.validators import DomainNameValidator
from django.utils.translation import gettext_lazy as _

from contracts.models import Agreement, ServiceLevel, Suspension
from customers.models import Customer, CustomerDomain, CustomerPhone
from lib.phones import PhoneNumberField


class CustomerForm(forms.ModelForm[Customer]):
    """One customer, without its agreements."""

    class Meta:
        model = Customer
        fields = ("name", "is_active", "note")


class DomainForm(forms.ModelForm[CustomerDomain]):
    """One mail domain of a customer."""

    class Meta:
        model = CustomerDomain
        fields = ("domain",)

    def clean_domain(self) -> str:
        """A domain, without what somebody wrote before an @."""
        domain = str(self.cleaned_data["domain"]).strip().lower().rpartition("@")[2]
        DomainNameValidator(accept_idna=True)(domain)
        return domain


class CustomerPhoneForm(forms.ModelForm[CustomerPhone]):
    """One phone number of a customer."""

    number = PhoneNumberField()

    class Meta:
        model = CustomerPhone
        fields = ("number",)


class AgreementForm(forms.ModelForm[Agreement]):
    """One agreement; its suspensions are rows beside it."""

    class Meta:
        model = Agreement
        fields = ("customer", "kind", "level", "reference", "starts_on", "ends_on", "terminated_on")

    def clean(self) -> dict[str, Any]:
        """Say at the field what the database would refuse as a whole."""
        cleaned = super().clean() or {}
        kind, level = cleaned.get("kind"), cleaned.get("level")
        if kind == Agreement.Kind.SERVICE and level is None and "level" not in self.errors:
            self.add_error("level", _("A service agreement needs a service level."))
        if kind and kind != Agreement.Kind.SERVICE and level is not None:
            self.add_error("level", _("Only a service agreement has a service level. Leave it empty here."))
        _require_order(self, cleaned)
        return cleaned


class SuspensionForm(forms.ModelForm[Suspension]):
    """One period in which an agreement does not count."""

    class Meta:
        model = Suspension
        fields = ("starts_on", "ends_on", "reason")

    def clean(self) -> dict[str, Any]:
        """A period cannot run backwards."""
        cleaned = super().clean() or {}
        _require_order(self, cleaned)
        return cleaned


class ServiceLevelForm(forms.ModelForm[ServiceLevel]):
    """One service level."""

    class Meta:
        model = ServiceLevel
        fields = ("name", "rank", "description")


def _require_order(form: forms.BaseForm, cleaned: dict[str, Any]) -> None:
    starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        form.add_error("ends_on", _("The last day cannot be before the first."))
