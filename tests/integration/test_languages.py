"""German or English on every door, by the user's choice, the contact's language or the browser's wish; names
in the order in which people look for them."""

import re

import pytest
from django.test import Client

from accounts.models import User
from customers.models import Contact
from tests.factories.calling import Caller
from tests.factories.cast import (
    Cast,
    make_cast,
    make_contact,
    make_customer,
    make_team,
    make_ticket,
    make_user,
)

pytestmark = pytest.mark.django_db

GERMAN_ORDER = ["Ährenfeld", "Aigner", "Ofenbau", "Öffner", "Straße", "Strassner", "Zimmer"]
"""Umlauts stand as their base letters, ß as ss (DIN 5007-1); code points would put Ä and Ö last."""
LANG = re.compile(r'<html lang="(\w+)"')


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def language_of(path: str, *, user: User | None = None, wish: str = "") -> str:
    """The language that a page says it is in."""
    client = Client(headers={"Accept-Language": wish} if wish else {})
    if user:
        client.force_login(user)
    found = LANG.search(client.get(path).text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
@pytest.mark.parametrize(
    ("wish", "language"),
    [("", "de"), ("en-GB,en;q=0.9,de;q=0.5", "en"), ("de-AT", "de"), ("fr, en;q=0.3", "en"), ("fr", "de")],
)
def test_strangers_are_spoken_to_as_their_browser_wishes(path: str, wish: str, language: str) -> None:
    assert language_of(path, wish=wish) == language


@pytest.mark.parametrize(
    ("who", "path"), [("agent", "/desk/"), ("lead", "/desk/starving/"), ("admin", "/admin/")]
)
def test_staff_are_spoken_to_as_they_chose_else_as_their_browser_wishes(
    cast: Cast, who: str, path: str
) -> None:
    user: User = getattr(cast, who)
    assert language_of(path, user=user, wish="en") == "en"
    User.objects.filter(pk=user.pk).update(language="de")
    assert language_of(path, user=User.objects.get(pk=user.pk), wish="en") == "de"


def test_contacts_are_spoken_to_as_they_chose_else_in_their_own_language(cast: Cast) -> None:
    user = cast.owner.user
    assert user is not None
    Contact.objects.filter(pk=cast.owner.pk).update(language="en")
    assert language_of("/portal/", user=user, wish="de") == "en"
    User.objects.filter(pk=user.pk).update(language="de")
    assert language_of("/portal/", user=User.objects.get(pk=user.pk), wish="en") == "de"


def test_the_api_explains_itself_as_its_caller_wishes(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    said = {
        language: Caller(cast.agent, language=language).get(f"tickets/{ticket.number}/").json()
        for language in ("de", "en")
    }
    assert "Vertrag Gold" in said["de"]["position_reason"]
    assert "contract Gold" in said["en"]["position_reason"]


def test_sizes_and_days_are_written_as_the_language_writes_them(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.agent)
    page = {}
    for language in ("de", "en"):
        client.post("/language/", {"language": language, "next": "/desk/"})
        page[language] = client.get("/desk/new/", {"customer": cast.gold_customer.pk}).text
    assert "20,0\xa0MB" in page["de"]
    assert "20.0\xa0MB" in page["en"]


def order_in(text: str) -> list[str]:
    """The names in the order in which they stand."""
    return re.findall("|".join(GERMAN_ORDER), text)


def shuffled() -> list[str]:
    """The names in the order of their code points, which is the wrong one."""
    return sorted(GERMAN_ORDER)


def test_customers_and_contacts_stand_in_german_order(cast: Cast) -> None:
    home = make_customer("Haus")
    for name in shuffled():
        if name != "Aigner":
            make_customer(name)
        make_contact(home, name)
    client = Client()
    client.force_login(cast.agent)

    assert order_in(client.get("/desk/new/").text) == GERMAN_ORDER
    assert order_in(client.get("/desk/new/", {"customer": home.pk}).text) == GERMAN_ORDER


def test_colleagues_and_teams_stand_in_german_order(cast: Cast) -> None:
    for at, name in enumerate(shuffled()):
        make_team(name)
        colleague = make_user(f"c{at}", User.Role.AGENT, cast.team)
        User.objects.filter(pk=colleague.pk).update(first_name=name, last_name="X")
    ticket = make_ticket(cast.gold_customer)
    client = Client()
    client.force_login(cast.lead)

    assert order_in(client.get(f"/desk/tickets/{ticket.number}/assign/?fragment=dialog").text) == GERMAN_ORDER
    assert order_in(client.get(f"/desk/tickets/{ticket.number}/team/?fragment=dialog").text) == GERMAN_ORDER
    navigation = re.findall(r'id="nav-teams".*?</div>', client.get("/desk/").text, re.DOTALL)
    assert order_in(navigation[0]) == GERMAN_ORDER


def test_the_admin_lists_names_in_german_order(cast: Cast) -> None:
    home = make_customer("Haus")
    for name in shuffled():
        if name != "Aigner":
            make_customer(name)
        make_contact(home, name)
    client = Client()
    client.force_login(cast.admin)

    rows = re.compile(r'id="result_list".*?</table>', re.DOTALL)
    for path in (
        "/admin/customers/customer/",
        "/admin/customers/contact/?customer__id__exact=" + str(home.pk),
    ):
        table = rows.search(client.get(path).text)
        assert table
        assert list(dict.fromkeys(order_in(table[0]))) == GERMAN_ORDER
