"""The people of the matrix, what belongs to whom, and the texts by which each thing is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actions import announcements as announcing
from accounts.actions import notices
from accounts.actions import users as user_actions
from accounts.models import Announcement, ApiToken, AuditEntry, Company, Team, User
from contracts.actions import agreements as agreement_actions
from contracts.actions import booking, including, targets
from contracts.actions.hours import open_feed, save_hours
from contracts.models import Agreement, Allowance, Escalation, Service, ServiceHours, ServiceLevel
from contracts.queries import company_zone
from contracts.queries.hours_feeds import feed_address
from customers.actions import customers as customer_actions
from customers.gateways.sign_up_links import sign_up_link
from customers.models import Contact, Customer
from knowledge.actions import files as file_actions
from knowledge.actions import synonyms as synonym_actions
from knowledge.gateways.search_marks import mark_for
from knowledge.models import Feedback, SynonymSet
from tests.factories.articles import make_article, make_category, make_draft
from tests.factories.cast import (
    PASSWORD,
    make_agreement,
    make_contact,
    make_customer,
    make_level,
    make_team,
    make_ticket,
    make_user,
)
from tests.factories.prices import make_service
from tests.matrix.asked import add_approvals
from tests.matrix.bills import add_bills
from tests.matrix.calls import add_calls
from tests.matrix.consents import add_consents
from tests.matrix.directories import add_directory
from tests.matrix.dpas import add_dpas
from tests.matrix.dpas_at_desk import add_desk_dpas
from tests.matrix.exports import add_exports
from tests.matrix.providers import add_providers
from tests.matrix.shelves import articles_to_read
from tests.matrix.steps import add_steps
from tests.matrix.telephony import add_telephony
from tickets.actions import (
    assigning,
    progressing,
    rating,
    recalculating,
    replying,
    satisfaction,
    time_booking,
    timers,
)
from tickets.actions.time_booking import Work
from tickets.models import Attachment, Clock, Delivery, Rating, Ticket, TimeEntry
from tickets.queries.mutes import unsubscribe_token
from tickets.rules.lifecycle import Verb

Role = User.Role


@dataclass(frozen=True)
class Thing:
    """Something with an address: what fills it in, and the text by which one knows that it is shown."""

    parts: Mapping[str, Any]
    text: str = ""
    row: Any = None
    also: tuple[str, ...] = ()
    """Other texts that show it as well."""

    def is_in(self, answer: str) -> bool:
        """Whether an answer shows this thing."""
        return any(text in answer for text in (self.text, *self.also))

    @property
    def word(self) -> str:
        """What to search for: not the whole text, which a page that repeats the search would show, too."""
        return self.text.removesuffix("-zq")


@dataclass
class World:
    """Everybody and everything by the names of the table."""

    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    levels: dict[str, ServiceLevel] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, secret: str, text: str) -> str:
        """Remember a text that only some may read; returns it."""
        self.secrets.setdefault(secret, []).append(text)
        return text


WORKED = datetime(2019, 6, 3, 10, tzinfo=UTC)
"""When the work of the table was done: before any agreement, so that none is kept from being deleted."""
UNKNOWN = Thing({"number": "2026-999999", "pk": 999_999_999, "object_id": 999_999_999, "key": "k" * 22})
"""What does not exist: the answer about a foreign thing must be the one about this."""

CUSTOMER_OF = {"A1": "A", "A2": "A", "A+": "A", "cut off": "A", "B": "B", "C": "C", "closed": "D"}


def build() -> World:
    """Create all of it through the actions."""
    world = World()
    Company.objects.create(pk=1, name="Company-zq", set_up_at=timezone.now())
    _teams_and_agents(world)
    _customers(world)
    for name, customer in CUSTOMER_OF.items():
        _contact(world, name, customer)
    _newcomers(world)
    _tickets(world)
    _worked(world)
    add_steps(world)
    add_consents(world)
    _close_doors(world)
    _rest_of_the_firm(world)
    _articles_in_work(world)
    add_bills(world)
    add_approvals(world)
    add_dpas(world)
    add_desk_dpas(world)
    add_directory(world)
    add_exports(world)
    add_providers(world)
    add_telephony(world)
    add_calls(world)
    for name, parts, text, row in articles_to_read(world.keep):
        world.things[name] = Thing(parts, text, row)
    internal = world.things["internal article"]
    for_a1 = {**internal.parts, "number": world.things["A1's ticket"].parts["number"]}
    world.things["internal article for A1's ticket"] = Thing(for_a1, internal.text)
    for name, user in world.users.items():
        world.tokens[name] = user_actions.create_token(
            user=user, by=None, name=world.keep("names of API tokens", f"tokenname-{name[:2]}-zq")
        )
    # A token's use is noted once a minute; it would look as if a refused request had changed something.
    ApiToken.objects.update(last_used_at=timezone.now() + timedelta(days=1))
    world.things["token of the agent"] = _row(ApiToken.objects.get(user=world.users["agent"]))
    for name in ("A1", "agent"):
        user = world.users[name]
        world.things[f"login of {'the agent' if name == 'agent' else name}"] = _row(user, user.display_name)
    world.things["audit entry"] = _row(AuditEntry.objects.order_by("pk")[0])
    _mails(world)
    return world


def _mails(world: World) -> None:
    """Mail that was given up, of tickets of both teams and of none."""
    Delivery.objects.update(next_attempt_at=None, failed_at=timezone.now(), error="refused")
    for name in ("A1", "B"):
        ticket = world.things[f"{name}'s ticket"].row
        mail = Delivery.objects.filter(ticket=ticket, kind=Delivery.Kind.REPLY).get()
        world.things[f"mail of {name}'s ticket"] = _row(mail, number=ticket.number)
    for name in ("A1", "B"):
        ticket, contact = world.things[f"{name}'s ticket"].row, world.contacts[name]
        token = unsubscribe_token(ticket.pk, contact.pk)
        world.things[f"way out of {name}'s ticket"] = Thing({"token": token}, ticket.number)
    world.things["way out that we did not make"] = Thing({"token": f"{token[:-1]}~"})
    a1, b = (world.things[f"mail of {name}'s ticket"].parts for name in ("A1", "B"))
    world.things["mail of B's ticket below A1's number"] = Thing({**b, "number": a1["number"]})
    for name in ("A1", "B"):
        _missed_target(world, name)
    a1, b = (world.things[f"missed target of {name}'s ticket"].parts for name in ("A1", "B"))
    world.things["missed target of B's ticket below A1's number"] = Thing({**b, "number": a1["number"]})
    world.things["escalation"] = _row(
        targets.save_escalation(escalation=Escalation(at_percent=297, tells="leads"), by=None), "297"
    )
    _hours(world)
    _allowances(world)
    row = recalculating.ask(what="recalculated-zq", by=None, at=timezone.now())
    world.things["recalculation"] = _row(row, row.what)
    world.things["mail without a ticket"] = _row(notices.invite(user=world.users["agent"], by=None))
    world.things["announcement"] = _announcement()
    world.things["company"] = _row(Company.objects.get(), "Company-zq")


def _missed_target(world: World, name: str) -> None:
    """A target that was missed, with what agents say of it among themselves."""
    ticket, at = world.things[f"{name}'s ticket"].row, timezone.now()
    said = world.keep(f"notes in {ticket.team.name}", f"justified-{name}-zq")
    clock = Clock.objects.create(
        ticket=ticket,
        kind="response",
        state="met",
        starts_at=at,
        level=ticket.level,
        severity=2,
        minutes=60,
        breached_at=at,
        stopped_at=at,
        justification=said,
    )
    world.things[f"missed target of {name}'s ticket"] = _row(clock, said, number=ticket.number)


def _announcement() -> Thing:
    """Something that is to come, so that no page shows it yet."""
    text, later = "Announced-zq", timezone.now() + timedelta(days=365)
    row = Announcement(text_de=text, text_en=text, starts_at=later)
    return _row(announcing.save(announcement=row, by=None))


def _allowances(world: World) -> None:
    """A service that nothing names, an allowance that nobody holds, and a line of the ledger."""
    service = Service(code="unused", name_de="Unused service", name_en="Unused service")
    world.things["service of nobody"] = _row(including.save_service(service=service, by=None))
    level, agreement = (world.things[name].row for name in ("level of nobody", "agreement of B"))
    unused = including.save_allowance(allowance=Allowance(level=level, amount=60), by=None)
    world.things["allowance of nobody"] = _row(unused, level.name)
    including.save_allowance(allowance=Allowance(agreement=agreement, amount=6000), by=None)
    now, reason = timezone.now(), "corrected-zq"
    line = booking.correct(
        agreement=agreement,
        units=1,
        reason=reason,
        key=reason,
        by=world.users["lead"],
        at=now,
        day=timezone.localdate(now, company_zone()),
    )
    world.things["line of the ledger"] = _row(line, reason)


def _hours(world: World) -> None:
    """The company's hours; hours that no level names, with a feed; and an address that was withdrawn."""
    companys = ServiceHours.objects.filter(is_default=True).first() or save_hours(
        hours=ServiceHours(name="Company hours", weekly="Mon-Fri 08:00-17:00", is_default=True), by=None
    )
    world.things["hours of the company"] = _row(companys)
    nobodys = save_hours(hours=ServiceHours(name="Unused hours", weekly="Sat 10:00-12:00"), by=None)
    old = open_feed(hours=nobodys, by=None)
    withdrawn = feed_address(old).rpartition("/")[2].removesuffix(".ics")
    token = feed_address(open_feed(hours=nobodys, by=None)).rpartition("/")[2].removesuffix(".ics")
    world.things["hours of nobody"] = _row(nobodys, year=2027)
    world.things["feed of hours"] = Thing({"token": token}, "Unused hours")
    world.things["feed that was withdrawn"] = Thing({"token": withdrawn})


def _row(row: Any, text: str = "", **more: Any) -> Thing:
    return Thing({"pk": row.pk, "object_id": row.pk, **more}, text or str(row), row)


def _teams_and_agents(world: World) -> None:
    world.teams = {"agent": make_team("Workplace", is_default=True), "other": make_team("Network")}
    people: list[tuple[str, str, list[Team]]] = [
        ("agent", Role.AGENT, [world.teams["agent"]]),
        ("other", Role.AGENT, [world.teams["other"]]),
        ("lead", Role.LEAD, []),
        ("admin", Role.ADMIN, []),
        ("left", Role.ADMIN, [world.teams["agent"]]),
    ]
    for name, role, teams in people:
        user = make_user(name, role, *teams, password=PASSWORD)
        user.first_name, user.email = f"{name.title()}-firstname-zq", f"{name}-private@firm-zq.example"
        world.users[name] = user_actions.save(user=user, by=None)
        world.keep("addresses of agents", user.email)


def _customers(world: World) -> None:
    world.levels = {"A": make_level("Gold", 1), "B": make_level("Bronze", 3)}
    today = timezone.localdate(timezone=company_zone())
    for name, title in {"A": "Alpenhof-zq", "B": "Birkner-zq", "C": "Cordes-zq", "D": "Dorn-zq"}.items():
        customer = make_customer(world.keep(f"{name}'s name", title))
        customer.note = world.keep("internal notes about customers", f"customernote-{name}-zq")
        world.customers[name] = customer_actions.save(
            customer=customer, by=None, domains=[f"{name.lower()}-zq.example"], phone_numbers=[]
        )
        level = world.levels.get(name, world.levels["B"])
        ends_on = today - timedelta(days=1) if name == "C" else None
        reference = world.keep(f"{name}'s agreement", f"reference-{name}-zq")
        agreement = make_agreement(customer, level, ends_on=ends_on, reference=reference)
        world.things[f"agreement of {name}"] = _row(agreement, reference)
        world.things[f"customer {name}"] = _row(customer, title)
    for name, level in world.levels.items():
        world.things[f"level of {name}"] = _row(level, level.name)
    _suspend(world, world.things["agreement of A"].row)
    world.things["level of nobody"] = _row(make_level("Unused", 7))


def _suspend(world: World, agreement: Agreement) -> None:
    period: agreement_actions.Period = {
        "starts_on": timezone.localdate() - timedelta(days=90),
        "ends_on": timezone.localdate() - timedelta(days=60),
        "reason": world.keep("why A's agreement was suspended", "unpaid-reason-zq"),
    }
    agreement_actions.save(agreement=agreement, by=None, suspensions=[period])


def _contact(world: World, name: str, customer: str) -> None:
    username = name.lower().replace("+", "plus").replace(" ", "")
    email = world.keep(f"{name}'s address", f"{username}-person@customer-zq.example")
    user = make_user(f"{username}login", Role.CONTACT, password=PASSWORD)
    user.email, user.first_name = f"{username}-login@customer-zq.example", f"{username.title()}-first"
    world.users[name] = user_actions.save(user=user, by=None)
    contact = make_contact(
        world.customers[customer],
        f"{username.title()}-name-zq",
        user=world.users[name],
        email=email,
        sees_company_tickets=name == "A+",
        is_company_admin=name == "A+",
    )
    world.contacts[name] = contact
    world.things[f"contact {name}"] = _row(contact, email)


def _newcomers(world: World) -> None:
    """Somebody at A who was never invited, and somebody who wants in with an address there."""
    uninvited = make_contact(world.customers["A"], "Uninvited-name-zq", email="uninvited@a-zq.example")
    world.things["contact without a login"] = _row(uninvited, uninvited.name)
    asked = notices.ask_to_sign_up(address="newcomer@a-zq.example", name="Newcomer", language="en")
    token = sign_up_link(asked).rstrip("/").rpartition("/")[2]
    world.things["sign-up of somebody new"] = Thing({"token": token}, row=asked)


def _tickets(world: World) -> None:
    for name in CUSTOMER_OF:
        _ticket(world, name, "ticket")
    agent, soon = world.users["agent"], timezone.now() + timedelta(days=2)
    solved = _ticket(world, "A1", "solved ticket")
    progressing.progress(ticket=solved, verb=Verb.SOLVE, by=agent)
    _rated(world, solved)
    held = _ticket(world, "A1", "held ticket")
    assigning.pick(ticket=held, by=agent, reason="why")
    waiting = _ticket(world, "A1", "parked ticket")
    assigning.pick(ticket=waiting, by=agent, reason="why")
    progressing.progress(ticket=waiting, verb=Verb.WAIT_CUSTOMER, by=agent)
    rating.pin(
        ticket=_ticket(world, "A1", "pinned ticket"), by=world.users["lead"], reason="why", expires_at=soon
    )
    # The other team's queue holds one without a contract, too: who waits longest there is for leads.
    unranked = make_ticket(
        make_customer("Without-zq"), subject="starving-zq", body="b", team=world.teams["other"]
    )
    world.keep("the ticket without a contract", unranked.subject)
    world.things["ticket without a contract"] = _ticket_thing(unranked)
    a1, b = world.things["A1's file"].parts, world.things["B's file"].parts
    world.things["B's file below A1's number"] = Thing({**b, "number": a1["number"]})
    world.things["A1's file below B's number"] = Thing({**a1, "number": b["number"]})


def _worked(world: World) -> None:
    """Work of the agent and of the lead on A1's ticket, of the other agent on B's, and a stopped timer."""
    entries = {
        name: _work(world, *whose)
        for name, whose in {
            "work on A1's ticket": ("A1", "agent", "Workplace"),
            "lead's work on A1's ticket": ("A1", "lead", "Workplace"),
            "work on B's ticket": ("B", "other", "Network"),
        }.items()
    }
    for name, entry in entries.items():
        world.things[name] = _row(entry, entry.text, number=entry.ticket.number)
    remark = entries["work on A1's ticket"].remark
    world.things["remark on A1's ticket"] = _row(
        entries["work on A1's ticket"], remark, number=entries["work on A1's ticket"].ticket.number
    )
    number = world.things["A1's ticket"].parts["number"]
    foreign = {**world.things["work on B's ticket"].parts, "number": number}
    world.things["work on B's ticket below A1's number"] = Thing(foreign)
    timers.start(ticket=world.things["A1's ticket"].row, by=world.users["agent"])
    stopped = timers.stop(by=world.users["agent"])
    assert stopped is not None
    world.things["agent's timer"] = _row(stopped)


def _work(world: World, contact: str, by: str, team: str) -> TimeEntry:
    """Half an hour, with a text for the customer and a remark for us."""
    mark = f"{contact}-{by}-zq"
    until = WORKED
    work = Work(
        work_kind="advice",
        service=make_service("remote"),
        started_at=until - timedelta(minutes=30),
        ended_at=until,
        text=world.keep(f"{contact}'s tickets", f"worktext-{mark}"),
        remark=world.keep(f"notes in {team}", f"remark-{mark}"),
    )
    ticket: Ticket = world.things[f"{contact}'s ticket"].row
    return time_booking.enter(ticket=ticket, work=work, by=world.users[by])


def _rated(world: World, ticket: Ticket) -> None:
    """What A1 said of a finished ticket."""
    comment = world.keep("A1's comment", "comment-A1-zq")
    rating = satisfaction.rate(
        ticket=ticket,
        contact=world.contacts["A1"],
        verdict=Rating.Verdict.FAIR,
        comment=comment,
        by=world.users["A1"],
    )
    world.things["A1's rating"] = _row(rating, comment, number=ticket.number)


def _ticket(world: World, name: str, kind: str) -> Ticket:
    """A ticket of one contact with an answer, a note, and a file each. B and D are the other team's."""
    team = world.teams["other" if CUSTOMER_OF[name] in "BD" else "agent"]
    who, mark = world.contacts[name], f"{name.replace(' ', '')}-{kind.partition(' ')[0]}-zq"
    worker = world.users["other" if team == world.teams["other"] else "agent"]
    secret, note = f"{name}'s tickets", f"notes in {team.name}"
    ticket = make_ticket(
        who.customer,
        contact=who,
        by=who.user,
        team=team,
        subject=world.keep(secret, f"subject-{mark}"),
        body=world.keep(secret, f"body-{mark}"),
        files=[_file(world.keep(secret, f"file-{mark}.txt"))],
    )
    replying.reply(ticket=ticket, body=world.keep(secret, f"answer-{mark}"), by=worker)
    replying.note(
        ticket=ticket,
        body=world.keep(note, f"note-{mark}"),
        by=worker,
        files=[_file(world.keep(note, f"notefile-{mark}.txt"))],
    )
    world.things[f"{name}'s {kind}"] = _ticket_thing(ticket)
    if kind == "ticket":
        world.things[f"what {name} wrote"] = _said_thing(ticket, f"body-{mark}")
        world.things[f"note on {name}'s ticket"] = _said_thing(ticket, f"note-{mark}")
        files = Attachment.objects.filter(message__ticket=ticket)
        files.update(sound={"seconds": 3, "peaks": [50]})  # so that they can be listened to, too
        world.things[f"{name}'s file"] = _file_thing(ticket, files.get(message__is_internal=False))
        world.things[f"file of a note on {name}'s ticket"] = _file_thing(
            ticket, files.get(message__is_internal=True)
        )
    return ticket


def _file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, f"content of {name}".encode(), "text/plain")


def _ticket_thing(ticket: Ticket) -> Thing:
    return _row(ticket, ticket.subject, number=ticket.number)


def _said_thing(ticket: Ticket, body: str) -> Thing:
    """What was said on a ticket, for answers that hold the conversation."""
    return Thing({"number": ticket.number}, body, ticket)


def _file_thing(ticket: Ticket, file: Attachment) -> Thing:
    return Thing({"number": ticket.number, "key": file.key}, f"content of {file.name}", file, (file.name,))


def _close_doors(world: World) -> None:
    """Who has left, whose contact was ended, and whose customer."""
    user_actions.deactivate(user=world.users["left"], by=None)
    cut_off = world.contacts["cut off"]
    cut_off.is_active = False
    customer_actions.save_contact(contact=cut_off, by=None)
    closed = world.customers["D"]
    closed.is_active = False
    customer_actions.save(customer=closed, by=None)


def _rest_of_the_firm(world: World) -> None:
    for rows in ("agreements", "contacts"):  # which a customer's page shows and nothing else
        for part in ("__prefix__-kind", "__prefix__-email", "0-kind", "0-email", "0-DELETE"):
            world.keep("fields for what is only shown", f'name="{rows}-{part}"')
    world.keep("the name of who left", world.users["left"].first_name)
    for name in ("agent", "other", "lead", "A1", "A2"):
        world.things[f"user {name}"] = _row(world.users[name], world.users[name].username)
    world.things["user left"] = _row(world.users["left"], world.users["left"].username)
    world.things["team of the agent"] = _row(world.teams["agent"], slug=world.teams["agent"].slug)
    world.things["team of the other"] = _row(world.teams["other"], slug=world.teams["other"].slug)


def _articles_in_work(world: World) -> None:
    """What nobody but editors reads: a draft with a file that no text shows, and a word about it."""
    title = world.keep("drafts of articles", "drafttitle-zq")
    text = make_draft(title, world.keep("drafts of articles", "draftbody-zq"), visibility=1)
    file = file_actions.add(article=text.article, file=_file("draft.txt"), by=None)
    world.things["draft"] = _row(text.article, title, language="de", version=1, slug="publish")
    world.things["another draft"] = _row(make_draft(category=text.article.category).article)
    world.things["file of the draft"] = _row(text.article, title, key=file.key)
    comment = world.keep("what readers say of articles", "comment-zq")
    said = Feedback.objects.create(text=text, kind="outdated", comment=comment, at=timezone.now())
    world.things["reader's word"] = _row(said, comment)
    words = world.keep("synonyms", "synonym-zq, other")
    synonyms = synonym_actions.save(synonyms=SynonymSet(words=words), by=None)
    world.things["synonyms"] = _row(synonyms, words)
    mark = mark_for(text="found", language="de", is_counted=False)
    found = make_article(category=text.article.category)
    world.things["result of a search"] = _row(found.article, mark=mark, article_id=found.article_id)
    world.things["category"] = _row(text.article.category, text.article.category.name_en)
    world.things["empty category"] = _row(make_category("Empty"))
