"""Files and functions stay as short as a person can hold in mind. (Layers: see test_arrows.)"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.product import ROOT, python_files

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 50


def too_long(name: str, source: str) -> Iterator[str]:
    """What of a module is longer than it should be."""
    lines = len(source.splitlines())
    if lines > LINES_OF_A_FILE:
        yield f"{name} has {lines} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_OF_A_FUNCTION:
                yield f"{name}: {node.name} has {length} lines"


def test_nothing_is_too_long() -> None:
    paths = list(python_files())
    assert len(paths) > 100
    names = {path: path.relative_to(ROOT).as_posix() for path in paths}
    assert [fault for path in paths for fault in too_long(names[path], path.read_text())] == []


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("\n" * 401, ["x.py has 401 lines"]),
        ("def long() -> None:\n" + "    pass\n" * 50, ["x.py: long has 51 lines"]),
        (
            "class A:\n    async def long(self) -> None:\n" + "        pass\n" * 50,
            ["x.py: long has 51 lines"],
        ),
        ("def short() -> None:\n" + "    pass\n" * 49, []),
    ],
)
def test_what_is_too_long_is_noticed(source: str, faults: list[str]) -> None:
    assert list(too_long("x.py", source)) == faults
