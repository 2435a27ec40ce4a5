"""What customers hold: agreements of all kinds, and the periods in which one does not count."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contracts.models.levels import ServiceLevel
from contracts.rules.renewal import Following, Term, notice_until
from contracts.rules.standing import AgreementFact, SuspensionFact
from customers.models import Customer


def require_order(starts_on: date | None, ends_on: date | None) -> None:
    """Error: ValidationError where a last day lies before its first. (What is no day is said elsewhere.)"""
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day cannot be before the first.")})


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """The vocabulary for picking agreements."""

    def with_facts(self) -> Self:
        """Load what `as_fact` and `as_term` need in three queries, however many agreements."""
        return self.select_related("level", "renewal__level").prefetch_related("suspensions")

    def renewing(self) -> Self:
        """Those that go on by themselves unless somebody gives notice (`renews_in_silence`)."""
        return self.filter(
            customer__is_active=True,
            renewal_months__isnull=False,
            ends_on__isnull=False,
            terminated_on__isnull=True,
            notice_given_on__isnull=True,
            renewal__isnull=True,
        )


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
    renewal_months = models.PositiveSmallIntegerField(
        _("renews by months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Renewed by so many months when nobody gives notice in time. Empty: it ends."),
    )
    notice_days = models.PositiveSmallIntegerField(
        _("notice period in days"),
        default=0,
        help_text=_("Notice has to be given at least so many days before the last day."),
    )
    notice_given_on = models.DateField(
        _("notice given on"), null=True, blank=True, help_text=_("Then it is not renewed.")
    )
    renewed_from = models.OneToOneField(
        "self",
        verbose_name=_("renewal of"),
        related_name="renewal",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
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
            models.CheckConstraint(
                condition=Q(renewal_months__isnull=True) | Q(ends_on__isnull=False),
                name="agreement_renewal_needs_end",
                violation_error_message=_("Only an agreement with a last day can be renewed after it."),
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
        self._require_notice_in_time()

    def _require_notice_in_time(self) -> None:
        """Notice that comes too late ends nothing, and without a last day it has to say one."""
        if self.notice_given_on is None:
            return
        if self.ends_on is None:
            if self.terminated_on is None:
                raise ValidationError({"terminated_on": _("Say with which day it ends: it has no last day.")})
            return
        until = notice_until(self.ends_on, self.notice_days or 0)
        if self.notice_given_on > until:
            said = _("Too late: notice had to be given by %(day)s.")
            raise ValidationError(
                {"notice_given_on": said % {"day": date_format(until, "SHORT_DATE_FORMAT")}}
            )

    @property
    def follower(self) -> "Agreement | None":
        """The agreement that renews this one, if it is written."""
        found: Agreement | None = getattr(self, "renewal", None)
        return found

    @property
    def renews_in_silence(self) -> bool:
        """Whether it goes on by itself after its last day; asks for the follower only where that matters."""
        may = self.renewal_months and self.ends_on and not (self.terminated_on or self.notice_given_on)
        return bool(may) and self.follower is None

    @property
    def last_day(self) -> date | None:
        """The last day in force that is written down; None when it runs on."""
        return min((day for day in (self.ends_on, self.terminated_on) if day), default=None)

    @property
    def called(self) -> str:
        """What a sentence calls it by."""
        return self.reference or f"#{self.pk}"

    def as_term(self) -> Term:
        """This agreement as the rules of renewal know it (uses what `with_facts` loads)."""
        next_one = self.follower
        return Term(
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            terminated_on=self.terminated_on,
            renewal_months=self.renewal_months,
            notice_days=self.notice_days,
            notice_given_on=self.notice_given_on,
            level=self.level.as_fact() if self.level else None,
            suspensions=tuple(one.as_fact() for one in self.suspensions.all()),
            following=next_one.as_following() if next_one else None,
        )

    def as_following(self) -> Following:
        """This agreement as the one it renews knows it."""
        level = self.level.as_fact() if self.level else None
        return Following(self.called, self.starts_on, self.ends_on, level)

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
            reference=self.called,
            level=self.level.as_fact() if self.level else None,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            terminated_on=self.terminated_on,
            suspensions=tuple(suspensions),
            renews=self.renews_in_silence,
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
