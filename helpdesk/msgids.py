"""Finds the texts that pages translate: in Python by its syntax tree, in templates by Django's own lexer."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    *("accounts", "billing", "calls", "contracts", "customers", "helpdesk", "knowledge", "lib", "mail"),
    *("portal", "privacy", "templates", "tickets"),
)

# The names of gettext, to what their first arguments are.
_ARGUMENTS = {
    "gettext": ("singular",),
    "ngettext": ("singular", "plural"),
    "pgettext": ("context", "singular"),
    "npgettext": ("context", "singular", "plural"),
}
_CALL_IN_TEMPLATE = re.compile(r"(?<!\w)(?:n?p?gettext|_)\(")


class UnreadableText(Exception):
    """A text to translate that is not written out where it is used, so that no catalogue can hold it."""


@dataclass(frozen=True, order=True)
class Message:
    """One text to translate. `plural` is empty where it has none, `context` where it needs none."""

    singular: str
    context: str = ""
    plural: str = ""


def all_messages(root: Path = ROOT, folders: Iterable[str] = SOURCES) -> dict[Message, list[str]]:
    """Every message of the product, with the files that use it."""
    found: defaultdict[Message, set[str]] = defaultdict(set)
    for folder in folders:
        for path in _sources(root / folder):
            name = path.relative_to(root).as_posix()
            for message in messages_in(path.read_text(), name):
                found[message].add(name)
    return {message: sorted(files) for message, files in _with_plurals(found).items()}


def messages_in(source: str, name: str) -> Iterator[Message]:
    """The messages of one file. Error: UnreadableText."""
    return _in_python(source, name) if name.endswith(".py") else _in_template(source, name)


def _sources(folder: Path) -> list[Path]:
    paths = (path for pattern in ("*.py", "*.html", "*.txt") for path in folder.rglob(pattern))
    return sorted(path for path in paths if "migrations" not in path.parts)


def _with_plurals(found: dict[Message, set[str]]) -> dict[Message, set[str]]:
    """A text used with a plural here and without there is one entry of the catalogue."""
    plurals = {(each.singular, each.context): each.plural for each in found if each.plural}
    merged: defaultdict[Message, set[str]] = defaultdict(set)
    for each, files in found.items():
        plural = plurals.get((each.singular, each.context), "")
        merged[Message(each.singular, each.context, plural)] |= files
    return merged


def _in_python(source: str, name: str) -> Iterator[Message]:
    tree = ast.parse(source, name)
    names = _names_of_gettext(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (called := names.get(_dotted(node.func))):
            yield from _message(node, called, name)


def _names_of_gettext(tree: ast.AST) -> dict[str, str]:
    """What a module calls the functions of gettext, to the plain function."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {each.asname or each.name: _plain(each.name) for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "django.utils":
            modules = [each.asname or each.name for each in node.names if each.name == "translation"]
            suffixes = ("", "_lazy", "_noop")
            names |= {
                f"{each}.{name}{end}": name for each in modules for name in _ARGUMENTS for end in suffixes
            }
    return {name: plain for name, plain in names.items() if plain in _ARGUMENTS}


def _plain(name: str) -> str:
    return name.removesuffix("_lazy").removesuffix("_noop")


def _dotted(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _in_template(source: str, name: str) -> Iterator[Message]:
    readable = templatize(source, origin=name)
    for start in (match.start() for match in _CALL_IN_TEMPLATE.finditer(readable)):
        call = _call_at(readable, start)
        yield from _message(call, "gettext" if _dotted(call.func) == "_" else _dotted(call.func), name)


def _call_at(text: str, start: int) -> ast.Call:
    """The call that begins here: the shortest piece that can be read as one."""
    end = start
    while (end := text.find(")", end) + 1) > 0:
        try:
            call = ast.parse(text[start:end], mode="eval").body
        except SyntaxError:
            continue
        if isinstance(call, ast.Call):
            return call
    raise UnreadableText(text[start : start + 60])


def _message(call: ast.Call, called: str, name: str) -> Iterator[Message]:
    """The message of a call; nothing where it looks up a variable whose text was marked elsewhere."""
    kinds = _ARGUMENTS[called]
    texts = call.args[: len(kinds)]
    if all(isinstance(each, ast.Name | ast.Attribute | ast.Subscript) for each in texts):
        return
    values = [each.value for each in texts if isinstance(each, ast.Constant)]
    if len(values) != len(kinds) or not all(isinstance(each, str) and each for each in values):
        raise UnreadableText(f"{name}: {ast.unparse(call)}")
    yield Message(**dict(zip(kinds, map(str, values), strict=True)))
