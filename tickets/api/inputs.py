"""What callers may send about tickets."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.access import acting_user
from accounts.models import Team, User
from customers.access import contact_of, visible_contacts, visible_customers
from customers.models import Contact, Customer
from lib.api.serializers import StrictSerializer, TextField, refused
from lib.uploads import FilesField
from tickets.actions.revising import Revision
from tickets.api.shapes import SEVERITIES
from tickets.models import Ticket

Serializer = TypeVar("Serializer", bound=type[StrictSerializer])

LONGEST_BODY = 200_000
LONGEST_REASON = 250
LONGEST_ID = 18
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# What only our own people say about a new ticket.
_NOT_FOR_CONTACTS = frozenset({"team", "channel", "arrived_at"})


def _example(name: str, **document: Any) -> Callable[[Serializer], Serializer]:
    """An example for the OpenAPI document."""
    example = OpenApiExample(name, value=document, request_only=True)
    decorate: Callable[[Serializer], Serializer] = extend_schema_serializer(examples=[example])
    return decorate


@extend_schema_field({"type": ["string", "integer"], "description": "Short name, name or id."})
class TeamField(serializers.Field[Team, Any, str, Any]):
    """A team by its short name, its name or its id."""

    default_error_messages = {"unknown": gettext_lazy("There is no such team.")}

    def to_internal_value(self, data: Any) -> Team:
        """The team. Error: for one that does not exist."""
        text = str(data).replace("\x00", "") if isinstance(data, str | int) else ""
        named = Q(slug=text) | Q(name=text)
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID:
            named |= Q(pk=text)
        team = Team.objects.filter(named).order_by("pk").first() if text else None
        if team is None:
            self.fail("unknown")
        return team

    def to_representation(self, value: Team) -> str:
        """The short name."""
        return value.slug


class SeverityField(serializers.ChoiceField):
    """A severity by its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=SEVERITIES, **options)

    def to_internal_value(self, data: Any) -> Ticket.Severity:  # type: ignore[override]
        """As the actions know it."""
        return Ticket.Severity[str(super().to_internal_value(data)).upper()]


class ReasonField(TextField):
    """Why somebody does something; kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "max_length": LONGEST_REASON, **options})


class CustomerField(serializers.PrimaryKeyRelatedField[Customer]):
    """A customer that the caller sees."""

    queryset = Customer.objects.none()

    def get_queryset(self) -> QuerySet[Customer]:
        """What the caller sees; any other does not exist for them."""
        return visible_customers(acting_user(self.context["request"]))


class ContactField(serializers.PrimaryKeyRelatedField[Contact]):
    """A contact that the caller sees."""

    queryset = Contact.objects.none()

    def get_queryset(self) -> QuerySet[Contact]:
        """What the caller sees; any other does not exist for them."""
        return visible_contacts(acting_user(self.context["request"])).select_related("customer")


@_example("filed for a caller", customer=7, subject="Printer on fire", body="It burns.", severity="high")
class NewTicket(StrictSerializer):
    """A ticket to file. A contact's token leaves out who it is for; agents say it."""

    customer = CustomerField(required=False)
    contact = ContactField(required=False, allow_null=True)
    subject = TextField(max_length=250)
    body = TextField(max_length=LONGEST_BODY)
    severity = SeverityField(required=False)
    team = TeamField(required=False)
    channel = serializers.ChoiceField(Ticket.Channel.choices, required=False)
    arrived_at = serializers.DateTimeField(
        required=False, help_text="For importers: when the case first reached us, if that was earlier."
    )

    def validate_arrived_at(self, arrived_at: datetime) -> datetime:
        """Ranks reach back to 1970."""
        if arrived_at < EARLIEST:
            raise serializers.ValidationError(_("The arrival lies too far back."), "too_early")
        return arrived_at

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Settle who the ticket is for."""
        user = acting_user(self.context["request"])
        if user.is_agent:
            return {**attrs, "customer": self._customer_of(attrs)}
        contact = contact_of(user)
        if contact is None or _NOT_FOR_CONTACTS.intersection(attrs):
            raise PermissionDenied
        return {**attrs, "customer": contact.customer, "contact": contact}

    def _customer_of(self, attrs: dict[str, Any]) -> Customer:
        contact: Contact | None = attrs.get("contact")
        customer: Customer | None = attrs.get("customer") or (contact.customer if contact else None)
        if customer is None:
            raise refused("customer", "required", _("Say which customer the ticket is for."))
        if contact is not None and contact.customer_id != customer.pk:
            raise refused("contact", "contradiction", _("The contact belongs to another customer."))
        return customer


@extend_schema_field({"oneOf": [{"type": "integer"}, {"const": "me"}, {"type": "null"}]})
class AgentField(serializers.PrimaryKeyRelatedField[User]):
    """An agent by id; `me` is the caller."""

    queryset = User.objects.none()

    def get_queryset(self) -> QuerySet[User]:
        """Whoever can be given tickets."""
        return User.objects.agents().filter(is_active=True)

    def to_internal_value(self, data: Any) -> User:
        """The agent. Error: for somebody who is none."""
        if data == "me":
            return acting_user(self.context["request"])
        agent: User = super().to_internal_value(data)
        return agent


@_example("confirm the severity", severity="critical", reason="nobody can work")
class ChangedTicket(StrictSerializer):
    """What shall be otherwise about a ticket."""

    subject = TextField(max_length=250, required=False)
    severity = SeverityField(required=False)
    customer = CustomerField(required=False)
    contact = ContactField(required=False, allow_null=True, help_text="Together with the customer.")
    team = TeamField(required=False)
    assignee = AgentField(required=False, allow_null=True, help_text="Null gives it back to the queue.")
    reason = ReasonField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A contact comes with their customer."""
        if "contact" in attrs and "customer" not in attrs:
            raise refused("customer", "required", _("Say the customer, too."))
        return attrs

    def as_revision(self) -> Revision:
        """For the action."""
        values = dict(self.validated_data)
        is_released = "assignee" in values and values["assignee"] is None
        return Revision(**values, is_released=is_released)


@_example("ask back", to="waiting_customer", reason="Which printer?")
class NewTransition(StrictSerializer):
    """The state a ticket shall have; `until` is when a scheduled one comes back."""

    to = serializers.ChoiceField(Ticket.Status.choices)
    reason = ReasonField()
    until = serializers.DateTimeField(required=False)


@_example("pin for an hour", reason="safety", expires_at="2026-11-24T12:00:00+01:00")
class NewPin(StrictSerializer):
    """Why a ticket goes before all others, and how long."""

    reason = ReasonField()
    expires_at = serializers.DateTimeField()


@extend_schema_field({"type": "string", "format": "binary"})
class UploadField(serializers.FileField):
    """A file as a part of a form."""


@_example("reply", body="We are on our way.")
class NewMessage(StrictSerializer):
    """A reply, or with `internal` a note that no customer sees."""

    body = TextField(max_length=LONGEST_BODY, allow_blank=True)
    internal = serializers.BooleanField(default=False)


class NewAttachment(StrictSerializer):
    """A file, with a word to it if wanted, as a message of its own."""

    file = UploadField(max_length=250, use_url=False)
    body = TextField(max_length=LONGEST_BODY, allow_blank=True, default="")
    internal = serializers.BooleanField(default=False)

    def validate_file(self, file: Any) -> Any:
        """Within the limits that the pages have, too."""
        return FilesField().clean([file])[0]


@_example("give back and take the next", decline="2026-000017", reason="not my field")
class NextRequest(StrictSerializer):
    """Which queue to take from, if not all of one's own; and which ticket one gives back first, and why."""

    team = TeamField(required=False)
    decline = serializers.CharField(
        max_length=20, required=False, help_text="The number of a ticket in one's hands."
    )
    reason = ReasonField()
