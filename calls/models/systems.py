"""The telephone systems that ask us, and how they prove who they are."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.crypto import EncryptedJSONField


def _from_to(lowest: int, highest: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(lowest), MaxValueValidator(highest)]


class PhoneSystem(models.Model):
    """A PBX (or a provider's) that asks "what next for this call?". Its secret is known by its hash only."""

    class Kind(models.TextChoices):
        ASTERISK = "asterisk", "Asterisk / FreePBX"
        TWIML = "twiml", "TwiML (Twilio, SignalWire, Telnyx, 2600Hz)"
        SIPGATE = "sipgate", "sipgate"
        PLACETEL = "placetel", "Placetel"
        EVENTS = "events", _("Events only (as Zammad takes them)")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ASTERISK)
    is_active = models.BooleanField(_("active"), default=True)

    secret_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    former_secret_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    former_until = models.DateTimeField(_("former secret holds until"), null=True, blank=True, editable=False)
    signing_key = EncryptedJSONField(_("key that signs"), null=True, blank=True)
    networks = models.TextField(
        _("allowed networks"),
        blank=True,
        help_text=_("One to a line, such as 10.0.0.0/24. Empty: from anywhere, with the secret."),
    )
    region = models.CharField(
        _("country of local numbers"),
        max_length=2,
        default="DE",
        validators=[RegexValidator(r"^[A-Z]{2}\Z")],
    )
    area_code = models.CharField(
        _("area code of local numbers"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[1-9]\d{1,7}\Z")],
        help_text=_("Without the leading zero, such as 30."),
    )

    ari_url = models.CharField(_("address of ARI"), max_length=200, blank=True)
    ari_user = models.CharField(_("user of ARI"), max_length=80, blank=True)
    ari_password = EncryptedJSONField(_("password of ARI"), null=True, blank=True)
    ami_host = models.CharField(_("host of AMI"), max_length=200, blank=True)
    ami_port = models.PositiveIntegerField(_("port of AMI"), default=5038, validators=_from_to(1, 65_535))
    ami_user = models.CharField(_("user of AMI"), max_length=80, blank=True)
    ami_password = EncryptedJSONField(_("password of AMI"), null=True, blank=True)

    sounds = models.JSONField(_("recordings"), default=dict, blank=True)
    """A provider's: the address (Placetel: the number) of each recording by its code, as in `peers.Site`."""
    queue = models.CharField(_("the provider's own queue"), max_length=40, blank=True)

    seen_at = models.DateTimeField(_("last heard of"), null=True, editable=False)
    refused_at = models.DateTimeField(_("last refused"), null=True, editable=False)
    restarted_at = models.DateTimeField(_("last restart"), null=True, editable=False)
    reconciled_at = models.DateTimeField(_("last compared"), null=True, editable=False)
    reconcile_error = models.CharField(
        _("last failure to compare"), max_length=200, blank=True, editable=False
    )
    numbers_pushed_at = models.DateTimeField(_("numbers last sent"), null=True, editable=False)
    numbers_error = models.CharField(
        _("last failure to send numbers"), max_length=200, blank=True, editable=False
    )
    numbers_pushed = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of what was sent

    class Meta:
        verbose_name = _("telephone system")
        verbose_name_plural = _("telephone systems")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CallPolicy(models.Model):
    """How calls are decided here, as far as the policy leaves a choice: one row. Times are seconds."""

    ring_seconds = models.PositiveSmallIntegerField(
        _("a phone rings for"), default=20, validators=_from_to(5, 120)
    )
    poll_seconds = models.PositiveSmallIntegerField(
        _("a waiting call asks again after"), default=3, validators=_from_to(1, 30)
    )
    offer_after = models.PositiveSmallIntegerField(
        _("voicemail is offered after"), default=180, validators=_from_to(10, 3600)
    )
    offer_again = models.PositiveSmallIntegerField(
        _("and again after"), default=180, validators=_from_to(10, 3600)
    )
    contract_hold = models.PositiveSmallIntegerField(
        _("a freed agent is held for contract calls for"), default=10, validators=_from_to(0, 300)
    )
    reserve = models.PositiveSmallIntegerField(
        _("agents kept for contract calls"), default=0, validators=_from_to(0, 100)
    )
    wrap_up = models.PositiveSmallIntegerField(
        _("time to write notes after a call"), default=30, validators=_from_to(0, 1800)
    )
    hard_limit = models.PositiveIntegerField(
        _("a call is taken for lost after"), default=14_400, validators=_from_to(600, 86_400)
    )
    contract_gains_on_public = models.BooleanField(
        _("callers known by their number come first on the public number, too"),
        default=False,
        help_text=_("A caller's number can be forged."),
    )
    callback_tickets = models.BooleanField(
        _("a busy contract caller becomes a call-back ticket"), default=True
    )
    unknown_callers = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("tickets of unknown callers are filed under"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    quarantine_days = models.PositiveSmallIntegerField(
        _("days a released number rests"), default=180, validators=_from_to(0, 1825)
    )
    keep_days = models.PositiveSmallIntegerField(
        _("days calls are kept"), default=365, validators=_from_to(1, 3650)
    )
    keep_step_days = models.PositiveSmallIntegerField(
        _("days decisions are kept"), default=90, validators=_from_to(1, 3650)
    )

    class Meta:
        verbose_name = _("rules of the phone")
        verbose_name_plural = _("rules of the phone")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_call_policy")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class OnCall(models.Model):
    """Where contract calls go outside of the service hours, for the customers of one level."""

    level = models.OneToOneField(
        "contracts.ServiceLevel",
        verbose_name=_("service level"),
        related_name="on_call",
        on_delete=models.CASCADE,
    )
    dial_target = models.CharField(_("rings at"), max_length=80)
    ring_seconds = models.PositiveSmallIntegerField(
        _("rings for seconds"), default=30, validators=_from_to(5, 120)
    )

    class Meta:
        verbose_name = _("on-call phone")
        verbose_name_plural = _("on-call phones")
        ordering = ["level"]

    def __str__(self) -> str:
        return f"{self.level}: {self.dial_target}"
