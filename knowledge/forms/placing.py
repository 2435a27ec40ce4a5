"""Where things stand and who may see them: articles in categories, categories in categories."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from knowledge.actions import categories, writing
from knowledge.actions.categories import CannotShelve
from knowledge.forms.choices import CategoryField
from knowledge.models import Article, Category, Visibility
from knowledge.queries.widening import widened_by


class PlaceForm(forms.Form):
    """Where an article stands and how far it may be seen."""

    category = CategoryField(label=_("Category"))
    visibility = forms.TypedChoiceField(
        label=_("Visible to"),
        coerce=int,
        choices=Visibility.choices,
        widget=forms.RadioSelect,
        help_text=_("The narrower one counts: the article’s own or its category’s."),
    )

    def save(self, article: Article, *, by: User) -> Article:
        """Place it."""
        typed = self.cleaned_data
        return writing.place(
            article=article, category=typed["category"], visibility=typed["visibility"], by=by
        )


class CategoryForm(forms.ModelForm[Category]):
    """A category. Where saving would open articles to more people, that is asked first."""

    parent = CategoryField(label=_("Stands in"), required=False)
    is_confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Category
        fields = ("name_de", "name_en", "description_de", "description_en", "visibility", "position")
        help_texts = {
            "position": _("Smaller numbers stand first."),
            "visibility": _("Nothing in this category can be seen further than this."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["parent"] = self.instance.parent_id
        self.question: list[str] = []
        self.fields["visibility"].widget = forms.RadioSelect(choices=Visibility.choices)

    def went_well(self, *, by: User) -> bool:
        """Whether the category was saved. Not, where `question` has to be answered first."""
        if not self.is_valid():
            return False
        category = self.instance
        category.parent = self.cleaned_data["parent"]
        self.question = [] if self.cleaned_data["is_confirmed"] else opened_in_words(category)
        if self.question:
            return False
        try:
            categories.save(category=category, by=by)
        except CannotShelve as error:
            self.add_error("parent", refusal_in_words(error))
            return False
        return True


def opened_in_words(category: Category) -> list[str]:
    """ "3 articles become visible to everybody", one line for each circle; empty where nothing opens."""
    lines = []
    for one in widened_by(category):
        text = ngettext(
            "%(count)d published article becomes visible to: %(whom)s",
            "%(count)d published articles become visible to: %(whom)s",
            one.count,
        )
        lines.append(text % {"count": one.count, "whom": Visibility(one.reach).label})
    return lines


def refusal_in_words(error: CannotShelve) -> str:
    """Why a category cannot stand there, or cannot go."""
    texts = {
        "circle": _("A category cannot stand in itself."),
        "too_deep": _("Categories can be three deep at most."),
        "not_empty": _("Something still stands in this category. Move that first."),
    }
    return str(texts[error.why])
