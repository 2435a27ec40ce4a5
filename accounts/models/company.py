"""The firm that runs this installation, and the code that lets it in the first time."""

import hashlib
import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: nothing that can be read as something else."""
CODE_GROUPS, CODE_GROUP_LENGTH = 4, 5
_MISREAD = str.maketrans("OIL", "011", " -")


class Company(models.Model):
    """The firm whose helpdesk this is: one row, made by the first step of setting up."""

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

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_company")]

    def __str__(self) -> str:
        return self.name


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
