"""Labelled files and texts on which the detection of logs is measured, made anew by every run."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.likeness import everyday, installed, logs, packing
from tests.likeness.packing import Sample

__all__ = ["Sample", "Text", "files", "is_measured", "texts"]


@dataclass(frozen=True)
class Text:
    """What somebody wrote. `block`: the part that has to be cut out; empty where nothing may be."""

    name: str
    body: str
    block: str


def is_measured(name: str) -> bool:
    """Whether a sample belongs to the half that is measured; the other half may be tuned on."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def files() -> Iterator[Sample]:
    """Every labelled file, half of them made of what is installed."""
    yield from packing.varied(logs.samples(), "made")
    yield from packing.varied(installed.log_samples(), "installed")
    yield from everyday.samples()
    yield from installed.everyday_samples()


def texts() -> Iterator[Text]:
    """Every labelled text."""
    for name, log in (*logs.long_texts(), *installed.long_texts()):
        before, after = everyday.around(name)
        yield Text(f"text/{name}", f"{before}\n\n{log}\n\n{after}", log)
    for name, body in everyday.messages():
        yield Text(f"text/{name}", body, "")
