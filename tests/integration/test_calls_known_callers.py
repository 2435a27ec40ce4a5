"""Callers known by their number on the public number: what the firm's setting gives them, and what not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.models import AgentPhone
from calls.queries.callers import known_by
from contracts.models import Agreement
from tests.factories.cast import make_agreement, make_contact, make_customer, make_level
from tests.factories.phones import PUBLIC, Line, make_phone, make_system, open_always, set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone() -> AgentPhone:
    open_always()
    return make_phone(make_system())


@pytest.fixture
def agreement() -> Agreement:
    customer = make_customer("Aigner")
    make_contact(customer, "Anna Aigner").phones.create(number="+491713920091")
    return make_agreement(customer, make_level("Gold"), reference="G-1")


@pytest.mark.usefixtures("agreement")
@pytest.mark.parametrize(
    ("is_opened", "answers"),
    [
        (True, [("wait", "public_waits"), ("connect", "public_known")]),
        (False, [("wait", "public_waits"), ("wait", "public_behind")]),
    ],
)
def test_a_known_caller_comes_first_only_where_the_firm_says_so(
    phone: AgentPhone, *, is_opened: bool, answers: list[tuple[str, str]]
) -> None:
    set_policy(contract_gains_on_public=is_opened)
    talking, first = Line(phone.system, PUBLIC), Line(phone.system, PUBLIC)
    known = Line(phone.system, PUBLIC, caller="0171 / 392 00 91", start=first.start)
    assert talking.rings()["action"] == "connect"
    talking.tells("answered", after=1)
    assert [first.rings(after=2)["action"], known.rings(after=3)["action"]] == ["wait", "wait"]
    AgentPhone.objects.filter(pk=phone.pk).update(claimed_call=None, claim_until=None, freed_at=first.start)
    told = [first.asks(after=6), known.asks(after=6)]
    assert [(answer["action"], answer["rule"]) for answer in told] == answers
    assert AgentPhone.objects.get(pk=phone.pk).claimed_call == (known.call if is_opened else None)
    assert known.call.line == "public"


SHARED = "+4930700700"


def test_a_number_that_several_customers_share_is_nobodys_in_particular() -> None:
    one, other = make_customer("Aigner"), make_customer("Moser")
    first, second, elsewhere = (make_contact(customer) for customer in (one, one, other))
    first.phones.create(number=SHARED)
    found = known_by(SHARED)
    assert (found.match, found.customer, found.contact) == ("known", one, first)
    second.phones.create(number=SHARED)
    found = known_by(SHARED)
    assert (found.match, found.customer, found.contact) == ("known", one, None)
    elsewhere.phones.create(number=SHARED)
    found = known_by(SHARED)
    assert (found.match, found.customer, found.contact) == ("maybe", None, None)


def test_the_number_of_a_company_counts_beside_those_of_people() -> None:
    one, other = make_customer("Aigner"), make_customer("Moser")
    one.phones.create(number=SHARED)
    assert known_by(SHARED).customer == one
    contact = make_contact(one)
    contact.phones.create(number=SHARED)
    assert known_by(SHARED).contact == contact
    other.phones.create(number=SHARED)
    assert known_by(SHARED).match == "maybe"
    type(other).objects.filter(pk=other.pk).update(is_active=False)
    assert known_by(SHARED).contact == contact, "who left shares nothing any more"
    type(contact).objects.filter(pk=contact.pk).update(is_active=False)
    assert (known_by(SHARED).customer, known_by(SHARED).contact) == (one, None)
    type(one).objects.filter(pk=one.pk).update(is_active=False)
    assert known_by(SHARED).match == "none"


def test_of_an_unknown_number_one_statement_is_asked() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert known_by(SHARED).match == "none"
    assert len(asked) == 1
