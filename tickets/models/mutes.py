"""Tickets of which a contact wants no mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from tickets.models.tickets import Ticket


class TicketMute(models.Model):
    """One contact's wish to get no mail about one ticket. In the portal they see it as before."""

    ticket = models.ForeignKey(
        Ticket, verbose_name=_("ticket"), related_name="mutes", on_delete=models.CASCADE
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), related_name="mutes", on_delete=models.CASCADE
    )
    at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("ticket without e-mail")
        verbose_name_plural = _("tickets without e-mail")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "contact"], name="one_mute_of_a_contact")]

    def __str__(self) -> str:
        return f"{self.ticket_id} ✗ {self.contact_id}"
