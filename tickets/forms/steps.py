"""The steps of a ticket's lifecycle, each with a small form."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.languages import page_language
from tickets.actions import progressing
from tickets.forms.acting import ActForm, moment_field, reason_field
from tickets.models import Ticket
from tickets.rules.lifecycle import Actor, Verb, verbs_for
from tickets.rules.wording import TABLE

MORNING = time(9)


class VerbForm(ActForm):
    """A step of the lifecycle; its name comes from the wording table."""

    verb: ClassVar[Verb]
    reason = reason_field(label=_("Note for the history"))

    @classmethod
    def title(cls) -> str:
        return TABLE[f"verb.{cls.verb}"][page_language()]

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return cls.verb in verbs_for(ticket.status, Actor.AGENT)

    def act(self) -> object:
        return progressing.progress(
            ticket=self.ticket,
            verb=self.verb,
            by=self.user,
            why=self.why,
            until=self.cleaned_data.get("until"),
        )


class WaitCustomer(VerbForm):
    """Wait for the customer."""

    slug, icon, verb = "wait-customer", "pause", Verb.WAIT_CUSTOMER
    done = _("The ticket waits for the customer.")
    hint = _("The ticket comes back by itself when the customer replies.")


class WaitThirdParty(VerbForm):
    """Wait for somebody else."""

    slug, icon, verb = "wait-third-party", "pause", Verb.WAIT_THIRD_PARTY
    done = _("The ticket waits for a third party.")
    hint = _("The ticket waits until somebody resumes it or the customer writes.")
    reason = reason_field(label=_("For whom?"))


class Schedule(VerbForm):
    """Put a ticket off to a moment."""

    slug, icon, verb = "schedule", "calendar", Verb.SCHEDULE
    done = _("The ticket is scheduled.")
    hint = _("The ticket comes back by itself at that moment, to the place its rank gives it.")
    field_order = ("until", "reason")
    until = moment_field(_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.initial.setdefault("until", datetime.combine(tomorrow, MORNING))


class Resume(VerbForm):
    """Go on with a ticket that waited."""

    slug, icon, verb = "resume", "play", Verb.RESUME
    done = _("The ticket is open again.")


class Solve(VerbForm):
    """Call a ticket solved."""

    slug, icon, verb = "solve", "check", Verb.SOLVE
    done = _("The ticket is solved.")
    hint = _("The customer sees it as solved and can reopen it by replying.")
    leaves = True


class Close(VerbForm):
    """Close a ticket for good."""

    slug, icon, verb = "close", "lock-closed", Verb.CLOSE
    done = _("The ticket is closed.")
    hint = _("Nothing more is expected. Agents can reopen it; the customer for a limited time.")
    is_danger = True
    leaves = True


class Reopen(VerbForm):
    """Open a ticket again."""

    slug, icon, verb = "reopen", "arrow-path", Verb.REOPEN
    done = _("The ticket is open again.")
    hint = _("The ticket keeps its arrival and stands where that and its severity put it.")
