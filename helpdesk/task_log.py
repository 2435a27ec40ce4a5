"""Each background task: its id and name on every line it writes, one line at its end, one measurement."""

import time
from typing import Any

import structlog
from celery import Task
from celery.signals import task_failure, task_postrun, task_prerun

from lib.metrics import TASKS
from lib.waking import REQUEST_ID

_STARTED_AT = "_vorrang_started_at"
_BOUND = "_vorrang_bound"

log = structlog.get_logger("helpdesk.tasks")


def watch(quiet: frozenset[str]) -> None:
    """Watch every task of this process. Of those in `quiet`, which always run, only failures are told."""

    def begin(task_id: str, task: Task[Any, Any], **_: Any) -> None:
        names = {"task_id": task_id, "task": task.name}
        request_id = (getattr(task.request, "headers", None) or {}).get(REQUEST_ID)
        if request_id:
            names[REQUEST_ID] = request_id
        setattr(task.request, _BOUND, structlog.contextvars.bind_contextvars(**names))
        setattr(task.request, _STARTED_AT, time.perf_counter())

    def end(task: Task[Any, Any], state: str | None = None, **_: Any) -> None:
        seconds = time.perf_counter() - getattr(task.request, _STARTED_AT, time.perf_counter())
        outcome = "success" if state == "SUCCESS" else "failure"
        TASKS.labels(task.name, outcome).observe(seconds)
        tell = log.debug if task.name in quiet and outcome == "success" else log.info
        tell("task", outcome=outcome, ms=round(seconds * 1000, 1))
        # A worker's process goes on: its next task was woken by another request, or by the clock.
        structlog.contextvars.reset_contextvars(**getattr(task.request, _BOUND, {}))

    def fail(exception: BaseException | None = None, **_: Any) -> None:
        log.error("task_failed", exc_info=exception)

    task_prerun.connect(begin, weak=False, dispatch_uid="vorrang.begin")
    task_failure.connect(fail, weak=False, dispatch_uid="vorrang.fail")
    task_postrun.connect(end, weak=False, dispatch_uid="vorrang.end")
