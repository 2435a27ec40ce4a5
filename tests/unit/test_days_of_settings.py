"""Settings of days that are zero or negative stop the start, by their name: nothing is deleted at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from helpdesk.days import Env
from tests.architecture.product import ROOT

NAMES = ("DPA_HOLD_DAYS", "DIRECTORY_NOTICE_DAYS", "HELD_FILE_DAYS", "EXPORT_DAYS")


@pytest.mark.parametrize(("name", "days"), [*zip(NAMES, ("0", "-1", "0", "-30"), strict=True)])
def test_the_product_does_not_start_with_no_days(name: str, days: str, tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", "import helpdesk.settings"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), name: days},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode != 0
    assert f"{name} is a number of days, 1 or more; it is {days}." in asked.stderr


def test_one_day_and_the_default_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_DAYS", "1")
    assert Env().days("SOME_DAYS", default=7) == 1
    assert Env().days("OTHER_DAYS", default=7) == 7
    for wrong in ("0", "-1"):
        monkeypatch.setenv("SOME_DAYS", wrong)
        with pytest.raises(ImproperlyConfigured, match="SOME_DAYS"):
            Env().days("SOME_DAYS", default=7)
