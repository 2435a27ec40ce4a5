"""Writing the text of data-processing agreements: drafts become versions, and what is published stays."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from contracts.models import DpaDocument
from contracts.queries.dpa_offers import TEXTS, shipped_texts, unsound
from contracts.rules import dpa_text

FIRST_VERSION = "1.0"


class Published(ValidationError):
    """What was published stays as it is; another version takes its place."""

    def __init__(self) -> None:
        super().__init__(_("A published version stays as it is. Write a new version that takes its place."))


@transaction.atomic
def save_document(*, document: DpaDocument, by: User | None, at: datetime | None = None) -> DpaDocument:
    """Create or change a draft. Errors: Published; ValidationError for places that nobody fills in."""
    is_new = document.pk is None
    if is_new:
        document.created_at = at or timezone.now()
    else:
        _require_draft(document)
    document.published_at, document.sha256 = None, ""
    for name in TEXTS:
        setattr(document, name, dpa_text.normal(getattr(document, name)))
    _require_sound(document)
    document.full_clean()
    document.save()
    verb = "dpa_document.created" if is_new else "dpa_document.changed"
    auditing.record(by=by, verb=verb, what=document, at=at)
    return document


@transaction.atomic
def publish_document(*, document: DpaDocument, by: User | None, at: datetime | None = None) -> DpaDocument:
    """From now on this version can be offered and stays as it is, with the SHA-256 of its texts.

    Errors: Published; ValidationError where a translation is half there.
    """
    _require_draft(document)
    document.refresh_from_db()
    _require_sound(document)
    document.published_at = at or timezone.now()
    texts = [getattr(document, name) for name in TEXTS]
    document.sha256 = dpa_text.digest(dpa_text.document_text(document.version, texts))
    document.save(update_fields=["published_at", "sha256"])
    details = {"sha256": document.sha256}
    auditing.record(by=by, verb="dpa_document.published", what=document, at=at, details=details)
    return document


@transaction.atomic
def delete_document(*, document: DpaDocument, by: User | None, at: datetime | None = None) -> None:
    """Delete a draft. Error: Published."""
    _require_draft(document)
    auditing.record(by=by, verb="dpa_document.deleted", what=document, at=at)
    document.delete()


@transaction.atomic
def ship_document(*, by: User | None, at: datetime | None = None) -> DpaDocument | None:
    """The text that comes with the product as a first draft; None where there is a document already."""
    if DpaDocument.objects.exists():
        return None
    return save_document(document=DpaDocument(version=FIRST_VERSION, **shipped_texts()), by=by, at=at)


def _require_draft(document: DpaDocument) -> None:
    """Holds the row until the transaction ends. Error: Published."""
    stored = DpaDocument.objects.select_for_update().get(pk=document.pk)
    if stored.published_at is not None:
        raise Published


def _require_sound(document: DpaDocument) -> None:
    if errors := unsound(document):
        raise ValidationError(errors)
