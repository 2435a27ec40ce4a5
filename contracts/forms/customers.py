"""What the admin pages ask about customers, and how they say no."""

from typing import Any

from django import forms

from customers.models import Customer, CustomerDomain, CustomerPhone
from lib.domains import as_domain, readable
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.domain:
            self.initial["domain"] = readable(self.instance.domain)

    def clean_domain(self) -> str:
        """A domain, without what somebody wrote before an @."""
        return as_domain(str(self.cleaned_data["domain"]))


class CustomerPhoneForm(forms.ModelForm[CustomerPhone]):
    """One phone number of a customer."""

    number = PhoneNumberField()

    class Meta:
        model = CustomerPhone
        fields = ("number",)
