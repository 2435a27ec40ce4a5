"""The numbers beside every page of the desk are what the queue holds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.cast import make_cast, make_ticket
from tickets.actions import indexing, rating
from tickets.queries.navigation import TeamCount, desk_counts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_indexed", [True, False], ids=["from the live index", "from PostgreSQL"])
def test_a_pin_makes_no_contract(*, is_indexed: bool) -> None:
    cast = make_cast()
    make_ticket(cast.gold_customer)
    make_ticket(cast.plain_customer)
    pinned = make_ticket(cast.plain_customer)
    rating.pin(ticket=pinned, by=cast.lead, reason="VIP", expires_at=timezone.now() + timedelta(hours=1))
    if is_indexed:
        indexing.rebuild()

    counts, _ = desk_counts(cast.agent.pk, [cast.team.pk])

    assert counts.is_degraded is not is_indexed
    assert counts.by_team[cast.team.pk] == TeamCount(waiting=3, with_contract=1)
