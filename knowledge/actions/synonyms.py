"""Keeping the installation's synonyms."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from knowledge.models import SynonymSet
from knowledge.queries.synonyms import memory
from knowledge.rules.searching import question_of


@transaction.atomic
def save(*, synonyms: SynonymSet, by: User | None, at: datetime | None = None) -> SynonymSet:
    """Create or change a set. Error: ValidationError. Other processes see it within ten seconds."""
    phrases = {question_of(part).words for part in synonyms.words.split(",")} - {()}
    if len(phrases) < 2 or all(len(phrase) > 1 for phrase in phrases):  # noqa: PLR2004
        raise ValidationError(
            {"words": _("At least two, separated by commas, one of them a single word: printer, plotter")}
        )
    synonyms.full_clean()
    is_new = synonyms.pk is None
    synonyms.save()
    auditing.record(by=by, verb="synonyms.created" if is_new else "synonyms.changed", what=synonyms, at=at)
    transaction.on_commit(memory.forget)
    return synonyms


@transaction.atomic
def delete(*, synonyms: SynonymSet, by: User | None, at: datetime | None = None) -> None:
    """Take a set away."""
    auditing.record(by=by, verb="synonyms.deleted", what=synonyms, at=at)
    synonyms.delete()
    transaction.on_commit(memory.forget)
