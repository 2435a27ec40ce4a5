"""Logs: one event per line on standard output, machine-readable in production.

What people wrote, who they are and what lets them in has no place in a log. So nothing depends on whoever
writes a line: values are kept only if they look like a name, an id or a number, texts of packages are
reduced to their pattern, and a failure is told by its class and the lines of code it went through. (Messages
of exceptions hold data: psycopg2 quotes the row that a constraint refused.)
"""

import logging
import logging.config
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

WITHHELD = "(withheld)"
LONGEST_VALUE = 200
_ROOT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[\w.:<>/+-]*\Z", re.ASCII)
# Made here of code, not of data.
_OWN_WORDS = frozenset({"event", "timestamp", "logger", "level", "traceback"})
# Each request and each task has a line of ours (helpdesk/request_log.py, helpdesk/task_log.py), exceptions
# included; theirs would repeat it with addresses that hold tokens and texts that hold data.
_SILENT = ("django.request", "django.server", "celery.app.trace", "celery.worker.strategy")

Event = MutableMapping[str, Any]


def keep_names_only(_logger: Any, _method: str, event: Event) -> Event:
    """Withhold every value that could be text from outside. A processor of structlog."""
    for key, value in event.items():
        if key not in _OWN_WORDS:
            event[key] = _safe(value)
    return event


def _safe(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(one) for one in value]
    text = str(value)
    return text if len(text) <= LONGEST_VALUE and _NAME.match(text) else WITHHELD


def pattern_only(_logger: Any, _method: str, event: Event) -> Event:
    """Of a package's line keep the pattern without what was filled in; without arguments where it stands.

    A line without arguments may be a finished text, so only the place that wrote it is told.
    """
    record: logging.LogRecord = event["_record"]
    if not event.pop("positional_args", None):
        event["event"] = f"{record.module}.{record.funcName}:{record.lineno}"
    return event


def tell_failure(_logger: Any, _method: str, event: Event) -> Event:
    """Put an exception into words without its own: classes and lines of code."""
    failure = _exception_of(event.pop("exc_info", None))
    event.pop("stack_info", None)
    if failure is not None:
        event["failure"] = [f"{type(one).__module__}.{type(one).__qualname__}" for one in _chain(failure)]
        event["traceback"] = [line for one in _chain(failure) for line in _lines(one.__traceback__)]
    return event


def _exception_of(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return _exception_of(given[1])
    return sys.exc_info()[1] if given else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what caused it, at most a few."""
    current: BaseException | None = error
    seen: list[BaseException] = []
    while current is not None and current not in seen and len(seen) < 5:  # noqa: PLR2004
        seen.append(current)
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _lines(trace: TracebackType | None) -> list[str]:
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _short(path: str) -> str:
    file = Path(path)
    if "site-packages" in file.parts:
        return str(Path(*file.parts[file.parts.index("site-packages") + 1 :]))
    return str(file.relative_to(_ROOT)) if file.is_relative_to(_ROOT) else file.name


def set_up(*, level: str, readable: bool) -> None:
    """Send structlog and the standard library's loggers through one formatter."""
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    guarded: list[structlog.typing.Processor] = [tell_failure, keep_names_only]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "events": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": [*common, pattern_only],
                    "use_get_message": False,
                    "pass_foreign_args": True,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *guarded,
                        renderer,
                    ],
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events"}},
            "loggers": {name: {"level": "CRITICAL", "propagate": False} for name in _SILENT},
            "root": {"handlers": ["console"], "level": level},
        }
    )
