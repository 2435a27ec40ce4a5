"""What is measured while the product works: how often, how long, how it ended.

Labels are names that stand in the source (routes, methods, tasks); never a customer, a number or an address.
Each process writes its own file below `PROMETHEUS_MULTIPROC_DIR` (helpdesk/measuring.py gives each part a
folder); without that variable the numbers stay in the process.
"""

from prometheus_client import Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS = Histogram(
    "vorrang_request_seconds",
    "Requests of pages and API, until the answer began, by method, route and status.",
    ("method", "route", "status"),
    buckets=_SECONDS,
)
TASKS = Histogram(
    "vorrang_task_seconds",
    "Runs of background tasks, by task and outcome (success or failure).",
    ("task", "outcome"),
    buckets=(*_SECONDS, 60.0),
)
CLAIMS = Counter("vorrang_claims", "Tickets that agents took, by how: next or picked.", ("how",))
ANSWERS = Counter(
    "vorrang_call_answers",
    "What telephone systems were told to do next, by action and rule.",
    ("action", "rule"),
)
