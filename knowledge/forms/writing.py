"""Writing: the text of an article in one language, and a new article."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.actions import files, writing
from knowledge.actions.files import NotStored, TooMuch
from knowledge.actions.writing import Draft, WasChanged
from knowledge.forms.choices import CategoryField
from knowledge.models import Article, ArticleFile, ArticleText, Category, Revision, Visibility
from knowledge.models.articles import LONGEST_TITLE
from lib.languages import page_language
from lib.refused_files import FormWithFiles
from lib.uploads import FilesField
from lib.verbatim import VerbatimField

MAX_BODY = 200_000
BODY_HELP = _("Markdown: ## heading, **bold**, - list, [text](https://…).")


class TextForm(FormWithFiles):
    """The text of an article in one language. `based_on`: the number of the revision it began with."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=300,
        help_text=_("One or two sentences for lists and search."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    body = VerbatimField(label=_("Text"), max_length=MAX_BODY, help_text=BODY_HELP, widget=forms.Textarea)
    note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=200,
        help_text=_("For colleagues, in the list of revisions."),
    )
    based_on = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft_key: str = "new", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict: Revision | None = None
        self.fields["body"].widget.attrs.update({"rows": 18, "data-markdown": ""})
        for name in ("title", "summary", "body"):
            self.fields[name].widget.attrs["data-draft-key"] = f"article:{draft_key}:{name}"
            self.fields[name].widget.attrs["data-draft-offer"] = ""

    @property
    def draft(self) -> Draft:
        """What was typed."""
        typed = self.cleaned_data
        body = typed["body"].replace("\r\n", "\n")
        return Draft(title=typed["title"], body=body, summary=typed["summary"], note=typed["note"])

    def saved(self, article: Article, text: ArticleText | None, language: str, *, by: User) -> bool:
        """Save a revision, unless nothing is different. False where somebody else saved one meanwhile."""
        working = text.working if text else None
        if working and _is_same(working, self.draft):
            return True
        try:
            writing.write(
                article=article,
                language=language,
                draft=self.draft,
                based_on=self.cleaned_data["based_on"],
                by=by,
            )
        except WasChanged as error:
            self.conflict = error.latest
            return False
        return True


class FilesForm(FormWithFiles):
    """Files for an article."""

    files_to_add = FilesField(label=_("Images and files"))

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        self.article = article
        self.added: list[ArticleFile] = []
        super().__init__(*args, **kwargs)

    def went_well(self, by: User) -> bool:
        """Whether all files were kept. Those before a refused one stay."""
        if not self.is_valid():
            return False
        try:
            for file in self.cleaned_data["files_to_add"]:
                self.added.append(files.add(article=self.article, file=file, by=by))
        except TooMuch:
            self.add_error("files_to_add", _now("The files of this article would be too large together."))
        except NotStored:
            self.add_error(
                "files_to_add", _now("The files cannot be kept right now. Please try again later.")
            )
        return not self.errors


class NewArticleForm(TextForm):
    """A new article: its first text, and where it stands."""

    category = CategoryField(label=_("Category"))
    visibility = forms.TypedChoiceField(
        label=_("Visible to"),
        coerce=int,
        choices=Visibility.choices,
        initial=Visibility.PUBLIC,
        help_text=_("The category may narrow this further."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=ArticleText.Language.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", page_language())
        del self.fields["note"], self.fields["based_on"]

    @property
    def draft(self) -> Draft:
        """What was typed."""
        typed = self.cleaned_data
        return Draft(title=typed["title"], body=typed["body"].replace("\r\n", "\n"), summary=typed["summary"])

    def created(self, *, by: User) -> ArticleText:
        """Begin the article as a draft."""
        typed = self.cleaned_data
        category: Category = typed["category"]
        return writing.create(
            category=category,
            language=typed["language"],
            draft=self.draft,
            visibility=typed["visibility"],
            by=by,
        )


def _is_same(working: Revision, draft: Draft) -> bool:
    return (working.title, working.summary, working.body) == (draft.title, draft.summary, draft.body)
