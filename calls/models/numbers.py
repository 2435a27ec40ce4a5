"""The numbers that customers dial."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models.systems import PhoneSystem
from contracts.models import Agreement
from customers.models import Customer
from lib.phones import readable


class ServiceNumber(models.Model):
    """A number that can be dialled, in E.164: the public one, or one given to a service agreement.

    A contract number belongs to an agreement and to those that renew it. Free: no agreement, no quarantine.
    """

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("for a service agreement")
        PUBLIC = "public", _("public")

    number = models.CharField(_("phone number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CONTRACT)
    system = models.ForeignKey(
        PhoneSystem, verbose_name=_("telephone system"), related_name="numbers", on_delete=models.PROTECT
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        related_name="service_numbers",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    former_customer = models.ForeignKey(
        Customer,
        verbose_name=_("former customer"),
        related_name="+",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
    )
    """Who had it last: a number that rests goes back to nobody else."""
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Last day, inclusive.")
    )
    quarantine_until = models.DateField(
        _("rests until"), null=True, blank=True, help_text=_("Last day on which nobody else is given it.")
    )
    announcement = models.CharField(
        pgettext_lazy("phone", "announcement"),
        max_length=80,
        blank=True,
        help_text=_("Name of a recording on the telephone system."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), editable=False)

    class Meta:
        verbose_name = _("service number")
        verbose_name_plural = _("service numbers")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="contract") | Q(agreement__isnull=True), name="public_number_is_nobodys"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="number_valid_in_order",
            ),
        ]

    def __str__(self) -> str:
        return readable(self.number)
