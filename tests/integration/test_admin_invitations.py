"""Letting people in from the admin: one button invites, the page says how it stands, another withdraws."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Notice, User
from customers.actions import customers, invitations
from customers.models import Contact
from tests.admin_pages import inline, post
from tests.factories.calling import Caller
from tests.factories.cast import Cast, make_cast, make_contact, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    client.force_login(cast.admin)
    return client


def fields(contact: Contact, **more: Any) -> dict[str, Any]:
    form = {
        "customer": contact.customer_id,
        "name": contact.name,
        "email": contact.email,
        "language": contact.language,
        "mail_steps": contact.mail_steps,
        "user": contact.user_id or "",
        "is_active": "on" if contact.is_active else None,
        **inline("phones"),
        **more,
    }
    return {name: value for name, value in form.items() if value is not None}


def page_of(contact: Contact) -> str:
    return reverse("admin:customers_contact_change", args=[contact.pk])


def said(client: Client, answer: Any) -> list[str]:
    page = client.get(answer.headers["Location"], follow=True)
    return [str(each) for each in page.context["messages"]]


def test_a_new_contact_is_saved_and_invited_with_one_button(as_admin: Client, cast: Cast) -> None:
    new = Contact(
        customer=cast.plain_customer, name="Anna Maria Neu", email="Neu@Moser.Example", language="en"
    )
    page = as_admin.get(reverse("admin:customers_contact_add")).text
    assert 'name="invite"' in page

    answer = post(as_admin, reverse("admin:customers_contact_add"), fields(new, invite="1"))

    contact = Contact.objects.get(name="Anna Maria Neu")
    user = contact.user
    assert user is not None
    assert (user.email, user.role, user.language) == ("neu@moser.example", User.Role.CONTACT, "en")
    assert user.display_name == "Anna Maria Neu"
    assert not user.has_usable_password()
    notice = Notice.objects.get(user=user)
    assert notice.kind == Notice.Kind.INVITATION
    assert "The invitation is on its way to neu@moser.example." in said(as_admin, answer)
    verbs = set(AuditEntry.objects.filter(actor_id=cast.admin.pk).values_list("verb", flat=True))
    assert {"contact.created", "user.created", "user.invited"} <= verbs


def test_the_page_says_how_it_stands_with_a_login(as_admin: Client, cast: Cast) -> None:
    contact = make_contact(cast.plain_customer, "Erika", email="erika@moser.example")
    url = page_of(contact)
    assert "No login" in as_admin.get(url).text

    invitations.invite_contact(contact=contact, by=cast.admin)
    invited = as_admin.get(url).text
    assert "has not set a password yet" in invited
    assert "Save and send another invitation" in invited
    assert 'name="withdraw"' in invited

    Notice.objects.update(failed_at=timezone.now(), next_attempt_at=None)
    assert "could not be delivered" in as_admin.get(url).text

    user = User.objects.get(contact=contact)
    user.set_password("something long enough")
    user.last_login = timezone.now()
    user.save()
    active = as_admin.get(url).text
    assert "Active, last signed in on" in active
    assert 'name="invite"' not in active

    invitations.withdraw(contact=contact, by=cast.admin)
    assert "Withdrawn: cannot sign in" in as_admin.get(url).text


def test_a_withdrawn_login_is_shut_at_once_and_can_be_given_again(as_admin: Client, cast: Cast) -> None:
    visitor = Client()
    assert cast.owner.user
    visitor.force_login(cast.owner.user)
    assert visitor.get("/portal/").status_code == 200

    post(as_admin, page_of(cast.owner), fields(cast.owner, withdraw="1"))
    assert visitor.get("/portal/").status_code == 302
    assert Contact.objects.get(pk=cast.owner.pk).is_active

    post(as_admin, page_of(cast.owner), fields(cast.owner, invite="1"))
    assert User.objects.get(contact=cast.owner).is_active
    assert Notice.objects.filter(user=cast.owner.user).count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"email": ""}, "needs an e-mail address"),
        ({"email": "agent@firm.example"}, "another user has this e-mail address"),
        ({"is_active": None}, "not active"),
    ],
)
def test_who_cannot_be_invited_is_saved_and_the_page_says_why(
    as_admin: Client, cast: Cast, more: dict[str, Any], words: str
) -> None:
    contact = make_contact(cast.plain_customer, "Erika", email="erika@moser.example")

    answer = post(as_admin, page_of(contact), fields(contact, **more, invite="1"))

    assert any(words in each for each in said(as_admin, answer))
    assert Contact.objects.get(pk=contact.pk).user is None
    assert not Notice.objects.exists()


def test_inviting_twice_gives_one_login_and_two_mails(cast: Cast) -> None:
    contact = make_contact(cast.plain_customer, "Erika", email="erika@moser.example")

    first = invitations.invite_contact(contact=contact, by=cast.admin)
    second = invitations.invite_contact(contact=contact, by=cast.admin)

    assert first.pk == second.pk
    assert Notice.objects.filter(user=first).count() == 2


def test_a_login_follows_its_contact_to_a_new_address(as_admin: Client, cast: Cast) -> None:
    contact = make_contact(cast.plain_customer, "Anna", email="anna@moser.example")
    user = invitations.invite_contact(contact=contact, by=None)
    contact.refresh_from_db()

    post(as_admin, page_of(contact), fields(contact, email="Info@Moser.Example"))

    user.refresh_from_db()
    assert user.email == "info@moser.example"


@pytest.mark.parametrize(
    ("own", "wish"), [("own@moser.example", "info@moser.example"), ("", "taken@firm.example")]
)
def test_a_login_keeps_an_address_of_its_own_and_takes_nobody_elses(cast: Cast, own: str, wish: str) -> None:
    contact = make_contact(cast.plain_customer, "Anna", email="anna@moser.example")
    user = invitations.invite_contact(contact=contact, by=None)
    contact.refresh_from_db()
    kept = own or user.email
    User.objects.filter(pk=user.pk).update(email=kept)
    make_user("taken")

    contact.email = wish
    customers.save_contact(contact=contact, by=None)

    user.refresh_from_db()
    assert user.email == kept


def test_no_agent_gets_into_the_portal_by_changing_an_address(cast: Cast) -> None:
    contact = make_contact(cast.plain_customer, "Anna", email="anna@moser.example")
    user = invitations.invite_contact(contact=contact, by=None)

    changed = Caller(cast.agent).patch(f"contacts/{contact.pk}/", {"email": "mine@evil.example"})

    user.refresh_from_db()
    assert (changed.status_code, user.email) == (200, "anna@moser.example")


def test_a_contact_who_became_a_colleague_is_invited_no_more(cast: Cast) -> None:
    contact = make_contact(cast.plain_customer, "Anna", email="anna@moser.example")
    user = invitations.invite_contact(contact=contact, by=None)
    User.objects.filter(pk=user.pk).update(role=User.Role.AGENT)
    contact.refresh_from_db()

    contact.email = "successor@moser.example"
    customers.save_contact(contact=contact, by=None)
    with pytest.raises(invitations.CannotInvite, match="desk"):
        invitations.invite_contact(contact=contact, by=None)

    user.refresh_from_db()
    assert (user.email, user.notices.count()) == ("anna@moser.example", 1)


def test_no_two_logins_differ_in_capitals_alone(cast: Cast) -> None:
    make_user("Anna@Moser.Example")
    contact = make_contact(cast.plain_customer, "Anna", email="anna@moser.example")
    assert invitations.invite_contact(contact=contact, by=None).username == "anna@moser.example-2"


def test_one_address_at_two_customers_is_one_login_only(cast: Cast) -> None:
    here = make_contact(cast.plain_customer, "Erika", email="erika@both.example")
    there = make_contact(cast.gold_customer, "Erika", email="erika@both.example")
    invitations.invite_contact(contact=here, by=cast.admin)

    with pytest.raises(invitations.CannotInvite) as refusal:
        invitations.invite_contact(contact=there, by=cast.admin)

    assert refusal.value.why == "address_taken"


def test_a_new_agent_is_invited_with_one_button(as_admin: Client, cast: Cast) -> None:
    form = {"username": "neu", "email": "neu@firm.example", "role": "agent", "teams": [cast.team.pk]}

    answer = post(as_admin, "/admin/accounts/user/add/", {**form, "is_active": "on", "invite": "1"})

    user = User.objects.get(username="neu")
    assert Notice.objects.get(user=user).kind == Notice.Kind.INVITATION
    assert "The invitation is on its way to neu@firm.example." in said(as_admin, answer)
    page = as_admin.get(reverse("admin:accounts_user_change", args=[user.pk])).text
    assert "has not set a password yet" in page


def test_an_agent_who_signs_in_already_is_not_invited(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.agent.pk])
    form = {"username": "agent", "email": "agent@firm.example", "role": "agent", "is_active": "on"}

    assert 'name="invite"' not in as_admin.get(url).text
    post(as_admin, url, {**form, "is_on_duty": "on", "invite": "1"})

    assert not Notice.objects.exists()


def test_a_user_without_an_address_is_not_invited(as_admin: Client, cast: Cast) -> None:
    answer = post(
        as_admin,
        "/admin/accounts/user/add/",
        {"username": "x", "role": "agent", "is_active": "on", "invite": "1"},
    )

    assert any("with an e-mail address" in each for each in said(as_admin, answer))
    assert not Notice.objects.exists()
