"""Data-processing agreements from the wish to the end: each step works, is refused, denied, done twice."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.actions import users as user_actions
from accounts.models import AuditEntry, Notice, User
from contracts.actions import processing, processing_stock, processing_sweep
from contracts.actions.processing_refusals import (
    DayPast,
    DocumentUnfit,
    DpaRefused,
    NotFromHere,
    NothingDue,
    NotTerminated,
    NotYours,
    ReasonMissing,
    ReviewOpen,
    SignatureUnfit,
)
from contracts.models import DpaDocument, DpaEvent, DpaSignature, GateChange, ProcessingAgreement
from contracts.queries.gates import customer_gate
from contracts.queries.processing import current_dpa, pending_dpa, register, without_dpa
from contracts.rules.dpa_text import digest
from contracts.rules.gates import Capability
from customers.actions import customers as customer_actions
from customers.models import Contact, Customer
from tests.factories.cast import Cast, make_cast, make_customer
from tests.factories.gates import make_document
from tests.factories.processing import (
    conclude,
    make_offer,
    make_request,
    make_review,
    press,
    settle_all,
    signed_pdf,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
State = ProcessingAgreement.State


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def boss(cast: Cast) -> User:
    """The company admin of the gold customer."""
    return company_admin(cast.owner)


def company_admin(contact: Contact) -> User:
    contact.is_company_admin = True
    customer_actions.save_contact(contact=contact, by=None)
    assert contact.user is not None
    return contact.user


def fresh(dpa: ProcessingAgreement) -> ProcessingAgreement:
    return ProcessingAgreement.objects.get(pk=dpa.pk)


def is_open(customer: Customer, at: datetime = NOW) -> bool:
    return customer_gate(customer.pk, Capability.LOG_ANALYSIS, at).is_open


def test_from_the_wish_to_the_force(cast: Cast, boss: User) -> None:
    dpa = processing.request(customer=cast.gold_customer, source="portal", by=boss)
    assert (pending_dpa(cast.gold_customer.pk), is_open(cast.gold_customer)) == (dpa, False)
    processing.begin_review(dpa=dpa, by=cast.lead)
    mine = dpa.review_items.filter(party="customer")
    for item in mine:
        processing.settle_item(item=item, note=f"so {item.code}", is_done=True, by=boss)
    for item in dpa.review_items.filter(party="firm"):
        processing.settle_item(item=item, note="", is_done=True, by=cast.lead)
    assert {item.done_by_name for item in mine.all()} == {boss.display_name}
    dpa = processing.offer(dpa=dpa, document=make_document(), by=cast.lead)
    assert "so data\\_subjects" in dpa.offered_text or "so data_subjects" in dpa.offered_text
    hashed = digest(dpa.offered_text)
    press(dpa, "customer", name="Olga", role="CEO", document_sha256=hashed, ip="192.0.2.7", by=boss)
    assert (fresh(dpa).state, is_open(cast.gold_customer)) == (State.OFFERED, False)
    press(dpa, "firm", by=cast.lead)
    dpa = fresh(dpa)
    assert (dpa.state, dpa.in_force_at, is_open(cast.gold_customer)) == (State.IN_FORCE, NOW, True)
    signature = dpa.signatures.get(party="customer")
    assert (signature.name, signature.ip, signature.user, signature.at) == ("Olga", "192.0.2.7", boss, NOW)
    assert set(dpa.signatures.values_list("document_sha256", flat=True)) == {hashed}
    codes = [code.removeprefix("dpa_event.") for code in dpa.events.values_list("code", flat=True)]
    assert codes == [
        *("requested", "review_begun"),
        *["item_settled"] * 10,
        *("offered", "signed", "signed", "in_force"),
    ]
    assert AuditEntry.objects.filter(verb="dpa.in_force", object_id=str(dpa.pk)).count() == 1
    assert GateChange.objects.filter(customer=cast.gold_customer, at=NOW).exists()
    assert list(register(NOW)) == [dpa]


def test_who_is_told_of_what(cast: Cast, boss: User) -> None:
    dpa = conclude(cast.gold_customer)
    processing.terminate(dpa=dpa, reason="over", by=None)
    told: dict[str, set[User | None]] = {}
    for notice in Notice.objects.filter(kind__startswith="dpa_"):
        told.setdefault(notice.kind, set()).add(notice.user)
        assert notice.params == {"dpa": str(dpa.pk)}
    firm = {cast.lead, cast.admin}
    assert told == {
        "dpa_requested": {*firm, boss},  # the wish; that there are questions to answer
        "dpa_offered": {boss},
        "dpa_in_force": {*firm, boss},
        "dpa_ended": {*firm, boss},
    }


def test_asking_twice_is_asking_once_and_beside_one_in_force_it_is_a_new_version(cast: Cast) -> None:
    first = make_request(cast.gold_customer)
    assert make_request(cast.gold_customer) == first
    old = conclude(cast.bronze_customer)
    new = make_offer(cast.bronze_customer)
    assert (fresh(old).state, fresh(new).state) == (State.IN_FORCE, State.OFFERED)
    press(new, "firm")
    later = NOW + timedelta(hours=1)
    press(new, "customer", at=later)
    old, new = fresh(old), fresh(new)
    assert (old.state, old.ended_because, old.ends_at) == (State.ENDED, "superseded", later)
    assert (new.state, new.in_force_at) == (State.IN_FORCE, later)
    assert current_dpa(cast.bronze_customer.pk, later - timedelta(microseconds=1)) == old
    assert current_dpa(cast.bronze_customer.pk, later) == new


def test_signing_twice_is_signing_once(cast: Cast) -> None:
    dpa = make_offer(cast.gold_customer)
    press(dpa, "firm", name="First")
    press(dpa, "firm", name="Second")
    press(dpa, "customer")
    press(dpa, "customer")
    assert sorted(dpa.signatures.values_list("name", flat=True)) == ["First", "Petra Press"]
    assert DpaEvent.objects.filter(code="dpa_event.in_force").count() == 1


def outcome(step: Callable[[], Any]) -> str:
    try:
        step()
    except DpaRefused as refusal:
        return type(refusal).__name__
    return "done"


def test_nobody_acts_for_a_side_that_is_not_theirs(cast: Cast, boss: User) -> None:
    document = make_document()
    offered = make_offer(cast.gold_customer, document)
    asked = make_review(cast.bronze_customer)
    held = conclude(cast.plain_customer)
    leaving = processing.terminate(
        dpa=conclude(make_customer("Leaving")), reason="x", last_day=date(2026, 12, 31), by=cast.lead
    )
    item_of_us = asked.review_items.filter(party="firm")[0]
    item_of_them = asked.review_items.filter(party="customer")[0]
    stranger, colleague = company_admin(cast.stranger), cast.colleague.user
    steps: dict[str, Callable[[User | None], Any]] = {
        "request": lambda by: processing.request(customer=cast.gold_customer, source="agent", by=by),
        "sign as customer": lambda by: press(offered, "customer", by=by),
        "sign as firm": lambda by: press(offered, "firm", by=by),
        "refuse": lambda by: processing.refuse(dpa=offered, reason="no", by=by),
        "withdraw": lambda by: processing.withdraw(dpa=offered, by=by),
        "offer": lambda by: processing.offer(dpa=offered, document=document, by=by),
        "our question": lambda by: processing.settle_item(item=item_of_us, note="", is_done=True, by=by),
        "their question": lambda by: processing.settle_item(item=item_of_them, note="", is_done=True, by=by),
        "terminate": lambda by: processing.terminate(dpa=held, reason="x", by=by),
        "take back": lambda by: processing.take_back_termination(dpa=leaving, by=by),
        "decide": lambda by: processing.decide_review(dpa=held, holds_until=None, by=by),
    }
    allowed = {
        "request": {"agent", "lead", "admin", "boss"},
        "sign as customer": {"boss"},
        "sign as firm": {"lead", "admin"},
        "refuse": {"lead", "admin", "boss"},
        "withdraw": {"lead", "admin", "boss"},
        "offer": {"lead", "admin"},
        "our question": {"lead", "admin"},
        "their question": {"lead", "admin", "stranger"},  # who is company admin of that customer
        "terminate": {"lead", "admin"},
        "take back": {"lead", "admin"},
        "decide": set(),  # nothing is due
    }
    people = {
        "agent": cast.agent,
        "lead": cast.lead,
        "admin": cast.admin,
        "boss": boss,
        "colleague": colleague,
        "stranger": stranger,
    }
    for name, step in steps.items():
        did = set()
        for who, user in people.items():
            with transaction.atomic():
                if outcome(lambda step=step, user=user: step(user)) == "done":  # type: ignore[misc]
                    did.add(who)
                transaction.set_rollback(True)
        assert did == allowed[name], name


def test_someone_who_left_does_nothing(cast: Cast, boss: User) -> None:
    dpa = make_offer(cast.gold_customer)
    for user in (cast.lead, boss):
        user.is_active = False
        user_actions.save(user=user, by=None)
        with pytest.raises(NotYours):
            press(dpa, "firm" if user == cast.lead else "customer", by=user)
    assert not DpaSignature.objects.exists()


def test_a_step_out_of_its_place_is_refused_and_changes_nothing(cast: Cast) -> None:
    asked, document = make_request(cast.gold_customer), make_document()
    reviewed = make_review(cast.bronze_customer)
    held = conclude(cast.plain_customer)
    before = list(ProcessingAgreement.objects.order_by("pk").values())
    events = DpaEvent.objects.count()
    refused: list[tuple[type[DpaRefused], Callable[[], Any]]] = [
        (NotFromHere, lambda: processing.offer(dpa=asked, document=document, by=None)),
        (NotFromHere, lambda: press(asked, "firm")),
        (NotFromHere, lambda: processing.terminate(dpa=asked, reason="x", by=None)),
        (NotFromHere, lambda: processing.begin_review(dpa=reviewed, by=None)),
        (ReviewOpen, lambda: processing.offer(dpa=reviewed, document=document, by=None)),
        (NotFromHere, lambda: processing.withdraw(dpa=held, by=None)),
        (NotFromHere, lambda: processing.refuse(dpa=held, reason="x", by=None)),
        (ReasonMissing, lambda: processing.refuse(dpa=asked, reason="  ", by=None)),
        (ReasonMissing, lambda: processing.terminate(dpa=held, reason="", by=None)),
        (DayPast, lambda: processing.terminate(dpa=held, reason="x", last_day=date(2026, 11, 19), by=None)),
        (NotTerminated, lambda: processing.take_back_termination(dpa=held, by=None)),
        (NotFromHere, lambda: processing.take_back_termination(dpa=asked, by=None)),
        (NothingDue, lambda: processing.decide_review(dpa=held, holds_until=None, by=None)),
    ]
    for error, step in refused:
        with pytest.raises(error):
            step()
    assert list(ProcessingAgreement.objects.order_by("pk").values()) == before
    assert DpaEvent.objects.count() == events


def test_what_is_signed_is_what_is_offered(cast: Cast) -> None:
    dpa = make_offer(cast.gold_customer)
    unfit: list[tuple[type[DpaRefused], dict[str, Any]]] = [
        (DocumentUnfit, {"document_sha256": "0" * 64}),
        (SignatureUnfit, {"name": " "}),
        (SignatureUnfit, {"role": ""}),
    ]
    for error, given in unfit:
        with pytest.raises(error):
            press(dpa, "customer", **given)
    upload: dict[str, Any] = {"party": "customer", "method": "upload", "name": "O", "role": "CEO", "by": None}
    for file in (None, signed_pdf().__class__(b"<html>", "x.pdf")):
        with pytest.raises(SignatureUnfit):
            processing.sign(dpa=dpa, file=file, **upload)
    processing.sign(dpa=dpa, file=signed_pdf(), **upload)
    signature = dpa.signatures.get()
    with signature.file.open("rb") as paper:
        assert paper.read() == b"%PDF-1.7 signed"
    assert signature.file.name != "dpa/signed.pdf"
    # Whoever changes the text behind our back: the history knows what was offered.
    ProcessingAgreement.objects.filter(pk=dpa.pk).update(offered_text="something else")
    with pytest.raises(DocumentUnfit):
        press(dpa, "firm")
    assert fresh(dpa).state == State.OFFERED


def test_another_version_is_offered_only_while_nobody_has_signed(cast: Cast) -> None:
    dpa, other = make_offer(cast.gold_customer), make_document()
    draft = DpaDocument.objects.create(version="draft", body_de="x", measures_de="y", created_at=NOW)
    with pytest.raises(DocumentUnfit):
        processing.offer(dpa=dpa, document=draft, by=None)
    processing.offer(dpa=dpa, document=other, by=None)
    processing.offer(dpa=dpa, document=other, by=None)
    assert DpaEvent.objects.filter(code="dpa_event.offered").count() == 2
    press(dpa, "firm")
    with pytest.raises(DocumentUnfit):
        processing.offer(dpa=dpa, document=make_document(), by=None)
    press(dpa, "customer")
    assert fresh(dpa).document == other


def test_an_end_is_dated_and_twice_is_once(cast: Cast) -> None:
    asked, wanted = make_request(cast.gold_customer), make_offer(cast.bronze_customer)
    for _ in range(2):
        assert processing.withdraw(dpa=asked, by=None).ended_because == "withdrawn"
        assert processing.refuse(dpa=wanted, reason="too long", by=None).end_reason == "too long"
    assert DpaEvent.objects.filter(code="dpa_event.ended").count() == 2
    held = conclude(cast.plain_customer)
    for _ in range(2):
        processing.terminate(dpa=held, reason="notice", last_day=date(2026, 12, 31), by=cast.lead)
    held = fresh(held)
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert (held.state, held.ends_at, held.ended_because) == (State.IN_FORCE, midnight, "terminated")
    assert DpaEvent.objects.filter(code="dpa_event.termination_set").count() == 1
    assert GateChange.objects.filter(customer=cast.plain_customer, at=midnight).count() == 1
    assert is_open(cast.plain_customer, midnight - timedelta(microseconds=1))
    assert not is_open(cast.plain_customer, midnight)
    assert pending_dpa(cast.gold_customer.pk) is None
    assert make_request(cast.gold_customer) != asked, "a new wish after the old one is over"


def test_a_termination_is_taken_back_until_its_last_day_is_over(cast: Cast) -> None:
    held = conclude(cast.plain_customer)
    processing.terminate(dpa=held, reason="notice", last_day=date(2026, 12, 31), by=cast.lead)
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)
    with transaction.atomic():
        with pytest.raises(NotFromHere):
            processing.take_back_termination(dpa=held, by=cast.lead, at=midnight)
        transaction.set_rollback(True)
    held = processing.take_back_termination(dpa=held, by=cast.lead, at=midnight - timedelta(microseconds=1))
    assert (held.state, held.ends_at, held.ended_because, held.end_reason) == (State.IN_FORCE, None, "", "")
    assert is_open(cast.plain_customer, midnight)
    processing_sweep.sweep(at=midnight + timedelta(days=1))
    assert fresh(held).ended_because == "", "nothing of the termination is left"
    assert AuditEntry.objects.filter(verb="dpa.termination_taken_back").count() == 1


def test_terminated_at_once_its_gates_close_at_once(cast: Cast) -> None:
    dpa = conclude(cast.gold_customer)
    later = NOW + timedelta(minutes=5)
    processing.terminate(dpa=dpa, reason="breach of trust", by=cast.lead, at=later)
    assert (fresh(dpa).state, fresh(dpa).ends_at) == (State.ENDED, later)
    assert (
        is_open(cast.gold_customer, later - timedelta(seconds=1)),
        is_open(cast.gold_customer, later),
    ) == (
        True,
        False,
    )


def test_what_ended_by_its_date_is_superseded_no_more(cast: Cast) -> None:
    """The end has come and no sweep has noted it: the new one does not rewrite why."""
    old = conclude(cast.gold_customer)
    processing.terminate(dpa=old, reason="x", last_day=date(2026, 11, 20), by=None)
    new = make_offer(cast.gold_customer)
    after = datetime(2026, 11, 21, 8, tzinfo=UTC)
    press(new, "firm", at=after)
    press(new, "customer", at=after)
    old = fresh(old)
    assert (old.ended_because, old.ends_at) == ("terminated", datetime(2026, 11, 20, 23, tzinfo=UTC))
    assert fresh(new).in_force_at == after


def test_the_worklist_has_contracts_without_dpa(cast: Cast) -> None:
    assert [row.customer for row in without_dpa(NOW)] == [cast.gold_customer, cast.bronze_customer]
    dpa = make_request(cast.gold_customer)
    conclude(cast.bronze_customer)
    (row,) = without_dpa(NOW)
    assert (row.customer, row.pending, row.last) == (cast.gold_customer, dpa, None)
    processing.refuse(dpa=dpa, reason="no", by=None)
    (row,) = without_dpa(NOW)
    assert (row.pending, row.last) == (None, dpa)


def test_half_a_signature_is_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    dpa = make_offer(cast.gold_customer)
    press(dpa, "firm")

    def fails(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("contracts.actions.processing_steps.announce_gates", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        press(dpa, "customer")
    assert (fresh(dpa).state, dpa.signatures.count()) == (State.OFFERED, 1)
    assert not DpaEvent.objects.filter(code="dpa_event.in_force").exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contracts_dpasignature SET name = 'Somebody else', user_id = NULL",
        "UPDATE contracts_dpasignature SET document_sha256 = repeat('0', 64)",
        "UPDATE contracts_dpasignature SET at = now()",
        "DELETE FROM contracts_dpasignature",
        "UPDATE contracts_dpaevent SET code = 'dpa_event.ended'",
        "UPDATE contracts_dpaevent SET params = '{}' || jsonb_build_object('x', 1)",
        "DELETE FROM contracts_dpaevent",
    ],
)
def test_what_was_signed_and_what_happened_stays(cast: Cast, change: str) -> None:
    conclude(cast.gold_customer)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_people_can_be_forgotten_and_their_signature_stays(cast: Cast, boss: User) -> None:
    dpa = make_offer(cast.gold_customer)
    press(dpa, "customer", by=boss, ip="192.0.2.7")
    DpaSignature.objects.update(user=None, name="", role="", ip=None)
    DpaEvent.objects.update(by=None, by_name="")
    assert dpa.signatures.get().document_sha256 == digest(fresh(dpa).offered_text)


def test_one_that_was_concluded_before_is_entered_as_it_was(cast: Cast) -> None:
    since = NOW - timedelta(days=400)
    given: dict[str, Any] = {
        "customer": cast.gold_customer,
        "document": make_document(),
        "answers": {"purposes": "remote support"},
        "signers": {"customer": ("Olga", "CEO"), "firm": ("Lea", "CEO")},
        "by": cast.lead,
        "at": since,
    }
    dpa = processing_stock.enter_concluded(**given)
    assert (is_open(cast.gold_customer, since), is_open(cast.gold_customer, since - timedelta(1))) == (
        True,
        False,
    )
    assert "remote support" in dpa.offered_text
    assert {one.document_sha256 for one in dpa.signatures.all()} == {digest(dpa.offered_text)}
    assert not Notice.objects.filter(kind__startswith="dpa_").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        processing_stock.enter_concluded(**given)


@pytest.mark.django_db(transaction=True)
def test_signing_at_the_same_moment_doubles_nothing(cast: Cast) -> None:
    """Two presses of each button at once: one signature each, in force once, one letter each."""
    dpa, errors = make_offer(cast.gold_customer), []
    barrier = threading.Barrier(4)

    def signs(party: str) -> None:
        try:
            barrier.wait(timeout=20)
            press(ProcessingAgreement.objects.get(pk=dpa.pk), party)
        except (DpaRefused, IntegrityError) as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=signs, args=(party,)) for party in ("customer", "firm") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors
    assert sorted(dpa.signatures.values_list("party", flat=True)) == ["customer", "firm"]
    assert (fresh(dpa).state, DpaEvent.objects.filter(code="dpa_event.in_force").count()) == ("in_force", 1)
    assert Notice.objects.filter(kind="dpa_in_force").count() == 2  # lead and admin


@pytest.mark.django_db
def test_the_database_keeps_one_in_force_a_customer(cast: Cast) -> None:
    first, second = conclude(cast.gold_customer), make_review(cast.gold_customer)
    settle_all(second)
    values = {"state": State.IN_FORCE, "in_force_at": NOW, "document": first.document}
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcessingAgreement.objects.filter(pk=second.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcessingAgreement.objects.filter(pk=first.pk).update(state=State.ENDED)
