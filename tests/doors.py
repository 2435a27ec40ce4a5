"""The doors through which somebody can ask who stands where. Each answers with the same rows."""

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Team, User
from customers.models import Contact
from tests.factories.calling import Caller
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
    """`manage.py queue --json`, in the terminal's language, whatever page this thread served before."""
    out = StringIO()
    with translation.override(settings.LANGUAGE_CODE):
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


def api_queue() -> list[Row]:
    """The API's queue, team by team, as a lead's program reads it."""
    caller = Caller(User.objects.get(username="lead"))
    return [
        Row(team.name, row["position"], row["number"], row["band"])
        for team in Team.objects.all()
        for row in _api_rows(caller, f"queue/?team={team.slug}&page_size=7")
    ]


def api_tickets() -> list[Row]:
    """The positions on the API's tickets, whatever their order."""
    caller, names = Caller(User.objects.get(username="lead")), dict(Team.objects.values_list("slug", "name"))
    return [
        Row(names[row["team"]], row["position"], row["number"], row["band"])
        for row in _api_rows(caller, "tickets/?page_size=7")
        if row["position"] is not None
    ]


def desk_pages() -> list[Row]:
    """The queue page of the desk: what an agent sees, page after page."""
    client = _browser_of(User.objects.get(username="lead"))
    return [
        Row(team.name, int(position), number, None)
        for team in Team.objects.all()
        for page in _pages(client, f"/desk/?team={team.slug}")
        for number, position in _DESK_ROW.findall(page)
    ]


def portal_pages() -> list[Row]:
    """The lists of all customers' contacts together: each sees the place of each of its tickets."""
    teams = dict(Ticket.objects.values_list("number", "team__name"))
    return [
        Row(teams[number], int(position), number, None)
        for contact in Contact.objects.exclude(user=None).select_related("user")
        for page in _pages(_browser_of(contact.user), "/portal/")
        for number, position in _PORTAL_ROW.findall(page)
    ]


DOORS: dict[str, Door] = {"command": command, "places": places, "index": index, "history": history}
"""Asked after every step."""
WEB_DOORS: dict[str, Door] = {
    "API queue": api_queue,
    "API tickets": api_tickets,
    "desk": desk_pages,
    "portal": portal_pages,
}
"""Asked after some steps: rendering takes its time."""
WITHOUT_BAND = {"index", "desk", "portal"}

_DESK_ROW = re.compile(
    r'<tr class="q-row[^"]*" id="t-([\d-]+)".*?<td class="q-pos"[^>]*>.*?(\d+)</td>', re.DOTALL
)
_PORTAL_ROW = re.compile(
    r'<li class="ticket-item" id="t-([\d-]+)"(?:(?!</li>).)*?ticket-item-place">[^<]*<strong>(\d+)<',
    re.DOTALL,
)
_MORE = re.compile(r'href="([^"]+)" rel="next"')


def _api_rows(caller: Caller, path: str) -> Iterator[dict[str, Any]]:
    """Every row of a list, page after page."""
    while path:
        answer = caller.get(path)
        assert answer.status_code == 200, answer.content
        assert "Vorrang-Degraded" not in answer.headers
        yield from answer.json()["results"]
        path = answer.json()["next"]


def _pages(client: Client, address: str) -> Iterator[str]:
    """A list's pages, as "more" leads from one to the next."""
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        page = answer.content.decode()
        yield page
        more = _MORE.search(page)
        address = _beside(address, html.unescape(more[1])) if more else ""


def _beside(address: str, link: str) -> str:
    return address.partition("?")[0] + link if link.startswith("?") else link


def _browser_of(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client
