"""When we serve: weekly hours, holidays, and the days on which it is otherwise."""

from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.rules.holidays import Holidays, UnknownPlace, require_known
from contracts.rules.hours import HoursError, parse_hours, parse_intervals

LONGEST = timedelta(days=366)
"""No period of special days is longer."""

_WRONG = {
    "unreadable": _("“%(first)s” cannot be read. Write Mon-Fri 08:00-17:00; Sat 09:00-12:00"),
    "order": _("“%(first)s”: the last weekday comes before the first."),
    "weekday": _("“%(first)s” is no weekday. Write Mon, Tue, Wed, Thu, Fri, Sat, Sun."),
    "interval": _("“%(first)s” is no interval. Write 08:00-17:00, or 22:00-06:00 over midnight."),
    "length": _("“%(first)s” has to end later than it starts, within 24 hours."),
    "overlap": _("%(first)s and %(second)s overlap."),
}


def _as_validation(wrong: HoursError) -> ValidationError:
    """What is wrong with a text of hours, in the reader's language."""
    first, second = (*wrong.parts, "", "")[:2]
    return ValidationError(_WRONG[wrong.code], code=wrong.code, params={"first": first, "second": second})


class ServiceHours(models.Model):
    """A calendar of service hours. One of them is the company's own.

    `weekly` reads as `contracts.rules.hours.parse_hours` does: "Mon-Fri 08:00-12:00,13:00-17:00; Fri
    22:00-06:00" (over midnight). Holidays are those of `country` and `region` as the package `holidays`
    knows them; an empty `country` has none.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_default = models.BooleanField(_("hours of the company"), default=False)
    weekly = models.CharField(_("weekly hours"), max_length=400, default="Mon-Fri 08:00-17:00")
    time_zone = models.CharField(
        _("time zone"), max_length=60, blank=True, help_text=_("Empty: the company's, such as Europe/Berlin.")
    )
    country = models.CharField(_("country of the holidays"), max_length=2, blank=True, default="DE")
    region = models.CharField(_("region of the holidays"), max_length=10, blank=True, default="BY")
    has_assumption_day = models.BooleanField(
        _("Assumption Day is a holiday"),
        default=True,
        help_text=_("In Bavaria 15 August is a holiday in mostly Catholic communities only."),
    )
    # Another one with every change of the row or of its days, and never one that was seen before: whoever
    # remembers a calendar knows by it whether that still holds.
    version = models.UUIDField(default=uuid4, editable=False)
    feed_key = models.UUIDField(null=True, editable=False)  # what the address of the feed is signed with

    class Meta:
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_calendar_of_the_company"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose wall clock counts."""
        return ZoneInfo(self.time_zone or settings.COMPANY_TIME_ZONE)

    @property
    def holidays(self) -> Holidays | None:
        """The holidays that are observed; None where there is no country."""
        return Holidays(self.country, self.region, self.has_assumption_day) if self.country else None

    def clean_fields(self, exclude: Any = None) -> None:
        """Codes of countries and regions are written in any case."""
        self.country = self.country.strip().upper()
        self.weekly, self.region = self.weekly.strip().rstrip(";"), self.region.strip()
        super().clean_fields(exclude)

    def clean(self) -> None:
        """Say at each field what cannot be read or is not known."""
        wrong: dict[str, ValidationError] = {}
        try:
            parse_hours(self.weekly)
        except HoursError as error:
            wrong["weekly"] = _as_validation(error)
        if self.time_zone and self.time_zone not in available_timezones():
            said = _("“%(zone)s” is no time zone. Write one such as Europe/Berlin.")
            wrong["time_zone"] = ValidationError(said, params={"zone": self.time_zone})
        try:
            require_known(self.country, self.region)
        except UnknownPlace as unknown:
            wrong[unknown.field] = _unknown(unknown)
        if wrong:
            raise ValidationError(wrong)


def _unknown(unknown: UnknownPlace) -> ValidationError:
    if unknown.field == "country":
        said = _("Nothing is known of holidays in “%(code)s”. Write a country such as DE, AT or CH.")
        return ValidationError(said, params={"code": unknown.code})
    if not unknown.known:
        said = _("Without a country that has regions, leave the region empty.")
        return ValidationError(said)
    said = _("“%(code)s” is no region of this country. It has: %(known)s")
    return ValidationError(said, params={"code": unknown.code, "known": ", ".join(unknown.known)})


class SpecialDays(models.Model):
    """Days that differ from the weekly hours: closed, or open at other times (holidays included)."""

    hours = models.ForeignKey(
        ServiceHours, verbose_name=_("service hours"), related_name="special_days", on_delete=models.CASCADE
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), help_text=_("Inclusive."))
    name = models.CharField(_("name"), max_length=120)
    intervals = models.CharField(
        _("open at"), max_length=200, blank=True, help_text=_("Such as 09:00-12:00. Empty: closed.")
    )

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="special_days_end_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on}"

    def clean(self) -> None:
        """A period cannot run backwards or for years, and its hours can be read."""
        wrong: dict[str, ValidationError] = {}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            wrong["ends_on"] = ValidationError(_("The last day cannot be before the first."))
        elif self.starts_on and self.ends_on and self.ends_on - self.starts_on > LONGEST:
            wrong["ends_on"] = ValidationError(_("Special days last a year at most."))
        try:
            parse_intervals(self.intervals or "")
        except HoursError as error:
            wrong["intervals"] = _as_validation(error)
        if wrong:
            raise ValidationError(wrong)


class TermsChange(models.Model):
    """Pending work: targets are reckoned anew for whoever holds a level or goes by these service hours.

    Written by `contracts.actions.terms`, swept by the tickets. Of a level or hours that are gone meanwhile
    nothing is left to do, so the row goes with them.
    """

    hours = models.ForeignKey(
        ServiceHours, verbose_name=_("service hours"), null=True, blank=True, on_delete=models.CASCADE
    )
    level = models.ForeignKey(
        "contracts.ServiceLevel",
        verbose_name=_("service level"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    at = models.DateTimeField(_("at"), db_index=True)
    by = models.ForeignKey(
        "accounts.User", verbose_name=_("by"), null=True, blank=True, on_delete=models.SET_NULL
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("change of terms")
        verbose_name_plural = _("changes of terms")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__isnull=False) ^ Q(level__isnull=False), name="terms_of_hours_or_level"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hours or self.level} {self.at:%Y-%m-%d %H:%M}"
