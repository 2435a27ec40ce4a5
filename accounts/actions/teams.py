"""Creating and changing teams."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import Team, User


@transaction.atomic
def save(*, team: Team, by: User | None, at: datetime | None = None) -> Team:
    """Create or change a team. Making one the default takes that from the one before."""
    is_new = team.pk is None
    if team.is_default:
        Team.objects.filter(is_default=True).exclude(pk=team.pk).update(is_default=False)
    team.save()
    auditing.record(by=by, verb="team.created" if is_new else "team.changed", what=team, at=at)
    return team
