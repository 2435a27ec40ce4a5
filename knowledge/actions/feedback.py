"""What readers say about an article, whether it helped or is out of date."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from knowledge.models import ArticleText, Feedback


@transaction.atomic
def give(
    *,
    text: ArticleText,
    kind: str,
    comment: str,
    by: User | None,
    visitor: str = "",
    at: datetime | None = None,
) -> Feedback:
    """Note one reader's word on a text; it takes the place of what they said before.

    `visitor` tells strangers apart, any random word that their browser keeps. Editors see it as new. Nothing
    is audited: it says nothing about the firm's own doings, and strangers could fill the list.
    """
    whose = {"by": by} if by else {"visitor": visitor}
    feedback, _is_new = Feedback.objects.update_or_create(
        text=text,
        **whose,
        defaults={"kind": kind, "comment": comment, "at": at or timezone.now(), "handled_at": None},
    )
    return feedback
