"""Taking a person out of the columns of all tables. Each function may run again: it finds what is left.

Rows are written one by one under their own locks, so that nobody waits for long and whoever writes meanwhile
is not overwritten: the value that is replaced is the one that is there then.
"""

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import KeptAnswer, Notice
from knowledge.actions.indexing import index
from knowledge.models import ArticleText, Word
from knowledge.rules.searching import words_to_learn
from lib.crypto import EncryptedJSONField, Sealed
from privacy.queries.columns import Field, Model, treated
from privacy.queries.finding import both, changeable, changes, names_in, replaced
from privacy.queries.people import Person
from privacy.rules.inventory import Erasure
from privacy.rules.marks import Finder
from tickets.models import HeldFile

Finders = tuple[Finder, Finder]
BATCH = 200
NOT_SEARCHED = {"accounts.AuditValues.salt", "sessions.Session.session_key", "sessions.Session.session_data"}
"""Columns of rows that go with the person, and that hold nothing one could look for."""


def replace(*, model: Model, field: Field, person: Person, found: Finders) -> int:
    """Replace the person in one column. Returns how many rows changed."""
    done = 0
    for finder, rows in both(model, field, person, found):
        ids = [pk for pk, _value in changes(model, field, finder, rows)]
        for start in range(0, len(ids), BATCH):
            done += _write(model, field, finder, ids[start : start + BATCH])
    if done and model is ArticleText and field.name == "plain":
        _index_anew(found[1])
    return done


@transaction.atomic
def _write(model: Model, field: Field, finder: Finder, ids: list[Any]) -> int:
    """Look at the rows once more under their locks and write what they say by then."""
    rows = model._base_manager.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(changeable(model), pk__in=ids).order_by("pk")
    done = 0
    for pk, value in rows.values_list("pk", field.attname):
        after = replaced(field, value, finder)
        if after != value:
            done += model._base_manager.filter(pk=pk).update(**{field.attname: after})
    return done


def _index_anew(finder: Finder) -> None:
    """Make the search forget: texts are indexed again, and words that only the name has are not proposed."""
    for row in ArticleText.objects.filter(live__isnull=False, plain__contains=finder.instead):
        index(row)
    marks = finder.marks
    said = " ".join([*marks.names, *marks.own_names, *marks.addresses])
    Word.objects.filter(word__in=list(words_to_learn(said))).delete()


def remove_rows(*, person: Person, found: Finders) -> int:
    """Delete rows that are of no use without the person and name them: searches, admin log, mail, audit."""
    done = 0
    for model, field in treated(Erasure.ROW):
        if f"{model._meta.label}.{field.name}" in NOT_SEARCHED:
            continue
        for finder, rows in both(model, field, person, found):
            ids = [pk for pk, _value in changes(model, field, finder, rows)]
            for start in range(0, len(ids), BATCH):
                deleted, _by = model._base_manager.filter(pk__in=ids[start : start + BATCH]).delete()
                done += int(bool(deleted)) and len(ids[start : start + BATCH])
    return done


def open_sealed(*, person: Person, found: Finders) -> int:
    """Replace the person in what is encrypted; mail that waits for them and kept answers go."""
    done = 0
    for model, field in treated(Erasure.SEALED):
        if isinstance(field, EncryptedJSONField) and model._meta.app_label != "privacy":
            done += _each_sealed(model, field, found[0])
    return done


def _each_sealed(model: Model, field: Field, finder: Finder) -> int:
    done = 0
    for pk, value in model._base_manager.order_by("pk").values_list("pk", field.attname).iterator():
        if _names(value, finder):
            done += _write_sealed(model, field, finder, pk)
    return done


def _names(value: Any, finder: Finder) -> bool:
    return value is not None and not isinstance(value, Sealed) and names_in(value, finder)


@transaction.atomic
def _write_sealed(model: Model, field: Field, finder: Finder, pk: Any) -> int:
    """Look once more under the row's lock: a file that was held again meanwhile has another key."""
    rows = model._base_manager.filter(pk=pk)
    locked = rows.select_for_update(no_key=True, of=("self",))
    value = locked.values_list(field.attname, flat=True).first()
    if not _names(value, finder):
        return 0
    if model is KeptAnswer or (model is Notice and rows.filter(next_attempt_at__isnull=False).exists()):
        rows.delete()
    else:
        rows.update(**{field.attname: finder.replaced_in(value)})
    return 1


def end_sessions(*, user_id: int | None) -> int:
    """Sign the person out everywhere, also where only the session itself knows whose it is."""
    if user_id is None:
        return 0
    keys = set(UserSession.objects.filter(user_id=user_id).values_list("session_key", flat=True))
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user_id):
            keys.add(session.session_key)
    UserSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def forget_attempts(*, user_id: int | None, found: Finders) -> int:
    """Delete what the database cache counts of this person."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    wanted = [f":user:{user_id}$"] if user_id else []
    wanted += [found[0].needle] if found[0].needle else []
    if not wanted:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE cache_key ~* %s", ["|".join(wanted)])  # noqa: S608 (quoted)
        return int(cursor.rowcount)


def drop_held_files(*, person: Person, delete: Callable[[HeldFile], None]) -> int:
    """Have what the person sent and nobody may read deleted at once. Returns how many files."""
    held = list(HeldFile.objects.held().filter(message__contact=person.contact).order_by("pk"))
    for row in held:
        delete(row)
    return len(held)
