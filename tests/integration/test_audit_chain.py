"""The audit trail: appended to, sealed in a chain, erased of names, cut when old, never changed unseen."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import auditing, sealing
from accounts.gateways import audit_anchors
from accounts.models import AuditCut, AuditEntry, AuditValues, Impersonation, User
from accounts.queries import trail
from accounts.tasks import forget_audit, seal_audit
from tests.elsewhere import elsewhere
from tests.factories.cast import make_cast


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create(username="keeper", first_name="Kea", last_name="Keeper")


def lines(user: User, count: int, **options: object) -> list[AuditEntry]:
    """So many lines about this user."""
    return [auditing.record(by=user, verb="user.changed", what=user, **options) for _ in range(count)]  # type: ignore[arg-type]


@contextmanager
def forced() -> Iterator[Callable[[str], int]]:
    """SQL as somebody runs it who owns the tables and switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")

        def run(sql: str) -> int:
            cursor.execute(sql)
            return int(cursor.rowcount)

        yield run
        cursor.execute("SET session_replication_role = DEFAULT")


def verified() -> tuple[dict[str, object], int]:
    """What `manage.py verify_audit` says, and how it exits."""
    out, code = StringIO(), 0
    try:
        call_command("verify_audit", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return json.loads(out.getvalue()), code


def fault() -> str:
    """What is found first; empty: nothing. The exit code says the same."""
    said, code = verified()
    found = said["first_fault"]
    assert (found is not None) == (code == 1)
    return str(found["fault"]) if isinstance(found, dict) else ""


@pytest.mark.django_db
def test_a_line_keeps_its_names_apart_and_reads_as_before(user: User) -> None:
    details = {
        "n": 1e3,
        "huge": 1e20,
        "words": ["Größe", None, True],
        "nested": {"b": 1.5, "a": -0.0, "2": 1},
    }
    made = auditing.record(by=user, verb="user.changed", what=user, details={**details, "10": {10: 1, 9: 2}})

    entry = AuditEntry.objects.get(pk=made.pk)
    assert (entry.actor_name, entry.object_label) == ("Kea Keeper", "Kea Keeper")
    assert entry.details == {**details, "10": {"10": 1, "9": 2}}
    assert fault() == ""  # the database spells numbers and orders keys in its own way
    columns = AuditEntry.objects.values_list().get(pk=made.pk)
    assert "Kea" not in repr(columns)

    AuditValues.objects.filter(entry=entry).delete()
    entry = AuditEntry.objects.get(pk=made.pk)
    assert (entry.actor_id, entry.verb, entry.details) == (user.pk, "user.changed", {})
    assert entry.actor_name == entry.object_label != "Kea Keeper"


@pytest.mark.django_db
def test_two_thousand_lines_take_a_handful_of_statements(user: User) -> None:
    rows = [(user, f"line {number}", {"n": number}) for number in range(2_000)]

    with CaptureQueriesContext(connection) as asked:
        auditing.record_many(by=user, verb="user.changed", what=rows)

    assert len(asked) <= 4
    assert sum(float(one["time"]) for one in asked) < 2
    assert AuditValues.objects.filter(object_label__startswith="line ").count() == 2_000
    assert sealing.seal() == AuditEntry.objects.count()
    assert fault() == ""


@pytest.mark.django_db
def test_sealed_lines_are_numbered_without_a_gap_and_the_end_is_anchored(user: User) -> None:
    lines(user, 3)
    seal_audit()
    lines(user, 2)
    seal_audit()
    seal_audit()

    said, code = verified()

    numbers = list(AuditEntry.objects.order_by("id").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert (said["entries"], said["sealed"], said["erased_values"], code) == (
        len(numbers),
        len(numbers),
        0,
        0,
    )
    assert [anchor.number for anchor in audit_anchors.all_anchors()] == [len(numbers) - 2, len(numbers)]
    assert audit_anchors.file().stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "found"),
    [
        ("UPDATE accounts_auditentry SET verb = 'user.created' WHERE number = 3", "changed"),
        ("UPDATE accounts_auditentry SET actor_id = 99 WHERE number = 3", "changed"),
        ("UPDATE accounts_auditentry SET at = at - interval '1 day' WHERE number = 3", "changed"),
        ("UPDATE accounts_auditentry SET customer_id = 7 WHERE number = 3", "changed"),
        ("UPDATE accounts_auditentry SET commitment = repeat('a', 64) WHERE number = 3", "changed"),
        ("DELETE FROM accounts_auditentry WHERE number = 3", "missing"),
        ("DELETE FROM accounts_auditentry WHERE number = 1", "missing"),
        ("DELETE FROM accounts_auditentry WHERE number = 5", "missing_end"),
        ("DELETE FROM accounts_auditentry", "missing_end"),
        ("UPDATE accounts_auditentry SET number = NULL WHERE number = 5", "missing_end"),
        ("UPDATE accounts_auditvalues SET object_label = 'Somebody else'", "values_changed"),
        ("UPDATE accounts_auditvalues SET actor_name = ''", "values_changed"),
        ("UPDATE accounts_auditvalues SET details = '{\"a\": 1}'", "values_changed"),
    ],
)
def test_what_is_forced_upon_the_tables_is_found(user: User, deed: str, found: str) -> None:
    lines(user, 5)
    sealing.seal()
    assert fault() == ""

    with forced() as run:
        assert run(deed)

    assert fault() == found


@pytest.mark.django_db
def test_a_chain_that_was_written_anew_is_not_the_one_that_was_anchored(user: User) -> None:
    lines(user, 4)
    sealing.seal()
    with forced() as run:
        run(
            "UPDATE accounts_auditentry SET verb = 'user.created', number = NULL, hash = '' WHERE number >= 3"
        )
        run("UPDATE accounts_auditentry SET number = NULL, hash = '' WHERE number >= 3")
    sealing.seal()  # as an attacker would who knows how it is done

    assert fault() == "anchor_differs"
    assert len(audit_anchors.all_anchors()) == 1  # and the new end was not anchored over the old one


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_delete_lines(user: User) -> None:
    lines(user, 2)
    sealing.seal()
    fresh = lines(user, 1)[0]
    for deed in (
        lambda: AuditEntry.objects.filter(number=1).update(verb="user.created"),
        lambda: AuditEntry.objects.filter(number=1).update(number=77),
        lambda: AuditEntry.objects.filter(pk=fresh.pk).update(verb="user.created"),
        lambda: AuditEntry.objects.filter(pk=fresh.pk).update(verb="x", number=77, hash="a"),
        lambda: AuditEntry.objects.filter(number=1).delete(),
        lambda: AuditEntry.objects.filter(pk=fresh.pk).delete(),
        lambda: AuditValues.objects.filter(entry__number=1).update(actor_name="Somebody"),
        lambda: AuditValues.objects.filter(entry__number=1).update(salt=""),
        lambda: AuditCut.objects.create(at=timezone.now(), number=1, hash="f" * 64),
    ):
        with pytest.raises(IntegrityError, match="audit trail"), transaction.atomic():
            deed()
    assert fault() == ""


@pytest.mark.django_db
def test_erased_names_leave_the_chain_whole(user: User) -> None:
    lines(user, 4)
    sealing.seal()
    lines(user, 1)
    AuditValues.objects.filter(entry__number=2).delete()
    AuditValues.objects.filter(entry__number=3).update(salt="", actor_name="", object_label="", details={})
    AuditValues.objects.filter(entry__number=None).delete()
    sealing.seal()

    said, code = verified()

    assert (said["erased_values"], said["first_fault"], code) == (3, None, 0)
    assert AuditEntry.objects.get(number=3).actor_name == AuditEntry.objects.get(number=2).actor_name != ""


@pytest.mark.django_db
def test_old_lines_go_names_first_and_what_is_left_verifies(user: User, settings: Settings) -> None:
    settings.AUDIT_DAYS, settings.AUDIT_VALUE_DAYS = 30, 10
    now = timezone.now()
    for days in (40, 35, 20, 33, 5):  # the fourth was noted late: it goes once those before it do
        lines(user, 1, at=now - timedelta(days=days))
    sealing.seal()
    known = trail.verify().sealed
    for days in (11, 9):
        begun = now - timedelta(days=days)
        Impersonation.objects.create(
            person=user, admin_name="A", reason="r", began_at=begun, ends_at=begun, ended_at=begun
        )

    forget_audit()
    sealing.seal()
    forget_audit()  # a second time there is nothing to do

    assert Impersonation.objects.count() == 1
    said, code = verified()
    assert (said["cut_up_to"], said["first_fault"], code) == (2, None, 0)
    assert AuditEntry.objects.filter(at__lt=now - timedelta(days=30)).count() == 1
    assert AuditEntry.objects.count() == known - 2 + 1  # the cut itself is noted
    assert AuditEntry.objects.get(verb="audit_cut.made").details == {"lines": 2}
    assert not AuditValues.objects.filter(entry__at__lt=now - timedelta(days=10)).exists()
    with forced() as run:
        run(
            "INSERT INTO accounts_auditcut (at, number, hash) SELECT now(), number, hash"
            " FROM accounts_auditentry WHERE number = 4"
        )
        run(
            "DELETE FROM accounts_auditvalues WHERE entry_id IN"
            " (SELECT id FROM accounts_auditentry WHERE number <= 4)"
        )
        run("DELETE FROM accounts_auditentry WHERE number <= 4")
    assert fault() == "cut_unknown"  # cutting as retention does, but by hand


@pytest.mark.django_db
def test_after_a_restore_the_chain_of_the_backup_is_the_one_that_counts(user: User) -> None:
    lines(user, 5)
    sealing.seal()
    with forced() as run:
        run("DELETE FROM accounts_auditentry WHERE number > 3")
    assert fault() == "missing_end"

    sealing.begin_after_restore(at=timezone.now())

    assert fault() == ""
    assert len(list(audit_anchors.file().parent.iterdir())) == 2  # the old anchors are kept beside
    lines(user, 1)
    sealing.seal()
    assert fault() == ""


@pytest.mark.django_db
def test_a_torn_line_of_the_anchors_is_no_anchor_and_harms_none(user: User) -> None:
    lines(user, 1)
    sealing.seal()
    with audit_anchors.file().open("a") as opened:
        opened.write('{"at": "2026-')
    lines(user, 1)
    sealing.seal()

    assert [anchor.number for anchor in audit_anchors.all_anchors()] == [1, 2]
    assert fault() == ""


@pytest.mark.django_db(transaction=True)
def test_a_line_whose_transaction_ends_late_is_sealed_later_and_never_left_out() -> None:
    cast = make_cast()
    sealing.seal()
    is_written, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with closing(connection), transaction.atomic():
            auditing.record(by=None, verb="user.created", what=cast.agent)
            is_written.set()
            assert may_end.wait(20)

    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert is_written.wait(20)
    quick = auditing.record(by=None, verb="user.changed", what=cast.agent)  # nobody waits for anybody
    sealing.seal()
    may_end.set()
    slow.join()
    sealing.seal()

    late = AuditEntry.objects.latest("number")
    assert (late.verb, late.pk < quick.pk) == ("user.created", True)
    assert fault() == ""


@pytest.mark.django_db(transaction=True)
def test_sealing_at_once_from_many_processes_makes_one_chain() -> None:
    cast = make_cast()
    failures: list[BaseException] = []

    def work() -> None:
        with closing(connection):
            try:
                for _ in range(10):
                    auditing.record(by=None, verb="user.changed", what=cast.agent)
                    sealing.seal()
            except BaseException as error:  # noqa: BLE001 (told below)
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealing.seal()

    assert not failures
    numbers = list(AuditEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert fault() == ""


OLD_LINES = """
INSERT INTO accounts_auditentry
    (at, actor_id, actor_name, verb, object_kind, object_id, object_label, details)
SELECT now(), nullif(n % 7, 0), CASE WHEN n % 7 = 0 THEN '' ELSE 'Person ' || n % 7 END, 'customer.changed',
    CASE WHEN n % 2 = 0 THEN 'customers.customer' ELSE 'accounts.user' END, n::text, 'Größe ' || n,
    jsonb_build_object('n', n, 'share', n / 8.0, 'whole', n * 1.0) FROM generate_series(1, 4500) n
"""


@pytest.mark.django_db(transaction=True)
def test_lines_of_before_are_taken_apart_and_no_value_is_lost(tmp_path: Path) -> None:
    with elsewhere(tmp_path / "old", "trail") as old:
        with old.entered(), connection.cursor() as cursor:
            call_command("migrate", "accounts", "0012", verbosity=0, interactive=False)
            cursor.execute(OLD_LINES)
            call_command("migrate", "accounts", "0013", verbosity=0, interactive=False)
            assert fault() == ""
            assert sealing.seal() == 4_500
            assert fault() == ""
        kept = old.ask(
            "SELECT count(*) FROM accounts_auditentry e JOIN accounts_auditvalues v ON v.entry_id = e.id"
            " WHERE v.object_label = 'Größe ' || e.object_id AND (v.details->>'n') = e.object_id"
            " AND v.actor_name = CASE WHEN e.actor_id IS NULL THEN '' ELSE 'Person ' || e.actor_id END"
            " AND e.customer_id IS NOT DISTINCT FROM"
            " CASE WHEN e.object_kind = 'customers.customer' THEN e.object_id::bigint END"
        )
        assert kept == [(4_500,)]
