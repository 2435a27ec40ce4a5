"""The doors through which somebody can ask who stands where. Each answers with the same rows."""

import json
from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any, NamedTuple

from django.core.management import call_command
from django.utils import timezone

from accounts.models import Team
from tests.oracle import World
from tickets.gateways import live_index
from tickets.models import Ticket
from tickets.queries.line import queue_at
from tickets.queries.places import places_of


class Row(NamedTuple):
    """One place in a queue; `band` None where the door does not say it."""

    team: str
    position: int
    number: str
    band: int | None


Door = Callable[[], Iterable[Row]]


def oracle_rows(world: World) -> list[Row]:
    """What every door has to answer."""
    moment = timezone.now()
    return sorted(
        Row(team, position, case.number, case.customer.band_at(moment))
        for team in {case.team for case in world.cases.values()}
        for position, case in enumerate(world.queue(team, moment), start=1)
    )


def queue_command(**options: Any) -> list[dict[str, Any]]:
    """`manage.py queue --json`."""
    out = StringIO()
    call_command("queue", json=True, stdout=out, **options)
    rows: list[dict[str, Any]] = json.loads(out.getvalue())
    return rows


def command() -> list[Row]:
    """The command for people at the terminal."""
    return [Row(row["team"], row["position"], row["number"], row["band"]) for row in queue_command()]


def places() -> list[Row]:
    """What ticket pages show: from the live index."""
    tickets = {ticket.pk: ticket for ticket in Ticket.objects.select_related("team")}
    found = places_of(tickets.values())
    assert not found.is_degraded
    return [
        Row(tickets[pk].team.name, place.position, tickets[pk].number, tickets[pk].band)
        for pk, place in found.by_ticket.items()
    ]


def index() -> list[Row]:
    """The sorted sets themselves."""
    numbers = dict(Ticket.objects.values_list("rank_key", "number"))
    return [
        Row(team.name, position, numbers.get(key, key), None)
        for team in Team.objects.all()
        for position, key in enumerate(live_index.entries(team.pk), start=1)
    ]


def history() -> list[Row]:
    """The open stays, from which this moment will be rebuilt later."""
    return [
        Row(team.name, one.position, one.number, one.band)
        for team in Team.objects.all()
        for one in queue_at(team, timezone.now())
    ]


DOORS: dict[str, Door] = {"command": command, "places": places, "index": index, "history": history}
