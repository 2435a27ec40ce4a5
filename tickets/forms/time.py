"""Entering work, deciding anew who pays for it, taking it back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models import Service
from lib.languages import page_language
from lib.verbatim import VerbatimField
from tickets.access import Denied
from tickets.actions import time_booking
from tickets.actions.gating import GateClosed, LogInText
from tickets.actions.time_booking import Work, require_sound
from tickets.actions.time_refusals import TimeRefused
from tickets.forms.acting import moment_field, reason_field
from tickets.forms.gate_refusals import gate_refusal, log_refusal
from tickets.forms.kinds import WorkKindField
from tickets.forms.time_refusals import time_refusal
from tickets.models import Ticket, TimeEntry, Timer, WorkKind
from tickets.models.time_entries import MOST_KILOMETRES
from tickets.queries.foreseeing import Foreseen, foresee
from tickets.queries.gates import NEEDS, gate_over
from tickets.queries.services import service_of_kind

MOST_MINUTES = 24 * 60
LONGEST_TEXT = 5_000


class ServiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A service by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name_in(page_language()))


class WorkForm(forms.Form):
    """What somebody did: minutes, or from and until; minutes alone end now.

    `closed`: why the kind that was chosen is not allowed, if that is why it was refused.
    """

    work_kind = WorkKindField()
    service = ServiceField(
        Service.objects.none(),
        label=_("Service"),
        required=False,
        empty_label=_("as the kind of work says"),
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=MOST_MINUTES)
    started_at = moment_field(_("From"))
    ended_at = moment_field(_("Until"))
    kilometres = forms.IntegerField(
        label=_("Kilometres driven"), required=False, min_value=0, max_value=MOST_KILOMETRES
    )
    text = VerbatimField(
        label=_("Text for the customer"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stands in the portal and on the statement."),
    )
    remark = VerbatimField(
        label=_("Internal remark"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Customers never see it."),
    )
    timer = forms.ModelChoiceField(Timer.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        self.ticket = ticket
        self.user = user
        self.now = timezone.now()
        self.entry: TimeEntry | None = None
        self.closed = ""
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["timer"].queryset = Timer.objects.filter(  # type: ignore[attr-defined]
            agent=user, ticket=ticket, stopped_at__isnull=False
        )
        for name in ("started_at", "ended_at"):
            self.fields[name].required = False
        closed = self.fields["work_kind"].ask(ticket, self.now)  # type: ignore[attr-defined]
        usual = WorkKind.ADVICE if WorkKind.REMOTE in closed else WorkKind.REMOTE
        self.initial.setdefault("work_kind", usual)

    def clean(self) -> dict[str, Any]:
        """Work out from when until when, and which service it was."""
        typed = self.cleaned_data
        if not self.errors:
            self._clean_times()
        if typed.get("work_kind") and not typed.get("service"):
            typed["service"] = service_of_kind(typed["work_kind"])
            if typed["service"] is None:
                self.add_error("service", gettext("Please choose a service."))
        if not self.errors:
            self._refusable(lambda: require_sound(work=self.work, now=self.now))
        if not self.errors:
            self._refusable(self._ask_gate)
        return typed

    @property
    def work(self) -> Work:
        """What was typed, once it is valid."""
        typed = self.cleaned_data
        return Work(
            work_kind=typed["work_kind"],
            service=typed["service"],
            started_at=typed["started_at"],
            ended_at=typed["ended_at"],
            text=typed["text"],
            remark=typed["remark"],
            kilometres=typed["kilometres"] or 0,
        )

    def foreseen(self) -> Foreseen | None:
        """Who would pay; None while what was typed is not complete."""
        if not self.is_valid():
            return None
        work = self.work
        return foresee(
            ticket=self.ticket,
            service=work.service,
            start=work.start,
            end=work.end,
            kilometres=work.kilometres,
            by=self.user,
            at=self.now,
        )

    def went_well(self) -> bool:
        """Whether the work was entered."""
        return self.is_valid() and self._refusable(self._enter)

    def _enter(self) -> None:
        timer: Timer | None = self.cleaned_data["timer"]
        self.entry = time_booking.enter(ticket=self.ticket, work=self.work, by=self.user, timer=timer)

    def _ask_gate(self) -> None:
        """So that a preview says it, too; the action asks again under its locks. Error: GateClosed."""
        work = self.work
        if capability := NEEDS.get(work.work_kind):
            gate = gate_over(self.ticket, capability, work.started_at, work.ended_at)
            if not gate.is_open:
                self.closed = gate_refusal(gate)
                raise GateClosed(gate, work.started_at)

    def _refusable(self, act: Callable[[], object]) -> bool:
        return _attempt(self, act)

    def _clean_times(self) -> None:
        start, end, minutes = (self.cleaned_data.get(name) for name in ("started_at", "ended_at", "minutes"))
        if start and end:
            if minutes and end - start != timedelta(minutes=minutes):
                text = gettext("Minutes and times do not agree. Leave one of them empty.")
                self.add_error("minutes", text)
            return
        if not minutes:
            self.add_error("minutes", gettext("Please say how many minutes, or from when until when."))
            return
        length = timedelta(minutes=minutes)
        if start:
            end = start + length
        else:
            end = end or _cut(self.now)
            start = end - length
        self.cleaned_data.update(started_at=start, ended_at=end)


class OverrideForm(forms.Form):
    """Who pays, decided by hand (leads)."""

    outcome = forms.ChoiceField(
        label=_("Who pays"),
        choices=[
            ("covered", _("Covered: the agreement or we bear it")),
            ("chargeable", _("Chargeable by the price list")),
            ("rule", _("As the agreement says, decided again")),
        ],
        widget=forms.RadioSelect,
    )
    reason = reason_field(required=True, help_text=_("Kept with the entry. The customer does not read it."))

    def __init__(self, *args: Any, entry: TimeEntry, user: User, **kwargs: Any) -> None:
        self.entry = entry
        self.user = user
        super().__init__(*args, **kwargs)

    def went_well(self) -> bool:
        """Whether it was decided."""
        return self.is_valid() and _attempt(self, self._decide)

    def _decide(self) -> None:
        outcome = self.cleaned_data["outcome"]
        time_booking.override(
            entry=self.entry,
            outcome="" if outcome == "rule" else outcome,
            reason=self.cleaned_data["reason"],
            by=self.user,
        )


class VoidForm(forms.Form):
    """Taking an entry back."""

    reason = reason_field(required=True)

    def __init__(self, *args: Any, entry: TimeEntry, user: User, **kwargs: Any) -> None:
        self.entry = entry
        self.user = user
        super().__init__(*args, **kwargs)

    def went_well(self) -> bool:
        """Whether it was taken back."""
        return self.is_valid() and _attempt(self, self._void)

    def _void(self) -> None:
        time_booking.void(entry=self.entry, reason=self.cleaned_data["reason"], by=self.user)


def _attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """Call an action; a refusal becomes an error of the form. Returns whether it happened."""
    try:
        act()
    except GateClosed as error:
        form.add_error("work_kind", gate_refusal(error.gate))
        return False
    except LogInText as error:
        form.add_error(error.field if error.field in form.fields else None, log_refusal())
        return False
    except (TimeRefused, Denied) as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, time_refusal(error))
        return False
    return True


def _cut(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
