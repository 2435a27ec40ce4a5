"""A company admin manages the portal access of colleagues, and of nobody else."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts.actions import users
from accounts.models import AuditEntry, Notice, User
from customers import access
from customers.actions import colleagues, customers
from customers.models import Contact
from tests.factories.cast import Cast, make_cast, make_contact, make_customer, make_ticket, make_user

pytestmark = pytest.mark.django_db

LIST, NEW = "/portal/colleagues/", "/portal/colleagues/new/"


@pytest.fixture
def cast() -> Cast:
    """The owner is company admin of Aigner, which has a mail domain with us."""
    cast = make_cast()
    customers.save(customer=cast.gold_customer, by=None, domains=["customer.example"])
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    cast.owner.refresh_from_db()
    return cast


def login_of(contact: Contact) -> User:
    assert contact.user is not None
    return contact.user


def as_contact(contact: Contact) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    User.objects.filter(pk=login_of(contact).pk).update(language="en")
    browser.force_login(login_of(contact))
    return browser


def page_of(contact: Contact, step: str = "") -> str:
    return f"{LIST}{contact.pk}/{step}"


def invitation(**more: str) -> dict[str, str]:
    return {"name": "Nora Neu", "email": "nora@customer.example", "language": "en", "sees": "own", **more}


def fresh(contact: Contact) -> Contact:
    return Contact.objects.select_related("user").get(pk=contact.pk)


def said(answer: Any) -> str:
    return " ".join(str(each) for each in answer.context["messages"])


def test_the_list_names_everybody_and_how_it_stands_with_them(cast: Cast) -> None:
    make_contact(cast.gold_customer, "Nina None", email="none@customer.example")
    left = make_contact(cast.gold_customer, "Lars Left", is_active=False)
    browser = as_contact(cast.owner)
    colleagues.invite(
        name="Ina",
        email="ina@customer.example",
        language="de",
        sees_company_tickets=True,
        by=browser_user(cast),
    )
    users.deactivate(user=login_of(cast.colleague), by=None)

    page = browser.get(LIST).text

    for words in ("Nina None", "No access", "Invited", "Access closed", "sees all tickets", "Company admin"):
        assert words in page
    assert left.name not in page
    assert cast.stranger.name not in page


def browser_user(cast: Cast) -> User:
    return login_of(cast.owner)


@pytest.mark.parametrize("who", ["colleague", "stranger", "agent", "admin"])
def test_who_is_no_company_admin_finds_no_pages_and_no_way_there(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    user = login_of(person) if isinstance(person, Contact) else person
    browser = Client()
    browser.force_login(user)

    for path in (LIST, NEW, page_of(cast.owner), page_of(cast.colleague, "withdraw/")):
        assert browser.get(path).status_code == 404
        assert browser.post(path, invitation()).status_code in {404, 405}
    assert LIST not in browser.get("/portal/").text
    with pytest.raises(access.NotTheirs):
        colleagues.withdraw(contact=cast.colleague, by=user)


def test_the_way_there_is_in_the_company_admins_navigation(cast: Cast) -> None:
    for page in ("/portal/", "/service/"):
        assert f'href="{LIST}"' in as_contact(cast.owner).get(page).text
        assert f'href="{LIST}"' not in as_contact(cast.colleague).get(page).text


def _demoted(cast: Cast) -> None:
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=False)


def _contact_closed(cast: Cast) -> None:
    Contact.objects.filter(pk=cast.owner.pk).update(is_active=False)


def _customer_closed(cast: Cast) -> None:
    type(cast.gold_customer).objects.filter(pk=cast.gold_customer.pk).update(is_active=False)


def _became_agent(cast: Cast) -> None:
    User.objects.filter(pk=login_of(cast.owner).pk).update(role=User.Role.AGENT)


@pytest.mark.parametrize("event", [_demoted, _contact_closed, _customer_closed, _became_agent])
def test_a_company_admin_is_one_no_longer_at_once(cast: Cast, event: Callable[[Cast], None]) -> None:
    browser = as_contact(cast.owner)
    assert browser.get(LIST).status_code == 200

    event(cast)

    assert browser.get(LIST).status_code in {403, 404}
    by = User.objects.get(pk=login_of(cast.owner).pk)
    with pytest.raises(access.NotTheirs):
        colleagues.invite(
            name="X", email="x@customer.example", language="de", sees_company_tickets=False, by=by
        )
    assert not Contact.objects.filter(name="X").exists()


@pytest.mark.parametrize("step", ["", "invite/", "withdraw/"])
def test_another_companys_people_are_not_found(cast: Cast, step: str) -> None:
    browser = as_contact(cast.owner)
    foreign, nobody = (browser.post(page_of(one, step)).status_code for one in (cast.stranger, Contact(pk=9)))
    assert foreign == nobody == 404
    assert login_of(fresh(cast.stranger)).is_active


def test_a_colleague_is_invited_with_what_they_see(cast: Cast) -> None:
    answer = as_contact(cast.owner).post(NEW, invitation(sees="all"), follow=True)

    assert "The invitation is on its way to nora@customer.example." in said(answer)
    nora = Contact.objects.get(name="Nora Neu")
    assert (nora.customer, nora.sees_company_tickets, nora.language) == (cast.gold_customer, True, "en")
    assert not nora.is_company_admin
    notice = Notice.objects.get(user=nora.user)
    assert notice.kind == Notice.Kind.INVITATION
    acts = AuditEntry.objects.filter(actor_id=login_of(cast.owner).pk).values_list("verb", flat=True)
    assert {"contact.created", "user.created", "user.invited"} <= set(acts)


def test_a_colleague_whom_we_know_already_is_the_same_person(cast: Cast) -> None:
    known = make_contact(cast.gold_customer, "Nora", email="nora@customer.example")
    as_contact(cast.owner).post(NEW, invitation(email="Nora@Customer.Example", sees="all"))
    known = fresh(known)
    assert (known.name, known.sees_company_tickets, known.user is not None) == ("Nora", True, True)
    assert Contact.objects.filter(email__iexact="nora@customer.example").count() == 1


def test_who_is_on_the_list_is_said_to_be_there(cast: Cast) -> None:
    answer = as_contact(cast.owner).post(NEW, invitation(email=cast.colleague.email))
    assert answer.status_code == 422
    assert "is on your list and has access already" in answer.text


def test_foreign_addresses_are_refused_alike_whosesoever_they_are(cast: Cast) -> None:
    customers.save(customer=cast.bronze_customer, by=None, domains=["brandl.example"])
    make_user("erna")
    make_contact(cast.plain_customer, "Elsewhere", email="known@free.example")
    gone = make_contact(cast.gold_customer, "Gone", email="gone@customer.example", is_active=False)
    foreign = [
        "erna@firm.example",
        "new@brandl.example",
        "known@free.example",
        "new@free.example",
        gone.email,
    ]
    browser = as_contact(cast.owner)
    before = Contact.objects.count()

    answers = [browser.post(NEW, invitation(email=address)) for address in foreign]

    assert {answer.status_code for answer in answers} == {422}
    (words,) = {" ".join(map(str, answer.context["form"].errors["email"])) for answer in answers}
    assert words == "We could not invite this address. Please ask us."
    assert Contact.objects.count() == before
    assert not Notice.objects.exists()
    trail = AuditEntry.objects.filter(verb="contact.not_invited", object_id=str(cast.owner.pk))
    assert trail.count() == len(foreign)
    assert "firm.example" not in str(trail.values())


def test_a_customer_without_mail_domains_invites_whom_nobody_else_has(cast: Cast) -> None:
    customers.save(customer=cast.gold_customer, by=None, domains=["gmx.de"])  # which says nothing
    customers.save(customer=cast.bronze_customer, by=None, domains=["brandl.example"])
    make_contact(cast.plain_customer, "Elsewhere", email="known@free.example")
    browser = as_contact(cast.owner)

    codes = {
        address: browser.post(NEW, invitation(email=address)).status_code
        for address in ("new@free.example", "new@brandl.example", "known@free.example", "agent@firm.example")
    }

    assert [*codes.values()] == [302, 422, 422, 422]


def test_trying_many_addresses_ends_soon(cast: Cast) -> None:
    browser = as_contact(cast.owner)
    codes = [browser.post(NEW, invitation(email=f"a{number}@x.example")).status_code for number in range(31)]
    assert codes[0] == codes[29] == 422
    assert codes[30] == 429


def test_what_a_colleague_sees_changes_at_once_and_is_on_record(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    url = f"/portal/tickets/{ticket.number}/"
    colleague, admin = as_contact(cast.colleague), as_contact(cast.owner)
    assert colleague.get(url).status_code == 404

    admin.post(page_of(cast.colleague), {"sees": "all"})
    assert colleague.get(url).status_code == 200

    admin.post(page_of(cast.colleague), {"sees": "own"})
    assert colleague.get(url).status_code == 404
    trail = AuditEntry.objects.filter(verb="contact.rights_changed", object_id=str(cast.colleague.pk))
    assert [row.details for row in trail.order_by("pk")] == [
        {"sees_company_tickets": True},
        {"sees_company_tickets": False},
    ]


def test_nothing_changed_is_nothing_on_record(cast: Cast) -> None:
    as_contact(cast.owner).post(page_of(cast.colleague), {"sees": "own"})
    assert not AuditEntry.objects.filter(verb="contact.rights_changed").exists()


def test_a_second_company_admin_manages_too(cast: Cast) -> None:
    as_contact(cast.owner).post(page_of(cast.colleague), {"sees": "own", "is_company_admin": "on"})
    assert as_contact(cast.colleague).get(LIST).status_code == 200


def test_nobody_gives_up_the_right_without_being_told_what_it_means(cast: Cast) -> None:
    browser, own = as_contact(cast.owner), page_of(cast.owner)

    asked = browser.post(own, {"sees": "all"})
    assert asked.status_code == 422
    assert "Nobody at your company can manage colleagues then." in asked.text
    assert "Yes, I give up this right." in asked.text
    assert fresh(cast.owner).is_company_admin
    assert not fresh(cast.owner).sees_company_tickets

    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=True)
    assert "Another company admin can give the right back." in browser.post(own, {"sees": "own"}).text

    done = browser.post(own, {"sees": "own", "is_confirmed": "on"})
    assert (done.status_code, done["Location"]) == (302, "/portal/")
    assert not fresh(cast.owner).is_company_admin
    assert browser.get(LIST).status_code == 404


def test_a_withdrawn_colleague_is_out_at_once_and_comes_back_with_less(cast: Cast) -> None:
    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=True)
    User.objects.filter(pk=login_of(cast.colleague).pk).update(email=cast.colleague.email)
    colleague, admin = as_contact(cast.colleague), as_contact(cast.owner)
    assert "They are no company admin any more." in admin.get(page_of(cast.colleague, "withdraw/")).text

    admin.post(page_of(cast.colleague, "withdraw/"))
    assert colleague.get("/portal/").status_code == 302
    assert not fresh(cast.colleague).is_company_admin
    assert AuditEntry.objects.filter(verb="contact.access_withdrawn").count() == 1

    admin.post(page_of(cast.colleague, "invite/"))
    assert login_of(fresh(cast.colleague)).is_active
    assert not fresh(cast.colleague).is_company_admin


def test_nobody_closes_their_own_access(cast: Cast) -> None:
    as_contact(cast.owner).post(page_of(cast.owner, "withdraw/"))
    assert login_of(fresh(cast.owner)).is_active
    with pytest.raises(colleagues.Refused, match="self"):
        colleagues.withdraw(contact=cast.owner, by=login_of(cast.owner))


def test_a_login_is_not_taken_over_by_way_of_its_contacts_address(cast: Cast) -> None:
    user = login_of(cast.colleague)
    users.deactivate(user=user, by=None)
    customers.save_contact(contact=Contact(**moved(cast.colleague, "mine@evil.example")), by=cast.agent)

    answer = as_contact(cast.owner).post(page_of(cast.colleague, "invite/"), follow=True)

    assert "Not invited. Please ask us." in said(answer)
    user.refresh_from_db()
    assert (user.email, user.is_active) == ("colleague@firm.example", False)
    assert not Notice.objects.exists()


def moved(contact: Contact, email: str) -> dict[str, Any]:
    """The contact's columns with another address."""
    columns = {field.attname: getattr(contact, field.attname) for field in Contact._meta.concrete_fields}
    return {**columns, "email": email}


def test_no_page_changes_a_colleagues_address(cast: Cast) -> None:
    as_contact(cast.owner).post(page_of(cast.colleague), {"sees": "own", "email": "mine@evil.example"})
    assert fresh(cast.colleague).email == "colleague@customer.example"


def test_who_signs_in_already_needs_no_invitation(cast: Cast) -> None:
    answer = as_contact(cast.owner).post(page_of(cast.colleague, "invite/"), follow=True)
    assert "signs in already" in said(answer)
    assert not Notice.objects.exists()


def test_somebody_of_the_desk_is_no_colleague_any_more(cast: Cast) -> None:
    User.objects.filter(pk=login_of(cast.colleague).pk).update(role=User.Role.AGENT)
    browser = as_contact(cast.owner)
    assert cast.colleague.email not in browser.get(LIST).text
    assert browser.post(page_of(cast.colleague, "withdraw/")).status_code == 404
    assert login_of(fresh(cast.colleague)).is_active


@pytest.mark.django_db(transaction=True)
def test_two_who_take_one_anothers_right_leave_one_company_admin(cast: Cast) -> None:
    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=True)
    barrier, outcomes = threading.Barrier(2), []

    def take(mine: Contact, theirs: Contact) -> None:
        try:
            barrier.wait(10)
            colleagues.set_rights(
                contact=theirs, sees_company_tickets=False, is_company_admin=False, by=login_of(mine)
            )
            outcomes.append("taken")
        except access.NotTheirs:
            outcomes.append("refused")
        finally:
            connections.close_all()

    pairs = [(cast.owner, cast.colleague), (cast.colleague, cast.owner)]
    threads = [threading.Thread(target=take, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(outcomes) == ["refused", "taken"]
    assert Contact.objects.filter(is_company_admin=True, customer=cast.gold_customer).count() == 1


def test_a_customer_elsewhere_is_untouched_by_all_of_it(cast: Cast) -> None:
    other = make_contact(make_customer(), "Other", email="nora@customer.example")
    as_contact(cast.owner).post(NEW, invitation())
    assert fresh(other).user is None


# The door at the desk


def as_agent(cast: Cast) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    User.objects.filter(pk=cast.agent.pk).update(language="en")
    browser.force_login(cast.agent)
    return browser


def test_an_agent_invites_a_tickets_contact_and_sees_how_it_stands(cast: Cast) -> None:
    nina = make_contact(cast.gold_customer, "Nina", email="nina@customer.example", is_company_admin=True)
    ticket, browser = make_ticket(cast.gold_customer, contact=nina), as_agent(cast)
    url = f"/desk/tickets/{ticket.number}/"
    before = browser.get(url).text
    assert ("No login" in before, f'href="{url}invite/"' in before) == (True, True)
    assert "Company admin: manages colleagues" in before

    assert browser.post(f"{url}invite/").status_code == 302

    user = login_of(fresh(nina))
    assert Notice.objects.get(user=user).kind == Notice.Kind.INVITATION
    assert "has not set a password yet" in browser.get(url).text
    assert AuditEntry.objects.filter(verb="user.invited", actor_id=cast.agent.pk).exists()


def test_an_agent_opens_no_closed_access_and_moves_no_login(cast: Cast) -> None:
    user, browser = login_of(cast.colleague), as_agent(cast)
    User.objects.filter(pk=user.pk).update(email=cast.colleague.email)
    ticket = make_ticket(cast.gold_customer, contact=cast.colleague)
    url = f"/desk/tickets/{ticket.number}/"
    assert f'href="{url}invite/"' not in browser.get(url).text  # signs in already

    users.deactivate(user=User.objects.get(pk=user.pk), by=None)
    closed = browser.post(f"{url}invite/")
    assert (closed.status_code, "the access was closed" in closed.text) == (422, True)

    User.objects.filter(pk=user.pk).update(is_active=True)
    Contact.objects.filter(pk=cast.colleague.pk).update(email="mine@evil.example")
    moved_away = browser.post(f"{url}invite/")
    assert (moved_away.status_code, "has another address" in moved_away.text) == (422, True)
    user.refresh_from_db()
    assert user.email == "colleague@customer.example"
    assert not Notice.objects.exists()


def test_a_ticket_of_nobody_in_particular_has_nobody_to_invite(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    url = f"/desk/tickets/{ticket.number}/invite/"
    assert as_agent(cast).post(url).status_code == 422
