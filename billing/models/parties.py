"""Who bills and who is billed, as statements and e-invoices name them."""

from typing import Any

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer

COUNTRY = RegexValidator(r"\A[A-Z]{2}\Z", _("Write a country as two capital letters, such as DE."))
IBAN = RegexValidator(r"\A[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\Z", _("Write an IBAN without blanks."))
BIC = RegexValidator(r"\A[A-Z0-9]{8}([A-Z0-9]{3})?\Z", _("A BIC has 8 or 11 characters."))


class Address(models.Model):
    """A postal address as EN 16931 wants it."""

    line_one = models.CharField(_("street and number"), max_length=120, blank=True)
    line_two = models.CharField(_("second line"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="DE", validators=[COUNTRY])
    vat_id = models.CharField(_("VAT id"), max_length=20, blank=True, help_text=_("Such as DE123456789."))

    class Meta:
        abstract = True

    ADDRESS = ("line_one", "line_two", "postcode", "city", "country", "vat_id")

    @property
    def has_address(self) -> bool:
        """Whether a statement could be sent there."""
        return bool(self.line_one and self.postcode and self.city)


class Seller(Address):
    """Our firm as statements name it: one row, filled in by an admin."""

    name = models.CharField(_("registered name"), max_length=120)
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    contact_name = models.CharField(
        _("contact for questions"), max_length=80, blank=True, help_text=_("A person or a department.")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone number"), max_length=30, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True, validators=[IBAN])
    bic = models.CharField(_("BIC"), max_length=11, blank=True, validators=[BIC])
    bank = models.CharField(_("bank"), max_length=80, blank=True)
    payment_days = models.PositiveSmallIntegerField(
        _("payable within days"), default=14, validators=[MaxValueValidator(365)]
    )
    register_entry = models.CharField(
        _("register entry"), max_length=160, blank=True, help_text=_("Stands at the foot of each page.")
    )

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("seller")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_seller")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        """Whether a statement may be closed: the law wants a name, an address and a tax or VAT number."""
        return bool(self.name and self.has_address and (self.vat_id or self.tax_number))

    def as_json(self) -> dict[str, Any]:
        """The copy that a statement keeps."""
        names = ("name", *self.ADDRESS, "tax_number", "contact_name", "email", "phone", "iban", "bic", "bank")
        return {name: getattr(self, name) for name in (*names, "payment_days", "register_entry")}


class BillingParty(Address):
    """How one customer is billed. Made with the first charge; an admin completes it."""

    customer = models.OneToOneField(
        Customer, verbose_name=_("customer"), related_name="billing_party", on_delete=models.PROTECT
    )
    legal_name = models.CharField(_("registered name"), max_length=200)
    buyer_reference = models.CharField(
        _("buyer reference"),
        max_length=60,
        blank=True,
        help_text=_("Of public customers: the Leitweg-ID. With it the e-invoice is an XRechnung."),
    )
    email = models.EmailField(_("e-mail for statements"), blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=User.Language.choices, default=User.Language.GERMAN
    )
    wants_e_invoice = models.BooleanField(
        _("gets an e-invoice"), default=True, help_text=_("ZUGFeRD: the PDF carries the invoice as a file.")
    )

    class Meta:
        verbose_name = _("billing address")
        verbose_name_plural = _("billing addresses")
        ordering = ["customer"]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def is_complete(self) -> bool:
        """Whether a statement may be closed for this customer."""
        return bool(self.legal_name and self.has_address)

    def as_json(self) -> dict[str, Any]:
        """The copy that a statement keeps."""
        names = ("legal_name", *self.ADDRESS, "buyer_reference", "email", "language", "wants_e_invoice")
        return {name: getattr(self, name) for name in names}
