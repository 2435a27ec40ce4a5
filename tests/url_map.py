"""Every address of the product, as tests walk them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from accounts.models import User

GUARDS = {
    "signed_in": set(User.Role),
    "agents_only": {User.Role.AGENT, User.Role.LEAD, User.Role.ADMIN},
    "leads_only": {User.Role.LEAD, User.Role.ADMIN},
    "editors_only": {User.Role.LEAD, User.Role.ADMIN},  # and agents who write articles
    "contacts_only": {User.Role.CONTACT},
    "admins_only": {User.Role.ADMIN},
    "token": set(),
    "set_up_code": set(),
    "telephone_system": set(),
}
"""The marks that views carry, and whom they let in by session."""

SAMPLES = {
    "number": "2026-000001",
    "key": "x",
    "slug": "solve",
    "object_id": "1",
    "content_type_id": "1",
    "pk": "1",
    "kind": "csv",
    "version": "1",
    "signature": "1",
    "item": "1",
    "year": "2027",
    "language": "de",
}


@dataclass(frozen=True)
class Door:
    """One address: its full name, how to reach it, and the view behind it."""

    name: str
    route: str
    view: Callable[..., Any]
    namespaces: tuple[str, ...] = ()

    @property
    def guard(self) -> str:
        """The mark of `accounts.access`."""
        return str(getattr(self.view, "guard", ""))

    @property
    def address(self) -> str:
        """The address with something filled in for each parameter."""
        return self.address_with(sample_of)

    def address_with(self, part_of: Callable[[str], str]) -> str:
        """The address with what `part_of` says for each parameter's name."""
        filled = re.sub(
            r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)",
            lambda match: part_of(match[1] or match[2]),
            self.route,
        )
        return "/" + filled.replace("^", "").replace("$", "")

    @property
    def methods(self) -> frozenset[str]:
        """What the view says that it answers to, HEAD and OPTIONS aside; else GET and POST."""
        if actions := getattr(self.view, "actions", None):
            return _plain(actions)
        if view_class := getattr(self.view, "view_class", None):
            return _plain(name for name in ("get", "post") if hasattr(view_class, name))
        return _plain(_required_by(self.view) or ("get", "post"))


def sample_of(name: str) -> str:
    """Something for a parameter of this name."""
    return SAMPLES.get(name, "x")


def doors(patterns: Iterable[URLPattern | URLResolver], prefix: str = "", *spaces: str) -> Iterator[Door]:
    """Every address of a URL map."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, route, *spaces, *filter(None, [pattern.namespace]))
        else:
            yield Door(":".join([*spaces, pattern.name or ""]), route, pattern.callback, spaces)


def all_doors() -> list[Door]:
    """Every address there is."""
    return list(doors(get_resolver().url_patterns))


def _plain(methods: Iterable[str]) -> frozenset[str]:
    return frozenset(method.upper() for method in methods) - {"HEAD", "OPTIONS"}


def _required_by(view: Callable[..., Any] | None) -> Iterable[str]:
    """What `require_http_methods` was told, however many decorators lie around it."""
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            cells = view.__closure__ or ()
            required: Iterable[str] = cells[names.index("request_method_list")].cell_contents
            return required
        view = getattr(view, "__wrapped__", None)
    return ()
