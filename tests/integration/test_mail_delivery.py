"""Mail out on a real server that is away, slow or says no: nothing is lost, no mail comes three times."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.actions import notices
from accounts.models import Notice
from lib.outbox import Outgoing
from mail.actions import delivering
from mail.actions.delivering import claim_next, deliver_batch
from mail.queries import ticket_letters
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.smtp import DROP, STALL, MailServer, mail_server
from tickets.actions import replying
from tickets.models import Delivery, Ticket, TicketEvent

pytestmark = pytest.mark.django_db

BUSY, UNKNOWN, SPAM = "451 4.3.0 try again", "550 5.1.1 <owner@customer.example> unknown", "554 5.7.1 no"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server(settings) as running:
        yield running


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """A ticket whose contact is owed a receipt."""
    return make_ticket(cast.gold_customer, contact=cast.owner)


def come_due(**changes: Any) -> None:
    """Everything that waits is due now."""
    for outbox in (Delivery, Notice):
        outbox.objects.waiting().update(next_attempt_at=timezone.now() - timedelta(seconds=1), **changes)


def row() -> Delivery:
    return Delivery.objects.get()


@contextmanager
def rude_server(settings: Any, greeting: bytes) -> Iterator[None]:
    """A server that greets like this and says nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]
        held: list[socket.socket] = []

        def answer() -> None:
            with suppress(OSError):
                while True:
                    caller, _address = listener.accept()
                    caller.sendall(greeting)
                    held.append(caller)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)
    for caller in held:
        caller.close()


@pytest.mark.parametrize(
    ("greeting", "error"),
    [(b"", "undelivered.unreachable"), (b"554 5.3.2 not today\r\n", "554 5.3.2 not today")],
)
def test_a_server_that_lets_nobody_in_loses_nothing(
    ticket: Ticket, server: MailServer, settings: Any, greeting: bytes, error: str
) -> None:
    with rude_server(settings, greeting):
        deliver_batch()
        come_due()
        deliver_batch()
    assert (row().attempts, row().error, row().is_waiting) == (0, error, True)

    settings.EMAIL_PORT = server.port
    come_due()
    deliver_batch()
    assert server.ids == [row().mail_id]


def test_what_is_due_goes_out_once_and_over_one_connection(
    cast: Cast, ticket: Ticket, server: MailServer
) -> None:
    notices.invite(user=cast.agent, by=None)

    assert deliver_batch() == 2
    assert deliver_batch() == 0

    assert server.recipients == ["agent@firm.example", "owner@customer.example"]
    assert server.sessions == 1
    assert server.ids == [Notice.objects.get().mail_id, row().mail_id]
    assert row().sent_at is not None
    assert row().error == ""


def test_a_server_that_is_away_loses_nothing_and_burns_no_attempts(
    ticket: Ticket, server: MailServer
) -> None:
    server.stop()
    for _ in range(30):
        come_due()
        deliver_batch()
    assert (row().attempts, row().error, row().is_waiting) == (0, "undelivered.unreachable", True)

    server.start()
    come_due()
    deliver_batch()
    assert server.ids == [row().mail_id]


def test_a_server_that_is_away_is_asked_once_not_for_every_row(
    cast: Cast, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        make_ticket(cast.gold_customer, contact=cast.owner)
    server.stop()

    deliver_batch()

    assert Delivery.objects.exclude(error="").count() == 1
    assert Delivery.objects.due(timezone.now()).count() == 4


@pytest.mark.parametrize("answers", [{"rcpt": [BUSY]}, {"data": [BUSY]}, {"rcpt": ["421 4.3.2 closing"]}])
def test_what_is_refused_for_now_goes_out_later(
    ticket: Ticket, server: MailServer, answers: dict[str, list[str]]
) -> None:
    for name, given in answers.items():
        setattr(server, name, list(given))

    deliver_batch()

    waiting = row()
    assert waiting.next_attempt_at is not None
    assert timedelta(seconds=40) < waiting.next_attempt_at - timezone.now() < timedelta(seconds=80)
    assert (waiting.attempts, waiting.error[:3], server.raw) == (1, (*answers.values(),)[0][0][:3], [])

    come_due()
    deliver_batch()
    assert server.ids == [row().mail_id]
    assert row().error == ""


@pytest.mark.parametrize("answers", [{"rcpt": [UNKNOWN]}, {"data": [SPAM]}])
def test_what_is_refused_for_good_is_given_up_where_people_see_it(
    ticket: Ticket, server: MailServer, answers: dict[str, list[str]]
) -> None:
    for name, given in answers.items():
        setattr(server, name, list(given))

    deliver_batch()
    deliver_batch()

    failed = row()
    assert failed.failed_at is not None
    assert failed.error.startswith((*answers.values(),)[0][0][:9])
    assert "customer.example" not in failed.error
    line = TicketEvent.objects.get(kind="mail_failed")
    assert (line.params["mail"], line.params["answer"]) == ("receipt", failed.error)
    assert server.raw == []


def test_one_refused_mail_stops_no_other(cast: Cast, server: MailServer) -> None:
    make_ticket(cast.gold_customer, contact=cast.owner)
    make_ticket(cast.bronze_customer, contact=cast.stranger)
    server.rcpt_of["owner@customer.example"] = UNKNOWN

    assert deliver_batch() == 1

    assert server.recipients == ["stranger@customer.example"]
    assert server.sessions == 1


@pytest.mark.parametrize("fate", [DROP, STALL, "what do you mean"])
def test_a_mail_whose_fate_is_unknown_goes_out_once_more_and_no_third_time(
    ticket: Ticket, server: MailServer, fate: str
) -> None:
    server.data = [fate, fate, fate]
    for _ in range(4):
        come_due()
        deliver_batch()

    assert server.ids == [row().mail_id] * 2
    assert row().failed_at is not None
    assert row().error == "undelivered.interrupted"


def test_a_mail_whose_fate_is_unknown_arrives_after_all(ticket: Ticket, server: MailServer) -> None:
    server.data = [DROP]
    deliver_batch()
    assert row().error == "undelivered.cut_off"

    come_due()
    deliver_batch()

    assert server.ids == [row().mail_id] * 2
    assert row().sent_at is not None


@pytest.mark.parametrize("fate", [DROP, STALL])
def test_a_connection_that_breaks_before_the_body_is_no_duplicate(
    ticket: Ticket, server: MailServer, fate: str
) -> None:
    server.rcpt = [fate, fate, fate]
    for _ in range(4):
        come_due()
        deliver_batch()

    assert (row().interruptions, row().attempts) == (0, 4)
    assert server.ids == [row().mail_id]


def test_after_three_days_of_refusals_it_is_given_up(ticket: Ticket, server: MailServer) -> None:
    server.rcpt = [BUSY] * 50
    for _ in range(30):
        come_due()
        deliver_batch()

    assert row().failed_at is not None
    assert (row().attempts, row().error) == (22, BUSY)


def test_a_lease_keeps_others_away_until_it_ends(ticket: Ticket, server: MailServer) -> None:
    claimed = claim_next()
    assert claimed is not None
    assert claim_next() is None
    assert deliver_batch() == 0

    Delivery.objects.update(leased_until=timezone.now())  # whoever had it is dead
    assert deliver_batch() == 1
    assert (row().attempts, row().interruptions) == (2, 1)


def test_a_mail_on_which_two_workers_died_is_not_sent_a_third_time(
    ticket: Ticket, server: MailServer
) -> None:
    for _ in range(2):
        assert claim_next() is not None
        Delivery.objects.update(leased_until=timezone.now())

    assert deliver_batch() == 0

    assert server.raw == []
    assert row().error == "undelivered.interrupted"


def test_whoever_comes_back_after_the_lease_changes_nothing(ticket: Ticket, server: MailServer) -> None:
    late = claim_next()
    assert late is not None
    Delivery.objects.update(leased_until=timezone.now())
    deliver_batch()
    sent_at = row().sent_at

    delivering._give_up(late, "undelivered.cut_off")

    assert (row().sent_at, row().failed_at) == (sent_at, None)


def test_a_mail_that_cannot_be_written_stops_no_other_and_is_given_up(
    cast: Cast, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = make_ticket(cast.gold_customer, contact=cast.owner)
    truth = ticket_letters._words

    def fails_once(delivery: Delivery, *rest: Any) -> Any:
        if delivery.ticket_id == poisoned.pk:
            raise ZeroDivisionError
        return truth(delivery, *rest)

    monkeypatch.setattr(ticket_letters, "_words", fails_once)
    make_ticket(cast.bronze_customer, contact=cast.stranger)
    for _ in range(4):
        come_due()
        deliver_batch()

    assert server.recipients == ["stranger@customer.example"]
    failed = Delivery.objects.get(ticket=poisoned)
    assert (failed.attempts, failed.error) == (3, "undelivered.cannot_render")


def test_a_notice_whose_parameters_are_unreadable_stops_no_other(cast: Cast, server: MailServer) -> None:
    notices.ask_for_password(address="agent@firm.example", language="de")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_notice SET params = 'gAAAAA-sealed-with-another-key'")
    make_ticket(cast.gold_customer, contact=cast.owner)

    assert deliver_batch() == 1

    assert server.recipients == ["owner@customer.example"]
    assert Notice.objects.defer("params").get().error == "undelivered.cannot_render"


class Broken(EmailBackend):
    """Another provider's backend, with errors of its own."""

    is_up = False
    fails_to_open = False

    def open(self) -> bool:
        if self.fails_to_open:
            raise LookupError
        return True

    def send_messages(self, email_messages: Any) -> int:
        if not self.is_up:
            raise LookupError
        return super().send_messages(email_messages)


@pytest.mark.parametrize(("fails_to_open", "attempts"), [(True, 0), (False, 1)])
def test_a_backend_with_errors_of_its_own_loses_nothing(
    ticket: Ticket, settings: Any, monkeypatch: pytest.MonkeyPatch, *, fails_to_open: bool, attempts: int
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    monkeypatch.setattr(Broken, "fails_to_open", fails_to_open)
    deliver_batch()
    assert (row().attempts, row().error, row().is_waiting) == (attempts, "undelivered.backend_failed", True)

    monkeypatch.setattr(Broken, "fails_to_open", False)
    monkeypatch.setattr(Broken, "is_up", True)
    come_due()
    assert deliver_batch() == 1


def test_a_slow_run_ends_and_leaves_the_rest_to_the_next(
    cast: Cast, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_ticket(cast.gold_customer, contact=cast.owner)
    monkeypatch.setattr(delivering, "BATCH_SECONDS", 0.0)
    assert [deliver_batch() for _ in range(4)] == [1, 1, 1, 0]


def test_a_reply_that_waits_for_its_server_is_still_there(
    cast: Cast, ticket: Ticket, server: MailServer
) -> None:
    server.stop()
    message = replying.reply(ticket=ticket, body="Done.", by=cast.agent)
    deliver_batch()
    waiting: Outgoing = Delivery.objects.get(message=message, kind=Delivery.Kind.REPLY)
    assert waiting.is_waiting
