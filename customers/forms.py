"""What the admin pages ask about contacts and signing up asks, and how they say no."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact, ContactPhone
from lib.phones import PhoneNumberField


class ContactForm(forms.ModelForm[Contact]):
    """One person at a customer."""

    class Meta:
        model = Contact
        fields = (
            "customer",
            "name",
            "email",
            "language",
            "mail_steps",
            "user",
            "sees_company_tickets",
            "is_company_admin",
            "is_active",
        )

    def clean_user(self) -> User | None:
        """Only a customer contact's login opens the portal."""
        user: User | None = self.cleaned_data["user"]
        if user is not None and user.role != User.Role.CONTACT:
            raise forms.ValidationError(_("This user works at the desk and cannot be a portal login."))
        return user

    def clean(self) -> dict[str, Any]:
        """One address is one person at a customer."""
        cleaned = super().clean() or {}
        email, customer = cleaned.get("email"), cleaned.get("customer")
        if email and customer:
            twins = Contact.objects.filter(customer=customer, email__iexact=email.strip())
            if twins.exclude(pk=self.instance.pk).exists():
                self.add_error("email", _("This customer has a contact with this address already."))
        return cleaned


class ContactPhoneForm(forms.ModelForm[ContactPhone]):
    """One phone number of a contact."""

    number = PhoneNumberField()

    class Meta:
        model = ContactPhone
        fields = ("number",)


class SignUpForm(forms.Form):
    """Who wants an access. Whether the address is a customer's is not asked here."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail address at your company"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)

    def clean_name(self) -> str:
        """On one line, since it will stand in subjects of mails."""
        return " ".join(self.cleaned_data["name"].split())
