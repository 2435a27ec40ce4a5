"""What the admin pages ask about customers, and how they say no."""

from django import forms

from customers.models import Customer, CustomerDomain, CustomerPhone
from lib.domains import as_domain
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
        return as_domain(str(self.cleaned_data["domain"]))


class CustomerPhoneForm(forms.ModelForm[CustomerPhone]):
    """One phone number of a customer."""

    number = PhoneNumberField()

    class Meta:
        model = CustomerPhone
        fields = ("number",)
