"""The price before the work: what the customer was asked to approve, and what they said."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models import PriceItem, PriceList, Service
from customers.models import Contact
from tickets.models.history import TicketEvent
from tickets.models.tickets import Ticket


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    """The vocabulary for picking approval requests."""

    def open(self, at: datetime) -> Self:
        """Asked, not answered, still valid."""
        return self.filter(state=ApprovalRequest.State.OPEN, expires_at__gt=at)

    def approved(self) -> Self:
        """The customer said yes."""
        return self.filter(state=ApprovalRequest.State.APPROVED)

    def of_the_customer(self) -> Self:
        """Asked of the customer whose ticket it is now, not of another one whose it was before."""
        moved = TicketEvent.objects.filter(
            ticket=OuterRef("ticket"), kind="customer_changed", at__gt=OuterRef("asked_at")
        )
        return self.exclude(Exists(moved))


class ApprovalRequest(models.Model):
    """Chargeable work that a customer approves before it starts: item, rate and a ceiling, all net.

    The link in the mail is signed when it is sent; it is answered once and holds until `expires_at`.
    `rate` is per hour for hourly items, else per unit; `surcharge_percent` is on top outside service hours.
    `vat_percent` is what the list said when the customer was asked. An answer that an agent records names its
    evidence.
    """

    class State(models.TextChoices):
        OPEN = "open", _("asked")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class How(models.TextChoices):
        PORTAL = "portal", _("in the portal")
        LINK = "link", _("by the link in the e-mail")
        RECORDED = "recorded", _("recorded by an agent")

    ticket = models.ForeignKey(
        Ticket, verbose_name=_("ticket"), related_name="approval_requests", on_delete=models.PROTECT
    )
    service = models.ForeignKey(
        Service, verbose_name=_("service"), related_name="+", on_delete=models.PROTECT
    )
    price_list = models.ForeignKey(PriceList, related_name="+", on_delete=models.PROTECT)
    price_item = models.ForeignKey(PriceItem, related_name="+", on_delete=models.PROTECT)
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=2)
    surcharge_percent = models.DecimalField(_("surcharge"), max_digits=6, decimal_places=2, default=0)
    ceiling = models.DecimalField(_("ceiling, net"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    vat_percent = models.DecimalField(_("VAT in per cent"), max_digits=5, decimal_places=2, default=19)
    text = models.TextField(_("what will be done"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    contact = models.ForeignKey(
        Contact, verbose_name=_("asked"), related_name="+", null=True, on_delete=models.SET_NULL
    )
    asked_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField(_("expires"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by_name = models.CharField(_("answered by"), max_length=200, blank=True)
    answered_contact = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    answered_user = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    answered_how = models.CharField(_("how"), max_length=10, blank=True, choices=How.choices)
    answer_note = models.CharField(_("remark"), max_length=500, blank=True)
    evidence = models.CharField(
        _("evidence"), max_length=250, blank=True, help_text=_("Such as: e-mail of 3 March.")
    )

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "declined"]) | Q(answered_at__isnull=False),
                name="answered_approval_has_date",
            ),
            models.CheckConstraint(condition=Q(ceiling__gt=0), name="approval_ceiling_positive"),
            models.CheckConstraint(
                condition=~Q(answered_how="recorded") | ~Q(evidence=""), name="recorded_approval_has_evidence"
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "state"], name="approval_of_ticket"),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="approval_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} ≤ {self.ceiling} {self.currency}"
