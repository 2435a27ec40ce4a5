"""Server-sent events: who hears what, through real Valkey and from the action to the open stream."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections, connections
from django.test import Client

from accounts.models import User
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import assigning, indexing, moving, replying
from tickets.gateways import listening
from tickets.models import Ticket
from tickets.views import events

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    indexing.rebuild()
    return cast


@pytest.fixture(autouse=True)
def _threads_let_go() -> Iterator[None]:
    """The streams' own threads keep their connections; a test database can only be dropped without them."""
    yield
    both = threading.Barrier(2)

    def let_go() -> None:
        both.wait(5)
        connections.close_all()

    for done in [events._askers.submit(let_go) for _ in range(2)]:
        done.result()


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Stream:
    """An open stream, as a browser would read it."""

    def __init__(self) -> None:
        self.status = 0
        self.is_over = False
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._text = ""
        self.hang_up = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.hang_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.is_over |= message["type"] == "http.response.body" and not message.get("more_body")
        await self._sent.put(message)

    async def next(self, seconds: float = 5) -> tuple[str, Any]:
        """The next event but pings: its name and data."""
        async with asyncio.timeout(seconds):
            while True:
                while "\n\n" not in self._text:
                    self._text += (await self._sent.get()).get("body", b"").decode()
                block, self._text = self._text.split("\n\n", 1)
                fields = dict(line.split(": ", 1) for line in block.splitlines())
                if fields.get("event", "ping") != "ping":
                    return fields["event"], json.loads(fields["data"])

    async def silence(self, seconds: float = 0.5) -> None:
        """Nothing comes."""
        with pytest.raises(TimeoutError):
            await self.next(seconds)


@asynccontextmanager
async def opened(cookie: str, *topics: str) -> AsyncIterator[Stream]:
    stream = Stream()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/events/",
        "query_string": "&".join(f"topic={topic}" for topic in topics).encode(),
        "headers": [(b"cookie", cookie.encode())],
    }
    running = asyncio.create_task(events.application(scope, stream.receive, stream.send))
    try:
        while not stream.status:
            await asyncio.wait({running}, timeout=0.02)
            if running.done():
                running.result()
        yield stream
    finally:
        stream.hang_up.set()
        await asyncio.wait_for(running, 5)


@sync_to_async
def happens(act: Any, *args: Any, **kwargs: Any) -> Any:
    """Something happens elsewhere, and the worker tells the index."""
    try:
        result = act(*args, **kwargs)
        indexing.apply_changes()
        return result
    finally:
        close_old_connections()
        connections.close_all()


def test_an_agent_hears_of_an_arrival_in_their_queue(cast: Cast) -> None:
    cookie, strange = cookie_of(cast.agent), cookie_of(cast.other_agent)

    async def story() -> None:
        async with opened(cookie, "queue", "work") as stream, opened(strange, "queue") as other:
            await happens(make_ticket, cast.gold_customer)
            assert await stream.next() == ("changed", {"topics": ["queue"]})
            await other.silence()

    asyncio.run(story())


def test_work_is_heard_by_whoever_has_the_ticket(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    indexing.apply_changes()
    cookie = cookie_of(cast.agent)

    async def story() -> None:
        async with opened(cookie, "work") as stream:
            await happens(assigning.take_next, by=cast.agent)
            assert await stream.next() == ("changed", {"topics": ["work"]})

    asyncio.run(story())


def test_a_contact_hears_of_their_own_ticket_and_its_place(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    elsewhere = make_ticket(cast.gold_customer, team=cast.other_team)
    indexing.apply_changes()
    assert cast.owner.user is not None
    cookie, name = cookie_of(cast.owner.user), f"ticket:{ticket.number}"

    async def story() -> None:
        async with opened(cookie, name) as stream:
            await happens(replying.reply, ticket=ticket, body="Hello", by=cast.agent)
            assert await stream.next() == ("changed", {"topics": [name]})
            await happens(make_ticket, cast.gold_customer, severity=Ticket.Severity.CRITICAL)
            assert await stream.next() == ("changed", {"topics": [name]})
            await happens(replying.reply, ticket=elsewhere, body="Hello", by=cast.other_agent)
            await stream.silence()

    asyncio.run(story())


def test_what_somebody_else_rings_does_not_end_the_hearing(cast: Cast, valkey: redis.Redis) -> None:
    cookie = cookie_of(cast.agent)

    async def story() -> None:
        async with opened(cookie, "queue") as stream:
            valkey.publish("vorrang:changes", "no JSON")
            assert await stream.next() == ("degraded", {})
            assert await stream.next() == ("recovered", {})
            await happens(make_ticket, cast.gold_customer)
            assert await stream.next() == ("changed", {"topics": ["queue"]})

    asyncio.run(story())


def test_agents_hear_of_a_note_and_its_customer_does_not(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    indexing.apply_changes()
    assert cast.owner.user is not None
    contact, agent, name = cookie_of(cast.owner.user), cookie_of(cast.lead), f"ticket:{ticket.number}"

    async def story() -> None:
        async with opened(contact, name) as stream, opened(agent, name) as colleague:
            await happens(replying.note, ticket=ticket, body="Hm.", by=cast.agent)
            assert await colleague.next() == ("changed", {"topics": [name]})
            await stream.silence()

    asyncio.run(story())
    now = Ticket.objects.get(pk=ticket.pk)
    assert (now.version, now.changed_at) == (ticket.version, ticket.changed_at)


@pytest.mark.parametrize("topics", [["queue"], ["work"], [], ["nonsense"], ["ticket:2026-999999"]])
def test_a_contact_hears_nothing_else(cast: Cast, topics: list[str]) -> None:
    assert cast.owner.user is not None
    cookie = cookie_of(cast.owner.user)

    async def story() -> None:
        async with opened(cookie, *topics) as stream:
            assert stream.status == 404

    asyncio.run(story())


def test_a_foreign_ticket_is_not_there(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    assert cast.stranger.user is not None
    cookies = [cookie_of(cast.stranger.user), cookie_of(cast.other_agent)]

    async def story() -> None:
        for cookie in cookies:
            async with opened(cookie, f"ticket:{ticket.number}") as stream:
                assert stream.status == 404

    asyncio.run(story())


def test_nobody_signed_in_hears_nothing(cast: Cast) -> None:
    async def story() -> None:
        for cookie in ("", f"{settings.SESSION_COOKIE_NAME}=invented"):
            async with opened(cookie, "queue") as stream:
                assert stream.status == 401

    asyncio.run(story())


def test_a_stream_ends_when_its_ticket_goes_out_of_sight(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    indexing.apply_changes()
    cookie = cookie_of(cast.agent)

    async def story() -> None:
        async with opened(cookie, f"ticket:{ticket.number}") as stream:
            await happens(moving.move_to_team, ticket=ticket, team=cast.other_team, by=cast.agent)
            await stream.next()
            async with asyncio.timeout(5):
                while not stream.is_over:
                    await asyncio.sleep(0.02)

    asyncio.run(story())


def test_a_burst_is_told_once_at_the_start_and_once_after(cast: Cast) -> None:
    cookie = cookie_of(cast.agent)
    topic = f"queue:{cast.team.pk}"

    async def story() -> None:
        async with opened(cookie, "queue") as stream:
            with redis.Redis.from_url(settings.REDIS_URL) as client:
                client.publish("vorrang:changes", json.dumps([topic]))
                await stream.next()
                for _ in range(20):
                    client.publish("vorrang:changes", json.dumps([topic]))
                    await asyncio.sleep(0.005)
            await stream.next()
            await stream.silence()

    asyncio.run(story())


def test_losing_valkey_is_told_and_so_is_its_return(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "REST_SECONDS", 0.1)
    cookie = cookie_of(cast.agent)

    async def story() -> None:
        async with opened(cookie, "queue") as stream:
            with redis.Redis.from_url(settings.REDIS_URL) as client:
                client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            assert (await stream.next())[0] == "degraded"
            assert (await stream.next())[0] == "recovered"
            await happens(make_ticket, cast.gold_customer)
            assert (await stream.next())[0] == "changed"

    asyncio.run(story())


def test_a_stream_that_begins_while_all_end_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie, look_up = cookie_of(cast.agent), events._subscription_of

    async def ended_meanwhile(scope: Any) -> Any:
        subscription = await look_up(scope)
        events.end_all()
        return subscription

    monkeypatch.setattr(events, "_streams", events._Streams())
    monkeypatch.setattr(events, "_subscription_of", ended_meanwhile)

    async def story() -> None:
        async with opened(cookie, "queue") as stream:
            assert stream.status == 503

    asyncio.run(story())


def test_streams_end_after_a_while_and_ping_in_silence(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LIFETIME_SECONDS", 0.5)
    monkeypatch.setattr(events, "PING_SECONDS", 0.1)
    cookie = cookie_of(cast.agent)

    async def story() -> None:
        async with opened(cookie, "queue") as stream:
            async with asyncio.timeout(5):
                while not stream.is_over:
                    await asyncio.sleep(0.02)
            text = b"".join(
                stream._sent.get_nowait().get("body", b"") for _ in range(stream._sent.qsize())
            ).decode()
            assert text.startswith("retry: 1000\n\nevent: ping\n")
            assert text.count("event: ping") > 2
        assert not listening._hubs

    asyncio.run(story())
