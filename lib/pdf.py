"""PDFs, set by Typst from a template of ours and data that never becomes part of its source.

What is set is the same for the same data: the fonts are Typst's own, the day is given, and no file or package
is read besides the template itself.
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

_setting = Lock()
"""A page of text takes a tenth of a second of a processor; one at a time is enough."""


def pdf_of(template: str, data: Mapping[str, Any], *, day: date) -> bytes:
    """The PDF of a template below `templates/` and its data (JSON, read there by `sys.inputs.data`).

    Tagged, with title and language (PDF/UA-1 where the fonts have every letter). What was set lately is kept.
    """
    return _set(template, json.dumps(data, sort_keys=True, ensure_ascii=False, default=str), day)


@lru_cache(maxsize=16)
def _set(template: str, data: str, day: date) -> bytes:
    source = (Path(settings.BASE_DIR) / "templates" / template).read_bytes()
    with _setting, tempfile.TemporaryDirectory() as nothing:

        def made_as(standards: "list[typst.PDFStandard]") -> bytes | list[bytes] | None:
            compiler = typst.Compiler(
                input=source, root=nothing, ignore_system_fonts=True, sys_inputs={"data": data}
            )
            made_at = datetime.combine(day, time(), UTC)
            return compiler.compile(format="pdf", pdf_standards=standards, timestamp=made_at)

        try:
            made = made_as(["ua-1"])
        except typst.TypstError:
            # A name may hold letters that the fonts lack, which PDF/UA forbids and readers survive.
            made = made_as([])
    if not isinstance(made, bytes):
        raise TypeError(f"{template} did not become one file.")
    return made
