"""Builds what pages need and the repository does not keep: the style sheet and the message catalogues."""

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
STYLE_SOURCE = ROOT / "static" / "css" / "app.css"
STYLE = ROOT / "static" / "built" / "app.css"
PATIENCE = 300.0
"""Seconds. Tailwind takes two or three, but waits for ever where it finds a file that is none (a device)."""


def main() -> None:
    """Build what is older than its sources."""
    compile_catalogues()
    build_style()


def compile_catalogues() -> None:
    """Compile each django.po to the .mo that gettext reads."""
    for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if _is_older(target, [source]):
            polib.pofile(str(source)).save_as_mofile(str(target))


def build_style() -> None:
    """Build the style sheet from the classes that templates and scripts use."""
    if not STYLE_SOURCE.exists() or not _is_older(STYLE, _style_sources()):
        return
    tailwind = Path(sys.executable).parent / "tailwindcss"
    command = [str(tailwind), "--input", str(STYLE_SOURCE), "--output", str(STYLE), "--minify"]
    try:
        built = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise SystemExit(f"The style sheet could not be built: Tailwind hung for {PATIENCE} s.") from None
    if built.returncode != 0:
        raise SystemExit(f"The style sheet could not be built:\n{built.stderr}")


def _style_sources() -> list[Path]:
    patterns = (
        "templates/**/*.html",
        "static/css/**/*.css",
        "static/js/**/*.js",
        "*/templatetags/*.py",
        "*/forms.py",
    )
    return [path for pattern in patterns for path in ROOT.glob(pattern)]


def _is_older(target: Path, sources: list[Path]) -> bool:
    """Whether the target is missing or older than one of its sources."""
    if not target.exists():
        return True
    built_at = target.stat().st_mtime
    return any(source.stat().st_mtime > built_at for source in sources)


if __name__ == "__main__":
    main()
