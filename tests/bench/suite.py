"""What is measured, in order, while the queue grows."""

import itertools
import time
from collections.abc import Callable
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, ServiceLevel
from contracts.queries import if_levels_saved
from lib import embedded
from lib.valkey import Unavailable
from tests.bench import articles, calls, deadlines, over_http, seeding
from tests.bench.claiming import claims_per_second
from tests.bench.figures import Figures, Timing, interleaved
from tests.bench.seeding import Installation
from tests.factories.cast import LONG_AGO, make_customer
from tickets.actions import indexing, reranking
from tickets.gateways import live_index
from tickets.models import LiveChange
from tickets.queries.moving import customers_waiting_on, preview

PAGE_RUNS = 150
POSITION_RUNS = 200
DATABASE_POSITION_RUNS = 40
HTTP_SIZE = 100_000
MOVED = 10_000


class Suite:
    """One run over rising sizes."""

    def __init__(self, *, sizes: list[int], with_http: bool) -> None:
        self.sizes = sizes
        self.with_http = with_http
        self.figures = Figures()
        self.pages: dict[int, tuple[Timing, Timing]] = {}

    def run(self) -> Figures:
        """Start servers, measure everything, stop them. Returns the figures."""
        holds = embedded.hold(
            settings.DATA_DIR, postgres=settings.POSTGRES_IS_EMBEDDED, valkey=settings.VALKEY_IS_EMBEDDED
        )
        try:
            self._prepare()
            for size in self.sizes:
                self._measure_at(size)
            self._report_growth()
            deadlines.measure(self.installation, self.figures, self.sizes[-1])
            articles.measure(self.figures)
            calls.measure(self.installation, self.figures, self.sizes[-1], with_http=self.with_http)
        finally:
            for hold in holds:
                hold.release()
        return self.figures

    def _prepare(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        seeding.empty_database()
        self.installation = Installation()

    def _measure_at(self, size: int) -> None:
        print(f"\n{size:,} waiting tickets", flush=True)
        self.installation.fill(size)
        LiveChange.objects.all().delete()
        began = time.perf_counter()
        indexing.rebuild()
        self.figures.add(
            f"rebuild of the live index at {size:,}", time.perf_counter() - began, "s", at_most=60
        )
        self._measure_pages(size)
        self._measure_positions(size)
        if size == min(HTTP_SIZE, self.sizes[-1]):
            self._measure_preview(size)
            self._measure_contract_change(size)
            self.figures.add(
                f"claims through the action, 8 agents, at {size:,}", claims_per_second(), "/s", at_least=150
            )
            if self.with_http:
                over_http.measure(self.installation, self.figures, size)
            indexing.apply_changes()

    def _measure_pages(self, size: int) -> None:
        client = Client()
        client.force_login(User.objects.get(username="agent1"))
        queue, empty = interleaved(PAGE_RUNS, _getting(client, "/desk/"), _getting(client, "/desk/empty/"))
        self.pages[size] = queue, empty
        self.figures.add_timing(f"queue page of 50 rows at {size:,}", queue)
        self.figures.add(
            f"queue page / empty signed-in page ({empty.p50:.1f} ms) at {size:,}",
            queue.p50 / empty.p50,
            "x",
            at_most=4,
        )

    def _measure_positions(self, size: int) -> None:
        client = Client(headers={"Authorization": f"Bearer {self.installation.tokens['lead']}"})
        numbers = itertools.cycle(seeding.some_numbers(200))
        position, empty = interleaved(
            POSITION_RUNS,
            lambda: _get(client, f"/api/v1/tickets/{next(numbers)}/position/"),
            _getting(client, "/api/v1/"),
        )
        self.figures.add(
            f"position by API over an empty API call ({empty.p50:.1f} ms) at {size:,}",
            position.p50 - empty.p50,
            "ms",
            at_most=2,
        )
        with mock.patch.object(live_index, "read", side_effect=Unavailable):
            (from_database,) = interleaved(
                DATABASE_POSITION_RUNS, lambda: _get(client, f"/api/v1/tickets/{next(numbers)}/position/")
            )
        self.figures.add_timing(f"position from PostgreSQL alone at {size:,}", from_database, p95_at_most=500)

    def _measure_preview(self, size: int) -> None:
        """What the admin says before a level is saved: which tickets of all its customers would move."""
        level = ServiceLevel.objects.get(pk=self.installation.levels[0].pk)
        level.rank = 9
        began = time.perf_counter()
        told = preview(if_levels_saved([level], customers_waiting_on([level])), timezone.now()).now.count
        seconds = time.perf_counter() - began
        self.figures.add(f"which {told:,} tickets a level's change would move", seconds, "s", at_most=1)

    def _measure_contract_change(self, size: int) -> None:
        """A customer with many waiting tickets gets a contract: until the last is in its new place."""
        customer = make_customer(f"Mover {size}")
        self.installation.fill_customer(customer, MOVED)
        indexing.rebuild()
        agreement = Agreement(
            customer=customer, kind="service", level=self.installation.levels[0], starts_on=LONG_AGO
        )
        began = time.perf_counter()
        agreement_actions.save(agreement=agreement, by=None)
        moved = reranking.apply_standing_changes(at=timezone.now())
        indexing.apply_changes()
        seconds = time.perf_counter() - began
        self.figures.add(
            f"a contract change moves {moved:,} waiting tickets at {size:,}", seconds, "s", at_most=3
        )

    def _report_growth(self) -> None:
        """Growth of the queue page over that of the empty page, measured in turns with it."""
        first, last = self.sizes[0], self.sizes[-1]
        if first == last:
            return
        (queue_then, empty_then), (queue_now, empty_now) = self.pages[first], self.pages[last]
        what = f"queue page: growth from {first:,} to {last:,}"
        self.figures.add(f"{what}, p50, as measured", queue_now.p50 / queue_then.p50, "x")
        self.figures.add(f"{what}, p95, as measured", queue_now.p95 / queue_then.p95, "x")
        machine = empty_now.p50 / empty_then.p50, empty_now.p95 / empty_then.p95
        self.figures.add(f"{what}, p50", queue_now.p50 / queue_then.p50 / machine[0], "x", at_most=1.3)
        self.figures.add(f"{what}, p95", queue_now.p95 / queue_then.p95 / machine[1], "x", at_most=1.3)


def _getting(client: Client, path: str) -> Callable[[], None]:
    return lambda: _get(client, path)


def _get(client: Client, path: str) -> None:
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
