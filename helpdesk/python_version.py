"""Says what to do when Python is too old. Must itself run on any Python, so nothing modern stands here."""

from __future__ import print_function

import sys

OLDEST = (3, 11)


def problem(version):  # type: (tuple[int | str, ...]) -> str
    """The message for this version; empty when it is new enough."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    return (
        "Vorrang needs Python {0}.{1} or newer, but this is Python {2}.{3}.\n"
        "Install a newer one (Debian, Ubuntu: apt install python3 python3-venv; or python.org/downloads)\n"
        "and name it: make run PYTHON=python3.13"
    ).format(OLDEST[0], OLDEST[1], version[0], version[1])


if __name__ == "__main__":
    message = problem(sys.version_info)
    if message:
        print(message, file=sys.stderr)
        sys.exit(1)
