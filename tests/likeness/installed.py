"""Samples made of what is installed: real sources, lists, calendars and pictures; logs that its code would write.

Only what the pins bring is used, so that every machine makes the same.
"""

import ast
import hashlib
import random
import sqlite3
import sysconfig
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from tests.likeness.packing import Sample, zipped

SITE = Path(sysconfig.get_paths()["purelib"])
PACKAGES = (
    *("django", "celery", "kombu", "redis", "allauth", "rest_framework", "import_export", "drf_spectacular"),
    *(
        "openpyxl",
        "pypdf",
        "icalendar",
        "holidays",
        "structlog",
        "whitenoise",
        "psycopg2",
        "prometheus_client",
    ),
)
_ORDINARY = (
    *(
        (".py", 70),
        (".pyi", 6),
        (".po", 14),
        (".html", 16),
        (".txt", 40),
        (".md", 20),
        (".rst", 10),
        (".json", 16),
    ),
    *(
        (".ics", 14),
        (".css", 8),
        (".js", 14),
        (".sql", 24),
        (".svg", 8),
        (".png", 8),
        (".h", 8),
        (".xsd", 6),
        (".xml", 6),
    ),
    *(
        (".mo", 6),
        (".toml", 4),
        (".pyc", 4),
        (".ttf", 2),
        (".woff2", 2),
        ("METADATA", 30),
        ("RECORD", 24),
        ("LICENSE", 10),
    ),
)
_LARGEST = 600_000
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
_LOGGERS = frozenset({"log", "logger", "logging", "_logger", "LOG", "LOGGER"})


def everyday_samples() -> Iterator[Sample]:
    """Sources, pages, lists, licences, calendars, pictures as they lie in the packages, some of them zipped."""
    for ending, most in _ORDINARY:
        for number, path in enumerate(_chosen(ending, most)):
            key = path.relative_to(SITE).as_posix()
            content = path.read_bytes()
            if number % 6 == 5:
                yield Sample(f"installed/{key}", "unterlagen.zip", zipped(path.name, content), is_log=False)
            else:
                yield Sample(f"installed/{key}", path.name, content, is_log=False)


def log_samples() -> Iterator[tuple[str, str, str | bytes]]:
    """What the packages would log, how they would crash, who would fetch their files, their lists as dumps."""
    for package in PACKAGES:
        for number, make in enumerate(
            (_logged, _logged_plainly, _crashed, _fetched, _dumped, _logged_as_json)
        ):
            content = make(package, number)
            if content:
                yield f"{package}/{make.__name__[1:]}", f"{package}.log", content


def long_texts() -> Iterator[tuple[str, str]]:
    """What people would paste of it."""
    for package in PACKAGES:
        for make in (_logged, _crashed):
            content = make(package, 7)
            if content:
                yield f"{package}/{make.__name__[1:]}", content.strip("\n")


@cache
def _paths() -> tuple[Path, ...]:
    """Every file of a sensible size of every package, in a fixed order."""
    found = (path for path in SITE.rglob("*") if path.is_file())
    return tuple(sorted(path for path in found if 40 < path.stat().st_size < _LARGEST))


def _chosen(ending: str, most: int) -> list[Path]:
    """Some of the files with this ending, by hash."""
    fitting = [path for path in _paths() if path.name.endswith(ending)]
    key = {path: hashlib.sha256(path.relative_to(SITE).as_posix().encode()).digest() for path in fitting}
    return sorted(fitting, key=key.__getitem__)[:most]


@cache
def _sources(package: str) -> tuple[Path, ...]:
    return tuple(path for path in sorted((SITE / package).rglob("*.py")) if "test" not in path.as_posix())


@cache
def _log_calls(package: str) -> tuple[tuple[str, int, str, str], ...]:
    """Every literal message that the package's code logs: module, line, level, message."""
    calls: list[tuple[str, int, str, str]] = []
    logging = [
        path
        for path in _sources(package)
        if b"log" in (source := path.read_bytes()) and b".warning(" in source
    ]
    for path in logging[:40]:
        module = path.relative_to(SITE).with_suffix("").as_posix().replace("/", ".")
        for node in ast.walk(ast.parse(path.read_bytes())):
            message = _message_of(node)
            if message:
                calls.append((module, node.lineno, *message))  # type: ignore[attr-defined]
    return tuple(calls)


def _message_of(node: ast.AST) -> tuple[str, str] | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    owner = node.func.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    first = node.args[0]
    is_message = isinstance(first, ast.Constant) and isinstance(first.value, str)
    if node.func.attr not in _LOG_METHODS or name not in _LOGGERS or not is_message:
        return None
    level = {"exception": "error"}.get(node.func.attr, node.func.attr).upper()
    return level, " ".join(str(first.value).split()) or "-"  # type: ignore[attr-defined]


def _draw(package: str, number: int) -> random.Random:
    return random.Random(f"{package} {number}")


def _records(package: str, number: int) -> Iterator[tuple[datetime, str, int, str, str]]:
    calls, draw = _log_calls(package), _draw(package, number)
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    for _ in range(draw.randint(16, 60) if calls else 0):
        at += timedelta(milliseconds=draw.randint(2, 40_000))
        yield at, *draw.choice(calls)


def _logged(package: str, number: int) -> str:
    return "".join(
        f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03} {level} {module} {line}: {message}\n"
        for at, module, line, level, message in _records(package, number)
    )


def _logged_plainly(package: str, number: int) -> str:
    return "".join(
        f"{level}:{module}:{message}\n" for _, module, _line, level, message in _records(package, number)
    )


def _logged_as_json(package: str, number: int) -> str:
    return "".join(
        f'{{"timestamp": "{at.isoformat()}", "logger": "{module}", "level": "{level.lower()}", "event": {message!r}}}\n'
        for at, module, _line, level, message in _records(package, number)
    )


def _crashed(package: str, number: int) -> str:
    """A trace through real functions of the package, with the lines of their source."""
    draw, frames = _draw(package, number), []
    for _ in range(draw.randint(12, 30)):
        path = draw.choice(_sources(package))
        lines = len(path.read_bytes().splitlines())
        if lines > 1:
            frames.append((str(path), draw.randint(1, lines), path.stem, None))
    stack = "".join(traceback.StackSummary.from_list(frames).format())
    return f"Traceback (most recent call last):\n{stack}RuntimeError: {package} failed\n" if frames else ""


def _fetched(package: str, number: int) -> str:
    draw, at = _draw(package, number), datetime(2026, 5, 2, 10, tzinfo=UTC)
    out = []
    for path in _sources(package)[:40]:
        at += timedelta(seconds=draw.randint(0, 90))
        out.append(
            f'192.168.{draw.randint(0, 9)}.{draw.randint(1, 250)} - - [{at:%d/%b/%Y:%H:%M:%S +0000}] "GET /{path.relative_to(SITE).as_posix()} HTTP/2.0" 200 {draw.randint(9, 9999)}\n'
        )
    return "".join(out)


def _dumped(package: str, number: int) -> str:
    """The list of the package's files, out of a database."""
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE dateien (id INTEGER PRIMARY KEY, name TEXT, art TEXT)")
        rows = [(path.relative_to(SITE).as_posix(), path.suffix) for path in _sources(package)[: 30 + number]]
        base.executemany("INSERT INTO dateien (name, art) VALUES (?, ?)", rows)
        return "\n".join(base.iterdump()) + "\n"
