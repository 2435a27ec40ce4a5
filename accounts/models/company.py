"""The firm that runs this installation."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """The firm whose helpdesk this is: one row, made when the installation is set up."""

    name = models.CharField(_("name"), max_length=120)
    set_up_at = models.DateTimeField(_("set up"))

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_company")]

    def __str__(self) -> str:
        return self.name
