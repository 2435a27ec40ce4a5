"""The product's settings, on a data folder of this test run's own.

Runs take the first free folder under `.data/test/`: several runs (or pytest-xdist workers) at once never
meet, and the next run finds its cluster already made.
"""

import atexit
import fcntl
import itertools
import os
from pathlib import Path
from typing import IO

_slots = Path(__file__).resolve().parent.parent / ".data" / "test"


def _take_slot() -> tuple[Path, IO[str]]:
    """The first folder whose lock is free; the lock lasts as long as this process."""
    _slots.mkdir(parents=True, exist_ok=True)
    for number in itertools.count():
        lock = (_slots / f"{number}.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return _slots / str(number), lock
    raise AssertionError("endless")


_folder, _lock = _take_slot()
atexit.register(_lock.close)
os.environ["DATA_DIR"] = str(_folder)

from helpdesk.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
