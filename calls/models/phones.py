"""The phones of agents: who may be rung, and who is being rung."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from calls.models.systems import PhoneSystem


class AgentPhone(models.Model):
    """One agent's phone. It is free when its agent is on duty and present, it can be reached, its time for
    notes is over and no call claims it.

    A claim is one conditional update (calls/actions/claiming.py): `claimed_call` until `claim_until`.
    """

    class Presence(models.TextChoices):
        ON = "on", _("free for calls")
        PAUSED = "paused", pgettext_lazy("phone", "paused")
        OFF = "off", _("not at the phone")

    class Device(models.TextChoices):
        UNKNOWN = "unknown", _("unknown")
        REACHABLE = "reachable", _("reachable")
        UNREACHABLE = "unreachable", _("not reachable")

    user = models.OneToOneField(
        User, verbose_name=_("agent"), related_name="agent_phone", on_delete=models.CASCADE
    )
    system = models.ForeignKey(
        PhoneSystem, verbose_name=_("telephone system"), related_name="phones", on_delete=models.PROTECT
    )
    dial_target = models.CharField(
        _("dialled as"),
        max_length=80,
        help_text=_("As the telephone system knows it, such as agent1 or a number."),
    )
    presence = models.CharField(_("presence"), max_length=6, choices=Presence.choices, default=Presence.OFF)
    presence_reason = models.CharField(_("reason"), max_length=80, blank=True)
    """What the agent wrote, or a code of calls/rules/wording.py ("no_answer", "unreachable", "busy")."""
    presence_since = models.DateTimeField(_("since"), null=True, editable=False)
    device = models.CharField(
        _("device"), max_length=11, choices=Device.choices, default=Device.UNKNOWN, editable=False
    )
    claimed_call = models.ForeignKey(
        "calls.Call", related_name="claims", null=True, editable=False, on_delete=models.SET_NULL
    )
    claim_until = models.DateTimeField(null=True, editable=False)
    freed_at = models.DateTimeField(_("last freed"), null=True, editable=False)
    wrap_up_until = models.DateTimeField(_("writes notes until"), null=True, editable=False)

    class Meta:
        verbose_name = _("agent's phone")
        verbose_name_plural = _("agents' phones")
        ordering = ["user__username"]
        constraints = [
            models.UniqueConstraint(fields=["system", "dial_target"], name="unique_dial_target"),
            models.CheckConstraint(
                condition=Q(claimed_call__isnull=True) | Q(claim_until__isnull=False),
                name="claims_are_leases",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.dial_target})"
