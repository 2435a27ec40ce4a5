"""Who wants less mail gets less: one click ends a ticket's, and a contact chooses how much there is."""

import email
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from customers.actions.mailing import choose_mail
from customers.models import Contact
from mail.actions.delivering import deliver_batch
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tickets.actions import assigning, muting, notifying, progressing, rating, replying
from tickets.models import Assignment, Delivery, Ticket, TicketEvent, TicketMute
from tickets.queries.mutes import unsubscribe_token, unsubscriber_of
from tickets.rules.lifecycle import Verb
from tickets.rules.notifying import MAX_RECEIPTS

pytestmark = pytest.mark.django_db

Steps = Contact.MailSteps
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, subject="Geheimer Betreff")


def choose(contact: Contact, steps: Steps, language: str = "de") -> None:
    choose_mail(contact=contact, steps=steps, language=contact.user.Language(language), by=contact.user)  # type: ignore[union-attr]


def link(ticket: Ticket, contact: Contact) -> str:
    return f"/unsubscribe/{unsubscribe_token(ticket.pk, contact.pk)}/"


def portal(contact: Contact) -> Client:
    client = Client()
    client.force_login(contact.user)  # type: ignore[arg-type]
    return client


# How much


def _reply(ticket: Ticket, cast: Cast) -> None:
    replying.reply(ticket=ticket, body="Ja.", by=cast.agent)


def _severity(ticket: Ticket, cast: Cast) -> None:
    rating.set_severity(ticket=ticket, severity=Ticket.Severity.HIGH, by=cast.agent, reason="Alle betroffen.")


def _taken(ticket: Ticket, cast: Cast) -> None:
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead, reason="x")
    when = timezone.now() - timedelta(minutes=15)
    Assignment.objects.update(at=when, recorded_at=when)
    notifying.tell_of_holders()


def _step(verb: Verb) -> Callable[[Ticket, Cast], None]:
    def take(ticket: Ticket, cast: Cast) -> None:
        until = timezone.now() + timedelta(days=1) if verb == Verb.SCHEDULE else None
        progressing.progress(ticket=ticket, verb=verb, by=cast.agent, until=until)

    return take


DEEDS: list[tuple[Callable[[Ticket, Cast], None], set[Steps]]] = [
    (_reply, {Steps.EVERYTHING, Steps.ANSWERS}),
    (_step(Verb.WAIT_CUSTOMER), {Steps.EVERYTHING, Steps.ANSWERS}),
    (_step(Verb.SOLVE), {Steps.EVERYTHING, Steps.ANSWERS}),
    (_step(Verb.WAIT_THIRD_PARTY), {Steps.EVERYTHING}),
    (_step(Verb.SCHEDULE), {Steps.EVERYTHING}),
    (_step(Verb.CLOSE), {Steps.EVERYTHING}),
    (_severity, {Steps.EVERYTHING}),
    (_taken, {Steps.EVERYTHING}),
]


@pytest.mark.parametrize("steps", Steps)
def test_every_kind_of_mail_goes_to_whoever_wants_it_and_to_nobody_else(cast: Cast, steps: Steps) -> None:
    wrong = []
    choose(cast.owner, steps)
    cast.owner.refresh_from_db()
    for deed, wanted in DEEDS:
        loud, muted = (make_ticket(cast.gold_customer, contact=cast.owner) for _ in range(2))
        muting.mute(ticket=muted, contact=cast.owner, by=None)
        receipts = Delivery.objects.filter(kind=Delivery.Kind.RECEIPT)
        if (receipts.count() == 2) is not (steps != Steps.NOTHING):
            wrong.append("receipt")
        receipts.delete()
        deed(loud, cast)
        deed(muted, cast)
        owed = list(Delivery.objects.values_list("ticket", flat=True))
        if owed != ([loud.pk] if steps in wanted else []):
            wrong.append(f"{deed}: {owed}")
        Delivery.objects.all().delete()
    assert wrong == []


def test_what_is_no_longer_wanted_is_taken_out_of_the_outbox_silently(cast: Cast, ticket: Ticket) -> None:
    replying.reply(ticket=ticket, body="Ja.", by=cast.agent)
    muting.mute(ticket=ticket, contact=cast.owner, by=None)

    assert deliver_batch() == 0

    assert not Delivery.objects.exists()
    assert not TicketEvent.objects.filter(kind="mail_failed").exists()


def test_a_mute_is_one_contacts_and_one_tickets(cast: Cast, ticket: Ticket) -> None:
    muting.mute(ticket=ticket, contact=cast.colleague, by=None)
    other = make_ticket(cast.gold_customer, contact=cast.owner)
    muting.mute(ticket=other, contact=cast.owner, by=None)
    Delivery.objects.all().delete()

    _reply(ticket, cast)

    assert Delivery.objects.get().ticket == ticket


def test_writing_again_does_not_end_a_mute(cast: Cast, ticket: Ticket) -> None:
    muting.mute(ticket=ticket, contact=cast.owner, by=None)
    replying.customer_reply(ticket=ticket, body="Und?", contact=cast.owner, by=cast.owner.user)
    assert TicketMute.objects.exists()


def test_a_machine_that_files_on_and_on_gets_no_more_receipts(cast: Cast) -> None:
    for _ in range(MAX_RECEIPTS + 2):
        make_ticket(cast.gold_customer, contact=cast.owner)
    make_ticket(cast.bronze_customer, contact=cast.stranger)
    assert Delivery.objects.filter(contact=cast.owner).count() == MAX_RECEIPTS
    assert Delivery.objects.filter(contact=cast.stranger).count() == 1

    Delivery.objects.update(created_at=timezone.now() - timedelta(hours=1, seconds=1))
    make_ticket(cast.gold_customer, contact=cast.owner)
    assert Delivery.objects.filter(contact=cast.owner).count() == MAX_RECEIPTS + 1


# The link


@pytest.mark.parametrize(("site", "is_one_click"), [("https://help.example", True), ("http://x", False)])
def test_every_mail_of_a_ticket_says_how_to_end_them(
    cast: Cast, ticket: Ticket, settings: object, site: str, *, is_one_click: bool
) -> None:
    settings.SITE_URL = site  # type: ignore[attr-defined]
    for deed in (_taken, _reply, _severity, _step(Verb.CLOSE)):
        deed(ticket, cast)
    mail.outbox.clear()

    assert deliver_batch() == 5

    address = f"{site}{link(ticket, cast.owner)}"
    for each in mail.outbox:
        raw = each.message().as_bytes()
        read = email.message_from_bytes(raw)
        assert "".join(read["List-Unsubscribe"].split()) == f"<{address}>"
        assert (read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") is is_one_click
        assert f"Keine E-Mails mehr zu diesem Ticket:\n{address}" in str(each.body)
        assert f'href="{address}"' in raw.decode().replace("=\n", "").replace("=3D", "=")


def test_one_click_ends_it_without_login_cookie_or_token(cast: Cast) -> None:
    caller = make_contact(cast.gold_customer, "Anna", email="anna@customer.example")
    ticket = make_ticket(cast.gold_customer, contact=caller, channel=Ticket.Channel.PHONE, by=cast.agent)

    answer = Client(enforce_csrf_checks=True).post(link(ticket, caller), ONE_CLICK)

    assert answer.status_code == 200
    assert TicketMute.objects.filter(ticket=ticket, contact=caller).count() == 1
    (line,) = TicketEvent.objects.filter(kind="mail_muted")
    assert (line.actor, line.params) == (None, {"contact": "Anna"})


def test_a_second_click_changes_nothing(cast: Cast, ticket: Ticket) -> None:
    for _ in range(2):
        Client().post(link(ticket, cast.owner), ONE_CLICK)
    assert TicketEvent.objects.filter(kind="mail_muted").count() == 1


def test_looking_at_the_link_changes_nothing_and_shows_the_number_alone(cast: Cast, ticket: Ticket) -> None:
    answer = Client().get(link(ticket, cast.owner))

    page = answer.content.decode()
    assert ticket.number in page
    assert "Keine E-Mails mehr" in page
    for secret in (ticket.subject, cast.owner.name, cast.owner.email, cast.gold_customer.name, "Gold"):
        assert secret not in page
    assert not TicketMute.objects.exists()
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    # The address stays here, and yet browsers name our origin with the form (without one it is refused).
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_page_switches_off_and_on_again(cast: Cast, ticket: Ticket) -> None:
    client, address = Client(), link(ticket, cast.owner)

    client.post(address, {"mail": "off"})
    assert TicketMute.objects.exists()
    assert "Wieder E-Mails dazu erhalten" in client.get(address).content.decode()

    client.post(address, {"mail": "on"})
    assert not TicketMute.objects.exists()


@pytest.mark.parametrize(
    "body", [{"mail": "off"}, {"mail": "on"}, {}, {**ONE_CLICK, "mail": "on"}, {"List-Unsubscribe": "Two"}]
)
def test_only_the_one_click_needs_no_token_against_forged_forms(
    cast: Cast, ticket: Ticket, body: dict[str, str]
) -> None:
    answer = Client(enforce_csrf_checks=True).post(link(ticket, cast.owner), body)
    assert answer.status_code == 403
    assert not TicketMute.objects.exists()


def test_a_link_that_is_not_ours_is_not_found(cast: Cast, ticket: Ticket) -> None:
    token = unsubscribe_token(ticket.pk, cast.owner.pk)
    signature = token.partition(".")[2]
    others = [
        f"{cast.stranger.pk}-{ticket.pk}.{signature}",
        f"{cast.owner.pk}-{ticket.pk}",
        f"{cast.owner.pk}-{ticket.pk}.",
        unsubscribe_token(10**17, cast.owner.pk),
        "x",
    ]
    for one in others:
        assert Client().get(f"/unsubscribe/{one}/").status_code == 404
        assert Client().post(f"/unsubscribe/{one}/", ONE_CLICK).status_code == 404
    assert not TicketMute.objects.exists()


def test_a_long_form_is_not_read(cast: Cast, ticket: Ticket) -> None:
    long = Client().post(link(ticket, cast.owner), {**ONE_CLICK, "x": "x" * 5_000})
    assert long.status_code == 400


def test_a_link_outlives_a_new_key_and_not_one_that_is_gone(
    cast: Cast, ticket: Ticket, settings: object
) -> None:
    token, former = unsubscribe_token(ticket.pk, cast.owner.pk), settings.SECRET_KEY  # type: ignore[attr-defined]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [former]  # type: ignore[attr-defined]
    assert unsubscriber_of(token) == (cast.owner, ticket)
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert unsubscriber_of(token) is None


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Möchten Sie keine mehr?"), ("en", "Do you want no more")]
)
def test_the_page_speaks_as_the_mail_did(cast: Cast, ticket: Ticket, language: str, words: str) -> None:
    choose(cast.owner, Steps.EVERYTHING, language)
    other = "en" if language == "de" else "de"
    answer = Client(headers={"Accept-Language": other}).get(link(ticket, cast.owner))
    assert words in answer.content.decode()
    assert f'lang="{language}"' in answer.content.decode()


# The portal and the desk


def test_a_contact_switches_a_tickets_mail_off_and_on(cast: Cast, ticket: Ticket) -> None:
    client, page = portal(cast.owner), f"/portal/tickets/{ticket.number}/"
    assert "Sie erhalten zu jedem Schritt eine E-Mail." in client.get(page).content.decode()

    shown = client.post(f"{page}mail/", {"mail": "off"}, follow=True).content.decode()
    assert "Sie erhalten zu diesem Ticket keine E-Mails." in shown
    (line,) = TicketEvent.objects.filter(kind="mail_muted")
    assert line.actor == cast.owner.user
    assert ticket.number in client.get("/portal/notifications/").content.decode()

    client.post(f"{page}mail/", {"mail": "on", "next": "notifications"})
    assert not TicketMute.objects.exists()


def test_nobody_switches_off_a_colleagues_mail(cast: Cast, ticket: Ticket) -> None:
    Contact.objects.filter(pk=cast.colleague.pk).update(sees_company_tickets=True)
    for contact in (cast.colleague, cast.stranger):
        assert portal(contact).post(f"/portal/tickets/{ticket.number}/mail/").status_code == 404
    assert (
        "ticket-mail" not in portal(cast.colleague).get(f"/portal/tickets/{ticket.number}/").content.decode()
    )
    assert not TicketMute.objects.exists()


def test_agents_see_that_the_contact_gets_no_mail(cast: Cast, ticket: Ticket) -> None:
    client, page = Client(), f"/desk/tickets/{ticket.number}/"
    client.force_login(cast.agent)
    assert "mail-silence" not in client.get(page).content.decode()

    muting.mute(ticket=ticket, contact=cast.owner, by=None)
    assert "Owner erhält zu diesem Ticket keine E-Mails" in client.get(page).content.decode()

    muting.unmute(ticket=ticket, contact=cast.owner, by=None)
    choose(cast.owner, Steps.NOTHING)
    assert "Owner erhält zu Tickets keine E-Mails" in client.get(page).content.decode()


def test_a_contact_chooses_how_much_and_in_which_language(cast: Cast) -> None:
    answer = portal(cast.owner).post(
        "/portal/notifications/", {"mail_steps": "answers", "language": "en"}, follow=True
    )

    cast.owner.refresh_from_db()
    assert (cast.owner.mail_steps, cast.owner.language) == ("answers", "en")
    assert cast.owner.user is not None
    assert cast.owner.user.language == ""
    assert answer.redirect_chain == [("/portal/notifications/", 302)]
    (entry,) = AuditEntry.objects.filter(verb="contact.mail_chosen")
    assert entry.details == {"mail_steps": "answers", "language": "en"}


def test_a_choice_that_there_is_not_changes_nothing(cast: Cast) -> None:
    answer = portal(cast.owner).post("/portal/notifications/", {"mail_steps": "some", "language": "fr"})
    assert answer.status_code == 422
    cast.owner.refresh_from_db()
    assert (cast.owner.mail_steps, cast.owner.language) == ("everything", "de")
