"""Files and images of articles."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.models.articles import Article


def storage_name(file: "ArticleFile", _name: str) -> str:
    """Where a file lies: by its random key, never by the name it came with."""
    return f"articles/{file.key[:2]}/{file.key}"


class ArticleFile(models.Model):
    """A file of an article. Readers get it while a live text of the article shows it (`is_live`)."""

    article = models.ForeignKey(Article, related_name="files", on_delete=models.CASCADE)
    key = models.CharField(max_length=43, unique=True, editable=False)
    file = models.FileField(upload_to=storage_name, max_length=120)
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    is_live = models.BooleanField(default=False, editable=False)
    added_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("file of an article")
        verbose_name_plural = _("files of articles")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
