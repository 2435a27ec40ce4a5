"""Creating and changing teams."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import Team, User


@transaction.atomic
def save(*, team: Team, by: User | None, at: datetime | None = None) -> Team:
    """Create or change a team. One team takes new tickets: the first, until another one is made to."""
    is_new = team.pk is None
    others = Team.objects.select_for_update().filter(is_default=True).exclude(pk=team.pk)
    if team.is_default:
        others.update(is_default=False)
    team.is_default = team.is_default or not others.exists()
    team.save()
    auditing.record(by=by, verb="team.created" if is_new else "team.changed", what=team, at=at)
    return team
