"""The arrows between rooms and layers hold, and each contract would notice a wrong one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.product import PACKAGES

ROOT = Path(__file__).resolve().parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of pyproject.toml on the packages in a folder."""
    program = str(Path(sys.executable).parent / "lint-imports")
    return subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_arrow_points_down() -> None:
    outcome = lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("accounts/actions/injected.py", "import tickets.models", "Rooms stand on the rooms below them"),
        ("lib/injected.py", "import accounts.models", "Rooms stand on the rooms below them"),
        ("tickets/actions/injected.py", "import tickets.tasks", "In each room the same furniture"),
        ("accounts/helpers.py", "", "In each room the same furniture"),
        ("tickets/rules/injected.py", "import lib.valkey", "Rules are pure"),
        ("portal/views/injected.py", "import tickets.tasks", "A room's doors are used by the room itself"),
    ],
)
def test_a_wrong_arrow_is_noticed(tmp_path: Path, path: str, line: str, contract: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / path).write_text(line + "\n")

    outcome = lint(tmp_path)

    assert outcome.returncode != 0
    broken = [text for text in outcome.stdout.splitlines() if "BROKEN" in text]
    assert any(text.startswith(contract) for text in broken), outcome.stdout
