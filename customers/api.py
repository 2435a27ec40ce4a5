"""Contacts over the API. (Customers are there with their standing, in the contracts room.)"""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.access import acting_user
from accounts.models import User
from customers.access import may_keep_contacts, visible_contacts
from customers.actions import customers as customer_actions
from customers.models import Contact, Customer
from lib.api.filters import Filter, by, by_id
from lib.api.serializers import PhoneNumberField, StrictModelSerializer, WordsField, assign, refused
from lib.api.views import KeptViewSet

_COLUMNS = ("customer", "name", "email", "language")


class ContactSerializer(StrictModelSerializer[Contact]):
    """A person at a customer."""

    customer = serializers.PrimaryKeyRelatedField(queryset=Customer.objects.all())
    phone_numbers = WordsField(source="phones", word="number", child=PhoneNumberField(), required=False)
    language = serializers.ChoiceField(User.Language.choices, required=False)

    class Meta:
        model = Contact
        fields = ["id", "customer", "name", "email", "phone_numbers", "language"]

    def validate_customer(self, customer: Customer) -> Customer:
        """A contact stays with their customer, since their tickets do."""
        if self.instance is not None and self.instance.customer_id != customer.pk:
            raise serializers.ValidationError(_("A contact cannot change to another customer."), "fixed")
        return customer

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One address stands for one person of a customer."""
        me: Contact | None = self.instance
        email = attrs.get("email", "").strip()
        customer_id = me.customer_id if me else attrs["customer"].pk
        others = Contact.objects.filter(customer=customer_id, email__iexact=email)
        if email and others.exclude(pk=me.pk if me else 0).exists():
            raise refused("email", "unique", _("Another contact of this customer has this address."))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Contact:
        """A new contact, through the action."""
        return self._save(Contact(), validated_data)

    @transaction.atomic
    def update(self, instance: Contact, validated_data: dict[str, Any]) -> Contact:
        """A changed contact, through the action.

        What was sent is put on the row as it is now, or this would take back what others changed since.
        """
        current = Contact.objects.select_for_update(no_key=True).get(pk=instance.pk)
        return self._save(current, validated_data)

    def _save(self, contact: Contact, values: dict[str, Any]) -> Contact:
        assign(contact, values, _COLUMNS)
        return customer_actions.save_contact(
            contact=contact, by=self.context["request"].user, phone_numbers=values.get("phones")
        )


class ContactViewSet(KeptViewSet[Contact]):
    """People at customers. Agents read all of them and keep them; a contact reads themselves."""

    serializer_class = ContactSerializer
    queryset = Contact.objects.none()
    orderings = {"name": ("sort_name", "id"), "-name": ("-sort_name", "-id")}
    filters = {
        "customer": by_id("customer"),
        "email": by("email__iexact", serializers.CharField()),
        "phone_number": by("phones__number", PhoneNumberField()),
        "search": Filter(
            serializers.CharField(max_length=100),
            lambda text, _request: Q(name__icontains=text) | Q(email__icontains=text),
            "Part of the name or of the address.",
        ),
    }

    def get_queryset(self) -> QuerySet[Contact]:
        """What the caller may see."""
        return visible_contacts(acting_user(self.request)).prefetch_related("phones")

    def may_write(self) -> bool:
        """Agents, since callers turn up at any time."""
        return may_keep_contacts(acting_user(self.request))
