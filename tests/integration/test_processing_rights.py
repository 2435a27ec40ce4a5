"""Instructions, audit requests and notices of breaches: entered, refused, denied, twice, settled, proven."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from accounts.actions import notices
from accounts.models import AuditEntry, Notice, User
from contracts.actions import processing_rights as acts
from contracts.actions import telling_contacts
from contracts.models import AuditRequest, Breach, BreachNotice, Instruction, ToldContact
from contracts.queries.processing_rights import waiting_for_answer
from contracts.queries.proof import proof_of_breach
from customers.access import NotTheirs
from customers.models import Contact, Customer
from lib.sheets.writing import write_csv
from mail.actions.delivering import deliver
from tests.factories.cast import Cast, make_cast, make_customer
from tests.factories.gates import end_dpa, make_dpa

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def user_of(contact: Contact) -> User:
    assert contact.user is not None
    return contact.user


def verbs(prefix: str) -> list[str]:
    rows = AuditEntry.objects.filter(verb__startswith=prefix).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def report(cast: Cast, *customers: Customer, title: str = "Backup lost") -> Breach:
    return acts.report_breach(
        title=title,
        text="A disk with names and addresses is gone.",
        known_at=NOW - 5 * HOUR,
        customers=customers,
        by=cast.lead,
        at=NOW,
    )


def test_an_instruction_of_the_customer_is_kept_and_settled(cast: Cast) -> None:
    dpa = make_dpa(cast.gold_customer, at=NOW)
    for _twice in range(2):
        given = acts.instruct(
            customer=cast.gold_customer, text=" Delete the old logs. ", by=user_of(cast.owner), at=NOW
        )
    assert Instruction.objects.get() == given
    assert (given.text, given.given_by, given.given_by_name) == ("Delete the old logs.", cast.owner, "Owner")
    assert (given.processing_agreement, waiting_for_answer()) == (dpa, (0, 1))

    for _twice in range(2):
        acts.settle_instruction(instruction=given, outcome="Deleted.", by=cast.lead, at=NOW + HOUR)
    given.refresh_from_db()
    assert (given.outcome, given.settled_at, given.settled_by) == ("Deleted.", NOW + HOUR, cast.lead)
    assert verbs("instruction.") == ["instruction.given", "instruction.settled"]
    assert waiting_for_answer() == (0, 0)


def test_the_desk_enters_what_it_was_told_with_the_name(cast: Cast) -> None:
    make_dpa(cast.gold_customer, at=NOW)
    ask: dict[str, Any] = {
        "customer": cast.gold_customer,
        "text": "Your data centre.",
        "by": cast.lead,
        "at": NOW,
    }
    with pytest.raises(acts.RightsRefused):
        acts.ask_audit(**ask)
    request = acts.ask_audit(given_by_name="Mr Owner on the phone", **ask)
    assert (request.asked_by, request.asked_by_name) == (None, "Mr Owner on the phone")

    with pytest.raises(acts.RightsRefused):
        acts.settle_audit(request=request, held_on=None, outcome="", by=cast.lead, at=NOW)
    day = date(2026, 11, 2)
    acts.settle_audit(request=request, held_on=day, outcome="", by=cast.lead, at=NOW)
    request.refresh_from_db()
    assert (request.held_on, request.settled_at) == (day, None)
    acts.settle_audit(request=request, held_on=day, outcome="No findings.", by=cast.lead, at=NOW)
    request.refresh_from_db()
    assert (request.outcome, request.settled_at) == ("No findings.", NOW)
    assert verbs("audit_request.") == ["audit_request.asked", "audit_request.dated", "audit_request.settled"]


@pytest.mark.parametrize("state", ["none", "offered", "ended"])
def test_without_an_agreement_in_force_there_is_nothing_to_instruct(cast: Cast, state: str) -> None:
    if state != "none":
        make_dpa(cast.gold_customer, state, at=NOW)
    for act in (acts.instruct, acts.ask_audit):
        with pytest.raises(acts.RightsRefused):
            act(customer=cast.gold_customer, text="Do it.", by=user_of(cast.owner), at=NOW)
    assert not Instruction.objects.exists()
    assert not AuditRequest.objects.exists()


def test_nobody_acts_for_somebody_else(cast: Cast) -> None:
    make_dpa(cast.gold_customer, at=NOW)
    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=True)
    given = acts.instruct(customer=cast.gold_customer, text="Do.", by=user_of(cast.colleague), at=NOW)
    wish = acts.ask_audit(customer=cast.gold_customer, text="All.", by=user_of(cast.colleague), at=NOW)
    notice = BreachNotice.objects.get(breach=report(cast, cast.gold_customer))
    owner, stranger = user_of(cast.owner), user_of(cast.stranger)
    calls: list[Callable[[User], object]] = [
        lambda by: acts.instruct(customer=cast.gold_customer, text="Other.", by=by, at=NOW),
        lambda by: acts.ask_audit(customer=cast.gold_customer, text="Other.", by=by, at=NOW),
        lambda by: acts.settle_instruction(instruction=given, outcome="x", by=by, at=NOW),
        lambda by: acts.settle_audit(request=wish, held_on=None, outcome="x", by=by, at=NOW),
        lambda by: acts.acknowledge_breach(notice=notice, by=by, at=NOW),
        lambda by: acts.notify_of_breach(breach=notice.breach, customers=[], by=by, at=NOW),
        lambda by: acts.report_breach(title="t", text="t", known_at=NOW, customers=[], by=by, at=NOW),
    ]
    for call in calls:
        for by in (owner, stranger, cast.agent):
            with pytest.raises(NotTheirs):
                call(by)
    assert (Instruction.objects.count(), AuditRequest.objects.count(), Breach.objects.count()) == (1, 1, 1)


def test_each_customer_is_told_of_a_breach_once_with_time_and_proof(cast: Cast) -> None:
    dpa = make_dpa(cast.gold_customer, at=NOW)
    end_dpa(dpa, NOW)  # a breach may concern data of somebody whose agreement is over
    User.objects.filter(contact=cast.owner).update(language="en")
    breach = report(cast, cast.gold_customer)
    assert report(cast, cast.gold_customer) == breach  # pressing twice reports once
    texts = {cast.bronze_customer.pk: "Yours were encrypted."}
    told = [cast.gold_customer, cast.bronze_customer]
    assert acts.notify_of_breach(breach=breach, customers=told, texts=texts, by=cast.admin, at=NOW) == 1
    assert acts.notify_of_breach(breach=breach, customers=told, texts=texts, by=cast.admin, at=NOW) == 0
    assert BreachNotice.objects.count() == 2
    assert verbs("breach.") == ["breach.entered", "breach.told", "breach.told"]

    deliver()
    bodies = {message.to[0]: " ".join(str(message.body).split()) for message in mail.outbox}
    assert set(bodies) == {f"{name}@firm.example" for name in ("owner", "colleague", "stranger")}
    assert "We know of it since 5 October 2026, 06:00" in bodies["owner@firm.example"]
    assert "A disk with names and addresses is gone." in bodies["owner@firm.example"]
    assert "Yours were encrypted." in bodies["stranger@firm.example"]
    assert "Yours were encrypted." not in bodies["owner@firm.example"]

    notice = BreachNotice.objects.get(customer=cast.gold_customer)
    acts.acknowledge_breach(notice=notice, by=user_of(cast.owner), at=NOW + HOUR)
    acts.acknowledge_breach(notice=notice, by=user_of(cast.colleague), at=NOW + 2 * HOUR)
    telling_contacts.note_sent_mail()
    text = "".join(write_csv(*proof_of_breach(breach), separator=";"))
    (_headings, gold, bronze) = text.strip().splitlines()
    assert "A disk with names and addresses is gone." in gold, "the proof says what they were told"
    assert "Yours were encrypted." in bronze
    assert "2026-10-05 06:00" in gold
    assert "Owner <owner@firm.example>" in gold
    assert gold.endswith("2026-10-05 12:00;Owner")
    assert bronze.endswith(";;")
    assert ToldContact.objects.filter(breach_notice__breach=breach, sent_at__isnull=False).count() == 3


def test_the_desk_sees_whom_no_mail_can_reach(cast: Cast, client: Client) -> None:
    nobody = make_customer("Nobody there")
    make_dpa(nobody)
    breach = report(cast, cast.gold_customer)
    User.objects.filter(pk=cast.lead.pk).update(language="en")
    client.force_login(cast.lead)
    path, said = f"/desk/dpa-rights/breaches/{breach.pk}/", "Tell them by letter"
    assert said not in client.get(path).content.decode()
    acts.notify_of_breach(breach=breach, customers=[nobody], by=cast.lead)
    assert said in client.get(path).content.decode()


def test_a_breach_needs_a_text_somebody_concerned_and_a_moment_that_is_over(cast: Cast) -> None:
    good: dict[str, Any] = {"title": "t", "text": "t", "known_at": NOW, "customers": [cast.gold_customer]}
    wrongs: list[dict[str, Any]] = [{"title": " "}, {"text": ""}, {"customers": []}]
    for wrong in (*wrongs, {"known_at": NOW + HOUR}):
        with pytest.raises(acts.RightsRefused):
            acts.report_breach(**{**good, **wrong}, by=cast.lead, at=NOW)
    assert not Breach.objects.exists()
    assert not Notice.objects.filter(kind="breach").exists()


def test_a_report_that_fails_half_way_tells_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**_options: object) -> None:
        assert BreachNotice.objects.exists()
        raise RuntimeError("in the middle")

    monkeypatch.setattr(notices, "tell_under_dpa", breaks)
    with pytest.raises(RuntimeError), transaction.atomic():
        report(cast, cast.gold_customer)
    assert not Breach.objects.exists()
    assert not BreachNotice.objects.exists()


def test_a_customer_without_an_agreement_is_told_of_a_breach_and_reads_it(cast: Cast, client: Client) -> None:
    make_dpa(cast.gold_customer)
    User.objects.update(language="en")
    client.force_login(cast.lead)
    sent = {
        "title": "Session seen",
        "text": "Somebody looked over the shoulder.",
        "known_at": "2026-01-02T09:00",
        "others": [cast.bronze_customer.pk],
    }
    assert client.post("/desk/dpa-rights/breaches/new/", {**sent, "others": []}).status_code == 422
    assert not Breach.objects.exists()
    swapped = {**sent, "others": [cast.gold_customer.pk]}  # that one stands in the other list
    assert client.post("/desk/dpa-rights/breaches/new/", swapped).status_code == 422
    assert client.post("/desk/dpa-rights/breaches/new/", sent).status_code == 302
    notice = BreachNotice.objects.get()
    assert notice.customer == cast.bronze_customer
    more = {"customer": make_customer("Third").pk, "text": ""}
    assert client.post(f"/desk/dpa-rights/breaches/{notice.breach_id}/", more).status_code == 302
    assert BreachNotice.objects.filter(customer__name="Third").exists()

    deliver()
    assert [one.to for one in mail.outbox if "over the shoulder" in str(one.body)] == [
        ["stranger@firm.example"]
    ]
    path = f"/portal/dpa/rights/breaches/{notice.pk}/"
    client.force_login(User.objects.get(pk=user_of(cast.stranger).pk))
    assert "Somebody looked over the shoulder." in client.get(path).content.decode()
    assert "Session seen" in client.get("/portal/").content.decode()
    client.force_login(User.objects.get(pk=user_of(cast.owner).pk))
    assert client.get(path).status_code == 404


def test_an_answer_that_is_rewritten_stays_in_the_audit_trail(cast: Cast) -> None:
    make_dpa(cast.gold_customer, at=NOW)
    by = user_of(cast.owner)
    given = acts.instruct(customer=cast.gold_customer, text="Delete.", by=by, at=NOW)
    wish = acts.ask_audit(customer=cast.gold_customer, text="All.", by=by, at=NOW)
    day, later = date(2026, 11, 2), date(2026, 11, 9)
    for outcome in ("Deleted.", "Deleted.", "Deleted on Friday."):
        acts.settle_instruction(instruction=given, outcome=outcome, by=cast.lead, at=NOW)
    for held_on, outcome in ((day, ""), (later, "No findings."), (later, "One finding.")):
        acts.settle_audit(request=wish, held_on=held_on, outcome=outcome, by=cast.admin, at=NOW)

    lines = AuditEntry.objects.filter(verb__in=["instruction.settled", "audit_request.settled"])
    told = [(one.actor_id, one.personal.details) for one in lines.order_by("pk")]
    assert told == [
        (cast.lead.pk, {"instruction": given.pk, "was": {"outcome": ""}, "now": {"outcome": "Deleted."}}),
        (
            cast.lead.pk,
            {
                "instruction": given.pk,
                "was": {"outcome": "Deleted."},
                "now": {"outcome": "Deleted on Friday."},
            },
        ),
        (
            cast.admin.pk,
            {
                "auditrequest": wish.pk,
                "was": {"outcome": "", "held_on": "2026-11-02"},
                "now": {"outcome": "No findings.", "held_on": "2026-11-09"},
            },
        ),
        (
            cast.admin.pk,
            {
                "auditrequest": wish.pk,
                "was": {"outcome": "No findings.", "held_on": "2026-11-09"},
                "now": {"outcome": "One finding.", "held_on": "2026-11-09"},
            },
        ),
    ]
