"""Whatever is wrong with the live index, a repair makes it the queue again."""

import pytest
import redis
from django.utils import timezone

from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import indexing
from tickets.actions.repairing import repair
from tickets.gateways import live_index
from tickets.models import Ticket
from tickets.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_strays_are_found_and_removed_also_in_a_queue_that_is_empty(cast: Cast, valkey: redis.Redis) -> None:
    make_ticket(cast.gold_customer)
    indexing.apply_changes()
    indexing.rebuild()
    ticket = Ticket.objects.get()
    valkey.zadd(live_index.queue_key(cast.team.pk), {"0" * 29: 0})
    valkey.zadd(live_index.queue_key(cast.other_team.pk), {ticket.rank_key: 0})

    report = verify(timezone.now())
    assert report.extra == 2

    repair(report)
    assert verify(timezone.now()).is_clean
    assert not valkey.exists(live_index.queue_key(cast.other_team.pk))
