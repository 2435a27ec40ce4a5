"""The mail that a ticket owes its contact: an outbox of its own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from lib.outbox import Outgoing, OutgoingQuerySet
from tickets.models.messages import Message
from tickets.models.tickets import Ticket


class Delivery(Outgoing):
    """One mail to one contact about one ticket. What it says is read from the ticket when it is sent."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt")
        REPLY = "reply", _("Reply")
        STATUS = "status", _("Change of status")
        TAKEN = "taken", _("In hand")
        SEVERITY = "severity", _("Change of severity")
        APPROVAL = "approval", _("Request for approval")

    ticket = models.ForeignKey(
        Ticket, verbose_name=_("ticket"), related_name="deliveries", on_delete=models.CASCADE
    )
    message = models.ForeignKey(
        Message, related_name="deliveries", null=True, blank=True, on_delete=models.CASCADE
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), related_name="deliveries", on_delete=models.CASCADE
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    params = models.JSONField(default=dict, editable=False)

    objects = OutgoingQuerySet.as_manager()

    class Meta(Outgoing.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [
            *Outgoing.Meta.indexes,
            models.Index(
                fields=["contact", "created_at"], condition=Q(kind="receipt"), name="receipts_of_contact"
            ),
        ]
        constraints = [
            *Outgoing.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(kind="reply") | Q(message__isnull=False), name="a_reply_has_its_message"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ticket_id}"
