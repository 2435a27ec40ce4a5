"""Where the processes of each part write what they measure (lib/metrics.py), for `/metrics` to add up.

A folder per part and machine, since process ids repeat between containers that share the data folder.
"""

import os
import shutil
import socket
import time
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
FORGOTTEN_AFTER_SECONDS = 86_400.0
"""What a container that is gone has left is added up for so long."""


def begin(part: str, data_dir: Path) -> dict[str, str]:
    """Give a part that is about to start an empty folder. Returns the environment that tells it."""
    parent = data_dir / "metrics"
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = parent / f"{part}@{socket.gethostname()}"
    for folder in parent.glob(f"{part}@*"):
        if folder == own or _last_written(folder) < time.time() - FORGOTTEN_AFTER_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
    own.mkdir(mode=0o700, exist_ok=True)
    return {VARIABLE: str(own)}


def is_shared() -> bool:
    """Whether this process is a part of an installation rather than a command or a test."""
    return VARIABLE in os.environ


def files_of(data_dir: Path) -> list[str]:
    """The files of every process of every part."""
    return [str(file) for file in (data_dir / "metrics").glob("*/*.db")]


def _last_written(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.iterdir()), default=folder.stat().st_mtime)
