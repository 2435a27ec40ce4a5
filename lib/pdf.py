"""PDFs, set by Typst from a template of ours and data that never becomes part of its source.

What is set is the same for the same data: the fonts are Typst's own, the day is given, and nothing is read
besides the template itself and the files that are given along.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from django.conf import settings

READABLE: "tuple[typst.PDFStandard, ...]" = ("ua-1",)
"""For everybody, screen readers included: tagged, with title and language (PDF/UA-1)."""
LASTING: "tuple[typst.PDFStandard, ...]" = ("a-3a", "ua-1")
"""The same, and an archive's file that may carry others (PDF/A-3a)."""

_setting = Lock()
"""A page of text takes a tenth of a second of a processor; one at a time is enough."""


def pdf_of(
    template: str,
    data: Mapping[str, Any],
    *,
    day: date,
    files: Mapping[str, bytes] | None = None,
    standards: "tuple[typst.PDFStandard, ...]" = READABLE,
    is_kept: bool = True,
) -> bytes:
    """The PDF of a template below `templates/` and its data (JSON, read there by `sys.inputs.data`).

    It keeps the standards where the fonts have every letter. `files`: what the template may read or attach,
    by plain names. What was set lately is kept, unless it is about one person alone (`is_kept` is False).
    """
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    make = _kept if is_kept else _set
    return make(template, text, day, tuple(sorted((files or {}).items())), standards)


def _set(
    template: str,
    data: str,
    day: date,
    files: tuple[tuple[str, bytes], ...],
    standards: "tuple[typst.PDFStandard, ...]",
) -> bytes:
    source = (Path(settings.BASE_DIR) / "templates" / template).read_bytes()
    with _setting, tempfile.TemporaryDirectory() as root:
        for name, content in files:
            (Path(root) / name).write_bytes(content)

        def made_as(standards: "list[typst.PDFStandard]") -> bytes | list[bytes] | None:
            compiler = typst.Compiler(
                input=source, root=root, ignore_system_fonts=True, sys_inputs={"data": data}
            )
            made_at = datetime.combine(day, time(), UTC)
            return compiler.compile(format="pdf", pdf_standards=standards, timestamp=made_at)

        try:
            made = made_as(list(standards))
        except typst.TypstError:
            # A name may hold letters that the fonts lack, which the standards forbid and readers survive.
            made = made_as([])
    if not isinstance(made, bytes):
        raise TypeError(f"{template} did not become one file.")
    return made


_kept = lru_cache(maxsize=16)(_set)
