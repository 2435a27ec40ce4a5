"""The one named cast of the tests: two customers with contracts, one without, and the people of the firm."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from accounts.actions import teams as team_actions
from accounts.actions import users as user_actions
from accounts.models import Team, User
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, ServiceLevel
from customers.actions import customers as customer_actions
from customers.models import Contact, Customer
from tickets.actions.opening import open_ticket
from tickets.models import Ticket

LONG_AGO = date(2020, 1, 1)
_serial = count(1)


def make_team(name: str = "", *, is_default: bool = False) -> Team:
    """A team with a queue."""
    name = name or f"Team {next(_serial)}"
    slug = name.lower().replace(" ", "-")
    return team_actions.save(team=Team(name=name, slug=slug, is_default=is_default), by=None)


def make_user(username: str = "", role: str = User.Role.AGENT, *teams: Team, password: str = "") -> User:
    """A person who signs in; without a password nobody can sign in as them."""
    username = username or f"user{next(_serial)}"
    user = User(username=username, email=f"{username}@firm.example", role=role, first_name=username.title())
    return user_actions.save(user=user, by=None, teams=teams, password=password)


def make_customer(name: str = "") -> Customer:
    """A customer without any agreement."""
    return customer_actions.save(customer=Customer(name=name or f"Customer {next(_serial)}"), by=None)


def make_contact(customer: Customer, name: str = "", *, user: User | None = None, **fields: Any) -> Contact:
    """A person at a customer."""
    name = name or f"Contact {next(_serial)}"
    contact = Contact(customer=customer, name=name, user=user, **fields)
    return customer_actions.save_contact(contact=contact, by=None)


def make_level(name: str = "", rank: int = 1) -> ServiceLevel:
    """A service level."""
    return agreement_actions.save_level(
        level=ServiceLevel(name=name or f"Level {next(_serial)}", rank=rank), by=None
    )


def make_agreement(
    customer: Customer,
    level: ServiceLevel | None = None,
    *,
    starts_on: date = LONG_AGO,
    ends_on: date | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Agreement:
    """A service agreement where a level is given, an update contract otherwise."""
    kind = Agreement.Kind.SERVICE if level else Agreement.Kind.UPDATE
    agreement = Agreement(
        customer=customer, level=level, **{"kind": kind, "starts_on": starts_on, "ends_on": ends_on, **fields}
    )
    return agreement_actions.save(agreement=agreement, by=None, at=at)


def make_ticket(customer: Customer, **fields: Any) -> Ticket:
    """A ticket, opened through the action; any of its parameters may be given."""
    number = next(_serial)
    defaults = {"subject": f"Subject {number}", "body": f"Body {number}", "by": None}
    return open_ticket(customer=customer, **{**defaults, **fields})


@dataclass(frozen=True)
class Cast:
    """Everybody by name. Gold and Bronze are levels; `owner` and `colleague` are at the gold customer."""

    team: Team
    other_team: Team
    gold: ServiceLevel
    bronze: ServiceLevel
    gold_customer: Customer
    bronze_customer: Customer
    plain_customer: Customer
    owner: Contact
    colleague: Contact
    stranger: Contact
    agent: User
    other_agent: User
    lead: User
    admin: User


def make_cast() -> Cast:
    """Create the cast. Everybody's password is `PASSWORD`."""
    team, other_team = make_team("Workplace", is_default=True), make_team("Network")
    gold, bronze = make_level("Gold", 1), make_level("Bronze", 3)
    gold_customer, bronze_customer = make_customer("Aigner"), make_customer("Brandl")
    plain_customer = make_customer("Moser")
    make_agreement(gold_customer, gold, reference="G-1")
    make_agreement(bronze_customer, bronze, reference="B-1")

    def portal(name: str, customer: Customer) -> Contact:
        user = make_user(name, User.Role.CONTACT, password=PASSWORD)
        return make_contact(customer, name.title(), user=user, email=f"{name}@customer.example")

    return Cast(
        team=team,
        other_team=other_team,
        gold=gold,
        bronze=bronze,
        gold_customer=gold_customer,
        bronze_customer=bronze_customer,
        plain_customer=plain_customer,
        owner=portal("owner", gold_customer),
        colleague=portal("colleague", gold_customer),
        stranger=portal("stranger", bronze_customer),
        agent=make_user("agent", User.Role.AGENT, team, password=PASSWORD),
        other_agent=make_user("other_agent", User.Role.AGENT, other_team, password=PASSWORD),
        lead=make_user("lead", User.Role.LEAD, password=PASSWORD),
        admin=make_user("admin", User.Role.ADMIN, password=PASSWORD),
    )


PASSWORD = "correct horse battery"
