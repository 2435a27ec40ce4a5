"""Signing up with an address at a customer's mail domain: what strangers learn and what the link does."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as product
from django.core import mail, signing
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import notices, users
from accounts.models import AuditEntry, Notice, User
from accounts.tasks import forget_requests
from customers.actions import customers, signing_up
from customers.models import Contact, Customer, CustomerDomain
from customers.queries.signing_up import LeadsNowhere
from lib.domains import in_ascii
from mail.actions.delivering import deliver_batch
from tests.admin_pages import inline, post
from tests.factories.cast import Cast, make_cast, make_contact

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SIGN_UP, SENT = "/accounts/signup/", "/accounts/signup/sent/"
NEW = "nora@aigner.example"


@pytest.fixture
def cast() -> Cast:
    """Aigner has a mail domain; its owner is company admin."""
    cast = make_cast()
    customers.save(customer=cast.gold_customer, by=None, domains=["aigner.example", "müller.example"])
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    return cast


@pytest.fixture
def _unlimited(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


def ask(address: str, **more: str) -> Any:
    words = {"name": "Nora Neu", "email": address, "language": "en", **more}
    return Client(headers={"Accept-Language": "en"}).post(SIGN_UP, words)


def letters() -> list[Any]:
    """The mails that go out now."""
    mail.outbox.clear()
    deliver_batch()
    return list(mail.outbox)


def link_for(address: str = NEW) -> str:
    """The path of the link that this address gets."""
    ask(address)
    (letter,) = letters()
    found = re.search(rf"{product.SITE_URL}(/accounts/signup/confirm/\S+)", str(letter.body))
    assert found, letter.body
    return found[1]


def press(path: str) -> Any:
    return Client(headers={"Accept-Language": "en"}).post(path)


def test_a_newcomer_confirms_chooses_a_password_and_sees_only_their_own(cast: Cast) -> None:
    path = link_for()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([NEW], "Your access to the helpdesk of Berger IT")
    browser = Client(headers={"Accept-Language": "en"})
    page = browser.get(path)
    assert (page.status_code, "Nora Neu" in page.text, NEW in page.text) == (200, True, True)
    assert not Contact.objects.filter(email=NEW).exists()

    form = browser.post(path, follow=True)
    words = {"password1": PASSWORD, "password2": PASSWORD}
    browser.post(form.redirect_chain[-1][0], words)

    contact = Contact.objects.get(email=NEW)
    assert (contact.name, contact.customer, contact.language) == ("Nora Neu", cast.gold_customer, "en")
    assert (contact.sees_company_tickets, contact.is_company_admin) == (False, False)
    assert contact.user is not None
    assert contact.user.role == User.Role.CONTACT
    assert AuditEntry.objects.filter(verb="contact.signed_up", actor_id=contact.user.pk).exists()
    signed_in = Client()
    assert signed_in.login(username=NEW, password=PASSWORD)
    assert signed_in.get("/portal/").status_code == 200


def test_who_we_know_as_a_contact_gets_a_login_and_keeps_their_name(cast: Cast) -> None:
    known = make_contact(cast.gold_customer, "Nora Known", email=NEW, sees_company_tickets=True)
    assert "Nora Known" in Client().get(link_for()).text
    press(link_for())
    known.refresh_from_db()
    assert (known.name, known.sees_company_tickets) == ("Nora Known", True)
    assert known.user is not None
    assert Contact.objects.filter(customer=cast.gold_customer, email=NEW).count() == 1


def test_company_admins_are_told_of_the_newcomer_once_each(cast: Cast) -> None:
    second = cast.colleague
    Contact.objects.filter(pk=second.pk).update(is_company_admin=True)
    Contact.objects.filter(pk=cast.stranger.pk).update(is_company_admin=True)
    press(link_for())

    told = {letter.to[0]: str(letter.body) for letter in letters()}

    assert set(told) == {"owner@firm.example", "colleague@firm.example"}
    words = " ".join(told["owner@firm.example"].split())
    assert "Nora Neu" in words
    assert "/portal/colleagues/" in words


def test_a_newcomer_without_a_password_is_shown_and_can_be_shut_out(cast: Cast) -> None:
    press(link_for())
    contact = Contact.objects.get(email=NEW)
    browser = Client(headers={"Accept-Language": "en"})
    assert cast.owner.user
    User.objects.filter(pk=cast.owner.user.pk).update(language="en")
    browser.force_login(cast.owner.user)
    page = browser.get(f"/portal/colleagues/{contact.pk}/").text
    assert "has not chosen a password yet" in page
    assert "Close the access" in page

    browser.post(f"/portal/colleagues/{contact.pk}/withdraw/")

    assert not User.objects.get(contact=contact).is_active
    ask(NEW)
    assert NEW not in [letter.to[0] for letter in letters()]


def test_a_newcomer_who_is_gone_by_then_is_told_of_to_nobody(cast: Cast) -> None:
    press(link_for())
    Contact.objects.filter(email=NEW).update(is_active=False)
    assert letters() == []


def _an_address_of_the_desk(cast: Cast) -> str:
    return cast.agent.email


def _a_login(cast: Cast) -> str:
    assert cast.owner.user
    return cast.owner.user.email


@pytest.mark.parametrize("whose", [_an_address_of_the_desk, _a_login])
def test_who_has_a_login_is_told_so_with_a_link_for_a_new_password(
    cast: Cast, whose: Callable[[Cast], str]
) -> None:
    address = whose(cast)
    ask(address.upper())
    (letter,) = letters()
    assert letter.to == [address]
    body = " ".join(str(letter.body).split())
    assert "/accounts/password/reset/key/" in body
    assert "/signup/confirm/" not in body
    assert Notice.objects.get().params == {}


def _stranger(cast: Cast) -> str:
    return "eve@elsewhere.example"


def _subdomain(cast: Cast) -> str:
    return "eve@mail.aigner.example"


def _lookalike(cast: Cast) -> str:
    return "eve@aigner.example.evil.example"


def _closed_customer(cast: Cast) -> str:
    Customer.objects.filter(pk=cast.gold_customer.pk).update(is_active=False)
    return NEW


def _closed_contact(cast: Cast) -> str:
    make_contact(cast.gold_customer, email=NEW, is_active=False)
    return NEW


def _closed_login(cast: Cast) -> str:
    assert cast.owner.user
    users.deactivate(user=cast.owner.user, by=None)
    return cast.owner.user.email


def _login_of_a_closed_contact(cast: Cast) -> str:
    Contact.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert cast.owner.user
    return cast.owner.user.email


def _contact_with_a_closed_login(cast: Cast) -> str:
    assert cast.owner.user
    users.deactivate(user=cast.owner.user, by=None)
    Contact.objects.filter(pk=cast.owner.pk).update(email=NEW)
    return NEW


def _free_mail(cast: Cast) -> str:
    customers.save(customer=cast.gold_customer, by=None, domains=["gmx.de"])
    return "eve@gmx.de"


NOBODYS = [
    _stranger,
    _subdomain,
    _lookalike,
    _closed_customer,
    _closed_contact,
    _closed_login,
    _login_of_a_closed_contact,
    _contact_with_a_closed_login,
    _free_mail,
]


@pytest.mark.parametrize("whose", NOBODYS)
def test_who_is_not_let_in_gets_no_mail_and_nothing_is_kept(cast: Cast, whose: Callable[[Cast], str]) -> None:
    answer = ask(whose(cast))
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    assert letters() == []
    assert not Notice.objects.exists()


@pytest.mark.usefixtures("_unlimited")
def test_the_answer_and_the_work_are_the_same_for_every_address(cast: Cast) -> None:
    addresses = [NEW, "eve@elsewhere.example", cast.agent.email, "eve@gmx.de"]

    def work_of(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            answer = ask(address)
        assert (answer.status_code, answer["Location"]) == (302, SENT)
        return [re.sub(r"'[^']*'|\b\d+\b", "?", each["sql"]) for each in queries.captured_queries]

    work_of(NEW)
    works = [work_of(address) for address in addresses]

    assert all(work == works[0] for work in works)
    assert not [each for each in works[0] if re.search("accounts_user|customers_", each)]


def test_the_page_says_to_everybody_what_it_means_when_nothing_arrives() -> None:
    page = Client(headers={"Accept-Language": "en"}).get(SENT).text
    assert "If your company is our customer" in page
    assert "If nothing arrives" in page


def test_nothing_that_strangers_type_is_in_a_mail_to_an_address_that_is_nobodys_yet(cast: Cast) -> None:
    ask(NEW, name="Win a prize at evil.example")
    (letter,) = letters()
    assert "evil.example" not in letter.message().as_string()
    assert "evil.example" not in letter.subject


def test_a_name_is_one_line(cast: Cast) -> None:
    ask(NEW, name="Nora\r\nBcc: eve@evil.example")
    assert Notice.objects.get().params["name"] == "Nora Bcc: eve@evil.example"


def test_what_was_typed_lies_in_the_database_encrypted_only(cast: Cast) -> None:
    ask(NEW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(n)::text FROM accounts_notice n")
        assert "nora" not in str(cursor.fetchall()).lower()


def test_what_was_typed_and_never_confirmed_is_forgotten(cast: Cast) -> None:
    link_for()
    Notice.objects.update(created_at=timezone.now() - timedelta(days=6))
    forget_requests()
    assert not Notice.objects.exists()


def test_an_address_is_known_in_either_spelling_of_its_domain(cast: Cast) -> None:
    known = make_contact(cast.gold_customer, "Uwe", email="uwe@müller.example")
    assert cast.gold_customer.domains.filter(domain="xn--mller-kva.example").exists()
    press(link_for("uwe@xn--mller-kva.example"))
    known.refresh_from_db()
    assert known.user is not None


def test_nobody_fills_an_inbox_by_asking_again_and_again(cast: Cast) -> None:
    codes = [ask(NEW.upper() if number % 2 else NEW).status_code for number in range(6)]
    assert codes == [302] * 5 + [429]
    assert ask("other@aigner.example").status_code == 302


def test_a_form_with_faults_is_shown_again(cast: Cast) -> None:
    answer = ask("no address")
    assert (answer.status_code, "Nora Neu" in answer.text) == (422, True)
    assert not Notice.objects.exists()


def test_opening_the_link_does_nothing_and_it_is_used_once(cast: Cast) -> None:
    path = link_for()
    assert [Client().get(path).status_code for _ in range(2)] == [200, 200]
    assert not User.objects.filter(email=NEW).exists()

    assert press(path).status_code == 302
    again = press(path)

    assert (again.status_code, "This link no longer works" in again.text) == (410, True)
    assert Client().get(path).status_code == 410
    assert User.objects.filter(email=NEW).count() == 1
    assert Notice.objects.get(kind=Notice.Kind.SIGN_UP).params == {}


def _contact_closed(cast: Cast) -> None:
    make_contact(cast.gold_customer, email=NEW, is_active=False)


def _customer_closed(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.gold_customer.pk).update(is_active=False)


def _domain_taken_away(cast: Cast) -> None:
    customers.save(customer=cast.gold_customer, by=None, domains=[])


def _somebody_has_it(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(email=NEW)


@pytest.mark.parametrize("event", [_contact_closed, _customer_closed, _domain_taken_away, _somebody_has_it])
def test_what_changed_since_the_mail_counts_and_nothing_is_half_made(
    cast: Cast, event: Callable[[Cast], None]
) -> None:
    path = link_for()
    event(cast)
    before = User.objects.count(), Contact.objects.count(), AuditEntry.objects.count()

    assert press(path).status_code == 410

    assert (User.objects.count(), Contact.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("token", ["x", "MQ:1:2", "%00"])
def test_a_made_up_link_leads_nowhere(token: str) -> None:
    assert Client().get(f"/accounts/signup/confirm/{token}/").status_code == 410


def test_a_link_is_too_old_after_three_days_and_signed_for_this_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link_for()
    foreign = signing.dumps(Notice.objects.get().pk, salt="something else")
    assert Client().get(f"/accounts/signup/confirm/{foreign}/").status_code == 410
    later = signing.time.time() + timedelta(days=3, minutes=1).total_seconds()  # type: ignore[attr-defined]
    monkeypatch.setattr(signing.time, "time", lambda: later)  # type: ignore[attr-defined]
    assert press(path).status_code == 410


def test_a_link_is_no_other_notices(cast: Cast) -> None:
    link_for()
    sign_up = Notice.objects.get()
    invitation = notices.invite(user=cast.agent, by=None)
    token = signing.dumps(invitation.pk, salt="customers.sign_up")
    with pytest.raises(LeadsNowhere):
        signing_up.confirm(token=token)
    assert sign_up.params


def test_a_customer_may_be_told_to_be_invited(settings: Any, cast: Cast) -> None:
    path = link_for()
    settings.SIGN_UP_BY_DOMAIN = False
    browser = Client(headers={"Accept-Language": "en"})

    assert "Accounts are given by invitation" in browser.get(SIGN_UP).text
    assert "Accounts are given by invitation" in ask(NEW).text
    assert Notice.objects.count() == 1
    assert press(path).status_code == 410


def test_who_is_signed_in_is_sent_on(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.agent)
    assert browser.get(SIGN_UP)["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_login(cast: Cast) -> None:
    token = link_for().rstrip("/").rpartition("/")[2]
    barrier, outcomes = threading.Barrier(2), []

    def click() -> None:
        try:
            barrier.wait(10)
            signing_up.confirm(token=token)
            outcomes.append("in")
        except LeadsNowhere:
            outcomes.append("nowhere")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(outcomes) == ["in", "nowhere"]
    assert User.objects.filter(email=NEW).count() == Contact.objects.filter(email=NEW).count() == 1


def test_free_mail_domains_are_warned_of_where_they_are_entered(cast: Cast) -> None:
    browser = Client(headers={"Accept-Language": "en"})
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    browser.force_login(cast.admin)
    rows = (
        inline("domains", {"domain": "gmx.de"}) | inline("phones") | inline("agreements") | inline("contacts")
    )
    form = {"name": "Free", "is_active": "on", **rows}
    answer = post(browser, "/admin/customers/customer/add/", form)
    page = browser.get(answer["Location"], follow=True)
    assert "Anybody gets an address at gmx.de" in " ".join(str(each) for each in page.context["messages"])


def test_domains_that_were_kept_in_letters_of_their_own_are_found_after_the_migration(cast: Cast) -> None:
    CustomerDomain.objects.all().delete()
    written = [
        (cast.gold_customer, "bäcker.example"),
        (cast.gold_customer, "öl.example"),
        (cast.gold_customer, in_ascii("öl.example")),  # written down in both ways
        (cast.gold_customer, "büro.example"),
        (cast.bronze_customer, in_ascii("büro.example")),  # somebody else's by now, for an admin to judge
        (cast.gold_customer, f"{'ä' * 64}.example"),  # too long for any mail server
    ]
    for customer, domain in written:
        CustomerDomain.objects.create(customer=customer, domain=domain)

    import_module("customers.migrations.0004_domains_in_ascii").in_ascii(apps, None)

    kept = CustomerDomain.objects.order_by("pk").values_list("customer", "domain")
    own, other = cast.gold_customer.pk, cast.bronze_customer.pk
    assert list(kept) == [
        (own, "xn--bcker-gra.example"),
        (own, "xn--l-0ga.example"),
        (own, "büro.example"),
        (other, "xn--bro-hoa.example"),
        (own, f"{'ä' * 64}.example"),
    ]
    assert link_for("nora@bäcker.example")
