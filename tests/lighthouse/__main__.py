"""Run it: `make lighthouse`, or with `ARGS="--runs 1 --only service"` a shorter one.

The demo story is loaded into a data folder of its own, then the product is started on production settings:
without DEBUG, with collected and compressed static files; without HTTPS, since it stays on this machine.
Each page is visited several times as Lighthouse's ordinary phone; what counts is the median of each category.
"""

import argparse
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from tests.chromium import chromium_path
from tests.installation import ROOT, Installation, free_port

LIGHTHOUSE = ROOT / ".data/tools/node_modules/lighthouse/cli/index.js"
FIGURES = ROOT / ".data/lighthouse.json"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
AT_LEAST = 95
ATTEMPTS = 3
ARTICLE = """
from knowledge.rules.addresses import article_path
from tests.factories.articles import make_article
part = "## Step {}\\n\\nOpen *Outlook* and wait.\\n\\n- one\\n- two\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |"
body = "\\n\\n".join(part.format(number) for number in range(1, 9))
text = make_article("Outlook loses its connection", body, language="en")
print(article_path(text.article_id, "en", text.slug))
"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make lighthouse")
    parser.add_argument("--runs", type=int, default=5, help="visits of each page, whose median counts")
    parser.add_argument("--only", nargs="+", default=[], help="names of pages")
    return parser.parse_args()


def _started(data_dir: Path, **settings: str) -> Installation:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    installation = Installation(data_dir, port, SITE_URL=site, ALLOWED_HOSTS="127.0.0.1", **settings)
    installation.wait_until_ready()
    return installation


def _as_in_production(data_dir: Path) -> Installation:
    """The story, told by a first start, then served as a firm would serve it."""
    _started(data_dir, DEBUG="true", DEMO="true").stop()
    settings = {
        "DEBUG": "false",
        "HTTPS": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "STATIC_ROOT": str(data_dir / "static"),
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        cwd=ROOT,
        env={
            **os.environ,
            **settings,
            "DATA_DIR": str(data_dir),
            "SITE_URL": "http://x",
            "ALLOWED_HOSTS": "x",
        },
        check=True,
    )
    return _started(data_dir, **settings)


def _pages(installation: Installation) -> dict[str, str]:
    """The paths of the pages to visit, one of them an article that is written for it."""
    asked = installation.manage("shell", "--no-imports", "-c", ARTICLE)
    if asked.returncode:
        raise SystemExit(asked.stderr)
    return {
        "home": "/",
        "article": asked.stdout.split()[-1],
        "search": "/portal/kb/?q=outlook",
        "service": "/service/",
        "sign-in": "/accounts/login/",
    }


def _visit(url: str, report: Path) -> dict[str, float]:
    """One visit: the score of each category, 0 to 100. A browser that fails to record is asked again."""
    node, chromium = shutil.which("node"), chromium_path()
    if node is None or chromium is None:
        raise SystemExit("Lighthouse needs Node and Chromium: apt-get install nodejs chromium")
    command = [
        *(node, str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={report}"),
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking",
    ]
    for _attempt in range(ATTEMPTS):
        if subprocess.run(command, check=False, env={**os.environ, "CHROME_PATH": chromium}).returncode == 0:
            break
    else:
        raise SystemExit(f"Lighthouse cannot visit {url}.")
    told = json.loads(report.read_text())
    _say_what_fails(told)
    return {name: round(100 * told["categories"][name]["score"]) for name in CATEGORIES}


def _say_what_fails(told: dict[str, object]) -> None:
    """The audits of a visit that were not passed and count, on standard error."""
    audits, categories = told["audits"], told["categories"]
    for name in CATEGORIES:
        for ref in categories[name]["auditRefs"]:  # type: ignore[index]
            audit = audits[ref["id"]]  # type: ignore[index]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                value = audit.get("displayValue", "")
                print(f"    {name}: {audit['title']} {value}", file=sys.stderr)


def _measured(installation: Installation, runs: int, only: list[str]) -> dict[str, dict[str, float]]:
    medians: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in _pages(installation).items():
            if only and name not in only:
                continue
            url = f"{installation.address}{path}"
            scores = [_visit(url, Path(folder) / "report.json") for _run in range(runs)]
            medians[name] = {each: statistics.median(one[each] for one in scores) for each in CATEGORIES}
            figures = "  ".join(f"{each} {medians[name][each]:.0f}" for each in CATEGORIES)
            print(f"{name:<10} {figures}   {path}", flush=True)
    return medians


def main() -> int:
    """Visit, print, write `.data/lighthouse.json`. Returns 1 below 95."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        installation = _as_in_production(Path(folder) / "data")
        try:
            medians = _measured(installation, arguments.runs, arguments.only)
        finally:
            installation.stop()
    FIGURES.write_text(json.dumps({"runs": arguments.runs, "medians": medians}, indent=2) + "\n")
    low = [name for name, scores in medians.items() if min(scores.values()) < AT_LEAST]
    for name in low:
        print(f"below {AT_LEAST}: {name}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
