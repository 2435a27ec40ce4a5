"""The pins are what the .in files ask for, say why, and name no place to load from."""

import re
from pathlib import Path

import pytest

from helpdesk.requirements import exported

LINE = re.compile(r"(-r requirements\.txt|#.*|[A-Za-z0-9_.-]+==[A-Za-z0-9_.+-]+ +# \S.*)")


@pytest.mark.parametrize("path", exported(), ids=lambda path: path.name)
def test_pins_are_exported_from_the_one_source(path: Path) -> None:
    assert path.read_text() == exported()[path], (
        "run `make requirements`, or `python -m helpdesk.requirements`"
    )


@pytest.mark.parametrize("path", exported(), ids=lambda path: path.name)
def test_each_line_is_a_pin_that_says_what_needs_it(path: Path) -> None:
    for line in path.read_text().splitlines():
        assert LINE.fullmatch(line), line


@pytest.mark.parametrize(
    "line", ["--index-url https://x/simple", "Django", "Django==5.2", "a @ file:///opt/a.whl  # x"]
)
def test_other_lines_are_noticed(line: str) -> None:
    assert not LINE.fullmatch(line)
