"""The price list: versions with dates, their items, and what single customers pay instead."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.services import Service
from customers.models import Customer

CURRENCY = "EUR"
"""The currency of a new price list (docs/adr: one currency per list, amounts are Decimal)."""


class PriceList(models.Model):
    """A version of the price list; the one that started last holds on a day. Once published it is fixed:
    triggers in the database refuse to change it or its items (contracts/0009).

    Minutes that no level rounds are rounded by the list's own rule.
    """

    name = models.CharField(_("name"), max_length=80)
    valid_from = models.DateField(_("valid from"), unique=True)
    currency = models.CharField(_("currency"), max_length=3, default=CURRENCY)
    vat_percent = models.DecimalField(_("VAT in per cent"), max_digits=5, decimal_places=2, default=19)
    rounding_minutes = models.PositiveSmallIntegerField(
        _("rounded up to minutes"), default=15, validators=[MinValueValidator(1), MaxValueValidator(480)]
    )
    minimum_minutes = models.PositiveSmallIntegerField(
        _("at least minutes"), default=0, validators=[MaxValueValidator(480)]
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from})"


class PriceItem(models.Model):
    """One line of a price list.

    `unit` hour: `amount` per hour, by the minute; incident, piece, kilometre: per unit, flat; percent: a
    surcharge on the hours that lie outside the service hours, in per cent.
    """

    class Unit(models.TextChoices):
        HOUR = "hour", _("per hour")
        INCIDENT = "incident", _("per incident")
        PIECE = "piece", _("flat")
        KILOMETRE = "kilometre", _("per kilometre")
        PERCENT = "percent", _("per cent on top outside service hours")

    price_list = models.ForeignKey(
        PriceList, verbose_name=_("price list"), related_name="items", on_delete=models.CASCADE
    )
    code = models.SlugField(_("code"), max_length=40)
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        related_name="price_items",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Work of this service is billed by this item."),
    )
    name_de = models.CharField(_("name, German"), max_length=120)
    name_en = models.CharField(_("name, English"), max_length=120)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices, default=Unit.HOUR)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "code"], name="one_price_per_code"),
            models.UniqueConstraint(
                fields=["price_list", "service", "unit"],
                condition=Q(service__isnull=False),
                name="one_price_per_service_and_unit",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name_de

    def name_in(self, language: str) -> str:
        """How it is called in "de" or "en"."""
        return self.name_de if language == "de" else self.name_en


class CustomerPrice(models.Model):
    """What one customer pays for an item instead, by its code, in whichever version of the list."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="own_prices", on_delete=models.CASCADE
    )
    code = models.SlugField(_("code of the item"), max_length=40)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(
        _("currency"), max_length=3, default=CURRENCY, help_text=_("It holds in lists of this currency.")
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Last day, inclusive.")
    )

    class Meta:
        verbose_name = _("customer's price")
        verbose_name_plural = _("customers' prices")
        ordering = ["customer", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "code", "valid_from"], name="one_own_price_per_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="own_price_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="own_price_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount}"


class StandingApproval(models.Model):
    """A customer's word ahead of time: chargeable work up to a ceiling per ticket needs no question."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="standing_approvals", on_delete=models.PROTECT
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Empty: every service."),
    )
    ceiling = models.DecimalField(_("ceiling per ticket, net"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default=CURRENCY)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("Last day, inclusive."))
    granted_by = models.CharField(
        _("granted by"), max_length=200, help_text=_("Who said so at the customer.")
    )
    evidence = models.CharField(_("evidence"), max_length=250, help_text=_("Such as: e-mail of 3 March."))
    recorded_by = models.ForeignKey(
        User, related_name="+", null=True, editable=False, on_delete=models.SET_NULL
    )
    recorded_at = models.DateTimeField(_("recorded"), editable=False)

    class Meta:
        verbose_name = _("standing approval")
        verbose_name_plural = _("standing approvals")
        ordering = ["customer", "-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ceiling__gt=0), name="standing_approval_ceiling_positive"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="standing_approval_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} ≤ {self.ceiling} {self.currency}"
