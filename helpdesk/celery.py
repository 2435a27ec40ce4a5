"""Celery: the worker, and what beat sends when.

Messages only wake. Work to be done is a row, swept by the tasks below, so a lost message costs seconds.
"""

import os
import warnings
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import worker_ready
from kombu import Connection

from helpdesk import task_log

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

# Containers do not run as root (Dockerfile); who tries Vorrang as root on a machine of their own knows.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

RECONNECT_SECONDS = 1.0

SWEEPS: dict[str, float] = {
    "tickets.sweep_queue": 2.0,
    "tickets.sweep_deadlines": 2.0,
    "tickets.recalculate_deadlines": 5.0,
    "tickets.close_solved": 600.0,
    "tickets.tell_of_holders": 60.0,
    "tickets.expire_approvals": 60.0,
    "tickets.sweep_gates": 5.0,
    "tickets.purge_held_files": 600.0,
    "accounts.forget_requests": 600.0,
    "accounts.seal_audit": 15.0,
    "accounts.forget_audit": 3600.0,
    "accounts.end_looks": 60.0,
    "knowledge.forget_searches": 3600.0,
    "billing.collect": 300.0,
    "billing.close_month": 30.0,
    "mail.deliver": 5.0,
    "contracts.renew_tacitly": 60.0,
    "privacy.work_on": 30.0,
    "privacy.sweep_retention": 600.0,
    "privacy.forget_calls": 3600.0,
    "contracts.remind_of_ends": 600.0,
    "contracts.open_periods": 60.0,
    "contracts.alert_allowances": 300.0,
    "contracts.sweep_dpas": 60.0,
    "contracts.sweep_directory": 60.0,
    "calls.sweep": 10.0,
    "calls.chores": 5.0,
    "calls.reconcile": 30.0,
    "calls.push_numbers": 60.0,
}
"""Task name → seconds between two runs."""


class PromptConnection(Connection):
    """A connection of worker or beat that asks for the broker every second while it is away.

    Celery itself waits longer after each failure, up to 30 s, and would still sleep when Valkey is long back.
    """

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Connect, however often it takes."""
        options |= {
            "interval_start": RECONNECT_SECONDS,
            "interval_step": 0,
            "interval_max": RECONNECT_SECONDS,
        }
        return super().ensure_connection(*args, **options)


class PromptAMQP(AMQP):
    """Makes the connections above."""

    Connection = PromptConnection


class VorrangCelery(Celery):
    """Celery that is back a second after its broker is."""

    amqp_cls = "helpdesk.celery:PromptAMQP"


app = VorrangCelery("vorrang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in SWEEPS.items()
}
app.conf.beat_scheduler = "helpdesk.heartbeats:WatchedScheduler"
app.autodiscover_tasks()
task_log.watch(quiet=frozenset(SWEEPS))


@worker_ready.connect
def _show_life(**_: Any) -> None:
    from helpdesk import heartbeats

    heartbeats.keep_noting("worker")
