"""The style sheet's build ends, whatever Tailwind does."""

import sys
from pathlib import Path

import pytest

from helpdesk import assets


@pytest.fixture
def tailwind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the build: the Tailwind to be written."""
    (tmp_path / "app.css").write_text("@import 'tailwindcss';")
    monkeypatch.setattr(assets, "STYLE_SOURCE", tmp_path / "app.css")
    monkeypatch.setattr(assets, "STYLE", tmp_path / "built.css")
    monkeypatch.setattr(assets, "PATIENCE", 0.5)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    program = tmp_path / "tailwindcss"
    program.touch(0o755)
    return program


def test_a_build_that_hangs_is_an_error(tailwind: Path) -> None:
    tailwind.write_text("#!/bin/sh\nexec sleep 30\n")
    with pytest.raises(SystemExit, match="Tailwind hung"):
        assets.build_style()


def test_a_build_that_fails_says_why(tailwind: Path) -> None:
    tailwind.write_text("#!/bin/sh\necho 'no such class' >&2\nexit 1\n")
    with pytest.raises(SystemExit, match="no such class"):
        assets.build_style()
