"""docs/security.md names tests that exist."""

import ast
import re

from tests.installation import ROOT

PAGE = ROOT / "docs" / "security.md"
_REFERENCE = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def missing(text: str) -> list[str]:
    """References of a page that lead nowhere."""
    return [f"{file}::{test}" for file, test in _REFERENCE.findall(text) if not _exists(file, test)]


def _exists(file: str, test: str) -> bool:
    path = ROOT / file
    if not path.exists():
        return False
    names = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
    return not test or test in names


def test_every_test_that_the_page_names_exists() -> None:
    text = PAGE.read_text()
    assert len(_REFERENCE.findall(text)) > 50
    assert missing(text) == []


def test_a_reference_that_leads_nowhere_is_noticed() -> None:
    assert missing("`tests/architecture/test_security_page.py::test_gone`") == [
        "tests/architecture/test_security_page.py::test_gone"
    ]
    assert missing("`tests/unit/test_gone.py`") == ["tests/unit/test_gone.py::"]


def test_the_twenty_invariants_are_all_there() -> None:
    numbers = re.findall(r"^\| (\d+) \|", PAGE.read_text(), re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, 21))
