"""Organisations we serve and the people there."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Customer(models.Model):
    """An organisation we serve. Whether it comes first is for its agreements to say."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    sort_name = models.CharField(max_length=220, editable=False, db_index=True)
    note = models.TextField(_("internal note"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["sort_name", "id"]

    def __str__(self) -> str:
        return self.name


class CustomerDomain(models.Model):
    """A mail domain that belongs to one customer."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="domains", on_delete=models.CASCADE
    )
    domain = models.CharField(_("mail domain"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("mail domain")
        verbose_name_plural = _("mail domains")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain


class CustomerPhone(models.Model):
    """A phone number of the organisation, in E.164 form."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="phones", on_delete=models.CASCADE
    )
    number = models.CharField(_("phone number"), max_length=20)

    class Meta:
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["customer", "number"], name="unique_customer_phone")]

    def __str__(self) -> str:
        return self.number


class Contact(models.Model):
    """A person at a customer, perhaps with a portal login."""

    class MailSteps(models.TextChoices):
        EVERYTHING = "everything", _("Every step of my tickets")
        ANSWERS = "answers", _("Only answers, and when something is needed from me")
        NOTHING = "nothing", _("Nothing: I look in the portal")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="contacts", on_delete=models.PROTECT
    )
    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(max_length=220, editable=False, db_index=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=User.Language.choices, default=User.Language.GERMAN
    )
    user = models.OneToOneField(
        User,
        verbose_name=_("portal login"),
        related_name="contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    mail_steps = models.CharField(
        _("e-mail about tickets"), max_length=12, choices=MailSteps.choices, default=MailSteps.EVERYTHING
    )
    sees_company_tickets = models.BooleanField(
        _("sees all tickets of the company"), default=False, help_text=_("Otherwise only their own.")
    )
    is_company_admin = models.BooleanField(
        _("company admin"), default=False, help_text=_("Manages the portal access of colleagues.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["sort_name", "id"]
        constraints = [
            models.UniqueConstraint(
                "customer", Lower("email"), condition=~models.Q(email=""), name="unique_contact_email"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContactPhone(models.Model):
    """A phone number of one person, in E.164 form."""

    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), related_name="phones", on_delete=models.CASCADE
    )
    number = models.CharField(_("phone number"), max_length=20)

    class Meta:
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["contact", "number"], name="unique_contact_phone")]

    def __str__(self) -> str:
        return self.number
