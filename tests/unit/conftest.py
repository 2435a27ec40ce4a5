"""Rules are tried without a database; how fast this machine is at the moment is none of their business."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rules",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # CI judges a change, and always by the same examples; every other run looks for new ones.
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("rules")
