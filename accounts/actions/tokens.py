"""What becomes of API tokens once they are in use."""

from datetime import datetime, timedelta

from accounts.models import ApiToken

# A busy token would otherwise write its row with every call.
NOTED_EVERY = timedelta(minutes=1)


def note_use(*, token: ApiToken, at: datetime) -> None:
    """Keep when a token was last used, to the minute."""
    if token.last_used_at is None or token.last_used_at <= at - NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
