"""Whether this installation lives and is ready to serve, and its figures (helpdesk/metrics.py).

Asked by balancers and health checks that know an address but no host name, so these paths are answered by a
middleware in front of everything that looks at the Host header or sends visitors to HTTPS.
"""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Heartbeat
from helpdesk.metrics import metrics
from lib.valkey import Unavailable, valkey
from mail.queries.outboxes import trouble

PARTS = ("worker", "beat")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def health(get_response: GetResponse) -> GetResponse:
    """Middleware: answer the three paths, pass everything else on."""
    views: dict[str, Callable[[HttpRequest], HttpResponse]] = {
        "/healthz": live,
        "/readyz": ready,
        "/metrics": metrics,
    }

    def respond(request: HttpRequest) -> HttpResponseBase:
        view = views.get(request.path)
        if view is None:
            return get_response(request)
        try:
            return view(request)
        except Http404:
            return HttpResponse(status=404)

    return respond


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The web process answers."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 until every part was seen once and while the database fails.

    A part that is lost later is named, but the answer stays 200: pages still work without it.
    """
    try:
        missing, degraded = _judge()
    except (DatabaseError, InterfaceError):
        return _answer(503, "failing", missing=["database"])
    if missing:
        return _answer(503, "starting", missing=missing)
    return _answer(200, "ready", degraded=degraded)


def _judge() -> tuple[list[str], list[str]]:
    """Parts that were never seen, and what is lost at the moment: parts, or the way out of mail."""
    if not _migrations.are_applied():
        return ["migrations"], []
    seen = Heartbeat.objects.in_bulk(PARTS)
    missing = [part for part in PARTS if part not in seen]
    now = timezone.now()
    lost = [part for part in PARTS if part in seen and seen[part].is_lost(now)]
    if trouble(now).stuck:
        lost.append("mail")
    # The worker shows itself only after it reached Valkey, so Valkey was seen once when the worker was.
    return missing, lost if _valkey_answers() else ["redis", *lost]


def _valkey_answers() -> bool:
    try:
        with valkey() as client:
            return bool(client.ping())
    except Unavailable:
        return False


class _Migrations:
    """Remembers that all migrations are applied: looking is slow, and it stays true for this code."""

    def __init__(self) -> None:
        self._were_applied = False

    def are_applied(self) -> bool:
        """Whether the database has the tables this code expects."""
        if not self._were_applied:
            executor = MigrationExecutor(connection)
            self._were_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self._were_applied


_migrations = _Migrations()


def _answer(status: int, word: str, **details: Any) -> JsonResponse:
    return JsonResponse({"status": word, "degraded": [], **details}, status=status)
