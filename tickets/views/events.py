"""`/events/`: tells open pages that something changed. No page content, no database connection, no thread.

    /events/?topic=queue&topic=work&topic=ticket:2026-000123

Topics: `queue` (the queues of an agent's teams), `work` (what an agent has in hands), `phone` (an agent's
phone and the call on it), `calls` (all calls and phones, for leads) and `ticket:<number>` (the ticket, and
for its place the queue it stands in). Who may hear what is asked of the access layer when
the stream opens, whenever one of its tickets changes, and every ten minutes, when the stream ends and the
browser comes back. Events: `changed` (data: the topics as they were asked for), `degraded` and `recovered`
while the bell itself is away, `ping` every 15 seconds.
"""

import asyncio
import random
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.http import Http404, HttpRequest

from accounts.access import teams_of
from accounts.models import User
from lib import sse
from tickets import access
from tickets.gateways import events
from tickets.gateways.listening import Hub, Listener, listen
from tickets.models import Ticket

GAP_SECONDS = 0.15
PING_SECONDS = 15.0
LIFETIME_SECONDS = 600.0
RETRY_MILLISECONDS = 1_000
TOPICS_LIMIT = 100

Subscription = Mapping[str, frozenset[str]]
"""What was asked for, and what of the bell's topics that means."""


class NotSignedIn(Exception):
    """The session is nobody's (any more)."""


# Asking who somebody is takes a moment, so two threads with a database connection each serve every stream.
_askers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="events")


class _Streams:
    """The open streams of this process, to be ended before it ends."""

    def __init__(self) -> None:
        self.is_ending = False
        self._ends: set[asyncio.Event] = set()

    @contextmanager
    def one(self) -> Iterator[asyncio.Event]:
        """A stream as long as it is open; the event tells it to end."""
        end = asyncio.Event()
        if self.is_ending:  # since it was looked at last
            end.set()
        self._ends.add(end)
        try:
            yield end
        finally:
            self._ends.discard(end)

    def end(self) -> None:
        self.is_ending = True
        for end in self._ends:
            end.set()


_streams = _Streams()


def end_all() -> None:
    """End every stream of this process, which is about to end: browsers come back and find another one."""
    _streams.end()


async def application(scope: sse.Scope, receive: sse.Receive, send: sse.Send) -> None:
    """Serve one event stream (ASGI). 401 where nobody is signed in: a stream cannot sign on."""
    if scope["method"] != "GET":
        await sse.refuse(send, 405)
        return
    if _streams.is_ending:
        await sse.refuse(send, 503)
        return
    try:
        subscription = await _subscription_of(scope)
    except NotSignedIn:
        await sse.refuse(send, 401)
    except Http404:
        await sse.refuse(send, 404)
    else:
        with _streams.one() as end:
            if end.is_set():
                await sse.refuse(send, 503)
            else:
                await _serve(scope, receive, send, subscription, end)


async def _serve(
    scope: sse.Scope, receive: sse.Receive, send: sse.Send, subscription: Subscription, end: asyncio.Event
) -> None:
    """Stream until the other side hangs up, the time is over, the permission is gone or the process ends."""
    hub, listener = await listen(frozenset().union(*subscription.values()))
    gone = asyncio.ensure_future(sse.until_gone(receive))
    telling = asyncio.ensure_future(_Telling(scope, sse.EventStream(send), hub, listener, subscription).run())
    ending = asyncio.ensure_future(end.wait())
    lifetime = LIFETIME_SECONDS * random.uniform(0.9, 1.1)  # noqa: S311 (so that not all come back at once)
    try:
        await asyncio.wait({gone, telling, ending}, timeout=lifetime, return_when=asyncio.FIRST_COMPLETED)
        is_over = not gone.done()
    finally:
        hub.leave(listener)
        for task in (gone, telling, ending):
            task.cancel()
            with suppress(asyncio.CancelledError, OSError, RuntimeError):
                await task
    if is_over:
        await sse.EventStream(send).end()


class _Telling:
    """What is written into one stream."""

    def __init__(
        self,
        scope: sse.Scope,
        stream: sse.EventStream,
        hub: Hub,
        listener: Listener,
        subscription: Subscription,
    ) -> None:
        self._scope = scope
        self._stream = stream
        self._hub = hub
        self._listener = listener
        self._subscription = subscription
        self._was_up = True

    async def run(self) -> None:
        """Tell what changes, at once and then at most every 300 ms; returns when the permission is gone."""
        await self._stream.start()
        await self._stream.write(sse.retry(RETRY_MILLISECONDS) + sse.event("ping"))
        while True:
            await self._tell_state()
            heard = await self._next()
            if heard and not await self._tell(heard):
                return

    async def _next(self) -> set[str]:
        """What was heard; nothing after a while of silence, which is told too."""
        try:
            await asyncio.wait_for(self._listener.news.wait(), PING_SECONDS)
        except TimeoutError:
            await self._stream.write(sse.event("ping"))
        return self._listener.take()

    async def _tell(self, heard: set[str]) -> bool:
        asked_for = sorted(name for name, topics in self._subscription.items() if topics & heard)
        await self._stream.write(sse.event("changed", {"topics": asked_for}))
        if any(topic.startswith("ticket:") for topic in heard) and not await self._ask_again():
            return False
        await asyncio.sleep(GAP_SECONDS)
        return True

    async def _tell_state(self) -> None:
        if self._hub.is_up != self._was_up:
            self._was_up = self._hub.is_up
            await self._stream.write(sse.event("recovered" if self._was_up else "degraded"))

    async def _ask_again(self) -> bool:
        """A ticket changed: it may have moved to another queue, or out of sight."""
        try:
            self._subscription = await _subscription_of(self._scope)
        except (NotSignedIn, Http404):
            return False
        self._listener.topics = frozenset().union(*self._subscription.values())
        return True


async def _subscription_of(scope: sse.Scope) -> Subscription:
    """What this session asks for and may hear. Errors: NotSignedIn, Http404."""
    asked_for = parse_qs(scope["query_string"].decode("latin-1")).get("topic", [])[:TOPICS_LIMIT]
    cookie = sse.cookie_of(scope, settings.SESSION_COOKIE_NAME)
    if not cookie:
        raise NotSignedIn
    return await asyncio.get_running_loop().run_in_executor(_askers, subscription_for, cookie, asked_for)


def subscription_for(session_key: str, asked_for: Collection[str]) -> Subscription:
    """The bell's topics behind the ones asked for. Errors: NotSignedIn; 404 for what they may not hear."""
    close_old_connections()
    try:
        request = HttpRequest()
        request.session = SessionStore(session_key)
        user = get_user(request)
        if not isinstance(user, User):
            raise NotSignedIn
        subscription = {name: _topics_for(user, name) for name in asked_for}
    finally:
        close_old_connections()
    if not subscription:
        raise Http404
    return subscription


def _topics_for(user: User, name: str) -> frozenset[str]:
    if name == "queue" and user.is_agent:
        return frozenset(events.queue_topic(team.pk) for team in teams_of(user))
    if name == "work" and user.is_agent:
        return frozenset({events.work_topic(user.pk)})
    if name == "phone" and user.is_agent:
        return frozenset({events.phone_topic(user.pk)})
    if name == "calls" and user.is_lead:
        return frozenset({events.CALLS})
    if name.startswith("ticket:"):
        ticket = access.get_ticket(user, name.removeprefix("ticket:"))
        notes = {events.note_topic(ticket.pk)} if user.is_agent else set()
        return _topics_of_ticket(ticket) | notes
    raise Http404


def _topics_of_ticket(ticket: Ticket) -> frozenset[str]:
    """The ticket's own topic, and its queue's while it waits there, since its place moves with it."""
    topics = {events.ticket_topic(ticket.pk)}
    if ticket.is_waiting:
        topics.add(events.queue_topic(ticket.team_id))
    return frozenset(topics)
