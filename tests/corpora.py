"""Hostile inputs that nobody here wrote: they lie beside the project and are never copied in."""

import json
from functools import cache

import pytest

from tests.architecture.product import ROOT

FOLDER = ROOT.parent / "shared" / "corpora"


@cache
def hostile_texts() -> tuple[str, ...]:
    """Strings that break text fields and payloads that break pages, each once."""
    naughty = json.loads((FOLDER / "text" / "blns" / "blns.json").read_text())
    lines = (FOLDER / "html" / "dompurify-expect.jsonl").read_text().strip("\n").split("\n")
    return tuple(dict.fromkeys([*naughty, *(json.loads(line)["payload"] for line in lines)]))


def require_corpora() -> tuple[str, ...]:
    """The texts; without the folder the test says so and is skipped, as the corpora's own page asks."""
    if not FOLDER.is_dir():
        pytest.skip(f"The corpora are not there ({FOLDER}): their hostile inputs were not tried.")
    texts = hostile_texts()
    assert len(texts) > 700
    return texts
