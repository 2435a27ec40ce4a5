"""What the architecture tests look at: the rooms in their order and the product's own files."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "privacy",
    "portal",
    "billing",
    "calls",
    "mail",
    "tickets",
    "knowledge",
    "contracts",
    "customers",
    "accounts",
)
"""The rooms that have tables or pages, top to bottom."""
PACKAGES = ("helpdesk", *ROOMS, "lib")


def python_files(*packages: str) -> Iterator[Path]:
    """The modules of these packages (of all, if none is named), migrations left out."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def module_name(path: Path) -> str:
    """How a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
