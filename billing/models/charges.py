"""Charges: the lines of statements, before and after they stand on one."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.statements import Statement
from billing.rules.correcting import ChargeFact
from billing.rules.totals import LineFact
from contracts.models import PriceList
from customers.models import Customer
from tickets.models import CoverageSlice, Ticket


class ChargeQuerySet(models.QuerySet["Charge"]):
    """The vocabulary for picking charges."""

    def open(self) -> Self:
        """Those that stand on no statement yet."""
        return self.filter(statement__isnull=True)

    def up_to(self, day: date) -> Self:
        """Those of work until the end of a day."""
        return self.filter(service_day__lte=day)

    def held(self) -> Self:
        """Open ones without an approval, about which somebody has to decide."""
        return self.open().filter(is_flagged=True, released_at__isnull=True)

    def billable(self) -> Self:
        """Open ones that the next statement takes."""
        return self.open().exclude(is_flagged=True, released_at__isnull=True)


class Charge(models.Model):
    """One line: what was done, how much of it, at which price, and why it costs something or nothing.

    `key` makes it happen once. Texts are copies, so that a line still says the same years later. A line on a
    closed statement is fixed by the database; a correction is another line that names what it `corrects`.
    """

    class Kind(models.TextChoices):
        WORK = "work", _("Work")
        MANUAL = "manual", _("Entered by hand")
        CORRECTION = "correction", _("Correction")
        WAIVER = "waiver", _("Goodwill")

    class Unit(models.TextChoices):
        MINUTE = "minute", _("Minutes")
        INCIDENT = "incident", _("Incident")
        PIECE = "piece", _("Piece")
        KILOMETRE = "kilometre", _("Kilometres")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="charges", on_delete=models.PROTECT
    )
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    ticket = models.ForeignKey(
        Ticket, verbose_name=_("ticket"), related_name="charges", null=True, on_delete=models.PROTECT
    )
    slice = models.ForeignKey(CoverageSlice, related_name="charges", null=True, on_delete=models.PROTECT)
    ticket_number = models.CharField(max_length=20, blank=True)
    ticket_subject = models.CharField(max_length=250, blank=True)
    service_day = models.DateField(_("day of the work"))
    work_from = models.DateTimeField(_("from"), null=True)
    work_until = models.DateTimeField(_("until"), null=True)
    title_de = models.CharField(_("what, German"), max_length=160)
    title_en = models.CharField(_("what, English"), max_length=160)
    text = models.TextField(_("text for the customer"), blank=True)
    is_covered = models.BooleanField(_("covered"), default=False)
    reason_code = models.CharField(max_length=40)
    reason_params = models.JSONField(default=dict)
    reason_de = models.CharField(_("reason, German"), max_length=400)
    reason_en = models.CharField(_("reason, English"), max_length=400)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    unit_price = models.DecimalField(
        _("price"), max_digits=12, decimal_places=2, default=0, help_text=_("Of minutes: per hour.")
    )
    surcharge_percent = models.DecimalField(_("surcharge"), max_digits=6, decimal_places=2, default=0)
    net = models.DecimalField(_("net"), max_digits=12, decimal_places=2)
    vat_percent = models.DecimalField(_("VAT in per cent"), max_digits=5, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    price_list = models.ForeignKey(PriceList, related_name="+", null=True, on_delete=models.PROTECT)
    corrects = models.ForeignKey("self", related_name="corrections", null=True, on_delete=models.PROTECT)
    is_flagged = models.BooleanField(_("chargeable without approval"), default=False)
    released_at = models.DateTimeField(_("decided"), null=True)
    released_by_name = models.CharField(_("decided by"), max_length=200, blank=True)
    release_note = models.CharField(_("reason"), max_length=250, blank=True)
    created_by_name = models.CharField(_("entered by"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("entered"))
    statement = models.ForeignKey(
        Statement, verbose_name=_("statement"), related_name="charges", null=True, on_delete=models.PROTECT
    )
    position = models.PositiveIntegerField(_("line"), null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["service_day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(is_covered=False) | Q(net=0), name="covered_line_is_free"),
            models.CheckConstraint(
                condition=Q(statement__isnull=True, position__isnull=True)
                | Q(statement__isnull=False, position__isnull=False),
                name="line_has_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["correction", "waiver"]) | Q(corrects__isnull=False),
                name="correction_names_its_line",
            ),
            models.UniqueConstraint(fields=["statement", "position"], name="one_line_per_place"),
        ]
        indexes = [
            models.Index(
                fields=["customer", "service_day"],
                condition=Q(statement__isnull=True),
                name="open_charge_of_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.net} {self.currency}"

    @property
    def is_held(self) -> bool:
        """Whether somebody has to decide before it can be billed."""
        return self.statement_id is None and self.is_flagged and self.released_at is None

    def title_in(self, language: str) -> str:
        """What it is, in "de" or "en"."""
        return self.title_de if language == "de" else self.title_en

    def reason_in(self, language: str) -> str:
        """Why it is covered or chargeable, in "de" or "en"."""
        return self.reason_de if language == "de" else self.reason_en

    _TAKEN_ALONG = (
        *("customer_id", "slice_id", "ticket_id", "ticket_number", "ticket_subject", "service_day"),
        *("work_from", "work_until", "title_de", "title_en", "text", "is_covered", "unit", "unit_price"),
        *("surcharge_percent", "vat_percent", "currency", "price_list_id"),
    )

    def taking_back(self, **fields: Any) -> "Charge":
        """A new line about the same work that corrects this one (not saved)."""
        return Charge(corrects=self, **{name: getattr(self, name) for name in self._TAKEN_ALONG}, **fields)

    def as_line_fact(self) -> LineFact:
        """For totals."""
        return LineFact(self.net, self.vat_percent, self.is_covered)

    def as_charge_fact(self) -> ChargeFact:
        """For corrections; `corrects` has to be selected."""
        return ChargeFact(
            key=self.key,
            slice_id=self.slice_id,
            quantity=self.quantity,
            net=self.net,
            is_closed=self.statement_id is not None,
            corrects=self.corrects.key if self.corrects else None,
        )
