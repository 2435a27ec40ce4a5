"""A Python that is too old is told what to do, in words it can itself run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk import python_version


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_a_new_enough_python_is_fine(version: tuple[int, ...]) -> None:
    assert python_version.problem(version) == ""


@pytest.mark.parametrize("version", [(3, 10, 13), (2, 7, 18)])
def test_an_old_python_is_told_what_to_do(version: tuple[int, ...]) -> None:
    message = python_version.problem(version)
    assert f"this is Python {version[0]}.{version[1]}" in message
    assert "make run PYTHON=" in message


def test_make_stops_before_it_makes_anything(tmp_path: Path) -> None:
    root = Path(python_version.__file__).parents[1]
    (tmp_path / "helpdesk").mkdir()
    for name in ("Makefile", "requirements.txt", "helpdesk/python_version.py"):
        shutil.copy(root / name, tmp_path / name)
    old = tmp_path / "old-python"
    pretend = (
        "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$1"\n')
    old.chmod(0o755)

    outcome = subprocess.run(
        ["make", "run", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert outcome.returncode != 0
    assert "Vorrang needs Python 3.11 or newer, but this is Python 3.9" in outcome.stderr
    assert not (tmp_path / ".venv").exists()
