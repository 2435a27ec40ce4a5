"""The life of a service number as admins lead it: added, given, released, resting, woken, deleted."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import AuditEntry, User
from calls.actions import numbers
from calls.actions.refusing import Refused
from calls.models import PhoneSystem, ServiceNumber
from calls.queries.facts import dialled
from calls.queries.numbers import number_now, numbers_of
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement
from contracts.queries.renewals import today_at
from tests.factories.cast import make_agreement, make_customer, make_level, make_user
from tests.factories.phones import Line, make_number, make_phone, make_system, open_always, set_policy

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def admin() -> User:
    return make_user("admin", User.Role.ADMIN)


@pytest.fixture
def system() -> PhoneSystem:
    return make_system()


def gold(name: str = "Aigner", **fields: Any) -> Agreement:
    return make_agreement(make_customer(name), make_level(), **fields)


def add(system: PhoneSystem, number: str = "+4930555001", **fields: Any) -> ServiceNumber:
    return numbers.add(number=ServiceNumber(number=number, system=system, **fields), by=None)


def state_of(number: ServiceNumber, at: datetime | None = None) -> str:
    number = ServiceNumber.objects.get(pk=number.pk)
    return number_now(number, at or timezone.now(), "en").state.value


def verbs() -> list[str]:
    rows = AuditEntry.objects.filter(object_kind="calls.servicenumber")
    return list(rows.order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+49 30 555 001", "+4930555001"),
        ("0049 (0)30 555001", "+4930555001"),
        ("030/555001", "+4930555001"),
        ("555001", "+4930555001"),
        ("+43 1 5550000", "+4315550000"),
    ],
)
def test_a_number_is_kept_in_one_form_however_it_is_written(
    system: PhoneSystem, written: str, kept: str
) -> None:
    assert add(system, written).number == kept


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("201", "an extension, not a phone number"),
        ("112", "emergency number"),
        ("+49 110", "emergency number"),
        ("Telefon", "no phone number"),
        ("+49", "no phone number"),
    ],
)
def test_what_is_no_number_of_a_customer_is_refused_in_words(
    system: PhoneSystem, written: str, said: str
) -> None:
    with pytest.raises(Refused) as refusal:
        add(system, written)
    assert said in refusal.value.messages[0]
    with translation.override("de"), pytest.raises(Refused) as refusal:
        add(system, written)
    assert said not in refusal.value.messages[0]
    assert not ServiceNumber.objects.filter(kind="contract").exists()


def test_a_number_is_entered_once(system: PhoneSystem) -> None:
    add(system)
    with pytest.raises(Refused, match="entered already"):
        add(system, "030 555001")
    assert ServiceNumber.objects.filter(number="+4930555001").count() == 1
    assert verbs() == ["service_number.added"]


def test_a_number_is_given_rests_and_is_given_to_somebody_else(system: PhoneSystem, admin: User) -> None:
    set_policy(quarantine_days=30)
    now, ours, theirs = timezone.now(), gold(), gold("Moser")
    number = add(system)
    assert state_of(number) == "free"

    numbers.give(number=number, agreement=ours, by=admin, at=now)
    assert state_of(number) == "in_service"

    numbers.release(number=number, by=admin, at=now)
    last = today_at(now) + 29 * DAY
    number.refresh_from_db()
    assert (number.agreement, number.former_customer, number.quarantine_until) == (None, ours.customer, last)
    assert (state_of(number), state_of(number, now + 30 * DAY)) == ("resting", "free")

    with pytest.raises(Refused, match="only its former customer"):
        numbers.give(number=number, agreement=theirs, by=admin, at=now + 29 * DAY)
    numbers.give(number=number, agreement=theirs, by=admin, at=now + 30 * DAY)
    number.refresh_from_db()
    assert (number.agreement, number.former_customer, number.quarantine_until) == (theirs, None, None)
    assert verbs() == ["service_number.added"] + [
        f"service_number.{act}" for act in ("given", "released", "given")
    ]


def test_the_former_customer_has_a_resting_number_back_and_is_put_through(system: PhoneSystem) -> None:
    open_always()
    ours = gold()
    number = add(system, agreement=ours)
    numbers.release(number=number, by=None)
    assert Line(system, number.number).rings()["action"] == "wait"
    numbers.give(number=number, agreement=make_agreement(ours.customer, make_level()), by=None)
    assert state_of(number) == "in_service"
    make_phone(system)
    assert Line(system, number.number).rings()["action"] == "connect"


def test_a_number_that_nobody_was_told_needs_no_rest(system: PhoneSystem) -> None:
    number = add(system, agreement=gold(starts_on=today_at(timezone.now()) + 10 * DAY))
    assert state_of(number) == "reserved"
    numbers.release(number=number, by=None)
    assert state_of(number) == "free"


def _lapsed(system: PhoneSystem, today: date) -> ServiceNumber:
    """Its agreement ended early, and what renews that one begins as it always would have."""
    first = gold(starts_on=today - 99 * DAY, ends_on=today + 9 * DAY)
    number = add(system, agreement=first)
    starts_on = today + 10 * DAY
    make_agreement(first.customer, make_level(), starts_on=starts_on, renewed_from=first)
    Agreement.objects.filter(pk=first.pk).update(terminated_on=today - DAY)
    return number


def _put_off(system: PhoneSystem, today: date) -> ServiceNumber:
    """The number is valid again only from a later day on."""
    number = add(system, agreement=gold())
    number.valid_from = today + 10 * DAY
    return numbers.change(number=number, by=None)


def _dialled(system: PhoneSystem, today: date) -> ServiceNumber:
    """Given to an agreement that is yet to start, but somebody knew it."""
    open_always()
    number = add(system, agreement=gold(starts_on=today + 10 * DAY))
    Line(system, number.number).rings()
    return number


def _back(system: PhoneSystem, today: date) -> ServiceNumber:
    """Resting, and back with its former customer, whose next agreement is yet to start."""
    first = gold()
    number = add(system, agreement=first)
    numbers.release(number=number, by=None)
    later = make_agreement(first.customer, make_level(), starts_on=today + 10 * DAY)
    return numbers.give(number=number, agreement=later, by=None)


@pytest.mark.parametrize("used", [_lapsed, _put_off, _dialled, _back])
def test_a_number_that_was_in_use_rests_although_it_is_only_reserved(
    system: PhoneSystem, used: Callable[[PhoneSystem, date], ServiceNumber]
) -> None:
    set_policy(quarantine_days=30)
    today = today_at(timezone.now())
    number = ServiceNumber.objects.get(pk=used(system, today).pk)
    assert state_of(number) == "reserved"
    former = number.agreement and number.agreement.customer
    numbers.release(number=number, by=None)
    number.refresh_from_db()
    assert (state_of(number), number.quarantine_until) == ("resting", today + 29 * DAY)
    assert number.former_customer == former


def test_a_rest_ends_early_only_for_a_reason(system: PhoneSystem, admin: User) -> None:
    number = add(system, agreement=gold())
    numbers.release(number=number, by=admin)
    with pytest.raises(Refused, match="Say why"):
        numbers.end_rest(number=number, reason_why="  ", by=admin)
    numbers.end_rest(number=number, reason_why="their new number is everywhere", by=admin)
    assert state_of(number) == "free"
    entry = AuditEntry.objects.get(verb="service_number.woken")
    assert entry.personal.details["reason"] == "their new number is everywhere"
    numbers.give(number=number, agreement=gold("Moser"), by=admin)


def test_a_number_stays_with_an_agreement_that_is_renewed(system: PhoneSystem) -> None:
    now = timezone.now()
    today = today_at(now)
    first = gold(starts_on=today - 400 * DAY, ends_on=today - DAY)
    number = add(system)
    ServiceNumber.objects.filter(pk=number.pk).update(agreement=first)
    assert state_of(number) == "dormant"
    second = make_agreement(
        first.customer, make_level(), starts_on=today, ends_on=today + 364 * DAY, renewed_from=first
    )
    assert state_of(number) == "in_service"
    assert [each.pk for each in numbers_of(second)] == [number.pk]
    fact = dialled(number.number, system, now).fact
    assert fact is not None
    assert fact.agreement == "in_force"


def _taken(number: ServiceNumber, other: Agreement) -> None:
    numbers.give(number=number, agreement=other, by=None)


def _deleted(number: ServiceNumber, _other: Agreement) -> None:
    numbers.delete(number=number, by=None)


def _woken(number: ServiceNumber, _other: Agreement) -> None:
    numbers.end_rest(number=number, reason_why="why", by=None)


def _released(number: ServiceNumber, _other: Agreement) -> None:
    numbers.release(number=number, by=None)


@pytest.mark.parametrize(
    ("given", "act", "code"),
    [
        ("given", _taken, "refused.taken"),
        ("given", _deleted, "refused.in_use"),
        ("given", _woken, "refused.not_resting"),
        ("resting", _taken, "refused.resting"),
        ("resting", _deleted, "refused.in_use"),
        ("resting", _released, "refused.not_given"),
        ("free", _released, "refused.not_given"),
        ("free", _woken, "refused.not_resting"),
        ("public", _taken, "refused.public"),
        ("public", _released, "refused.not_given"),
    ],
)
def test_what_may_not_be_done_with_a_number_is_refused_and_leaves_it(
    system: PhoneSystem, given: str, act: Callable[[ServiceNumber, Agreement], None], code: str
) -> None:
    number = add(system, kind="public" if given == "public" else "contract")
    if given in {"given", "resting"}:
        numbers.give(number=number, agreement=gold(), by=None)
    if given == "resting":
        numbers.release(number=number, by=None)
    before, told = ServiceNumber.objects.filter(pk=number.pk).values().get(), verbs()
    with pytest.raises(Refused) as refusal:
        act(number, gold("Moser"))
    assert [why.code for why in refusal.value.why] == [code]
    assert ServiceNumber.objects.filter(pk=number.pk).values().get() == before
    assert verbs() == told


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ends_on": date(2020, 12, 31)}, "refused.agreement_over"),
        ({"kind": "update", "level": None}, "refused.not_service"),
    ],
)
def test_only_a_service_agreement_that_is_not_over_is_given_a_number(
    system: PhoneSystem, fields: dict[str, Any], code: str
) -> None:
    agreement = gold(starts_on=date(2020, 1, 1))
    Agreement.objects.filter(pk=agreement.pk).update(**fields)
    agreement.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        add(system, agreement=agreement)
    assert [why.code for why in refusal.value.why] == [code]
    assert not ServiceNumber.objects.filter(kind="contract").exists()


def test_a_free_number_is_deleted_and_its_calls_stay(system: PhoneSystem) -> None:
    open_always()
    number = add(system)
    line = Line(system, number.number)
    line.rings()
    numbers.delete(number=number, by=None)
    assert line.call.number is None
    assert verbs()[-1] == "service_number.deleted"
    assert Line(system, number.number).rings()["rule"] == "unknown_number"


def test_an_agreement_with_a_number_is_not_deleted(system: PhoneSystem, admin: User) -> None:
    agreement = gold()
    make_number(system, "+4930555001", agreement)
    with pytest.raises(agreement_actions.InUse):
        agreement_actions.delete(agreement=agreement, by=admin)
    assert Agreement.objects.filter(pk=agreement.pk).exists()


def test_what_is_changed_stands_in_the_trail_and_nothing_else(system: PhoneSystem, admin: User) -> None:
    number = add(system)
    numbers.change(number=number, by=admin)
    assert verbs() == ["service_number.added"]
    number.announcement = "welcome_aigner"
    numbers.change(number=number, by=admin)
    entry = AuditEntry.objects.get(verb="service_number.changed")
    assert entry.personal.details == {"announcement": ["", "welcome_aigner"]}
    assert entry.actor_id == admin.pk
    number.announcement = "wel come;x"
    with pytest.raises(Refused, match="name of a recording"):
        numbers.change(number=number, by=admin)
