"""Pins: writes requirements.txt and requirements-dev.txt from the .in files and what is installed.

Run by `make requirements`, after `pip install --upgrade` of the .in files. Every line says what needs it.
"""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")


def main() -> None:
    """Write both files."""
    for path, text in exported().items():
        path.write_text(text)


def exported() -> dict[Path, str]:
    """What the two files should say, by path."""
    product = _needs(_read(ROOT / "requirements.in"))
    everything = _needs(_read(ROOT / "requirements.in") | _read(ROOT / "requirements-dev.in"))
    tools = {name: reasons for name, reasons in everything.items() if name not in product}
    return {
        ROOT / "requirements.txt": _pins("requirements", product),
        ROOT / "requirements-dev.txt": _pins("requirements-dev", tools, "-r requirements.txt"),
    }


def _read(path: Path) -> dict[str, str]:
    """Requirement → why, from lines of `requirement  # why`."""
    lines = [line.partition("#") for line in path.read_text().splitlines()]
    return {requirement.strip(): why.strip() for requirement, _, why in lines if requirement.strip()}


def _needs(roots: dict[str, str]) -> dict[str, list[str]]:
    """Every package reached from the roots, by normalised name, with its reasons."""
    found: dict[str, list[str]] = {}
    waiting = [(Requirement(text), why) for text, why in roots.items()]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, why = waiting.pop(0)
        name = _normal(requirement.name)
        reasons = found.setdefault(name, [])
        if why not in reasons:
            reasons.append(why)
        key = (name, frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            waiting += [(child, f"for {name}") for child in _children(requirement)]
    return found


def _children(requirement: Requirement) -> list[Requirement]:
    """What a package needs on any Python we support."""
    texts = distribution(requirement.name).requires or []
    return [child for child in map(Requirement, texts) if _applies(child, requirement.extras)]


def _applies(child: Requirement, extras: set[str]) -> bool:
    if child.marker is None:
        return True
    return any(
        child.marker.evaluate(
            {"python_version": python, "python_full_version": f"{python}.9", "extra": extra}
        )
        for python in PYTHONS
        for extra in extras or {""}
    )


def _pins(stem: str, needs: dict[str, list[str]], *before: str) -> str:
    head = f"# Exported from {stem}.in by `make requirements`; do not edit."
    lines = [_line(name, reasons) for name, reasons in sorted(needs.items())]
    return "\n".join([head, *before, *lines]) + "\n"


def _line(name: str, reasons: list[str]) -> str:
    installed = distribution(name)
    pin = f"{installed.metadata['Name']}=={installed.version}"
    told = [reason for reason in reasons if not reason.startswith("for ")] or [
        "for " + ", ".join(reason.removeprefix("for ") for reason in reasons)
    ]
    return f"{pin:<40} # {'; '.join(told)}"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
