"""Beginning and ending a remote session."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.verbatim import VerbatimField
from tickets import access
from tickets.actions import remote_sessions
from tickets.actions.gating import GateClosed
from tickets.actions.remote_sessions import Ended, NoService, NotEntered
from tickets.forms.acting import ActForm
from tickets.forms.gate_refusals import gate_refusal
from tickets.forms.time_refusals import time_refusal
from tickets.models import RemoteSession, RemoteTool, Ticket

LONGEST_TEXT = 5_000


class StartSession(ActForm):
    """Begin a session that the customer has agreed to."""

    slug, label, icon = "remote", _("Start a remote session"), "computer-desktop"
    hint = _("Ask first whether you may look at or work on the screen now, and write down who agreed.")
    done = _("The session is running.")
    button = _("Start the session")
    tool = forms.ModelChoiceField(RemoteTool.objects.none(), label=_("Program"), empty_label=None)
    partner_id = forms.CharField(
        label=_("Partner’s ID"),
        required=False,
        max_length=remote_sessions.PARTNER_LENGTH,
        help_text=_("As the program shows it at the customer’s. Never write a password here."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    confirmed_by = forms.CharField(
        label=_("Who at the customer has agreed"), max_length=remote_sessions.NAME_LENGTH
    )
    confirmed_how = forms.CharField(
        label=_("How"), required=False, max_length=remote_sessions.NAME_LENGTH, initial=_("on the phone")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tools = RemoteTool.objects.filter(is_active=True)
        self.fields["tool"].queryset = tools  # type: ignore[attr-defined]
        if not tools:
            self.fields["tool"].help_text = gettext("No program is set up. Admins add one.")
        if self.ticket.contact:
            self.initial.setdefault("confirmed_by", self.ticket.contact.name)

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return ticket.status != Ticket.Status.CLOSED

    def act(self) -> object:
        return remote_sessions.start(ticket=self.ticket, by=self.user, **self.cleaned_data)


class EndSession(ActForm):
    """End one's own session on a ticket; leads end the first that runs."""

    slug, label, icon = "remote-end", _("End the remote session"), "stop"
    hint = _("The time from the start until now becomes a time entry of yours.")
    done = _("The session is over.")
    button = _("End the session")
    done_text = VerbatimField(
        label=_("What was done"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The customer reads it, and it stands with the time entry."),
    )

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return _running(ticket, user) is not None

    def act(self) -> object:
        session = _running(self.ticket, self.user)
        if session is None:
            return None
        ended = remote_sessions.end(session=session, done=self.cleaned_data["done_text"], by=self.user)
        self.done = _what_came(ended)  # type: ignore[assignment, misc]  # of this one, in its own words
        return ended


def _running(ticket: Ticket, user: User) -> RemoteSession | None:
    rows = RemoteSession.objects.running().filter(ticket=ticket).select_related("ticket").order_by("pk")
    return rows.filter(agent=user).first() or (rows.first() if access.may_lead(user) else None)


def _what_came(ended: Ended) -> str:
    over = gettext("The session is over.")
    if ended.not_entered is not None:
        why = _why_not(ended.not_entered)
        return " ".join((over, gettext("It is no time entry: %(why)s") % {"why": why}))
    entry = ended.session.time_entry
    minutes = entry.minutes if entry else 0
    said = ngettext("%(count)s minute is entered.", "%(count)s minutes are entered.", minutes)
    later = gettext("What came after the gate had closed stands flagged in the session.")
    parts = (over, said % {"count": minutes}, later if ended.session.flagged_at else "")
    return " ".join(part for part in parts if part)


def _why_not(error: NotEntered) -> str:
    if isinstance(error, GateClosed):
        return gate_refusal(error.gate)
    if isinstance(error, NoService):
        return gettext("there is no service for remote work in use.")
    return time_refusal(error)
