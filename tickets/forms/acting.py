"""What all forms for acting on one ticket have in common."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from accounts.models import User
from lib.verbatim import VerbatimField
from tickets.forms.refusals import attempt
from tickets.models import Ticket

REASON_LENGTH = 250

Text = str | StrPromise
REASON = _("Reason")


def reason_field(*, label: Text = REASON, required: bool = False, help_text: Text = "") -> VerbatimField:
    """One line that says why, kept in the ticket's history."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return VerbatimField(
        label=label, required=required, max_length=REASON_LENGTH, help_text=help_text, widget=widget
    )


def moment_field(label: Text) -> forms.DateTimeField:
    """A moment in the company's time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


class ActForm(forms.Form):
    """One thing to do with one ticket."""

    slug: ClassVar[str]
    label: ClassVar[Text]
    icon: ClassVar[str]
    button: ClassVar[Text] = ""
    hint: ClassVar[Text] = ""
    hides_optional: ClassVar[bool] = False
    """Whether the hint says already when a field may stay empty."""
    done: ClassVar[Text]
    """What has happened, once it has."""
    is_danger: ClassVar[bool] = False
    leaves: ClassVar[bool] = False
    """Whether the agent goes on with the queue afterwards."""
    do_not_call_in_templates: ClassVar[bool] = True
    """Menus list the classes themselves."""

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        self.ticket = ticket
        self.user = user
        super().__init__(*args, **kwargs)

    @classmethod
    def title(cls) -> str:
        """What the button says."""
        return str(cls.label)

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        """Whether it makes sense in the ticket's state for this agent; the action decides."""
        raise NotImplementedError

    def act(self) -> object:
        """Make the call."""
        raise NotImplementedError

    def went_well(self) -> bool:
        """Whether what was typed is right and the action did not refuse."""
        return self.is_valid() and attempt(self, self.act)

    @property
    def why(self) -> str:
        """The reason that was typed."""
        return str(self.cleaned_data.get("reason", ""))
