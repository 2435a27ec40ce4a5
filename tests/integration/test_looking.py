"""An admin looks with a customer's eyes: read-only, for half an hour, noted, and told to the person."""

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import auditing, impersonating
from accounts.actions import users as user_actions
from accounts.models import AuditEntry, Impersonation, Notice, User
from accounts.tasks import end_looks
from customers.models import Contact
from knowledge.models import SearchTerm
from mail.queries.letters import NotOwed
from mail.queries.notice_letters import notice_letter
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
WHY = "Ticket 7: the button is said to be missing"
"""A reason."""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def login_of(contact: Contact) -> User:
    """Who signs in as this contact."""
    assert contact.user is not None
    return contact.user


@pytest.fixture
def person(cast: Cast) -> User:
    user = login_of(cast.owner)
    user.email = "owner@customer.example"
    user.save()
    return user


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    client.cookies["django_language"] = "en"
    return client


def look(client: Client, person: User, reason: str = WHY) -> Impersonation:
    """Begin by the form."""
    answer = client.post(reverse("account_look", args=[person.pk]), {"reason": reason})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    return Impersonation.objects.latest("pk")


def attachment_of(page: str) -> str:
    """The address of the file on a page."""
    (found,) = re.findall(r'href="(/portal/tickets/[^"]+/files/[^"]+)"', page)
    return html.unescape(found)


def acts(verb: str) -> list[AuditEntry]:
    """Lines of the trail about looks."""
    return list(AuditEntry.objects.filter(verb=f"impersonation.{verb}").order_by("id"))


def test_the_portal_is_seen_as_the_customer_sees_it_under_a_banner(
    as_admin: Client, cast: Cast, person: User
) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, subject="Mine to see")
    assert as_admin.get("/portal/").status_code == 404
    look(as_admin, person)

    page = as_admin.get("/portal/")

    assert "Mine to see" in page.text
    assert 'class="looking"' in page.text
    assert person.display_name in page.text
    assert 'class="looking"' in as_admin.get(reverse("portal:ticket", args=[ticket.number])).text
    assert 'class="looking"' in as_admin.get("/portal/tickets/nothing/").text
    assert 'class="looking"' in as_admin.get("/").text or as_admin.get("/").status_code == 302
    assert as_admin.session["_auth_user_id"] == str(cast.admin.pk)  # the session was never the customer's
    theirs = Client()
    theirs.force_login(person)
    assert 'class="looking"' not in theirs.get("/portal/").text


def test_nothing_can_be_changed_anywhere_and_tokens_work_as_ever(
    as_admin: Client, cast: Cast, person: User
) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    token = user_actions.create_token(user=person, by=None)
    look(as_admin, person)
    before = (Message.objects.count(), Ticket.objects.count(), User.objects.get(pk=person.pk).language)
    for method in ("post", "put", "patch", "delete"):
        for address in (
            reverse("portal:reply", args=[ticket.number]),
            reverse("portal:close", args=[ticket.number]),
            *("/portal/new/", "/portal/notifications/", "/portal/colleagues/new/", "/portal/contract/offer/"),
            *("/language/", "/accounts/password/change/", "/accounts/sessions/end/", "/accounts/logout/"),
            *("/desk/new/", "/admin/accounts/user/add/", f"/accounts/look/{person.pk}/"),
        ):
            answer = getattr(as_admin, method)(
                address, {"body": "by stealth", "language": "en", "reason": "r"}
            )
            assert answer.status_code == 403, (method, address)
            assert 'class="looking"' in answer.text
    after = (Message.objects.count(), Ticket.objects.count(), User.objects.get(pk=person.pk).language)
    assert before == after

    by_token = Client(headers={"Authorization": f"Bearer {token}"})
    body = json.dumps({"subject": "By token", "body": "Works"})
    assert as_admin.get("/api/v1/tickets/").status_code == 401  # the session opens no API
    answer = by_token.post("/api/v1/tickets/", body, content_type="application/json")
    assert answer.status_code == 201


def test_what_is_searched_for_meanwhile_counts_nowhere(as_admin: Client, person: User) -> None:
    look(as_admin, person)
    assert as_admin.get("/portal/kb/?lang=de&q=drucker").status_code == 200
    assert not SearchTerm.objects.exists()
    theirs = Client()
    theirs.force_login(person)
    theirs.get("/portal/kb/?lang=de&q=drucker")
    assert SearchTerm.objects.count() == 1


def test_the_account_the_desk_and_files_stay_closed(as_admin: Client, cast: Cast, person: User) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    look(as_admin, person)
    for address in (
        *("/accounts/", "/accounts/passkeys/add/", "/accounts/codes/", "/accounts/password/change/"),
        *("/portal/privacy/", "/desk/", f"/desk/tickets/{ticket.number}/", "/admin/"),
        *("/first-steps/", "/gallery/"),
    ):
        assert as_admin.get(address).status_code == 403, address
    seen = len(acts("page_seen"))
    assert seen == 0  # what was refused was not seen
    assert as_admin.get(reverse("portal:tickets")).status_code == 200


def test_a_file_to_keep_is_not_handed_out(as_admin: Client, cast: Cast, person: User) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    theirs = Client()
    theirs.force_login(person)
    note = SimpleUploadedFile("minutes.txt", b"what was said in confidence")
    sent = {"body": "See the file", "attachments": [note]}
    theirs.post(reverse("portal:reply", args=[ticket.number]), sent)
    address = attachment_of(theirs.get(reverse("portal:ticket", args=[ticket.number])).text)
    assert b"in confidence" in b"".join(theirs.get(address).streaming_content)  # type: ignore[attr-defined]
    look(as_admin, person)
    shown = as_admin.get(reverse("portal:ticket", args=[ticket.number]))
    for path in (attachment_of(shown.text), "/service.pdf", "/robots.txt"):
        answer = as_admin.get(path)
        assert answer.status_code == 403
        assert not answer.has_header("Content-Disposition")
        assert "in confidence" not in answer.text


def test_begin_end_and_each_page_stand_in_the_trail_and_the_person_is_told(
    as_admin: Client, cast: Cast, person: User, mailoutbox: list[mail.EmailMessage]
) -> None:
    row = look(as_admin, person)
    as_admin.get("/portal/?q=secret")
    as_admin.get("/portal/contract/")
    as_admin.get("/portal/", headers={"X-By-Itself": "1"})  # refreshed by itself
    assert not Notice.objects.filter(kind=Notice.Kind.IMPERSONATED).exists()

    answer = as_admin.post(reverse("account_look_end"))

    assert answer["Location"] == reverse("admin:accounts_user_change", args=[person.pk])
    (begun,), (ended,) = acts("begun"), acts("ended")
    assert begun.details == {"look": row.pk, "reason": WHY}
    assert ended.details == {"look": row.pk, "pages": 2}
    assert [one.details["path"] for one in acts("page_seen")] == ["/portal/", "/portal/contract/"]
    for line in (begun, ended, *acts("page_seen")):
        assert (line.actor_id, line.object_id) == (cast.admin.pk, str(person.pk))
    assert as_admin.get("/portal/").status_code == 404
    notice = Notice.objects.get(kind=Notice.Kind.IMPERSONATED)
    assert notice.user == person
    theirs = Client()
    theirs.force_login(person)
    account = theirs.get("/accounts/").text
    assert WHY in account
    assert cast.admin.display_name in account
    other = Client()
    other.force_login(login_of(cast.colleague))
    assert WHY not in other.get("/accounts/").text


def test_what_a_page_notes_of_its_reader_is_the_admins(as_admin: Client, cast: Cast, person: User) -> None:
    look(as_admin, person)
    person.looker = cast.admin
    line = auditing.record(by=person, verb="user.changed", what=cast.agent)
    assert (line.actor_id, line.details) == (cast.admin.pk, {"eyes_of": person.pk})


def test_it_ends_after_half_an_hour_whoever_has_closed_the_window(
    as_admin: Client, person: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    row = look(as_admin, person)
    assert row.ends_at - row.began_at == timedelta(minutes=30)
    Impersonation.objects.update(
        began_at=timezone.now() - timedelta(minutes=31), ends_at=timezone.now() - timedelta(minutes=1)
    )

    page = as_admin.get("/portal/")

    assert page.status_code == 403
    assert "The look is over" in page.text
    assert as_admin.get("/desk/").status_code == 200
    row.refresh_from_db()
    assert row.ended_at == row.ends_at
    end_looks()
    assert Notice.objects.filter(kind=Notice.Kind.IMPERSONATED).count() == 1  # told once


def test_the_sweep_ends_what_nobody_ended(cast: Cast, person: User) -> None:
    begun = timezone.now() - timedelta(minutes=40)
    row = impersonating.begin(person=person, reason=WHY, by=cast.admin, at=begun)
    end_looks()
    end_looks()
    row.refresh_from_db()
    assert row.ended_at == begun + timedelta(minutes=30)
    assert Notice.objects.filter(kind=Notice.Kind.IMPERSONATED, user=person).count() == 1


@pytest.mark.parametrize(
    "change", ["admin demoted", "person deactivated", "person promoted", "another admin"]
)
def test_it_ends_at_once_when_somebody_is_no_longer_who_they_were(
    as_admin: Client, cast: Cast, person: User, change: str
) -> None:
    row = look(as_admin, person)
    match change:
        case "admin demoted":
            User.objects.filter(pk=cast.admin.pk).update(role=User.Role.LEAD)
        case "person deactivated":
            User.objects.filter(pk=person.pk).update(is_active=False)
        case "person promoted":
            User.objects.filter(pk=person.pk).update(role=User.Role.AGENT)
        case _:
            Impersonation.objects.filter(pk=row.pk).update(admin=cast.lead)
    assert as_admin.get("/portal/").status_code == 403
    assert "look" not in as_admin.session


def test_nobody_but_admins_looks_nobody_at_colleagues_and_never_without_a_reason(
    client: Client, cast: Cast, person: User
) -> None:
    address = reverse("account_look", args=[person.pk])
    for user in (cast.agent, cast.lead, login_of(cast.colleague), person):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address, {"reason": WHY}).status_code == 404
        with pytest.raises(impersonating.CannotLook, match="not_admin"):
            impersonating.begin(person=person, reason=WHY, by=user)
    client.force_login(cast.admin)
    for reason in ("", "   "):
        assert client.post(address, {"reason": reason}).status_code == 422
        with pytest.raises(impersonating.CannotLook, match="no_reason"):
            impersonating.begin(person=person, reason=reason, by=cast.admin)
    for other in (cast.agent, cast.lead, cast.admin):
        assert client.post(reverse("account_look", args=[other.pk]), {"reason": WHY}).status_code == 404
        with pytest.raises(impersonating.CannotLook, match="not_a_contact"):
            impersonating.begin(person=other, reason=WHY, by=cast.admin)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.post(address, {"reason": WHY}).status_code == 422
    assert not Impersonation.objects.exists()
    assert not acts("begun")
    assert client.post(reverse("account_look_end"))["Location"] == "/"


def test_the_admin_finds_the_way_on_the_pages_of_customers_only(
    as_admin: Client, cast: Cast, person: User
) -> None:
    way = reverse("account_look", args=[person.pk])
    assert way in as_admin.get(reverse("admin:accounts_user_change", args=[person.pk])).text
    assert way in as_admin.get(reverse("admin:customers_contact_change", args=[cast.owner.pk])).text
    assert (
        "/accounts/look/"
        not in as_admin.get(reverse("admin:accounts_user_change", args=[cast.agent.pk])).text
    )
    assert "/accounts/look/" not in as_admin.get(reverse("admin:customers_contact_add")).text
    assert as_admin.get(way).status_code == 200


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("de", "mit Ihren Augen gesehen", "von 09:05 bis 09:20 Uhr so gesehen, wie Sie es sehen: 2 Seiten."),
        ("en", "looked at the portal with your eyes", "from 09:05 to 09:20: 2 pages."),
    ],
)
def test_the_mail_says_who_when_why_and_how_much(
    cast: Cast, person: User, language: str, subject: str, said: str
) -> None:
    person.language = language
    person.save()
    begun = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)  # 9:05 in Berlin
    row = impersonating.begin(person=person, reason=WHY, by=cast.admin, at=begun)
    for path in ("/portal/", "/portal/contract/"):
        impersonating.note_page(look=row, path=path, by=cast.admin, at=begun)
    notice = Notice.objects.filter(kind=Notice.Kind.IMPERSONATED)
    assert not notice.exists()
    impersonating.end(look=row, by=cast.admin, at=begun + timedelta(minutes=15))

    letter = notice_letter(notice.get(), timezone.now())

    assert letter.address == person.email
    assert subject in letter.words.subject
    text = " ".join(map(str, letter.words.lines))
    assert said in text
    assert cast.admin.display_name in text
    assert WHY in text
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(NotOwed):
        notice_letter(notice.get(), timezone.now())
