"""Timing, and the table of figures that a run prints and writes."""

import json
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one measured thing: median and 95th percentile over `count` runs."""

    p50: float
    p95: float
    count: int


@dataclass
class Figures:
    """Everything a run found: rows of (what, value, unit, limit, verdict)."""

    rows: list[dict[str, object]] = field(default_factory=list)

    def add(
        self,
        what: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Note a figure and, where the design sets a limit, whether it holds."""
        limit = (
            f"<= {at_most:g}" if at_most is not None else f">= {at_least:g}" if at_least is not None else ""
        )
        holds = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
        verdict = ("ok" if holds else "MISSED") if limit else ""
        row = {"what": what, "value": round(value, 3), "unit": unit, "limit": limit, "verdict": verdict}
        self.rows.append(row)
        print(f"{what:<74} {value:>12,.2f} {unit:<6} {limit:<10} {verdict}", flush=True)

    def add_timing(self, what: str, timing: Timing, *, p95_at_most: float | None = None) -> None:
        """Note median and 95th percentile."""
        self.add(f"{what}, p50", timing.p50, "ms")
        self.add(f"{what}, p95", timing.p95, "ms", at_most=p95_at_most)

    @property
    def missed(self) -> list[str]:
        """The limits that did not hold."""
        return [str(row["what"]) for row in self.rows if row["verdict"] == "MISSED"]

    def write(self, path: Path) -> None:
        """Write all rows as JSON."""
        machine = {"python": platform.python_version(), "machine": platform.machine()}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"machine": machine, "figures": self.rows}, indent=1))


def summary(milliseconds: Sequence[float]) -> Timing:
    """Median and 95th percentile of measured times."""
    ordered = sorted(milliseconds)
    return Timing(
        statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], len(ordered)
    )


def interleaved(count: int, *works: Callable[[], object]) -> list[Timing]:
    """Time several things in turns, so that the machine's moods meet all of them alike."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(count):
        for index, work in enumerate(works):
            began = time.perf_counter()
            work()
            times[index].append((time.perf_counter() - began) * 1000)
    return [summary(one) for one in times]
