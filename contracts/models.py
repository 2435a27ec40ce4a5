"""What customers hold: service levels, agreements, and the moments at which a standing changes."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.rules.standing import AgreementFact, LevelFact, SuspensionFact
from customers.models import Customer


def require_order(starts_on: date | None, ends_on: date | None) -> None:
    """Error: ValidationError where a last day lies before its first. (What is no day is said elsewhere.)"""
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day cannot be before the first.")})


class ServiceLevel(models.Model):
    """A contract tier. Levels may share a rank and then form one group in the queue."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    rank = models.PositiveSmallIntegerField(
        _("rank"),
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("1 is served first. Levels with the same rank form one group."),
    )
    description = models.TextField(_("description"), blank=True)

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


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """The vocabulary for picking agreements."""

    def with_facts(self) -> Self:
        """Load what `as_fact` needs in three queries, however many agreements."""
        return self.select_related("level").prefetch_related("suspensions")


class Agreement(models.Model):
    """Any contract a customer holds. Only a service agreement gives precedence."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("Service agreement")
        UPDATE = "update", _("Update contract")
        SOFTWARE_ASSURANCE = "software_assurance", _("Software Assurance")
        SOFTWARE_MAINTENANCE = "software_maintenance", _("Software maintenance")
        CLOUD_SUBSCRIPTION = "cloud_subscription", _("Cloud subscription")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="agreements", on_delete=models.PROTECT
    )
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, default=Kind.SERVICE)
    level = models.ForeignKey(
        ServiceLevel,
        verbose_name=_("service level"),
        related_name="agreements",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("For service agreements only."),
    )
    reference = models.CharField(
        _("reference"), max_length=120, blank=True, help_text=_("Contract number or title.")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("Last day, inclusive."))
    terminated_on = models.DateField(
        _("terminated as of"), null=True, blank=True, help_text=_("Last day in force when it ends early.")
    )
    created_at = models.DateTimeField(_("created"))

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["customer__sort_name", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="service", level__isnull=False)
                | (~Q(kind="service") & Q(level__isnull=True)),
                name="level_for_service_agreements_only",
                violation_error_message=_("A service agreement needs a service level, and only it has one."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="agreement_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or f"{self.get_kind_display()} #{self.pk}"

    def clean(self) -> None:
        """Say at the field what the database would refuse as a whole."""
        is_service = self.kind == self.Kind.SERVICE
        if is_service and self.level_id is None:
            raise ValidationError({"level": _("A service agreement needs a service level.")})
        if not is_service and self.level_id is not None:
            raise ValidationError(
                {"level": _("Only a service agreement has a service level. Leave it empty here.")}
            )
        require_order(self.starts_on, self.ends_on)

    def as_fact(
        self, id_: int | None = None, suspensions: Iterable[SuspensionFact] | None = None
    ) -> AgreementFact:
        """This agreement as the rules know it (uses the prefetched suspensions).

        One that is not saved yet has neither an id nor suspensions of its own: they are handed in.
        """
        if suspensions is None:
            suspensions = [suspension.as_fact() for suspension in self.suspensions.all()]
        return AgreementFact(
            id=self.pk if id_ is None else id_,
            kind=self.kind,
            reference=self.reference or f"#{self.pk}",  # a sentence needs something to call it by
            level=self.level.as_fact() if self.level else None,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            terminated_on=self.terminated_on,
            suspensions=tuple(suspensions),
        )

    def is_suspended_on(self, day: date) -> bool:
        """Whether a suspension covers this calendar day."""
        return any(suspension.covers(day) for suspension in self.suspensions.all())


class Suspension(models.Model):
    """A dated period during which an agreement does not count."""

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), related_name="suspensions", on_delete=models.CASCADE
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("Last day, inclusive."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="suspension_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on or '…'}"

    def clean(self) -> None:
        """A period cannot run backwards."""
        require_order(self.starts_on, self.ends_on)

    def as_fact(self) -> SuspensionFact:
        """This suspension as the rules know it."""
        return SuspensionFact(starts_on=self.starts_on, ends_on=self.ends_on)

    def covers(self, day: date) -> bool:
        """Whether this calendar day lies in the suspension."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class StandingChangeQuerySet(models.QuerySet["StandingChange"]):
    """The vocabulary for picking standing changes."""

    def due(self, at: datetime) -> Self:
        """Changes whose moment has come and which nobody has applied or set aside yet."""
        return self.filter(applied_at__isnull=True, set_aside_at__isnull=True, at__lte=at)


class StandingChange(models.Model):
    """A moment at which a customer's standing may change: work for whoever ranks by it.

    Written in the transaction that changes an agreement or a level: one row for now, and one for each
    coming midnight at which an agreement starts, ends, is suspended or resumes. One that cannot be applied
    is set aside, and reported, until the customer's next one is.
    """

    customer = models.ForeignKey(Customer, related_name="standing_changes", on_delete=models.CASCADE)
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)

    objects = StandingChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "at"], condition=Q(applied_at__isnull=True), name="one_pending_change"
            )
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(applied_at__isnull=True), name="standing_change_pending")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d %H:%M}"
