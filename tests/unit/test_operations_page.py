"""The settings that docs/operations.md and .env.example describe are those that exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from helpdesk.children import commands
from tests.architecture.product import ROOT

READ = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"')
IN_TABLE = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
IN_EXAMPLE = re.compile(r"^#([A-Z_]+)=", re.MULTILINE)


def names(pattern: re.Pattern[str], path: Path) -> list[str]:
    """Every name that a pattern finds in a file."""
    return pattern.findall(path.read_text())


def test_every_setting_is_described_and_none_that_is_gone() -> None:
    read = set(names(READ, ROOT / "helpdesk" / "settings.py"))
    assert len(read) > 20
    described, exemplified = (
        names(IN_TABLE, ROOT / "docs" / "operations.md"),
        names(IN_EXAMPLE, ROOT / ".env.example"),
    )
    assert set(described) == read
    assert set(exemplified) == read
    assert len(described) == len(set(described))
    assert len(exemplified) == len(set(exemplified))


def defaults() -> Iterator[tuple[str, str]]:
    """Settings whose default is one plain value, as the page writes it."""
    for node in ast.walk(ast.parse((ROOT / "helpdesk" / "settings.py").read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and node.keywords:
            default = node.keywords[0].value
            if isinstance(default, ast.Constant) and default.value not in ("", None):
                yield ast.literal_eval(node.args[0]), str(default.value).lower()


def test_the_defaults_are_told_as_they_are() -> None:
    page = (ROOT / "docs" / "operations.md").read_text().lower()
    found = dict(defaults())
    assert len(found) > 15
    assert {
        name: value for name, value in found.items() if f"| `{name}` | `{value}` |".lower() not in page
    } == {}


def test_every_command_of_the_page_exists() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    named = set(re.findall(r"manage\.py ([a-z_]+)", page))
    own = {path.stem for path in ROOT.glob("*/management/commands/*.py")} - {"__init__"}
    assert named - own <= {"migrate", "collectstatic", "check", "changepassword", "shell"}
    assert own - {"demo"} <= named


def test_the_version_is_that_of_the_package() -> None:
    assert f'version = "{version()}"' in (ROOT / "pyproject.toml").read_text()


def test_what_compose_starts_and_sets_exists() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    parts = {
        name: one["command"][-1]
        for name, one in services.items()
        if "helpdesk.children" in one.get("command", [])
    }
    assert parts == {name: name for name in commands("127.0.0.1", 8000)}
    for name, part in parts.items():
        assert "stop_grace_period" in services[name] or name == "beat"
        assert part in services[name]["healthcheck"]["test"] or name == "web"
        assert set(services[name]["environment"]) <= set(names(READ, ROOT / "helpdesk" / "settings.py"))


def version() -> str:
    """As the settings say it."""
    found = re.search(r'^VERSION = "(.+?)"', (ROOT / "helpdesk" / "settings.py").read_text(), re.MULTILINE)
    assert found
    return found.group(1)
