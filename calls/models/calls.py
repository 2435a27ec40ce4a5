"""Calls, what was decided about them step by step, and what they leave to be done."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models.numbers import ServiceNumber
from calls.models.phones import AgentPhone
from calls.models.systems import PhoneSystem
from customers.models import Contact, Customer
from tickets.models import Attachment, Ticket


class Call(models.Model):
    """One call, as far as its telephone system has told. Ended is final."""

    class Direction(models.TextChoices):
        IN = "in", _("they called")
        OUT = "out", _("we called")

    class State(models.TextChoices):
        NEW = "new", _("new")
        RINGING = "ringing", _("ringing")
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("voicemail offered")
        RECORDING = "recording", _("speaks to the voicemail")
        CONNECTED = "connected", _("talking")
        ENDED = "ended", _("ended")

    class Line(models.TextChoices):
        """What the call is decided as, whatever was dialled."""

        CONTRACT = "contract", _("service number")
        PUBLIC = "public", _("public number")
        NONE = "none", _("no number of ours")

    class Match(models.TextChoices):
        KNOWN = "known", _("known by the number")
        MAYBE = "maybe", _("perhaps")
        NONE = "none", _("unknown")

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("answered")
        BUSY = "busy", _("busy")
        ABANDONED = "abandoned", _("gave up")
        VOICEMAIL = "voicemail", _("voicemail")
        ANNOUNCED = "announced", pgettext_lazy("phone", "announcement")
        LOST = "lost", _("lost")
        FALLBACK = "fallback", _("decided by the telephone system")

    system = models.ForeignKey(PhoneSystem, related_name="calls", on_delete=models.PROTECT)
    external_id = models.CharField(_("call id"), max_length=120)
    direction = models.CharField(
        _("direction"), max_length=3, choices=Direction.choices, default=Direction.IN
    )
    from_text = models.CharField(_("caller as sent"), max_length=120, blank=True)
    from_number = models.CharField(_("caller"), max_length=20, blank=True)
    """E.164, or nothing where there is none."""
    to_number = models.CharField(_("dialled"), max_length=20, blank=True)
    number = models.ForeignKey(
        ServiceNumber,
        verbose_name=_("service number"),
        related_name="calls",
        null=True,
        on_delete=models.SET_NULL,
    )
    holder = models.ForeignKey(Customer, related_name="+", null=True, on_delete=models.SET_NULL)
    """Whose service number was dialled, as it was then; of calls that are decided as on such a number."""
    line = models.CharField(_("decided as"), max_length=8, choices=Line.choices, default=Line.NONE)
    line_why = models.CharField(_("why"), max_length=40, blank=True)
    """The rule's code where a number is not treated as what it is, such as "agreement_ended"."""
    in_hours = models.BooleanField(_("within service hours"), default=True)

    customer = models.ForeignKey(Customer, related_name="calls", null=True, on_delete=models.SET_NULL)
    contact = models.ForeignKey(Contact, related_name="calls", null=True, on_delete=models.SET_NULL)
    match = models.CharField(_("caller"), max_length=5, choices=Match.choices, default=Match.NONE)
    standing = models.JSONField(_("standing"), default=dict)
    """At arrival: {"band": int, "level": str | None, "agreement": str | None, "in_force": bool}."""

    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.NEW)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    cause = models.CharField(_("cause"), max_length=40, blank=True)
    via_fallback = models.BooleanField(_("decided by the telephone system alone"), default=False)
    phone = models.ForeignKey(AgentPhone, related_name="calls", null=True, on_delete=models.SET_NULL)
    """The phone that rings, talks or talked last."""
    tried = models.JSONField(default=list)
    """Ids of the phones that did not answer this call."""
    ticket = models.ForeignKey(Ticket, related_name="phone_calls", null=True, on_delete=models.SET_NULL)
    no_ticket_why = models.CharField(_("no ticket needed, because"), max_length=200, blank=True)
    """Somebody said that an answered call needs no ticket, and why."""

    arrived_at = models.DateTimeField(_("arrived"))
    """Also the place in the queue."""
    offered_at = models.DateTimeField(_("voicemail last offered"), null=True)
    seen_at = models.DateTimeField(_("last heard of"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    waited_seconds = models.PositiveIntegerField(_("waited"), default=0)
    talked_seconds = models.PositiveIntegerField(_("talked"), default=0)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-arrived_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "external_id"], name="unique_call"),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="ended_calls_say_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["arrived_at", "id"],
                condition=~Q(state="ended") & Q(line="public"),
                name="calls_public_queue",
            ),
            models.Index(fields=["state"], condition=~Q(state="ended"), name="calls_open"),
            models.Index(fields=["-arrived_at", "-id"], name="calls_latest"),
            models.Index(
                fields=["phone", "-arrived_at"],
                condition=Q(state="ended", outcome="answered", ticket__isnull=True, no_ticket_why=""),
                name="calls_to_assign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_id}"


class CallStep(models.Model):
    """One question of a telephone system (or one event), with its inputs and our answer. Never changed."""

    call = models.ForeignKey(Call, related_name="steps", on_delete=models.CASCADE)
    seq = models.PositiveIntegerField(_("number"), default=0)
    event = models.CharField(_("event"), max_length=20)
    request = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    """What `calls.rules.deciding.decide` was given, so that it can be asked again."""
    response = models.JSONField(default=dict)
    rule = models.CharField(_("rule"), max_length=40, blank=True)
    at = models.DateTimeField(_("at"))
    took_micros = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("step of a call")
        verbose_name_plural = _("steps of calls")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["call", "seq", "event"], name="unique_call_step")]
        indexes = [BrinIndex(fields=["at"], name="call_steps_by_age")]

    def __str__(self) -> str:
        return f"{self.seq} {self.event}"


class Voicemail(models.Model):
    """What a caller said after the tone. The sound lies with its ticket, as the file of a message."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("to be fetched")
        STORED = "stored", _("stored")
        EMPTY = "empty", _("nothing said")
        MISSING = "missing", _("not to be had")
        DELETED = "deleted", _("deleted")

    call = models.OneToOneField(Call, related_name="voicemail", null=True, on_delete=models.SET_NULL)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.EXPECTED)
    recording = models.CharField(_("recording"), max_length=2000, blank=True)
    """Its name on the telephone system, or its address at a provider."""
    attachment = models.ForeignKey(
        Attachment, related_name="voicemails", null=True, on_delete=models.SET_NULL
    )
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    """The same sound of the same caller is one message: it may come from the telephone system and by mail."""
    ticket = models.ForeignKey(Ticket, related_name="voicemails", null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(pgettext_lazy("phone", "left"))
    error = models.CharField(_("last failure"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("voicemail")
        verbose_name_plural = _("voicemails")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["sha256"], condition=~Q(sha256=""), name="voicemail_sound")]

    def __str__(self) -> str:
        return self.recording or f"#{self.pk}"


class CallChore(models.Model):
    """Something a call leaves to be done outside of its telephone system's request: a row with a lease.

    Given up (`failed_at`) after many tries; `error` says why the last one failed.
    """

    class Kind(models.TextChoices):
        CALLBACK = "callback", _("call-back ticket")
        VOICEMAIL = "voicemail", _("fetch the recording and file its ticket")
        TIMELINE = "timeline", _("note the call on its ticket")
        DISCARD = "discard", _("delete the recording on the telephone system")

    call = models.ForeignKey(Call, related_name="chores", on_delete=models.CASCADE)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    due_at = models.DateTimeField(_("due"))
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    failed_at = models.DateTimeField(_("given up"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("last failure"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("task of a call")
        verbose_name_plural = _("tasks of calls")
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint(fields=["call", "kind"], name="unique_call_chore")]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
                name="call_chores_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.call_id})"
