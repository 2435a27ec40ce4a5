"""What is held and what is not, measured on labelled files and texts that are made anew by every run.

The samples are split by the hash of their name. The patterns were tuned on one half only; the other half is
measured here. Half of all files come from the packages that the pins bring.
"""

import gzip
import io
import tarfile
import time
import tracemalloc
import zipfile
from functools import cache

import pytest

from lib.log_likeness import CODES, judge_file, log_blocks
from tests.likeness import Sample, Text, files, is_measured, texts

LEAST_RECALL, MOST_FALSE = 0.98, 0.02
COVERED = 0.95
"""As much of a pasted log has to be cut out."""


@cache
def measured_files() -> tuple[Sample, ...]:
    return tuple(one for one in files() if is_measured(one.key))


@cache
def measured_texts() -> tuple[Text, ...]:
    return tuple(one for one in texts() if is_measured(one.name))


def is_right(text: Text) -> bool:
    cut = sum(end - start for start, end in log_blocks(text.body))
    return cut >= COVERED * len(text.block) if text.block else cut == 0


def test_logs_are_found_and_ordinary_files_and_texts_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    told = [(one.key, one.is_log, bool(judge_file(one.name, one.content))) for one in measured_files()]
    told += [(one.name, bool(one.block), is_right(one) == bool(one.block)) for one in measured_texts()]
    logs = [is_held for _, is_log, is_held in told if is_log]
    others = [is_held for _, is_log, is_held in told if not is_log]
    recall, false = sum(logs) / len(logs), sum(others) / len(others)
    with capsys.disabled():
        print(
            f"\nmeasured half: {len(told)} samples; recall {recall:.3f} of {len(logs)} logs, "
            f"false holds {false:.3f} of {len(others)} others"
        )
    assert len(told) >= 400
    assert min(len(logs), len(others)) >= 150
    assert recall >= LEAST_RECALL, [key for key, is_log, is_held in told if is_log and not is_held]
    assert false <= MOST_FALSE, [key for key, is_log, is_held in told if is_held and not is_log]


LOG = "".join(
    f"2026-11-23 05:56:{n:02},123 INFO [main] com.example.Shop - order {n} stored\n" for n in range(40)
)


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("server.log", LOG.encode(), {"name", "log_lines"}),
        ("Neu.txt", LOG.encode("utf-16"), {"log_lines"}),
        ("Neu.txt", (b"Guten Tag\n" * 20_000) + LOG.encode() * 60 + b"Ende\n", {"log_lines"}),
        ("logs.7z", b"7z\xbc\xaf\x27\x1c" + bytes(400), {"name", "archive"}),
        ("bilder.7z", b"7z\xbc\xaf\x27\x1c" + bytes(400), set()),
        ("ohne", b"\xd4\xc3\xb2\xa1" + bytes(400), {"capture"}),
        ("Protokoll.docx", b"PK\x03\x04" + bytes(400), set()),
        ("scan.log", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(400), set()),
        ("leer.log", b"", set()),
        ("kaputt.zip", b"PK\x03\x04 broken", set()),
    ],
)
def test_the_codes_say_what_gave_it_away(name: str, content: bytes, codes: set[str]) -> None:
    found = judge_file(name, content)

    assert set(found.codes) == codes
    assert set(found.codes) <= CODES


def test_a_file_is_read_where_it_stands_and_left_there() -> None:
    file = io.BytesIO(LOG.encode())
    file.seek(17)

    assert judge_file("Neu.txt", file)
    assert file.tell() == 17


def a_bomb(kind: str) -> bytes:
    nothing = bytes(60 * 1024 * 1024)
    if kind == "gz":
        return gzip.compress(gzip.compress(nothing))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", nothing)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_bomb_costs_no_more_than_another_file(kind: str) -> None:
    bomb = a_bomb(kind)
    tracemalloc.start()
    started = time.process_time()
    try:
        assert not judge_file(f"x.{kind}", bomb)
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < 2


def test_what_is_cut_out_is_the_log_and_nothing_else() -> None:
    before, after = "Guten Tag,\n\nhier das Protokoll:\n", "\n\nDanke und viele Grüße"
    body = f"{before}{LOG.strip()}{after}"

    assert [body[start:end] for start, end in log_blocks(body)] == [LOG.strip()]


@pytest.mark.parametrize("lines", [1, 3, 9])
def test_a_few_lines_of_a_log_may_be_quoted(lines: int) -> None:
    assert log_blocks("Was heißt das?\n" + "".join(LOG.splitlines(keepends=True)[:lines])) == []


def test_hostile_lines_cost_no_time() -> None:
    lines = ["a" * 200_000, "at " * 60_000, "(" * 90_000, "1:2:3 " * 40_000, "{" + '"time":' * 30_000]
    started = time.process_time()

    for line in lines:
        log_blocks(line)
        judge_file("Neu.txt", line.encode())

    assert time.process_time() - started < 4


def packed(kind: str, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, content)
    else:
        with tarfile.open(fileobj=out, mode="w:gz" if kind == "tgz" else "w") as tape:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tape.addfile(member, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize("outer", ["zip", "tgz"])
@pytest.mark.parametrize("inner", ["zip", "tar", "tgz"])
def test_an_archive_in_an_archive_is_known_by_its_names(outer: str, inner: str) -> None:
    def bundle(name: str, content: bytes) -> bytes:
        return packed(outer, f"anlage.{inner}", packed(inner, name, content))

    assert judge_file(f"bundle.{outer}", bundle("var/server.log", LOG.encode()))
    assert not judge_file(f"bundle.{outer}", bundle("Angebot.txt", b"Guten Tag"))
    assert not judge_file(f"bundle.{outer}", bundle("[Content_Types].xml", b"<Types/>"))


def test_a_closed_archive_in_an_archive_is_known_by_its_own_name() -> None:
    closed = b"7z\xbc\xaf\x27\x1c" + bytes(400)
    assert judge_file("alles.zip", packed("zip", "logs.7z", closed))
    assert not judge_file("alles.zip", packed("zip", "bilder.7z", closed))
