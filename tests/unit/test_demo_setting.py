"""When `make run` loads the demo story: unless told not to, and never with production settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.product import ROOT

PRODUCTION = {
    "DEBUG": "false",
    "ALLOWED_HOSTS": "helpdesk.example.com",
    "SITE_URL": "https://helpdesk.example.com",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ENCRYPTION_KEYS": "b25seS1mb3ItdGhpcy1jaGVjay0wMTIzNDU2Nzg5YWI=",
}
ASK = "import django; from django.conf import settings; print(settings.DEMO)"


@pytest.mark.parametrize(
    ("environment", "is_loaded"),
    [
        ({}, True),
        ({"DEMO": "false"}, False),
        (PRODUCTION, False),
        ({**PRODUCTION, "DEMO": "true"}, False),
    ],
    ids=["by default", "not wanted", "production", "wanted in production"],
)
def test_the_story_is_loaded_only_where_it_may_be(
    environment: dict[str, str], is_loaded: bool, tmp_path: Path
) -> None:
    left_out = {"DEBUG", "DEMO"}
    inherited = {name: text for name, text in os.environ.items() if name not in left_out}
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={
            **inherited,
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DATA_DIR": str(tmp_path),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stdout.split() == [str(is_loaded)], asked.stderr
