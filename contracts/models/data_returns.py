"""What becomes of a customer's data once its data-processing agreement is over (Art. 28 (3) g)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.processing import ProcessingAgreement
from customers.models import Contact


class DataReturn(models.Model):
    """What the customer chose, and what we did: the present state; each change is a step of the history.

    `settled_at` is set once everything that was chosen is done, or kept by law.
    """

    class Choice(models.TextChoices):
        RETURN = "return", _("return, then deletion of copies")
        DELETE = "delete", _("deletion")
        BOTH = "both", _("return and confirmed deletion")

    processing_agreement = models.OneToOneField(
        ProcessingAgreement, related_name="data_return", on_delete=models.PROTECT
    )
    choice = models.CharField(_("choice"), max_length=6, choices=Choice.choices, blank=True)
    wish_on = models.DateField(_("wished until"), null=True, blank=True)
    chosen_at = models.DateTimeField(_("chosen"), null=True)
    chosen_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    chosen_by_name = models.CharField(_("chosen by"), max_length=200, blank=True)
    returned_on = models.DateField(_("returned on"), null=True, blank=True)
    deleted_on = models.DateField(_("deleted on"), null=True, blank=True)
    kept = models.TextField(_("what is kept by law, and why"), blank=True)
    noted_at = models.DateTimeField(_("noted"), null=True)
    noted_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("return and deletion of data")
        verbose_name_plural = _("return and deletion of data")
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(deleted_on__isnull=False) | ~Q(kept=""),
                name="settled_return_says_what",
            )
        ]

    def __str__(self) -> str:
        return f"{self.processing_agreement_id}"
