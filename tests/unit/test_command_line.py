"""The command line as part of a pipe."""

import subprocess
import sys

from django.conf import settings


def test_a_reader_that_had_enough_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "help", "--commands"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdout
        assert command.stderr
        command.stdout.close()
        said = command.stderr.read()
    assert b"Traceback" not in said
    assert b"BrokenPipe" not in said
