"""The services we render: what a level may include and a price list may price."""

from django.db import models
from django.utils.translation import gettext_lazy as _

OUT_OF_HOURS = "out-of-hours"
"""The service that means: work outside the service hours is covered, too."""


class Service(models.Model):
    """One service, such as help by phone, remote or on site. `code` is for rules, price lists and the API."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_de = models.CharField(_("name, German"), max_length=80)
    name_en = models.CharField(_("name, English"), max_length=80)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name_de

    def name_in(self, language: str) -> str:
        """How it is called in "de" or "en"."""
        return self.name_de if language == "de" else self.name_en
