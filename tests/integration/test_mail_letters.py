"""What mails say, to whom, in which language; and that nothing foreign in them does anything."""

import email
import email.policy
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import notices
from accounts.models import Notice, User
from billing.actions import closing
from billing.rules.periods import Month
from contracts.actions import alerting, booking
from contracts.models import Agreement, Allowance, PriceItem
from customers.actions import customers as customer_actions
from customers.models import Contact
from lib.mail_ids import subject_of
from mail.actions.delivering import deliver_batch
from mail.rules.headers import header_text, subject_line
from tests.factories.billing import make_party, make_seller, make_work
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_ticket
from tests.factories.prices import make_price_list, make_service
from tests.factories.promises import make_hours, make_targets
from tests.factories.telling import tell_of_data_protection
from tests.smtp import parsed
from tickets.actions import approving, assigning, moving, notifying, progressing, rating, replying, watching
from tickets.actions.approving import Answer
from tickets.models import ApprovalRequest, Assignment, Delivery, Message, Ticket, TimeEntry
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

SECRET = "Xylophon-intern-4711"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, subject="Drucker brennt", body="Rauch!")


def sent() -> list[EmailMessage]:
    """What goes out now, parsed as a receiver would."""
    mail.outbox.clear()
    deliver_batch()
    return [parsed(each.message().as_bytes()) for each in mail.outbox]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def take(cast: Cast, ticket: Ticket, *, minutes_ago: int = 15) -> None:
    """Somebody took it a while ago."""
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead, reason=SECRET)
    when = timezone.now() - timedelta(minutes=minutes_ago)
    Assignment.objects.filter(ticket=ticket).update(at=when, recorded_at=when)


def english(contact: Contact) -> Contact:
    contact.language = "en"
    return customer_actions.save_contact(contact=contact, by=None)


def test_a_receipt_says_number_place_and_why(cast: Cast, ticket: Ticket) -> None:
    (receipt,) = sent()

    assert receipt["To"] == "owner@customer.example"
    assert receipt["Subject"] == f"[#{ticket.number}] Drucker brennt"
    text = text_of(receipt)
    assert text.startswith("-- Bitte antworten Sie oberhalb dieser Zeile --\n\nGuten Tag Owner,")
    assert f"Nummer\n{ticket.number}" in text or f"Nummer {ticket.number}" in text
    assert "Platz 1 in der Warteschlange" in " ".join(text.split())
    assert "Ihr Vertrag Gold, Schweregrad normal" in " ".join(text.split())
    assert "> Rauch!" in text
    assert f"http://localhost:8000/portal/tickets/{ticket.number}/" in text
    assert receipt["Auto-Submitted"] == "auto-generated"
    assert receipt["X-Auto-Response-Suppress"] == "All"


def test_a_reply_is_a_persons_mail_in_the_contacts_language(cast: Cast, ticket: Ticket) -> None:
    english(cast.owner)
    (receipt,) = sent()
    replying.reply(ticket=ticket, body="Is it <plugged> in?\nReally?", by=cast.agent)

    (reply,) = sent()

    text = text_of(reply)
    assert "Hello" not in text
    assert "Agent · Berger IT\n\nIs it <plugged> in?\nReally?\n" in text
    assert "wrote:" in text
    assert "> Rauch!" in text
    assert "Is it &lt;plugged&gt; in?" in html_of(reply)
    assert '<html lang="en">' in html_of(reply)
    assert reply["In-Reply-To"].strip() == reply["References"].strip() == receipt["Message-ID"].strip()
    assert "Auto-Submitted" not in reply
    assert "agent@firm.example" not in reply.as_string()
    assert reply["From"] == "Berger IT <helpdesk@localhost>"


def test_a_reply_that_solves_is_one_mail(cast: Cast, ticket: Ticket) -> None:
    sent()
    replying.reply(ticket=ticket, body="Neuer Stecker.", by=cast.agent, then=Verb.SOLVE)

    (only,) = sent()

    assert "Neuer Stecker." in text_of(only)
    assert "Aus unserer Sicht ist Ihr Ticket gelöst." in " ".join(text_of(only).split())


STEPS: list[tuple[Verb, str]] = [
    (Verb.WAIT_CUSTOMER, "Wir warten auf Ihre Antwort."),
    (Verb.WAIT_THIRD_PARTY, "Wir warten auf Dritte"),
    (Verb.SCHEDULE, "Eingeplant für"),
    (Verb.SOLVE, "Aus unserer Sicht ist Ihr Ticket gelöst."),
    (Verb.CLOSE, "Das Ticket ist geschlossen."),
]


@pytest.mark.parametrize(("verb", "words"), STEPS)
def test_a_step_of_ours_is_told(cast: Cast, ticket: Ticket, verb: Verb, words: str) -> None:
    sent()
    until = timezone.now() + timedelta(days=2) if verb == Verb.SCHEDULE else None
    progressing.progress(ticket=ticket, verb=verb, by=cast.agent, until=until, why=SECRET)

    (status,) = sent()

    assert words in " ".join(text_of(status).split())
    assert SECRET not in status.as_string()
    assert status["Auto-Submitted"] == "auto-generated"


def test_who_took_it_is_told_once_where_nothing_else_is(cast: Cast, ticket: Ticket) -> None:
    sent()
    take(cast, ticket)

    assert [notifying.tell_of_holders() for _ in range(2)] == [1, 0]

    (taken,) = sent()
    assert "Agent arbeitet jetzt daran." in " ".join(text_of(taken).split())
    assert taken["Auto-Submitted"] == "auto-generated"
    assert SECRET not in taken.as_string()


def _taken_lately(cast: Cast, ticket: Ticket) -> None:
    take(cast, ticket, minutes_ago=2)


def _taken_long_ago(cast: Cast, ticket: Ticket) -> None:
    take(cast, ticket, minutes_ago=90)


def _answered(cast: Cast, ticket: Ticket) -> None:
    take(cast, ticket)
    replying.reply(ticket=ticket, body="Ich bin dran.", by=cast.agent)


def _released(cast: Cast, ticket: Ticket) -> None:
    take(cast, ticket)
    assigning.release(ticket=ticket, by=cast.lead)


def _solved_at_once(cast: Cast, ticket: Ticket) -> None:
    take(cast, ticket)
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)


def _imported(cast: Cast, ticket: Ticket) -> None:
    when = timezone.now() - timedelta(minutes=15)
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead, reason="x", at=when)


def _without_contact(cast: Cast, ticket: Ticket) -> None:
    take(cast, ticket)
    Ticket.objects.filter(pk=ticket.pk).update(contact=None)


@pytest.mark.parametrize(
    "act",
    [
        *(_taken_lately, _taken_long_ago, _answered, _released),
        *(_solved_at_once, _imported, _without_contact),
    ],
)
def test_who_took_it_is_not_told(cast: Cast, ticket: Ticket, act: Callable[[Cast, Ticket], None]) -> None:
    act(cast, ticket)
    assert notifying.tell_of_holders() == 0


def test_another_severity_is_told_with_its_reason_and_the_same_is_not(cast: Cast, ticket: Ticket) -> None:
    english(cast.owner)
    sent()
    for severity, why in ((Ticket.Severity.NORMAL, ""), (Ticket.Severity.HIGH, "The whole floor\nwaits.")):
        rating.set_severity(ticket=ticket, severity=severity, by=cast.agent, reason=why)
    past = timezone.now()
    rating.set_severity(
        ticket=ticket, severity=Ticket.Severity.LOW, by=cast.agent, reason="imported", at=past
    )

    (told,) = sent()

    text = " ".join(text_of(told).split())
    assert "We have changed its severity from normal to high." in text
    assert "The reason: The whole floor waits." in text


def test_reopening_and_closing_by_the_clock_are_told(cast: Cast, ticket: Ticket) -> None:
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)
    Ticket.objects.update(solved_at=timezone.now() - timedelta(days=30))
    sent()
    assert progressing.close_solved() == 1
    assert "ist jetzt geschlossen" in " ".join(text_of(*sent()).split())
    progressing.progress(ticket=ticket, verb=Verb.REOPEN, by=cast.agent)
    assert "Das Ticket ist wieder offen." in " ".join(text_of(*sent()).split())


def nothing_owed(cast: Cast) -> Iterator[tuple[str, Callable[[Ticket], object]]]:
    """What happens without a mail to the owner."""
    owner = cast.owner.user
    yield "a note", lambda ticket: replying.note(ticket=ticket, body=SECRET, by=cast.agent)
    yield (
        "own words",
        lambda ticket: replying.customer_reply(ticket=ticket, body="Hallo?", contact=cast.owner, by=owner),
    )
    yield "own step", lambda ticket: progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=owner)
    yield (
        "the past",
        lambda ticket: replying.reply(ticket=ticket, body="Old", by=cast.agent, at=timezone.now()),
    )
    yield (
        "monitoring",
        lambda _ticket: make_ticket(
            cast.gold_customer, contact=cast.owner, channel=Ticket.Channel.MONITORING
        ),
    )
    yield (
        "an import",
        lambda _ticket: make_ticket(
            cast.gold_customer, contact=cast.owner, arrived_at=timezone.now() - timedelta(days=3)
        ),
    )
    yield "no contact", lambda _ticket: make_ticket(cast.gold_customer)
    yield (
        "no address",
        lambda _ticket: make_ticket(cast.gold_customer, contact=make_contact(cast.gold_customer)),
    )


@pytest.mark.parametrize("number", range(8))
def test_nothing_is_owed_for(cast: Cast, ticket: Ticket, number: int) -> None:
    Delivery.objects.all().delete()
    _name, act = list(nothing_owed(cast))[number]
    act(ticket)
    assert not Delivery.objects.exists()


def test_what_a_colleague_closes_is_told_to_whose_ticket_it_is(cast: Cast, ticket: Ticket) -> None:
    cast.colleague.sees_company_tickets = True
    customer_actions.save_contact(contact=cast.colleague, by=None)
    sent()
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.colleague.user)
    (status,) = sent()
    assert status["To"] == "owner@customer.example"


def _leave(cast: Cast) -> None:
    cast.owner.is_active = False
    customer_actions.save_contact(contact=cast.owner, by=None)


def _end_customer(cast: Cast) -> None:
    cast.gold_customer.is_active = False
    customer_actions.save(customer=cast.gold_customer, by=None)


def _hand_over(cast: Cast) -> None:
    Ticket.objects.update(contact=cast.colleague)


def _change_customer(cast: Cast) -> None:
    moving.change_customer(ticket=Ticket.objects.get(), customer=cast.bronze_customer, by=cast.lead)


def _forget_address(cast: Cast) -> None:
    cast.owner.email = ""
    customer_actions.save_contact(contact=cast.owner, by=None)


def _make_internal(cast: Cast) -> None:
    Message.objects.update(is_internal=True)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_leave, "undelivered.inactive"),
        (_end_customer, "undelivered.inactive"),
        (_hand_over, "undelivered.not_theirs"),
        (_change_customer, "undelivered.not_theirs"),
        (_forget_address, "undelivered.no_address"),
        (_make_internal, "undelivered.internal"),
    ],
)
def test_what_became_wrong_before_it_was_sent_is_set_aside(
    cast: Cast, ticket: Ticket, change: Callable[[Cast], None], error: str
) -> None:
    change(cast)
    assert sent() == []
    row = Delivery.objects.get()
    assert row.failed_at is not None
    assert row.error == error


def test_who_may_read_the_companys_tickets_still_gets_mail_after_a_handover(
    cast: Cast, ticket: Ticket
) -> None:
    cast.owner.sees_company_tickets = True
    customer_actions.save_contact(contact=cast.owner, by=None)
    _hand_over(cast)
    assert len(sent()) == 1


def test_without_a_login_there_is_no_link_that_could_not_be_followed(cast: Cast) -> None:
    caller = make_contact(cast.gold_customer, "Anna", email="anna@customer.example")
    make_ticket(cast.gold_customer, contact=caller, channel=Ticket.Channel.PHONE, by=cast.agent)
    (receipt,) = sent()
    links = [word for word in text_of(receipt).split() if "http" in word]
    assert [link.partition("/unsubscribe/")[0] for link in links] == ["http://localhost:8000"]


def test_files_go_along_as_files_and_too_large_ones_are_named(
    cast: Cast, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent()
    page = ContentFile(b"<script>alert(1)</script>", name='über "uns"\r\nBcc: x@y.example.html')
    replying.reply(ticket=ticket, body="Siehe Anhang.", by=cast.agent, files=[page])
    (reply,) = sent()
    (enclosed,) = reply.iter_attachments()
    assert enclosed.get_content_type() == "application/octet-stream"
    assert enclosed.get_content_disposition() == "attachment"
    assert enclosed.get_content() == b"<script>alert(1)</script>"
    assert "Bcc" not in reply

    monkeypatch.setattr("mail.queries.ticket_letters.MAX_ENCLOSED_BYTES", 10)
    replying.reply(ticket=ticket, body="Noch einer.", by=cast.agent, files=[page])
    (reply,) = sent()
    assert list(reply.iter_attachments()) == []
    assert "Zu groß für eine E-Mail" in text_of(reply)


def everything_said(cast: Cast) -> list[EmailMessage]:
    """Every kind of mail, on a ticket full of notes."""
    with_notes = make_ticket(cast.gold_customer, contact=cast.owner)

    def note() -> None:
        body, file = f"{SECRET} body", ContentFile(b"x", name=f"{SECRET}.txt")
        replying.note(ticket=with_notes, body=body, by=cast.agent, files=[file])

    note()
    replying.reply(ticket=with_notes, body="Erste Antwort.", by=cast.agent)
    note()
    replying.customer_reply(ticket=with_notes, body="Danke?", contact=cast.owner, by=cast.owner.user)
    note()
    for verb in (Verb.WAIT_CUSTOMER, Verb.WAIT_THIRD_PARTY, Verb.SOLVE, Verb.REOPEN, Verb.CLOSE):
        progressing.progress(ticket=with_notes, verb=verb, by=cast.agent, why=SECRET)
        note()
    rating.set_severity(
        ticket=with_notes, severity=Ticket.Severity.LOW, by=cast.agent, reason="Nur ein Drucker."
    )
    note()
    take(cast, make_ticket(cast.gold_customer, contact=cast.owner))
    notifying.tell_of_holders()
    replying.reply(ticket=with_notes, body="Letzte.", by=cast.agent)
    notices.invite(user=cast.owner.user or cast.agent, by=None)
    notices.reset_password(user=cast.agent)
    notices.send_trial(address="x@firm.example", language="en", by=None)
    notices.ask_for_link(address=cast.agent.email, language="de")
    notices.tell_change(user=cast.agent, change="password_changed")
    notices.ask_to_sign_up(address=cast.agent.email, name="Anna", language="de")
    tell_of_newcomer(cast)
    tell_of_targets(cast)
    tell_of_agreements(cast)
    tell_of_approvals(cast, with_notes)
    tell_of_allowance(cast)
    tell_of_statement(cast, with_notes)
    mails = sent()
    mail.outbox.clear()
    tell_of_data_protection(cast, with_notes)
    return [*mails, *(parsed(each.message().as_bytes()) for each in mail.outbox), *sent()]


def tell_of_targets(cast: Cast) -> None:
    """The agent is told of a target at risk and of a missed one, both of a ticket with notes."""
    make_hours("24/7")
    make_targets(cast.gold, response=60)
    for minutes in (50, 61):
        arrived_at = timezone.now() - timedelta(minutes=minutes)
        ticket = make_ticket(cast.gold_customer, arrived_at=arrived_at)
        assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead)
        replying.note(ticket=ticket, body=SECRET, by=cast.agent)
    watching.sweep_deadlines()


def tell_of_newcomer(cast: Cast) -> None:
    """The owner, who is company admin, is told of the colleague."""
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    assert cast.owner.user is not None
    notices.tell_of_newcomer(user=cast.owner.user, newcomer=str(cast.colleague.pk))


def tell_of_agreements(cast: Cast) -> None:
    """A lead is told of one that ends soon, and of one that follows."""
    ending = make_agreement(cast.bronze_customer, cast.gold, ends_on=localdate() + timedelta(days=20))
    for kind in (Notice.Kind.AGREEMENT_ENDING, Notice.Kind.AGREEMENT_RENEWED):
        notices.tell_of_agreement(user=cast.lead, kind=kind, agreement=str(ending.pk))


def tell_of_approvals(cast: Cast, ticket: Ticket) -> None:
    """A customer is asked what work may cost; of another question the agent who asked hears the answer."""
    make_price_list()
    asked = [
        approving.ask(
            ticket=ticket,
            service=make_service("remote"),
            ceiling=Decimal(240),
            text="Neu aufsetzen",
            by=cast.agent,
            contact=cast.owner,
        )
        for _ in range(2)
    ]
    given = Answer(is_approved=True, how=ApprovalRequest.How.LINK, contact=cast.owner, note="Gern.")
    approving.answer(request=asked[0], given=given)


def tell_of_allowance(cast: Cast) -> None:
    """A lead, the agent whose work it was and the company's admin are told of one that is used up."""
    agreement, now = Agreement.objects.get(customer=cast.gold_customer), timezone.now()
    Allowance.objects.create(agreement=agreement, amount=120, is_pro_rata=False)
    day = localdate(now)
    booking.book(agreement=agreement, units=90, key="a", source=SECRET, by=cast.agent, at=now, day=day)
    booking.correct(agreement=agreement, units=-30, reason=SECRET, key="b", by=cast.lead, at=now, day=day)
    assert alerting.alert(at=now) == 1


def tell_of_statement(cast: Cast, ticket: Ticket) -> None:
    """The company's admin and the address for bills are told of last month's, for work with a remark."""
    make_seller()
    make_party(cast.gold_customer)
    month, item = Month.of(localdate()).previous, PriceItem.objects.get(code="remote")
    worked_at = timezone.now() - timedelta(days=localdate().day)
    work = make_work(cast, ticket, {"minutes": 60, "item": item}, started_at=worked_at)
    TimeEntry.objects.filter(pk=work.pk).update(remark=SECRET)
    assert closing.close_period(customer=cast.gold_customer, month=month, by=None)


def test_no_note_is_in_mail_of_any_kind(cast: Cast) -> None:
    mails = everything_said(cast)

    assert {row.kind for row in Delivery.objects.filter(sent_at__isnull=False)} == set(Delivery.Kind)
    assert {row.kind for row in Notice.objects.filter(sent_at__isnull=False)} == set(Notice.Kind)
    assert len(mails) >= 29 + 12
    for each in mails:
        assert SECRET not in each.as_string()
        assert SECRET not in text_of(each) + html_of(each)
        assert list(each.iter_attachments()) == []


def test_a_note_that_somebody_lays_into_the_outbox_is_not_sent(cast: Cast, ticket: Ticket) -> None:
    note = replying.note(ticket=ticket, body=SECRET, by=cast.agent)
    Delivery.objects.update(message=note, kind=Delivery.Kind.REPLY)
    assert sent() == []
    assert Delivery.objects.get().error == "undelivered.internal"


def test_another_tickets_message_is_not_sent(cast: Cast, ticket: Ticket) -> None:
    other = make_ticket(cast.bronze_customer, body=SECRET)
    Delivery.objects.update(message=other.messages.get(), kind=Delivery.Kind.REPLY)
    assert sent() == []


def test_nobody_elses_address_is_in_a_mail(cast: Cast, ticket: Ticket) -> None:
    replying.reply(ticket=ticket, body="Ja.", by=cast.agent)
    own = {"owner@customer.example", "helpdesk@localhost"}
    for each in sent():
        text = f"{each.as_string()} {text_of(each)} {html_of(each)}"
        assert not [one for one in User.objects.values_list("email", flat=True) if one in text]
        others = Contact.objects.exclude(pk=cast.owner.pk).values_list("email", flat=True)
        assert not [one for one in others if one and one in text]
        assert own >= {each["To"], each["From"].addresses[0].addr_spec}


HOSTILE = [
    "x\r\nBcc: victim@elsewhere.example",
    "x\nContent-Type: text/html\n\n<script>alert(1)</script>",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "x\x00\x1b[31m\x07\x85y\u2028z",
    "=?utf-8?q?=0ABcc:_victim=40elsewhere.example?=",
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %} %(company)s %s {0}",
    "a" * 5_000,
    "\udcff".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_inert_in_every_place(cast: Cast, words: str) -> None:
    words = words.replace("\x00", "")  # which no door lets in and no row can hold
    Contact.objects.filter(pk=cast.owner.pk).update(name=words[:200])
    User.objects.filter(pk=cast.agent.pk).update(first_name=words[:150])
    User.objects.filter(contact=cast.owner).update(first_name=words[:150])
    cast.owner.refresh_from_db()
    agent = User.objects.get(pk=cast.agent.pk)
    hostile = make_ticket(cast.gold_customer, contact=cast.owner, subject=words[:250], body=words)
    replying.reply(ticket=hostile, body=words, by=agent)
    notices.invite(user=User.objects.get(contact=cast.owner), by=None)
    Contact.objects.filter(pk=cast.colleague.pk).update(name=words[:200])
    tell_of_newcomer(cast)

    mails = sent()

    assert len(mails) == 4
    for each in mails:
        assert each["To"].addresses[0].addr_spec in {"owner@customer.example", "owner@firm.example"}
        assert {"Bcc", "Cc"}.isdisjoint(each.keys())
        assert [part.get_content_type() for part in each.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]
        assert "<script" not in html_of(each)
        assert "<img" not in html_of(each)
        assert header_text(each["Subject"], 10_000) == each["Subject"].strip()
        assert not set(text_of(each)) & set("\x00\x07\x1b\x85")
        assert subject_of(each["Message-ID"]) is not None


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=400))
def test_any_subject_makes_one_short_line_that_a_parser_reads_back(words: str) -> None:
    line = subject_line("2026-000001", words)
    assert len(line) <= 150
    assert line == header_text(line)
    message = mail.EmailMessage(subject=line, body="x", to=["a@b.example"]).message()
    read = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert read["Subject"].strip() == line
    assert set(read.keys()) <= {
        *("Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
        *("Subject", "From", "To", "Date", "Message-ID"),
    }
