"""Run the suite: `make bench`, or with `ARGS="--sizes 1000 10000"` a shorter one.

It runs on production settings and its own data folder (`.data/bench`), durable as in production. Figures are
medians of interleaved runs; growth is measured within one run, since machines differ more than code does.
"""

import argparse
import os
import secrets
import sys
import warnings
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = [1_000, 10_000, 100_000, 1_000_000]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="waiting tickets, rising")
    parser.add_argument("--no-http", action="store_true", help="leave out what needs the running stack")
    return parser.parse_args()


def _set_environment() -> None:
    os.environ.setdefault("DATA_DIR", str(ROOT / ".data" / "bench"))
    os.environ.setdefault("STATIC_ROOT", str(ROOT / ".data" / "bench" / "static"))
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("ENCRYPTION_KEYS", Fernet.generate_key().decode())
    os.environ.update(
        DJANGO_SETTINGS_MODULE="helpdesk.settings", DEBUG="false", HTTPS="false", SITE_URL="http://localhost",
        ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
        LOG_LEVEL="ERROR",
        API_REQUESTS_PER_MINUTE="1000000", API_WRITES_PER_MINUTE="1000000",  # counted, never reached
    )  # fmt: skip


def main() -> int:
    """Measure, print, write `.data/bench.json`. Returns 1 when a limit does not hold."""
    arguments = _arguments()
    _set_environment()
    warnings.simplefilter("ignore")
    import django

    django.setup()
    from tests.bench.suite import Suite

    figures = Suite(sizes=sorted(arguments.sizes), with_http=not arguments.no_http).run()
    figures.write(ROOT / ".data" / "bench.json")
    for what in figures.missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if figures.missed else 0


if __name__ == "__main__":
    sys.exit(main())
