"""A POST that is sent twice with one Idempotency-Key happens once and is answered twice alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import count
from threading import Event
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, models
from django.utils import timezone

from accounts.actions import kept_answers
from accounts.models import ApiToken, ApiUse, KeptAnswer, User
from accounts.tasks import forget_requests
from customers.models import Contact
from helpdesk.api import router
from tests.factories.calling import Answer, Caller, path_of, refused
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.prices import make_price_list, make_service
from tests.factories.work import enter
from tickets.actions import assigning, sweeping
from tickets.models import Assignment, Attachment, Decline, Message, Ticket, TimeEntry

pytestmark = pytest.mark.django_db

_numbers = count(1)
# What every request writes, and what each first one keeps.
_BOOKKEEPING = (ApiUse, ApiToken, KeptAnswer)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@dataclass(frozen=True)
class Post:
    """A request that changes something: who sends it, where to, what, and as which kind of body."""

    who: User
    path: str
    document: dict[str, Any]
    is_form: bool = False

    @cached_property
    def caller(self) -> Caller:
        """One token for all that is sent."""
        return Caller(self.who)

    def send(self, key: str = "", **changed: Any) -> Answer:
        """Send it, with a key or without."""
        headers = {"Idempotency_Key": key} if key else {}
        document = {**self.document, **changed}
        if self.is_form:
            parts = {
                name: SimpleUploadedFile(value[0], value[1]) if isinstance(value, tuple) else value
                for name, value in document.items()
            }
            return self.caller.upload(self.path, headers, **parts)
        return self.caller.post(self.path, document, **headers)


def _ticket(cast: Cast) -> Post:
    document = {"customer": cast.gold_customer.pk, "subject": "Printer", "body": "It is on fire."}
    return Post(cast.agent, "tickets/", document)


def _message(cast: Cast) -> Post:
    return Post(cast.agent, path_of(make_ticket(cast.gold_customer), "messages/"), {"body": "We look."})


def _attachment(cast: Cast) -> Post:
    path = path_of(make_ticket(cast.gold_customer), "attachments/")
    return Post(cast.agent, path, {"file": ("log.txt", b"burning"), "body": "see"}, is_form=True)


def _transition(cast: Cast) -> Post:
    return Post(cast.agent, path_of(make_ticket(cast.gold_customer), "transitions/"), {"to": "solved"})


def _pin(cast: Cast) -> Post:
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    path = path_of(make_ticket(cast.gold_customer), "pin/")
    return Post(cast.lead, path, {"reason": "police", "expires_at": until})


def _next(cast: Cast) -> Post:
    make_ticket(cast.gold_customer)
    make_ticket(cast.gold_customer)
    return Post(cast.agent, "queue/next/", {})


def _customer(cast: Cast) -> Post:
    return Post(cast.admin, "customers/", {"name": "New", "domains": [f"new{next(_numbers)}.example"]})


def _contact(cast: Cast) -> Post:
    return Post(cast.agent, "contacts/", {"customer": cast.gold_customer.pk, "name": "New"})


def _level(cast: Cast) -> Post:
    return Post(cast.admin, "service-levels/", {"name": f"Level {next(_numbers)}", "rank": 7})


def _agreement(cast: Cast) -> Post:
    document = {"customer": cast.gold_customer.pk, "kind": "update", "starts_on": "2026-01-01"}
    return Post(cast.admin, "agreements/", document)


def _processing_agreement(cast: Cast) -> Post:
    return Post(cast.agent, "processing-agreements/", {"customer": cast.gold_customer.pk})


def _question(cast: Cast) -> Post:
    make_price_list()
    path = path_of(make_ticket(cast.gold_customer), "approvals/")
    return Post(cast.agent, path, {"service": "remote", "ceiling": "240.00", "text": "Set it up anew."})


def _asked(cast: Cast, verb: str) -> str:
    made = _question(cast).send().json()
    return f"tickets/{made['ticket']}/approvals/{made['id']}/{verb}/"


def _answer(cast: Cast) -> Post:
    document = {"approved": True, "name": "Frau Aigner", "evidence": "On the phone"}
    return Post(cast.agent, _asked(cast, "answer"), document)


def _consent(cast: Cast) -> Post:
    ticket = make_ticket(cast.gold_customer, at=timezone.now() - timedelta(days=1))
    given_at = (timezone.now() - timedelta(hours=1)).isoformat()
    document = {"name": "Ada", "capabilities": ["log_analysis"], "how": "mail", "given_at": given_at}
    return Post(cast.agent, path_of(ticket, "consents/"), {**document, "evidence": "Her mail of today"})


def _consent_withdrawal(cast: Cast) -> Post:
    made = _consent(cast).send().json()
    path = f"tickets/{made['ticket']}/consents/{made['id']}/withdraw/"
    return Post(cast.agent, path, {"note": "She called"})


def _withdrawal(cast: Cast) -> Post:
    return Post(cast.agent, _asked(cast, "withdraw"), {"reason": "Not needed"})


def _entry(cast: Cast) -> TimeEntry:
    return enter(make_ticket(cast.gold_customer), cast.agent)


def _time(cast: Cast) -> Post:
    make_service("remote")
    document = {"work_kind": "advice", "started_at": "2026-11-20T09:00+01:00"}
    path = path_of(make_ticket(cast.gold_customer), "time-entries/")
    return Post(cast.agent, path, {**document, "ended_at": "2026-11-20T09:30+01:00"})


def _time_override(cast: Cast) -> Post:
    document = {"outcome": "covered", "reason": "Goodwill"}
    return Post(cast.lead, f"time-entries/{_entry(cast).pk}/override/", document)


def _time_void(cast: Cast) -> Post:
    return Post(cast.agent, f"time-entries/{_entry(cast).pk}/void/", {"reason": "Typed twice"})


CASES: dict[str, Callable[[Cast], Post]] = {
    "agreement-list": _agreement,
    "approval-answer": _answer,
    "approval-list": _question,
    "approval-withdraw": _withdrawal,
    "consent-list": _consent,
    "consent-withdraw": _consent_withdrawal,
    "attachment-list": _attachment,
    "contact-list": _contact,
    "processing-agreement-list": _processing_agreement,
    "customer-list": _customer,
    "message-list": _message,
    "queue-next": _next,
    "service-level-list": _level,
    "ticket-list": _ticket,
    "ticket-time-list": _time,
    "time-entry-override": _time_override,
    "time-entry-void": _time_void,
    "ticket-pin": _pin,
    "ticket-transitions": _transition,
}
"""One request for every route of the API that takes POST, by the route's name."""


def posts() -> Iterator[str]:
    """The names of all routes of the API that take POST."""
    for route in router.urls:
        if "post" in getattr(route.callback, "actions", {}):
            yield str(getattr(route, "name", ""))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the rooms, but for the bookkeeping of the API itself."""
    rooms = ("accounts", "customers", "contracts", "knowledge", "tickets", "calls", "billing", "privacy")
    tables: list[type[models.Model]] = [
        model
        for room in rooms
        for model in apps.get_app_config(room).get_models()
        if model not in _BOOKKEEPING
    ]
    return {table._meta.label: list(table._default_manager.order_by("pk").values_list()) for table in tables}


def test_every_post_has_a_case_below() -> None:
    assert set(posts()) == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_sent_twice_it_happens_once(cast: Cast, name: str) -> None:
    post = CASES[name](cast)
    assert post.caller.get("me/").status_code == 200
    before = everything()

    first = post.send("key-1")
    after = everything()
    second = post.send("key-1")

    assert first.status_code in {200, 201}, first.content
    assert after != before
    assert everything() == after
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second["Idempotency-Replayed"] == "true"
    assert not first.has_header("Idempotency-Replayed")
    for header in ("ETag", "Location", "Content-Type"):
        assert second.get(header) == first.get(header)


@pytest.mark.parametrize("name", CASES)
def test_a_key_stands_for_one_request_only(cast: Cast, name: str) -> None:
    post = CASES[name](cast)
    assert post.send("key-1").status_code < 300
    after = everything()

    refused(post.send("key-1", body="something else"), 422, "key_reused")
    refused(post.caller.post("contacts/", {"name": "x"}, Idempotency_Key="key-1"), 422, "key_reused")

    assert everything() == after


@pytest.mark.parametrize("name", ["ticket-list", "message-list", "contact-list"])
def test_without_a_key_or_with_another_it_happens_again(cast: Cast, name: str) -> None:
    post = CASES[name](cast)
    tables: list[type[models.Model]] = [Ticket, Message, Contact]
    written = [post.send("key-1"), post.send("key-2"), post.send(), post.send()]

    assert {response.status_code for response in written} == {201}
    assert len({response.content for response in written}) == 4
    assert any(table._default_manager.count() >= 4 for table in tables)


def test_the_key_is_its_users_own(cast: Cast) -> None:
    post = _ticket(cast)

    assert (
        post.send("key-1").json()["number"]
        != Post(cast.lead, post.path, post.document).send("key-1").json()["number"]
    )


def test_a_document_may_be_spelt_otherwise_the_second_time(cast: Cast) -> None:
    post = _ticket(cast)
    turned = Post(post.who, post.path, dict(reversed(post.document.items())))

    assert turned.send("key-1").content == post.send("key-1").content


def test_another_file_is_another_request(cast: Cast) -> None:
    post = _attachment(cast)
    assert post.send("key-1").status_code == 201

    refused(post.send("key-1", file=("log.txt", b"drowned")), 422, "key_reused")
    refused(post.send("key-1", file=("other.txt", b"burning")), 422, "key_reused")
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "k" * 201, "a\tb"])
def test_keys_that_are_none(cast: Cast, key: str) -> None:
    answer = Caller(cast.agent).post("tickets/", _ticket(cast).document, Idempotency_Key=key)

    refused(answer, 400, "invalid_idempotency_key")
    assert not Ticket.objects.exists()


def test_a_long_key_of_any_printable_characters(cast: Cast) -> None:
    assert _ticket(cast).send('~!"' + "k" * 197).status_code == 201


def test_a_refusal_is_not_kept(cast: Cast) -> None:
    """It did nothing, so the repeat is judged anew: also a better document under the same key."""
    post = _message(cast)

    refused(post.send("key-1", body=" "), 400, "empty")
    assert not KeptAnswer.objects.exists()
    assert post.send("key-1").status_code == 201


def test_an_error_of_ours_leaves_nothing_and_is_not_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim is done and its answer cannot be made: both are undone, and the repeat does them."""
    post = _next(cast)
    assert post.caller.get("me/").status_code == 200
    sweeping.apply_due()
    before = everything()

    def fails(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("tickets.api.queue.shapes.ticket_as_json", fails)
        with pytest.raises(ZeroDivisionError):
            post.send("key-1")

    assert everything() == before
    assert post.send("key-1").status_code == 200
    assert Assignment.objects.count() == 1


def test_nothing_is_given_back_where_nothing_is_taken(cast: Cast) -> None:
    """Declining and taking is one step, with a key and without."""
    held = _next(cast).send().json()["number"]
    User.objects.filter(pk=cast.agent.pk).update(is_on_duty=False)

    for key in ("", "key-1"):
        answer = Post(cast.agent, "queue/next/", {"decline": held, "reason": "not mine"}).send(key)
        refused(answer, 409, "off_duty")
    assert not Decline.objects.exists()


def test_declining_with_a_key(cast: Cast) -> None:
    held = _next(cast).send().json()["number"]
    post = Post(cast.agent, "queue/next/", {"decline": held, "reason": "not mine"})

    first, second = post.send("key-1"), post.send("key-1")

    assert first.json()["number"] == second.json()["number"] != held
    assert (Decline.objects.count(), Assignment.objects.count()) == (1, 2)


def test_nothing_waits_is_an_answer_too(cast: Cast) -> None:
    post = Post(cast.agent, "queue/next/", {})
    assert post.send("key-1").status_code == 204
    make_ticket(cast.gold_customer)

    again = post.send("key-1")

    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (204, b"", "true")
    assert not again.has_header("Content-Type")
    assert post.send("key-2").status_code == 200


def test_kept_answers_are_encrypted(cast: Cast) -> None:
    post = _ticket(cast)
    assert "Printer" in post.send("key-1").json()["subject"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM accounts_keptanswer")
        ((stored,),) = cursor.fetchall()

    assert "Printer" not in stored


def test_an_answer_that_cannot_be_read_any_more_is_not_done_again(cast: Cast) -> None:
    post = _ticket(cast)
    post.send("key-1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_keptanswer SET answer = 'of another key'")

    refused(post.send("key-1"), 409, "answer_unreadable")
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    "withdraw",
    [
        pytest.param(lambda agent: agent.teams.clear(), id="team"),
        pytest.param(lambda agent: User.objects.filter(pk=agent.pk).update(role="contact"), id="role"),
    ],
)
def test_what_was_withdrawn_from_the_caller_is_not_told_again(
    cast: Cast, withdraw: Callable[[User], object]
) -> None:
    path = path_of(make_ticket(cast.gold_customer, contact=cast.owner), "messages/")
    caller, note = Caller(cast.agent), {"body": "what we think of them", "internal": True}
    for _ in range(2):
        answer = caller.post(path, note, Idempotency_Key="key-1")
        assert (answer.status_code, answer.json()["body"]) == (201, "what we think of them")

    withdraw(cast.agent)

    refused(caller.post(path, note, Idempotency_Key="key-1"), 409, "answer_unreadable")
    assert Message.objects.filter(body="what we think of them").count() == 1


def test_answers_are_kept_for_a_day(cast: Cast) -> None:
    post = _ticket(cast)
    number = post.send("key-1").json()["number"]
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    forget_requests()
    assert post.send("key-1").json()["number"] == number

    KeptAnswer.objects.update(created_at=timezone.now() - kept_answers.KEPT_FOR)
    assert post.send("key-1").json()["number"] != number
    KeptAnswer.objects.update(created_at=timezone.now() - kept_answers.KEPT_FOR)
    forget_requests()
    assert not KeptAnswer.objects.exists()


# At once, each on a connection of its own


def _sent_by_ten(post: Post) -> list[Answer]:
    def send(_: int) -> Answer:
        try:
            return post.send("key-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(send, range(10)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["ticket-list", "message-list", "queue-next", "attachment-list"])
def test_ten_at_once_happen_once(name: str) -> None:
    cast = make_cast()
    post = CASES[name](cast)
    claims, tickets, messages = Assignment.objects.count(), Ticket.objects.count(), Message.objects.count()

    answers = _sent_by_ten(post)

    done = [answer for answer in answers if answer.status_code < 300]
    assert {answer.content for answer in done} == {done[0].content}
    assert sum(not answer.has_header("Idempotency-Replayed") for answer in done) == 1
    for answer in answers:
        if answer not in done:
            refused(answer, 409, "in_progress")
            assert answer["Retry-After"] == "1"
    new = (
        Assignment.objects.count() - claims,
        Ticket.objects.count() - tickets,
        Message.objects.count() - messages,
    )
    assert new == {"queue-next": (1, 0, 0), "ticket-list": (0, 1, 1)}.get(name, (0, 0, 1))


@pytest.mark.django_db(transaction=True)
def test_a_request_that_dies_half_way_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection ends while the claim is made and not committed, as when its process is killed."""
    cast = make_cast()
    post = _next(cast)
    is_at_work, may_die = Event(), Event()
    take = assigning.take_next_within

    def slow(**options: Any) -> Any:
        offer = take(**options)
        is_at_work.set()
        assert may_die.wait(30)
        connections["default"].connection.close()
        return offer

    def die() -> None:
        with monkeypatch.context() as patch:
            patch.setattr("tickets.api.queue.assigning.take_next_within", slow)
            try:
                with pytest.raises(Exception, match="closed"):
                    post.send("key-1")
            finally:
                connection.close()

    with ThreadPoolExecutor(1) as pool:
        dead = pool.submit(die)
        assert is_at_work.wait(30)
        refused(post.send("key-1"), 409, "in_progress")
        may_die.set()
        dead.result()

    assert not Assignment.objects.exists()
    assert post.send("key-1").status_code == 200
    assert post.send("key-1")["Idempotency-Replayed"] == "true"
    assert Assignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_requests_with_keys_wait_for_each_other_and_never_in_a_circle() -> None:
    """Locks are held until the answer is kept; every mixture still takes them in one order."""
    cast = make_cast()
    tickets = [make_ticket(customer) for customer in (cast.gold_customer, cast.bronze_customer)]
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("queue/next/", {}),
        ("tickets/", {"customer": cast.gold_customer.pk, "subject": "a", "body": "b"}),
        (path_of(tickets[0], "messages/"), {"body": "b"}),
        (path_of(tickets[1], "transitions/"), {"to": "waiting_customer"}),
        (path_of(tickets[1], "transitions/"), {"to": "open"}),
        (path_of(tickets[0], "pin/"), {"reason": "r", "expires_at": until}),
        ("agreements/", {"customer": cast.gold_customer.pk, "kind": "update", "starts_on": "2026-01-01"}),
    ]

    def send(number: int) -> int:
        path, document = kinds[number % len(kinds)]
        try:
            caller = Caller(cast.admin)
            return int(caller.post(path, document, Idempotency_Key=f"key-{number}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(send, range(10 * len(kinds))))

    assert set(statuses) <= {200, 201, 409}  # 409: there is no way from this state to the same
    assert statuses[1 :: len(kinds)] == [201] * 10
    assert KeptAnswer.objects.count() == sum(status < 300 for status in statuses)
