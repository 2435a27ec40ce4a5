"""What only the portal keeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from tickets.models import Ticket


class OfferRequest(models.Model):
    """A customer's wish for a service agreement: which ticket carries it."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="+", on_delete=models.CASCADE
    )
    ticket = models.OneToOneField(
        Ticket, verbose_name=_("ticket"), related_name="+", on_delete=models.CASCADE
    )
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("request for an offer")
        verbose_name_plural = _("requests for an offer")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.asked_at:%Y-%m-%d}"
