"""The contract tiers: their rank, hours, targets and the services they include."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.hours import ServiceHours
from contracts.models.services import Service
from contracts.rules.standing import LevelFact
from contracts.rules.targets import parse_percents


def check_percents(text: str) -> None:
    """Shares of a target as a level keeps them. Error: ValidationError."""
    try:
        parse_percents(text)
    except ValueError as error:
        raise ValidationError(
            _("Write up to five whole numbers from 1 to 99, such as 75, 90."), code="percents"
        ) from error


class ServiceLevel(models.Model):
    """A contract tier. Levels may share a rank and then form one group in the queue."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    rank = models.PositiveSmallIntegerField(
        _("rank"),
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("1 is served first. Levels with the same rank form one group."),
    )
    description = models.TextField(_("description"), blank=True)

    hours = models.ForeignKey(
        ServiceHours,
        verbose_name=_("service hours"),
        related_name="levels",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Empty: the hours of the company."),
    )
    services = models.ManyToManyField(
        Service,
        verbose_name=_("included services"),
        related_name="levels",
        blank=True,
        help_text=_("What is not included is billed by the price list."),
    )
    rounding_minutes = models.PositiveSmallIntegerField(
        _("rounded up to minutes"), default=1, validators=[MinValueValidator(1), MaxValueValidator(480)]
    )
    minimum_minutes = models.PositiveSmallIntegerField(
        _("at least minutes"), default=0, validators=[MaxValueValidator(480)]
    )
    grace_minutes = models.PositiveSmallIntegerField(
        _("grace in minutes"),
        default=0,
        help_text=_("Added to the response target of what arrives outside the service hours."),
    )
    warn_at = models.CharField(
        _("warn at per cent"),
        max_length=40,
        default="75, 90",
        blank=True,
        validators=[check_percents],
        help_text=_("Shares of a target at which is warned, such as 75, 90. Empty: no warnings."),
    )
    pauses_for_third_party = models.BooleanField(
        _("targets pause while a third party is waited for"), default=True
    )

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        ordering = ["rank", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=99), name="level_rank_1_to_99")
        ]

    def __str__(self) -> str:
        return self.name

    def as_fact(self) -> LevelFact:
        """This level as the rules know it."""
        return LevelFact(id=self.pk, name=self.name, rank=self.rank)


class Target(models.Model):
    """What a level promises for one severity: how long until a first, a next answer, the solution."""

    class Kind(models.TextChoices):
        RESPONSE = "response", _("First response")
        NEXT_ANSWER = "next_answer", _("Next answer")
        RESOLUTION = "resolution", _("Resolution")

    level = models.ForeignKey(
        ServiceLevel, verbose_name=_("service level"), related_name="targets", on_delete=models.CASCADE
    )
    severity = models.PositiveSmallIntegerField(
        _("severity"),
        choices=[(1, _("critical")), (2, _("high")), (3, _("normal")), (4, _("low"))],
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    is_real_time = models.BooleanField(
        _("around the clock"), default=False, help_text=_("Counts every minute, not only service hours.")
    )

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["level", "severity", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["level", "severity", "kind"], name="one_target_of_a_kind"),
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=4), name="target_severity"),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="target_minutes_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.get_severity_display()} {self.get_kind_display()}"


class Escalation(models.Model):
    """Who is told when a share of a target is used up; 100 per cent is the missed target."""

    class Tells(models.TextChoices):
        AGENT = "agent", _("Whoever has the ticket")
        TEAM = "team", _("The team")
        LEADS = "leads", _("The leads")

    level = models.ForeignKey(
        ServiceLevel,
        verbose_name=_("service level"),
        related_name="escalations",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("Empty: every level."),
    )
    kind = models.CharField(
        _("kind"), max_length=12, blank=True, choices=Target.Kind.choices, help_text=_("Empty: every kind.")
    )
    severity = models.PositiveSmallIntegerField(
        _("at least severity"), default=4, choices=Target._meta.get_field("severity").choices
    )
    at_percent = models.PositiveSmallIntegerField(
        _("at per cent"), validators=[MinValueValidator(1), MaxValueValidator(300)]
    )
    tells = models.CharField(_("tells"), max_length=8, choices=Tells.choices)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["at_percent", "id"]

    def __str__(self) -> str:
        return f"{self.at_percent} % → {self.get_tells_display()}"
