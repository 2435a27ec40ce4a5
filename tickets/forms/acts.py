"""What an agent can do with a ticket besides writing: one small form for each, offered when possible."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from customers.models import Contact, Customer
from tickets import access
from tickets.actions import assigning, moving, rating
from tickets.forms.acting import ActForm, moment_field, reason_field
from tickets.forms.approvals import AskApproval, RecordApproval, WithdrawApproval
from tickets.forms.calls import NoteCall
from tickets.forms.choices import NameChoiceField
from tickets.forms.inviting import InviteContact
from tickets.forms.remote_sessions import EndSession, StartSession
from tickets.forms.steps import Close, Reopen, Resume, Schedule, Solve, WaitCustomer, WaitThirdParty
from tickets.models import Ticket

PIN_HOURS = 4
DATALIST_LIMIT = 1_000


class Take(ActForm):
    """Take a ticket out of the queue."""

    slug, label, icon = "take", _("Take"), "hand-raised"
    hint = _("Better-placed tickets wait. Say why you take this one first.")
    done = _("The ticket is yours.")
    hides_optional = True
    reason = reason_field(label=_("Why this one first?"))

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.is_waiting

    def act(self) -> object:
        return assigning.pick(ticket=self.ticket, by=self.user, reason=self.why)


class Decline(ActForm):
    """Put one's own ticket back, with a reason."""

    slug, label, icon = "decline", _("Decline"), "hand-thumb-down"
    hint = _(
        "The ticket goes back to its place in the queue. It is not offered to you again for 30 minutes, "
        "unless it changes."
    )
    done = _("The ticket is back in the queue.")
    leaves = True
    reason = reason_field(label=_("Why not you?"), required=True)

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.status == Ticket.Status.OPEN and ticket.assignee_id == user.pk

    def act(self) -> object:
        return assigning.decline(ticket=self.ticket, by=self.user, reason=self.why)


class Release(ActForm):
    """Take a ticket out of somebody's hands."""

    slug, label, icon = "release", _("Put back into the queue"), "arrow-uturn-left"
    hint = _("The ticket returns to the place its rank gives it, and anybody may take it.")
    done = _("The ticket is in nobody's hands.")
    reason = reason_field()

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.assignee_id is not None and ticket.status != Ticket.Status.CLOSED

    def act(self) -> object:
        return assigning.release(ticket=self.ticket, by=self.user, reason=self.why)


class Assign(ActForm):
    """Give a ticket to an agent."""

    slug, label, icon = "assign", _("Assign"), "user-plus"
    done = _("The ticket is assigned.")
    hides_optional = True
    to = NameChoiceField(User.objects.none(), label=_("Agent on duty"))
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.ticket.is_waiting:
            self.fields["reason"].help_text = _("Needed when better-placed tickets wait.")
        self.fields["to"].queryset = self._colleagues()  # type: ignore[attr-defined]

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.status != Ticket.Status.CLOSED

    def act(self) -> object:
        return assigning.assign(ticket=self.ticket, to=self.cleaned_data["to"], by=self.user, reason=self.why)

    def _colleagues(self) -> QuerySet[User]:
        able = Q(teams=self.ticket.team_id) | Q(role__in=[User.Role.LEAD, User.Role.ADMIN])
        agents = User.objects.on_duty().filter(able)
        if self.ticket.assignee_id is not None:
            agents = agents.exclude(pk=self.ticket.assignee_id)
        return agents.distinct()


class SetSeverity(ActForm):
    """Confirm or change the severity."""

    slug, label, icon = "severity", _("Severity"), "exclamation-triangle"
    hint = _("The confirmed severity decides the place in the queue at once.")
    done = _("The severity is confirmed.")
    button = _("Confirm severity")
    hides_optional = True
    severity = forms.TypedChoiceField(
        label=_("Severity"), coerce=int, choices=Ticket.Severity.choices, widget=forms.RadioSelect
    )
    reason = reason_field(help_text=_("Needed when the severity changes. The customer reads it in a mail."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("severity", self.ticket.severity)

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.status != Ticket.Status.CLOSED

    def act(self) -> object:
        severity = Ticket.Severity(self.cleaned_data["severity"])
        return rating.set_severity(ticket=self.ticket, severity=severity, by=self.user, reason=self.why)


class MoveTeam(ActForm):
    """Hand a ticket to another team's queue."""

    slug, label, icon = "team", _("Move to another team"), "arrows-right-left"
    done = _("The ticket was moved.")
    leaves = True
    team = NameChoiceField(Team.objects.none(), label=_("Team"))
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.exclude(pk=self.ticket.team_id)  # type: ignore[attr-defined]

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.status != Ticket.Status.CLOSED

    def act(self) -> object:
        return moving.move_to_team(
            ticket=self.ticket, team=self.cleaned_data["team"], by=self.user, reason=self.why
        )


class Pin(ActForm):
    """Put a ticket before all others for a while (leads)."""

    slug, label, icon = "pin", _("Pin to the top"), "bookmark"
    hint = _("Goes before every ticket that is not pinned. The record names whom it overtook.")
    done = _("The ticket is pinned.")
    reason = reason_field(required=True)
    expires_at = moment_field(_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("expires_at", timezone.localtime() + timedelta(hours=PIN_HOURS))

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return access.may_lead(user) and ticket.status != Ticket.Status.CLOSED

    def act(self) -> object:
        return rating.pin(
            ticket=self.ticket, by=self.user, reason=self.why, expires_at=self.cleaned_data["expires_at"]
        )


class Unpin(ActForm):
    """Take a pin away (leads)."""

    slug, label, icon = "unpin", _("Unpin"), "bookmark-slash"
    hint = _("The ticket returns to the place its rank gives it.")
    done = _("The ticket is no longer pinned.")

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return access.may_lead(user) and ticket.pinned_at is not None

    def act(self) -> object:
        return rating.unpin(ticket=self.ticket, by=self.user)


class ChangeCustomer(ActForm):
    """Correct whose case it is (leads)."""

    slug, label, icon = "customer", _("Change customer"), "building-office"
    hint = _("The ticket ranks by the new customer's agreements and keeps its arrival.")
    done = _("The customer was changed.")
    customer = forms.CharField(
        label=_("Customer"), widget=forms.TextInput(attrs={"list": "customer-names", "autocomplete": "off"})
    )
    contact = forms.CharField(
        label=_("Contact"), required=False, help_text=_("Name or e-mail address of a contact there.")
    )

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return access.may_lead(user) and ticket.status != Ticket.Status.CLOSED

    @property
    def options(self) -> list[str]:
        """Names to choose from while typing."""
        names = Customer.objects.filter(is_active=True).order_by("sort_name").values_list("name", flat=True)
        return list(names[:DATALIST_LIMIT])

    def clean_customer(self) -> Customer:
        """The customer of that name."""
        customer = Customer.objects.filter(name__iexact=self.cleaned_data["customer"].strip()).first()
        if customer is None:
            raise forms.ValidationError(_("There is no customer of this name."))
        return customer

    def clean(self) -> dict[str, Any]:
        """Find the contact at that customer."""
        typed, customer = self.cleaned_data.get("contact", "").strip(), self.cleaned_data.get("customer")
        self.cleaned_data["contact"] = None
        if typed and customer is not None:
            named = Q(name__iexact=typed) | Q(email__iexact=typed)
            contact = Contact.objects.filter(named, customer=customer, is_active=True).first()
            if contact is None:
                self.add_error("contact", _("This customer has no contact of this name."))
            self.cleaned_data["contact"] = contact
        return self.cleaned_data

    def act(self) -> object:
        return moving.change_customer(
            ticket=self.ticket,
            customer=self.cleaned_data["customer"],
            contact=self.cleaned_data["contact"],
            by=self.user,
        )


ACTS: dict[str, type[ActForm]] = {
    form.slug: form
    for form in (
        Take, WaitCustomer, WaitThirdParty, Schedule, Resume, Solve, Close, Reopen,
        SetSeverity, Assign, Decline, Release, MoveTeam, Pin, Unpin, ChangeCustomer, InviteContact,
        AskApproval, WithdrawApproval, RecordApproval, NoteCall, StartSession, EndSession,
    )
}  # fmt: skip
"""Every act by the last part of its address."""
STEPS = ("resume", "reopen", "wait-customer", "wait-third-party", "schedule", "solve", "close")
OTHERS = ("call", "severity", "approval", "assign", "decline", "release", "team", "pin", "unpin", "customer")


def offered(ticket: Ticket, user: User, slugs: tuple[str, ...]) -> list[type[ActForm]]:
    """Those of these acts that make sense now, in order."""
    return [ACTS[slug] for slug in slugs if ACTS[slug].is_offered(ticket, user)]
