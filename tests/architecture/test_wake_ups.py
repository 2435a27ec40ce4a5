"""Whatever is woken or swept by name exists: a misspelt one would only be a line in the worker's log."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpdesk.celery import SWEEPS, app
from tests.architecture.product import ROOMS

ROOT = Path(__file__).resolve().parents[2]


def woken_names(source: str, module: object) -> Iterator[str]:
    """The first argument of each `wake(...)`: a text, or the name of a constant of the module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called != "wake":
            continue
        match node.args[0]:
            case ast.Constant(value=str(name)):
                yield name
            case ast.Name(id=constant):
                yield getattr(module, constant)
            case other:
                raise AssertionError(f"wake() takes a literal or a constant, not {ast.unparse(other)}")


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of every room."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


@pytest.fixture
def registered() -> set[str]:
    """Names of all tasks a worker knows."""
    app.loader.import_default_modules()
    return set(app.tasks)


def test_every_woken_task_is_registered(registered: set[str]) -> None:
    woken = {
        (name, woken_name)
        for name, path in modules()
        if "wake(" in path.read_text()
        for woken_name in woken_names(path.read_text(), importlib.import_module(name))
    }
    assert woken, "the scan finds nothing: it no longer knows how tasks are woken"
    assert {woken_name for _, woken_name in woken} <= registered, woken


def test_every_swept_task_is_registered(registered: set[str]) -> None:
    assert set(SWEEPS) <= registered


def test_the_scan_notices_an_unknown_name(registered: set[str]) -> None:
    module = SimpleNamespace(NAME="tickets.sweep_queue")
    source = "wake('tickets.misspelt')\nwaking.wake(NAME, ticket=1)"
    assert set(woken_names(source, module)) - registered == {"tickets.misspelt"}
