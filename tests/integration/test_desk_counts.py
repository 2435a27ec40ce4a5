"""The numbers beside every page of the desk are what the queue holds."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.cast import make_cast, make_ticket, make_user
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


def test_the_sidebar_alone_says_where_a_page_of_another_room_is(client: Client) -> None:
    cast = make_cast()
    client.force_login(cast.agent)

    said = client.get("/desk/sidebar/", {"here": "tickets"}).content.decode()

    assert said.count('aria-current="page"') == 1
    assert "<html" not in said
    assert 'id="nav-count-queue"' in said
    client.force_login(make_user(role="contact"))
    assert client.get("/desk/sidebar/").status_code == 404
