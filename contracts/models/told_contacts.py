"""Who was told by mail of a change of the directory or of a breach, and when it went out: the proof."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Notice
from contracts.models.processing_rights import BreachNotice
from contracts.models.subprocessors import ChangeNotice
from customers.models import Contact


class ToldContact(models.Model):
    """One person, their address as it was, and what became of the mail.

    `mail` is the row of the outbox; what became of it is copied, since mail is not kept for as long as proof.
    """

    change_notice = models.ForeignKey(ChangeNotice, related_name="told", null=True, on_delete=models.CASCADE)
    breach_notice = models.ForeignKey(BreachNotice, related_name="told", null=True, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("e-mail"), max_length=254)
    mail = models.OneToOneField(Notice, related_name="+", null=True, on_delete=models.SET_NULL)
    sent_at = models.DateTimeField(_("sent"), null=True)
    failed_at = models.DateTimeField(_("given up"), null=True)

    class Meta:
        verbose_name = _("person told by e-mail")
        verbose_name_plural = _("people told by e-mail")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(change_notice__isnull=True) ^ Q(breach_notice__isnull=True),
                name="told_of_one_thing",
            )
        ]
        indexes = [
            models.Index(fields=["mail"], condition=Q(sent_at__isnull=True), name="told_but_not_sent_yet")
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"
