"""A customer's other rights under the agreement: instructions, audits, notices of personal-data breaches."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.processing import ProcessingAgreement
from customers.models import Contact, Customer


class Instruction(models.Model):
    """What a customer told us to do or leave with its data (Art. 28 (3) a), and what became of it."""

    customer = models.ForeignKey(Customer, related_name="instructions", on_delete=models.PROTECT)
    processing_agreement = models.ForeignKey(
        ProcessingAgreement, related_name="instructions", on_delete=models.PROTECT
    )
    given_by_name = models.CharField(_("given by"), max_length=200)
    given_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    given_at = models.DateTimeField(_("given"))
    text = models.TextField(_("instruction"))
    outcome = models.TextField(_("what was done"), blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("instruction")
        verbose_name_plural = _("register of instructions")
        ordering = ["-given_at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]


class AuditRequest(models.Model):
    """A customer's wish to examine how we keep the agreement (Art. 28 (3) h), and its outcome."""

    customer = models.ForeignKey(Customer, related_name="audit_requests", on_delete=models.PROTECT)
    processing_agreement = models.ForeignKey(
        ProcessingAgreement, related_name="audit_requests", on_delete=models.PROTECT
    )
    asked_by_name = models.CharField(_("asked by"), max_length=200)
    asked_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField(_("asked"))
    subject = models.TextField(_("what is to be examined"))
    held_on = models.DateField(_("takes place on"), null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("audit request")
        verbose_name_plural = _("audit requests")
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return self.subject[:60]


class Breach(models.Model):
    """A personal-data breach (Art. 33): what happened and since when we know."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what happened, which data, what we do, what you can do"))
    known_at = models.DateTimeField(_("known since"))
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("personal-data breach")
        verbose_name_plural = _("personal-data breaches")
        ordering = ["-known_at", "-id"]

    def __str__(self) -> str:
        return self.title


class BreachNotice(models.Model):
    """That one customer was told of a breach, when, and who of them; the proof of it."""

    breach = models.ForeignKey(Breach, related_name="notices", on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, related_name="breach_notices", on_delete=models.PROTECT)
    sent_at = models.DateTimeField(_("told"))
    text = models.TextField(_("what it means for this customer"), blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    acknowledged_by_name = models.CharField(_("acknowledged by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("notice of a breach")
        verbose_name_plural = _("notices of breaches")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["breach", "customer"], name="one_breach_notice")]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.customer_id}"
