"""Categories: what articles are sorted into, and how far each may be seen."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from knowledge.rules.visibility import Reach
from lib.sorting import german_sort_key


class Visibility(models.IntegerChoices):
    """How far something may be seen; the numbers are those of the rule (knowledge/rules/visibility.py)."""

    PUBLIC = Reach.PUBLIC.value, _("Everybody")
    SIGNED_IN = Reach.SIGNED_IN.value, _("Whoever is signed in")
    CONTRACT = Reach.CONTRACT.value, _("Customers with a service agreement")
    INTERNAL = Reach.INTERNAL.value, _("Only we ourselves")


class CategoryQuerySet(models.QuerySet["Category"]):
    """The vocabulary for picking categories."""

    def within(self, reach: int) -> Self:
        """Those that a reader may know of; whether they hold anything for them is another question."""
        return self.filter(reach__lte=reach)


class Category(models.Model):
    """A shelf for articles, perhaps on another. `reach`: what its visibility and those above amount to."""

    parent = models.ForeignKey(
        "self", verbose_name=_("in"), related_name="children", null=True, blank=True, on_delete=models.PROTECT
    )
    name_de = models.CharField(_("German name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    description_de = models.CharField(_("German description"), max_length=200, blank=True)
    description_en = models.CharField(_("English description"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    visibility = models.PositiveSmallIntegerField(
        _("visible to"), choices=Visibility.choices, default=Visibility.PUBLIC
    )
    reach = models.PositiveSmallIntegerField(editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name_de", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(visibility__range=(1, 4)), name="category_visibility_1_to_4"),
            models.CheckConstraint(
                condition=Q(reach__gte=F("visibility"), reach__lte=4), name="category_reach_only_narrows"
            ),
        ]

    def __str__(self) -> str:
        return self.name_de

    def name(self, language: str) -> str:
        """The name in a language."""
        return self.name_en if language == "en" else self.name_de

    def description(self, language: str) -> str:
        """What stands on this shelf, in a language; may be empty."""
        return self.description_en if language == "en" else self.description_de

    def slug(self, language: str) -> str:
        """The name as it stands in addresses."""
        return slugify(german_sort_key(self.name(language))) or "category"
