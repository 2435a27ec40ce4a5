"""What editors do with the word of readers."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from knowledge.actions.writing import require_editor
from knowledge.models import Feedback


@transaction.atomic
def handle(*, feedback: Feedback, is_handled: bool, by: User | None, at: datetime | None = None) -> Feedback:
    """Put a reader's word away as handled, or back into the inbox. Error: NotAnEditor."""
    require_editor(by)
    row = Feedback.objects.select_for_update(of=("self",)).select_related("text__article").get(pk=feedback.pk)
    if (row.handled_at is not None) != is_handled:
        row.handled_at = (at or timezone.now()) if is_handled else None
        row.save(update_fields=["handled_at"])
        verb = "feedback.handled" if is_handled else "feedback.reopened"
        auditing.record(by=by, verb=verb, what=row.text.article, at=at, details={"kind": row.kind})
    return row
