"""SQL that is made once answers as the queryset that it was made of."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import JSONObject
from django.test.utils import CaptureQueriesContext

from calls.models import Call, CallStep, PhoneSystem
from contracts.models import Agreement
from lib.compiled_sql import Rows, Update, insert, update, update_and_insert
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import make_system

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def system() -> PhoneSystem:
    return make_system("PBX")


def call_of(system: PhoneSystem, name: str = "c-1", **fields: object) -> Call:
    return Call(system=system, external_id=name, arrived_at=NOON, seen_at=NOON, **fields)


def test_rows_are_instances_with_what_they_bring_along() -> None:
    gold = make_agreement(make_customer("Aigner"), make_level("Gold"), reference="G-1")
    make_agreement(make_customer("Brandl"), make_level("Silver"), reference="S-1")
    rows = Rows(
        lambda blank: Agreement.objects.filter(reference=blank.word("reference")).select_related(
            "customer", "level"
        )
    )
    for _again in range(2):
        [found] = rows.all(reference="G-1")
        assert (found, found.reference, found.starts_on) == (gold, "G-1", gold.starts_on)
        with transaction.atomic(), CaptureQueriesContext(transaction.get_connection()) as asked:
            assert (found.customer.name, found.level.name) == ("Aigner", "Gold")
        assert len(asked) == 0
    assert rows.first(reference="nobody's") is None


def test_what_a_row_was_annotated_with_is_there(system: PhoneSystem) -> None:
    call_of(system, "a", standing={"band": 1}).save()
    rows = Rows(
        lambda blank: (
            Call.objects.filter(external_id=blank.word("name"))
            .select_related("system")
            .annotate(told=JSONObject(seen="seen_at", band="standing__band"))
        )
    )
    [found] = rows.all(name="a")
    assert (found.system, found.told["band"], found.told["seen"][:10]) == (system, 1, "2026-11-23")


def test_values_are_filled_in_wherever_they_stand_and_converted(system: PhoneSystem) -> None:
    for name, minutes in (("a", 0), ("b", 5), ("c", 9)):
        call = call_of(system, name, standing={"band": minutes})
        call.seen_at = NOON + timedelta(minutes=minutes)
        call.save()
    rows = Rows(
        lambda blank: (
            Call.objects.filter(
                Q(external_id=blank.word("name")) | Q(seen_at__gt=blank.moment("since")),
                Q(seen_at__gt=blank.moment("since")) | Q(from_text=""),
                system_id=blank.whole("system"),
            )
            .order_by("external_id")
            .values_list("external_id", "standing")
        )
    )
    wanted = {"name": "a", "system": system.pk}
    assert rows.all(**wanted, since=NOON + timedelta(minutes=6)) == [("a", {"band": 0}), ("c", {"band": 9})]
    assert rows.all(**wanted, since=NOON + timedelta(minutes=4)) == [
        ("a", {"band": 0}),
        ("b", {"band": 5}),
        ("c", {"band": 9}),
    ]
    assert rows.all(**{**wanted, "system": system.pk + 1}, since=NOON) == []
    hostile = "'; DROP TABLE calls_call; --"
    assert rows.all(name=hostile, system=system.pk, since=NOON + timedelta(hours=1)) == []


def test_what_is_left_out_is_loaded_when_it_is_asked_for(system: PhoneSystem) -> None:
    rows = Rows(lambda blank: PhoneSystem.objects.filter(name=blank.word("name")).only("kind"))
    found = rows.first(name="PBX")
    assert found.get_deferred_fields() >= {"region", "secret_sha256"}
    assert found.region == "DE"


def test_a_value_that_is_missing_or_stands_nowhere_is_a_fault(system: PhoneSystem) -> None:
    rows = Rows(lambda blank: Call.objects.filter(external_id=blank.word("name")))
    with pytest.raises(KeyError, match="name"):
        rows.all()

    def forgotten(blank: object) -> object:
        blank.whole("system")  # type: ignore[attr-defined]
        return Call.objects.all()

    with pytest.raises(LookupError, match="system"):
        Rows(forgotten).all(system=1)  # type: ignore[arg-type]


def test_rows_can_be_locked(system: PhoneSystem) -> None:
    call_of(system).save()
    rows = Rows(
        lambda blank: Call.objects.select_for_update(of=("self",)).filter(external_id=blank.word("name"))
    )
    with transaction.atomic(), CaptureQueriesContext(transaction.get_connection()) as asked:
        assert rows.first(name="c-1") is not None
    assert 'FOR UPDATE OF "calls_call"' in asked.captured_queries[-1]["sql"]


def test_an_update_changes_the_rows_that_it_names_and_no_other(system: PhoneSystem) -> None:
    for name in ("a", "b"):
        call_of(system, name).save()
    settle = Update(
        lambda blank: (
            Call.objects.filter(external_id=blank.word("name"), answered_at__isnull=True),
            {"cause": blank.word("cause"), "answered_at": blank.moment("at"), "phone": None},
        )
    )
    assert settle.run(name="a", cause="16", at=NOON) == 1
    assert settle.run(name="a", cause="17", at=NOON) == 0, "it was answered"
    assert settle.run(name="c", cause="17", at=None) == 0
    rows = Call.objects.order_by("external_id").values_list("cause", "answered_at")
    assert list(rows) == [("16", NOON), ("", None)]


def test_a_row_is_inserted_as_it_is_and_only_once(system: PhoneSystem) -> None:
    call = call_of(system, standing={"band": 2}, tried=[4])
    assert insert(call, unless_there=True)
    kept = Call.objects.get(pk=call.pk)
    assert (kept.external_id, kept.standing, kept.tried, kept.arrived_at) == ("c-1", {"band": 2}, [4], NOON)
    call.save()  # it knows that it is there
    again = call_of(system)
    assert not insert(again, unless_there=True)
    assert [again.pk, Call.objects.count()] == [None, 1]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(call_of(system))
    step = CallStep(call=call, event="incoming", at=NOON, response={"action": "busy"})
    assert insert(step)
    assert CallStep.objects.get().response == {"action": "busy"}


def test_only_the_named_fields_are_written(system: PhoneSystem) -> None:
    call = call_of(system)
    insert(call)
    call.cause, call.from_text, call.tried = "16", "not written", [1, 2]
    update(call, ("cause", "tried"))
    call.refresh_from_db()
    assert (call.cause, call.tried, call.from_text) == ("16", [1, 2], "")


def test_a_change_and_a_new_row_go_together(system: PhoneSystem) -> None:
    call, other = call_of(system, "a"), call_of(system, "b")
    call.save()
    call.cause, call.from_text = "16", "is not written"
    with CaptureQueriesContext(transaction.get_connection()) as asked:
        update_and_insert(call, ["cause"], other)
    assert len(asked) == 1
    kept = dict(Call.objects.values_list("external_id", "pk"))
    assert kept == {"a": call.pk, "b": other.pk}
    assert Call.objects.values_list("cause", "from_text").get(pk=call.pk) == ("16", "")

    call.cause, twice = "17", call_of(system, "b")
    with pytest.raises(IntegrityError), transaction.atomic():
        update_and_insert(call, ["cause"], twice)
    assert Call.objects.get(pk=call.pk).cause == "16"
