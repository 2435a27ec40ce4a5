"""`/metrics` for Prometheus: what was measured in every process, and what waits right now.

Behind a token (METRICS_TOKEN) and in front of whatever looks at the Host header, as `/healthz` is. Labels are
names of teams, routes and tasks; never a customer, a number or an address.
"""

import hmac
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from accounts.models import Heartbeat, Notice
from calls.queries import figures as of_calls
from helpdesk.measuring import files_of, is_shared
from tickets.queries import figures


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever knows the token. 404 where none is set, 401 for another one."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _knows_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(_Processes() if is_shared() else REGISTRY)
    registry.register(_State())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _knows_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_same = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return scheme.lower() == "bearer" and is_same


class _Processes(Collector):
    """What all processes of all parts have counted since their part was started."""

    def collect(self) -> Iterator[Metric]:
        yield from MultiProcessCollector.merge(files_of(settings.DATA_DIR))  # type: ignore[no-untyped-call]


class _State(Collector):
    """What waits at this moment. A fixed number of queries, each by an index."""

    def collect(self) -> Iterator[Metric]:
        is_up = GaugeMetricFamily("vorrang_database_up", "1 while PostgreSQL answers.")
        try:
            found = list(_state(timezone.now()))
        except (DatabaseError, InterfaceError):
            found = []
        is_up.add_metric([], 1 if found else 0)
        yield from (is_up, *found)


def _state(now: datetime) -> Iterator[Metric]:
    yield from _queue(now)
    yield from _outboxes(now)
    yield from _phone(now)
    yield from (_heartbeats(now), _connections())


def _queue(now: datetime) -> Iterator[Metric]:
    labels = ("team", "band", "severity")
    waiting = GaugeMetricFamily("vorrang_waiting_tickets", "Tickets in the queues.", labels=labels)
    oldest = GaugeMetricFamily("vorrang_oldest_waiting_seconds", "The first of each group.", labels=labels)
    for group in figures.waiting_groups():
        names = [group.team, group.band, group.severity]
        waiting.add_metric(names, group.waiting)
        oldest.add_metric(names, _seconds(group.oldest_arrived_at, now))
    yield from (waiting, oldest)


def _outboxes(now: datetime) -> Iterator[Metric]:
    labels = ("outbox",)
    waiting = GaugeMetricFamily("vorrang_outbox_waiting", "Rows that mean work to be done.", labels=labels)
    oldest = GaugeMetricFamily("vorrang_outbox_oldest_seconds", "The age of the first.", labels=labels)
    failed = GaugeMetricFamily("vorrang_outbox_failed", "Rows given up or set aside.", labels=labels)
    outboxes = {
        "live_change": figures.live_changes(),
        "standing_change": figures.standing_changes(now),
        "delivery": figures.deliveries(),
        "notice": figures.outgoing(Notice),
        "call_chore": of_calls.chores(),
    }
    for name, outbox in outboxes.items():
        waiting.add_metric([name], outbox.waiting)
        oldest.add_metric([name], _seconds(outbox.oldest_at, now))
        failed.add_metric([name], outbox.failed)
    yield from (waiting, oldest, failed)


def _phone(now: datetime) -> Iterator[Metric]:
    running = GaugeMetricFamily("vorrang_calls", "Calls that run, by state.", labels=("state",))
    for state, count in of_calls.open_calls().items():
        running.add_metric([state], count)
    longest = GaugeMetricFamily("vorrang_call_longest_wait_seconds", "Of a caller who waits now.")
    longest.add_metric([], _seconds(of_calls.waits_since(), now))
    phones = GaugeMetricFamily(
        "vorrang_phones", "Agents' phones, by what they can do now.", labels=("state",)
    )
    found = of_calls.phones(now)
    for name in ("free", "taken", "paused", "away"):
        phones.add_metric([name], getattr(found, name))
    yield from (running, longest, phones)


def _heartbeats(now: datetime) -> Metric:
    ages = GaugeMetricFamily("vorrang_heartbeat_age_seconds", "Since a part was seen.", labels=("part",))
    for part, seen_at in Heartbeat.objects.values_list("part", "seen_at"):
        ages.add_metric([part], _seconds(seen_at, now))
    return ages


def _connections() -> Metric:
    found = GaugeMetricFamily(
        "vorrang_database_connections", "Connections to this database.", labels=("state",)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        for state, count in cursor.fetchall():
            found.add_metric([state], count)
    return found


def _seconds(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0
