"""Loading the demo story: the firm, its customers and their agreements, then everything that happened.

All of it goes through the actions, with moments in the past, so that history, stays and assignments are
as real as if the firm had worked with the product for two weeks.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.timezone import localdate

from accounts.actions import announcements as announcement_actions
from accounts.actions import company as company_actions
from accounts.actions import impersonating, notices
from accounts.actions import teams as team_actions
from accounts.actions import users as user_actions
from accounts.models import Announcement, Company, Notice, Team, User
from contracts.actions import agreements as agreement_actions
from contracts.actions import reminding, renewing, telling
from contracts.actions import targets as target_actions
from contracts.models import Agreement, Escalation, ServiceLevel
from contracts.queries import company_zone
from contracts.rules.targets import Promise
from customers.actions import customers as customer_actions
from customers.models import Contact, Customer
from lib.locking import Lock, lock_exclusive
from tickets.actions import sweeping, timing, watching
from tickets.management import demo_story as story
from tickets.management.demo_story import pricing, shapes, using
from tickets.management.demo_story.library import fill_shelves
from tickets.management.demo_story.noting import note
from tickets.management.demo_story.opening import tell_hours
from tickets.management.demo_story.permitting import permit
from tickets.management.demo_story.protecting import protect
from tickets.management.demo_story.replay import Cast, Replay
from tickets.management.demo_story.waits import add_waits
from tickets.management.demo_story.working import enter_work
from tickets.models import Clock, Ticket

# People, customers and agreements are older than the oldest ticket.
FOUNDED_BEFORE = timedelta(days=30)
NOON = time(12)


class AlreadyLoaded(Exception):
    """There are customers already: the story itself, or real ones."""


class NamesTaken(Exception):
    """Users, teams or service levels of the story's names exist; they stay untouched. `args`: the names."""


@dataclass(frozen=True)
class Loaded:
    """What the story brought."""

    customers: int
    agreements: int
    tickets: int


@transaction.atomic
def load(*, at: datetime) -> Loaded:
    """Load the whole story as of this moment, or nothing at all. Errors: AlreadyLoaded, NamesTaken."""
    # Two loaders at once: the second one waits here and then finds the first one's story.
    lock_exclusive(Lock.CONTRACTS)
    lock_exclusive(Lock.QUEUE)
    _require_room()
    at = at.replace(microsecond=0)
    founded_at = at - FOUNDED_BEFORE
    cast = Cast()
    tell_hours(at, founded_at)
    _add_firm(cast, founded_at)
    for customer in story.CUSTOMERS:
        _add_customer(cast, customer, founded_at, localdate(at, company_zone()))
    _announce(at)
    add_waits(cast.teams, until=at)
    Replay(cast, at).play(story.TICKETS)
    sweeping.apply_due(at=at)
    _watch_deadlines(cast, at)
    pricing.grant(cast, at)
    protect(cast, at)
    using.use(cast, at)
    pricing.ask_approvals(cast, at)
    enter_work(cast, at)
    note(cast, at)
    permit(cast, at)
    fill_shelves(cast.users, at)
    _look(cast, at)
    _remind(at)
    return Loaded(
        customers=len(story.CUSTOMERS),
        agreements=Agreement.objects.count(),
        tickets=len(story.TICKETS),
    )


def _look(cast: Cast, at: datetime) -> None:
    """An admin saw the portal as a customer does, to help; she has read the mail about it."""
    admin, begun = cast.users["admin"], at - timedelta(days=3, hours=2)
    why = "Frau Dr. Hofmann fand ihre Servicezeiten nicht, wir wollten sehen, was sie sieht."
    look = impersonating.begin(person=cast.users["hofmann"], reason=why, by=admin, at=begun)
    for minutes, path in enumerate(("/portal/", "/portal/contract/", "/service/"), 1):
        impersonating.note_page(look=look, path=path, by=admin, at=begun + timedelta(minutes=minutes))
    look.refresh_from_db()
    impersonating.end(look=look, by=admin, at=begun + timedelta(minutes=6))
    notices.forget_told(kinds=[Notice.Kind.IMPERSONATED], by=None, at=at)


def _remind(at: datetime) -> None:
    """Reminders were sent, and their mail has long been read, like all other mail of the story."""
    reminding.remind(at=at)
    telling.forget_told(by=None, at=at)


def _require_room() -> None:
    if Customer.objects.exists():
        raise AlreadyLoaded
    users = User.objects.filter(username__in=[*portal_usernames(), *(one.username for one in story.STAFF)])
    taken = [user.username for user in users]
    teams = Team.objects.filter(name__in=[team.name for team in story.TEAMS])
    taken += [team.name for team in teams | Team.objects.filter(slug__in=[one.key for one in story.TEAMS])]
    levels = ServiceLevel.objects.filter(name__in=[level.name for level in story.LEVELS])
    taken += [level.name for level in levels]
    if taken:
        raise NamesTaken(*taken)


def portal_usernames() -> list[str]:
    """The portal logins of the story, customer by customer."""
    contacts = [contact for customer in story.CUSTOMERS for contact in customer.contacts]
    return [contact.portal_user for contact in contacts if contact.portal_user]


def _add_firm(cast: Cast, at: datetime) -> None:
    company_actions.save(company=_firm(), by=None, at=at)
    for team in story.TEAMS:
        cast.teams[team.key] = team_actions.save(
            team=Team(name=team.name, slug=team.key, is_default=team.is_default), by=None, at=at
        )
    # One hash for all: hashing is slow by design, and everybody has the same password anyway.
    cast.password = make_password(story.DEMO_PASSWORD)
    for person in story.STAFF:
        user = User(
            username=person.username,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            role=person.role,
            language=person.language,
            edits_articles=person.edits_articles,
        )
        _add_user(cast, user, [cast.teams[key] for key in person.teams], at)
    for level in story.LEVELS:
        row = ServiceLevel(name=level.name, rank=level.rank, description=level.description)
        promises = [_promise(one) for one in story.PROMISES.get(level.key, ())]
        cast.levels[level.key] = agreement_actions.save_level(level=row, by=None, promises=promises, at=at)
    using.include(cast, at)
    pricing.publish_prices(at)
    for rule in story.ESCALATIONS:
        target_actions.save_escalation(escalation=_escalation(cast, rule), by=None, at=at)


def _promise(told: shapes.Promised) -> Promise:
    severity = Ticket.Severity[told.severity.upper()]
    return Promise(int(severity), told.kind, told.minutes, told.always)


def _escalation(cast: Cast, told: shapes.Escalation) -> Escalation:
    return Escalation(
        level=cast.levels[told.level] if told.level else None,
        kind=told.kind,
        severity=int(Ticket.Severity[told.severity.upper()]),
        at_percent=told.at_percent,
        tells=told.tells,
    )


def _watch_deadlines(cast: Cast, at: datetime) -> None:
    """Note what was missed by now, and what was said of it."""
    watching.sweep_deadlines(at=at, tells=False)
    for told in story.JUSTIFICATIONS:
        missed = Clock.objects.filter(
            ticket__subject=told.subject, kind=told.kind, breached_at__isnull=False
        ).select_related("ticket")
        for clock in missed:
            said_at = clock.ticket.arrived_at + timedelta(minutes=told.after)
            timing.justify(clock=clock, text=told.text, by=cast.users[told.by], at=min(at, said_at))


def _firm() -> Company:
    """The story's firm, unless somebody has named theirs."""
    return Company.objects.first() or Company(name=story.COMPANY_NAME, language="de", **story.BRAND)


def _announce(at: datetime) -> None:
    """What is told on top of the pages: an incident that is over, maintenance that is to come."""
    for told in story.ANNOUNCEMENTS:
        starts_at = at - timedelta(minutes=told.starts_ago)
        row = Announcement(
            kind=told.kind,
            text_de=told.text_de,
            text_en=told.text_en,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=told.lasts),
        )
        announcement_actions.save(announcement=row, by=None, at=min(at, starts_at))


def _add_user(cast: Cast, user: User, teams: list[Team], at: datetime) -> User:
    user.password = cast.password
    user.date_joined = at
    cast.users[user.username] = user_actions.save(user=user, by=None, teams=teams, at=at)
    return user


def _add_customer(cast: Cast, told: shapes.Customer, at: datetime, today: date) -> None:
    customer = customer_actions.save(
        customer=Customer(name=told.name, note=told.note),
        by=None,
        domains=[told.domain],
        phone_numbers=[told.phone],
        at=at,
    )
    cast.customers[told.key] = customer
    for person in told.contacts:
        contact = Contact(
            customer=customer,
            name=person.name,
            email=person.email,
            language=person.language,
            user=_add_portal_user(cast, person, at),
            sees_company_tickets=person.sees_company_tickets,
            is_company_admin=person.is_company_admin,
            mail_steps=person.mail_steps,
        )
        cast.contacts[person.key] = customer_actions.save_contact(
            contact=contact, by=None, phone_numbers=person.phones, at=at
        )
    for agreement in told.agreements:
        _add_agreement(cast, customer, agreement, at, today)


def _add_portal_user(cast: Cast, person: shapes.Contact, at: datetime) -> User | None:
    if person.portal_user is None:
        return None
    first_name, _, last_name = person.name.rpartition(" ")
    user = User(
        username=person.portal_user,
        first_name=first_name,
        last_name=last_name,
        email=person.email,
        role=User.Role.CONTACT,
        language=person.language,
    )
    return _add_user(cast, user, [], at)


def _add_agreement(
    cast: Cast, customer: Customer, told: shapes.Agreement, at: datetime, today: date
) -> Agreement:
    def day(offset: int | None) -> date | None:
        return None if offset is None else today + timedelta(days=offset)

    agreement = Agreement(
        customer=customer,
        kind=told.kind,
        level=cast.levels[told.level] if told.level else None,
        reference=told.reference,
        starts_on=today + timedelta(days=told.starts_in_days),
        ends_on=day(told.ends_in_days),
        terminated_on=day(told.terminated_in_days),
        renewal_months=told.renewal_months,
        notice_days=told.notice_days,
    )
    periods: list[agreement_actions.Period] = [
        {
            "starts_on": today + timedelta(days=pause.starts_in_days),
            "ends_on": day(pause.ends_in_days),
            "reason": pause.reason,
        }
        for pause in told.suspensions
    ]
    agreement_actions.save(agreement=agreement, by=None, suspensions=periods, at=at)
    lead = cast.users["lead"]
    if (until := day(told.renewed_until_in_days)) is not None:
        renewing.renew(agreement=agreement, until=until, by=lead, at=at)
    if (given_on := day(told.notice_given_in_days)) is not None:
        given_at = datetime.combine(given_on, NOON, company_zone())
        renewing.give_notice(agreement=agreement, on=given_on, by=lead, at=given_at)
    return agreement
