"""Every function that decides who may what, found by itself, and each made to say yes to everybody.

A function is mutated in its own code object: whoever imported it by name, or wrapped a view in it long ago,
reaches the mutated one, too.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from types import CodeType, FunctionType, ModuleType
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from rest_framework.permissions import IsAuthenticated

from accounts.models import User
from customers.models import Contact
from knowledge.access import Reader, reader_of
from knowledge.models import ArticleText
from tests.architecture.product import ROOMS
from tests.url_map import GUARDS, all_doors
from tickets.models import Attachment
from tickets.views import events

PRODUCT = ("helpdesk", "lib", *ROOMS)

Original = Callable[..., Any]
Mutation = Callable[[Original], Original]

NOT_DECIDING = {
    "accounts.access.public": "marks a view and returns it",
    "accounts.access._role_guard": "makes the guards, whose predicates are mutated one by one",
    "accounts.access.signed_in": "lets everybody in who is signed in, whoever that is",
    "accounts.access._to_sign_in": "says where to sign in",
    "accounts.access._shown_page": "says which page a form stood on",
    "calls.access.system_with": "knows a telephone system by its secret, which no person of the table has",
    "calls.access.may_come_from": "narrows what a secret opens (tests/integration/test_calls_*.py)",
    "calls.access.is_signed": "as above",
    "lib.api.views.KeptViewSet.may_write": "raises: each resource says who may write it",
}
"""Functions found by the search below that let nobody in, with the reason."""


@dataclass(frozen=True)
class Mutant:
    """A function that decides, and how it is made to let everybody in."""

    name: str
    function: FunctionType
    mutation: Mutation


class Everybody:
    """The admin as whom mutated loaders load; set while the world stands."""

    admin: User | None = None


def as_admin(original: Original) -> Original:
    """Whatever an admin would get."""
    return lambda _user, *args, **kwargs: original(Everybody.admin, *args, **kwargs)


def everything(original: Original) -> Original:
    """All rows there are."""
    return lambda *args, **kwargs: original(*args, **kwargs).model._default_manager.all()


def always(answer: object) -> Mutation:
    """The same answer to everybody."""
    return lambda _original: lambda *args, **kwargs: answer


def _any_contact(_original: Original) -> Original:
    """The contact of a login, whatever became of it and its customer."""
    return lambda user: Contact.objects.filter(user=user).select_related("customer").first()


def _by_key_alone(_original: Original) -> Original:
    """A file by its key, below whatever ticket it is asked for."""

    def get(user: User, number: str, key: str) -> Attachment:
        found = Attachment.objects.filter(key=key).first()
        if found is None:
            raise Http404
        return found

    return get


def _narrowest_circle(_original: Original) -> Original:
    """Whoever asks reads as an admin does."""
    return lambda *_args, **_kwargs: reader_of(Everybody.admin or AnonymousUser())


def _by_number_alone(_original: Original) -> Original:
    """A text of an article, whoever asks and whatever became of it."""

    def get(reader: Reader, article_id: int, language: str) -> ArticleText:
        texts = ArticleText.objects.select_related("article__category__parent__parent")
        found = texts.filter(article_id=article_id, language=language).first()
        if found is None:
            raise Http404
        return found

    return get


PARTICULAR: Mapping[str, Sequence[Mutation]] = {
    "accounts.access.acting_user": [lambda _original: lambda request: Everybody.admin],
    "tickets.access.require": [always(None)],
    "customers.access.contact_of": [_any_contact],
    "tickets.access.get_attachment": [as_admin, _by_key_alone],
    "knowledge.access.reader_of": [as_admin],
    "knowledge.access.reader_at": [_narrowest_circle],
    "knowledge.access._contact_reader": [_narrowest_circle],
    "knowledge.access.get_text": [_by_number_alone],
}
"""Mutations of functions whose signature does not say what letting everybody in means."""

_PERMITS = re.compile(r"may_\w+|has_(\w+_)?permission")


def mutants() -> Iterator[Mutant]:
    """All of them. Error: AssertionError for a function that nobody knows how to mutate."""
    for name, function in [*_functions_of_access(), *_methods(), *_guards(), *_others()]:
        if name in NOT_DECIDING:
            continue
        mutations = PARTICULAR.get(name) or _mutations_of(function)
        assert mutations, (
            f"How would {name} let everybody in? Say so in PARTICULAR, or in NOT_DECIDING why it never does."
        )
        for mutation in mutations:
            label = mutation.__name__.strip("_") if len(mutations) > 1 else ""
            yield Mutant(f"{name} {label}".strip(), function, mutation)


def _mutations_of(function: FunctionType) -> Sequence[Mutation]:
    signature = inspect.signature(function)
    first = next(iter(signature.parameters.values()), None)
    returned = signature.return_annotation
    of_user = [as_admin] if first is not None and first.annotation is User else []
    if returned is bool or _PERMITS.fullmatch(function.__name__) or function.__name__ == "<lambda>":
        return [always(True)]
    return [everything, *of_user] if "QuerySet" in str(returned) else of_user


def _functions_of_access() -> Iterator[tuple[str, FunctionType]]:
    """Everything in the rooms' access modules."""
    for room in ROOMS:
        if find_spec(f"{room}.access") is None:
            continue
        for module in _modules(f"{room}.access"):
            for name, one in vars(module).items():
                is_ours = isinstance(one, FunctionType) and one.__module__ == module.__name__
                if is_ours and name not in GUARDS:
                    yield f"{module.__name__}.{name}", one


def _methods() -> Iterator[tuple[str, FunctionType]]:
    """Methods that permit (`may_…`, `has_…_permission`), and the API's and forms' choices of rows."""
    for module in _modules(*PRODUCT):
        for owner in vars(module).values():
            if not isinstance(owner, type) or owner.__module__ != module.__name__:
                continue
            for name, one in vars(owner).items():
                if isinstance(one, FunctionType) and (_PERMITS.fullmatch(name) or _chooses_rows(module, one)):
                    yield f"{module.__name__}.{owner.__name__}.{name}", one


def _chooses_rows(module: ModuleType, method: FunctionType) -> bool:
    is_door = re.search(r"\.(api|forms)(\.|$)", module.__name__) is not None
    return is_door and "QuerySet" in str(inspect.signature(method).return_annotation)


def _guards() -> Iterator[tuple[str, FunctionType]]:
    """The question each guard asks about the role, once however many views it guards."""
    found: dict[int, tuple[str, FunctionType]] = {}
    for door in all_doors():
        names = getattr(getattr(door.view, "__code__", None), "co_freevars", ())
        if door.guard in GUARDS and "allows" in names:
            predicate = (door.view.__closure__ or ())[names.index("allows")].cell_contents
            found[id(predicate)] = f"accounts.access.{door.guard}", predicate
    yield from found.values()


def _others() -> Iterator[tuple[str, FunctionType]]:
    """What decides elsewhere: who may hear a stream, and that the API asks for a token at all."""
    for one in (events._topics_for, IsAuthenticated.has_permission):
        assert isinstance(one, FunctionType)
        yield f"{one.__module__}.{one.__qualname__}", one


def _modules(*roots: str) -> list[ModuleType]:
    """The loaded modules below these names; all doors are loaded once the URL map is."""
    all_doors()
    return [
        module
        for name, module in sorted(sys.modules.items())
        if isinstance(module, ModuleType) and any(f"{name}.".startswith(f"{root}.") for root in roots)
    ]


# Replacing a function's code. What is called in its place is found in this list by a number in the code.
_STAND_INS: dict[int, Original] = {}


def stand_in(number: int) -> Original:
    """What replaces the function of this number at the moment (called by the replaced code)."""
    return _STAND_INS[number]


@contextmanager
def replaced(function: FunctionType, replacement: Mutation) -> Iterator[None]:
    """While it lasts, whoever calls the function reaches `replacement(original)`."""
    number, code, defaults = id(function), function.__code__, function.__defaults__
    original = FunctionType(code, function.__globals__, function.__name__, defaults, function.__closure__)
    original.__kwdefaults__ = function.__kwdefaults__
    _STAND_INS[number] = replacement(original)
    function.__defaults__, function.__code__ = None, _code_of(number, code)
    try:
        yield
    finally:
        function.__code__, function.__defaults__ = code, defaults
        del _STAND_INS[number]


@contextmanager
def watched(functions: Sequence[FunctionType], called: set[int]) -> Iterator[None]:
    """While it lasts, note the ids of those of these functions that are called."""

    def noting(function: FunctionType) -> Mutation:
        def note(original: Original) -> Original:
            def noted(*args: Any, **kwargs: Any) -> Any:
                called.add(id(function))
                return original(*args, **kwargs)

            return noted

        return note

    with ExitStack() as stack:
        for function in functions:
            stack.enter_context(replaced(function, noting(function)))
        yield


def _code_of(number: int, instead_of: CodeType) -> CodeType:
    """Code that calls the stand-in, with as many free variables as the code it takes the place of."""
    free = [f"free{index}" for index in range(len(instead_of.co_freevars))]
    source = [
        f"def outer({', '.join(free)}):",
        "    def called(*args, **kwargs):",
        f"        ({', '.join(free)}{',' if free else ''})",
        "        from tests.matrix.mutants import stand_in",
        f"        return stand_in({number})(*args, **kwargs)",
        "    return called",
    ]
    names: dict[str, Any] = {}
    exec("\n".join(source), names)
    code: CodeType = names["outer"](*free).__code__
    return code
