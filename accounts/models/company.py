"""The firm that runs this installation, and the code that lets it in the first time."""

import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.teams import Team
from accounts.models.users import User
from accounts.rules.brand import judge
from lib.colours import as_colour
from lib.logos import Logo

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: nothing that can be read as something else."""
CODE_GROUPS, CODE_GROUP_LENGTH = 4, 5
_MISREAD = str.maketrans("OIL", "011", " -")


WEB_ADDRESS = URLValidator(schemes=["https", "http"])
THEMES = ("light", "dark")


class Company(models.Model):
    """The firm whose helpdesk this is: one row, made by the first step of setting up.

    Texts come in both languages; one that is empty is not shown. The logo is kept as `lib.logos` read it,
    colours as "#rrggbb".
    """

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=User.Language.choices,
        default=User.Language.GERMAN,
        help_text=_("Of mail to people who have chosen none of their own."),
    )
    first_admin = models.OneToOneField(
        User, related_name="+", null=True, editable=False, on_delete=models.SET_NULL
    )
    set_up_at = models.DateTimeField(_("set up"), null=True, editable=False)

    logo = models.BinaryField(_("logo"), default=b"", blank=True)
    logo_type = models.CharField(max_length=20, blank=True, editable=False)
    logo_digest = models.CharField(max_length=64, blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    accent_light = models.CharField(
        _("colour on light pages"),
        max_length=7,
        blank=True,
        help_text=_("For buttons and links, such as #0f766e. Empty: the colour of Vorrang."),
    )
    accent_dark = models.CharField(
        _("colour on dark pages"),
        max_length=7,
        blank=True,
        help_text=_("A brighter one, such as #5eead4."),
    )
    welcome_title_de = models.CharField(_("headline of the start page, German"), max_length=120, blank=True)
    welcome_title_en = models.CharField(_("headline of the start page, English"), max_length=120, blank=True)
    welcome_text_de = models.TextField(_("welcome, German"), max_length=1000, blank=True)
    welcome_text_en = models.TextField(_("welcome, English"), max_length=1000, blank=True)
    footer_de = models.CharField(_("line at the foot of pages, German"), max_length=300, blank=True)
    footer_en = models.CharField(_("line at the foot of pages, English"), max_length=300, blank=True)
    imprint_url = models.CharField(
        _("address of the imprint"), max_length=300, blank=True, validators=[WEB_ADDRESS]
    )
    privacy_url = models.CharField(
        _("address of the privacy notice"), max_length=300, blank=True, validators=[WEB_ADDRESS]
    )
    public_phone = models.CharField(
        _("public phone number"),
        max_length=16,
        blank=True,
        help_text=_("For everybody. Customers with a service agreement have a number of their own."),
    )
    support_address = models.EmailField(_("support e-mail address"), blank=True)
    postal_address = models.TextField(_("postal address"), max_length=300, blank=True)
    officer_name = models.CharField(
        _("data-protection officer: name"),
        max_length=200,
        blank=True,
        help_text=_(
            "Where one is designated (Art. 37 GDPR). Stands in offered DPAs and in notices of breaches."
        ),
    )
    officer_email = models.EmailField(_("data-protection officer: e-mail"), blank=True)
    officer_phone = models.CharField(_("data-protection officer: phone"), max_length=16, blank=True)
    contract_requests_team = models.ForeignKey(
        Team,
        verbose_name=_("team for requests of service agreements"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        help_text=_(
            "Who answers customers who ask for an offer in the portal."
            " Empty: the team that takes new tickets."
        ),
    )

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_company")]

    def __str__(self) -> str:
        return self.name

    def wear(self, logo: Logo | None) -> None:
        """Put a logo on the row, or none."""
        self.logo = logo.content if logo else b""
        self.logo_type = logo.content_type if logo else ""
        self.logo_digest = hashlib.sha256(logo.content).hexdigest() if logo else ""
        self.logo_width = logo.width if logo else 0

    def clean(self) -> None:
        """Keep colours in one spelling. Error: ValidationError for one that cannot be read on our pages."""
        refused = {}
        for theme in THEMES:
            typed = getattr(self, f"accent_{theme}")
            try:
                setattr(self, f"accent_{theme}", _readable_colour(typed, theme) if typed else "")
            except ValidationError as error:
                refused[f"accent_{theme}"] = error
        if refused:
            raise ValidationError(refused)


def _readable_colour(typed: str, theme: str) -> str:
    try:
        colour = as_colour(typed)
    except ValueError as error:
        raise ValidationError(gettext("Write a colour as # and six digits, such as #0f766e.")) from error
    judged = judge(colour, theme)
    if not judged.passes:
        said = gettext(
            "{colour} reaches a contrast of {ratio}:1 with what it stands on and what stands on it; at least"
            " 4.5:1 is needed to be readable. The nearest colour that has it is {nearest}."
        )
        ratio = f"{int(judged.ratio * 10) / 10:.1f}"
        raise ValidationError(said.format(colour=colour, ratio=ratio, nearest=judged.nearest))
    return colour


class SetUpCode(models.Model):
    """The code that opens the set-up pages; one at a time, gone once the installation is set up."""

    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("set-up code")
        verbose_name_plural = _("set-up codes")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_set_up_code")]

    def __str__(self) -> str:
        return f"{self.expires_at:%Y-%m-%d %H:%M}"


def new_code() -> str:
    """Return a fresh code of 100 random bits as it is shown to whoever sets up, such as "7K2QF-...-..."."""
    groups = (
        "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_GROUP_LENGTH))
        for _group in range(CODE_GROUPS)
    )
    return "-".join(groups)


def code_digest(code: str) -> str:
    """Return what is stored of a code, however it was typed. A plain hash is enough: codes are random."""
    return hashlib.sha256(code.upper().translate(_MISREAD).encode()).hexdigest()
