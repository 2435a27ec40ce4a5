"""Two companies for the isolation matrix: whose everything is, and the texts by which each thing is known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actions import users as user_actions
from accounts.models import ApiToken, Company, Team, User
from billing.actions import closing, deciding
from billing.queries.worklist import month_of
from calls.models import Call
from customers.actions import customers as customer_actions
from customers.models import Contact, Customer
from knowledge.actions import feedback
from knowledge.models import Feedback
from lib.paper_links import paper_token
from tests.factories.articles import make_article
from tests.factories.billing import make_list, make_party, make_seller
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
from tests.factories.phones import make_number, make_system
from tests.factories.prices import make_service
from tests.matrix.consents import consent_of
from tests.matrix.directories import directory_of_companies
from tests.matrix.dpas import dpas_of_companies
from tests.matrix.exports import make_export
from tests.matrix.world import WORKED, Thing
from tickets.actions import approving, assigning, progressing, rating, replying, satisfaction, time_booking
from tickets.actions.time_booking import Work
from tickets.models import ApprovalRequest, Attachment, Rating, Ticket
from tickets.queries.approval_links import approval_token
from tickets.queries.mutes import unsubscribe_token
from tickets.rules.lifecycle import Verb

OURS = ("owner", "own", "all", "admin", "gone")
CONTACTS = (*OURS, "other")
PEOPLE = (*CONTACTS, "nobody")
"""The owner of things; a colleague who sees only own tickets; one who sees all of the company; the company
admin; a contact of another company; a colleague who was deactivated, whose login was not; a stranger."""

WHOSE = ("owner", "gone", "other")
"""Of whom there is one of everything: one's own, colleagues' (one is there, one left), others'."""

Rule = Callable[[str, str], bool]
"""Whether somebody may, with a thing of somebody's."""


def is_same_company(who: str, whose: str) -> bool:
    """Both at ours, or both at the other; nobody who was deactivated."""
    return who not in ("gone", "nobody") and (who in OURS) == (whose in OURS)


def reads(who: str, whose: str) -> bool:
    """Their own tickets, and the company's for whoever sees those."""
    return is_same_company(who, whose) and who in (whose, "all")


def is_self(who: str, whose: str) -> bool:
    """Their own things."""
    return who == whose and who != "gone"


def manages(who: str, whose: str) -> bool:
    """The company admin, colleagues who are there."""
    return who == "admin" and is_same_company(who, whose) and whose != "gone"


def is_billed(who: str, whose: str) -> bool:
    """The company admin of the company whose bill it is, also where a colleague has left."""
    return who == "admin" and is_same_company(who, whose)


def answers(who: str, whose: str) -> bool:
    """Who answers under the agreement: the company admin at ours, everybody at the other, which has none."""
    return who in ("admin", "other") and is_same_company(who, whose)


def anybody(_who: str, _whose: str) -> bool:
    """Whoever holds the link."""
    return True


def holds(_who: str, whose: str) -> bool:
    """Whoever holds the link, as long as the one it was mailed to is there."""
    return whose != "gone"


def contacts(who: str, _whose: str) -> bool:
    """Every contact who is let in."""
    return who not in ("gone", "nobody")


def nobody(_who: str, _whose: str) -> bool:
    """None of them."""
    return False


@dataclass
class Companies:
    """Everybody and everything. `secrets`: each text with who may read it, and whose it is."""

    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    things: dict[str, dict[str, Thing]] = field(default_factory=dict)
    secrets: dict[str, tuple[Rule, str]] = field(default_factory=dict)

    def keep(self, text: str, may: Rule, whose: str) -> str:
        """Remember who may read a text anywhere at all; returns it."""
        self.secrets[text] = may, whose
        return text

    def put(self, kind: str, whose: str, row: Any, text: str = "", **parts: Any) -> None:
        """Remember a thing of somebody's."""
        parts = {"pk": row.pk, **parts}
        self.things.setdefault(kind, {})[whose] = Thing(parts, text, row)

    def leaks(self, answer: str, who: str) -> list[str]:
        """The texts in an answer that this person may read nowhere."""
        found = ((text, may, whose) for text, (may, whose) in self.secrets.items() if text in answer)
        return [text for text, may, whose in found if not may(who, whose)]


def build() -> Companies:
    """Create all of it through the actions; whoever is gone leaves last."""
    Company.objects.create(pk=1, name="Firm", set_up_at=timezone.now())
    made = Companies()
    team, other_team = make_team("Workplace", is_default=True), make_team("Network")
    agent = make_user("agent", User.Role.AGENT, team, other_team, password=PASSWORD)
    lead = make_user("lead", User.Role.LEAD)
    for whose, title in (("owner", "Ours"), ("other", "Others")):
        _company(made, whose, title)
    for whose in WHOSE:
        in_team = other_team if whose == "other" else team
        _things_of(made, whose, in_team, agent, lead)
    _bills(made, lead)
    _calls(made)
    dpas_of_companies(made, lead)
    directory_of_companies(made, lead)
    for whose in WHOSE:
        _asked(made, whose, agent)
    for who in CONTACTS:
        made.tokens[who] = user_actions.create_token(user=made.users[who], by=None, name=who)
    # A token's use is noted once a minute; it would look as if a refused request had changed something.
    ApiToken.objects.update(last_used_at=timezone.now() + timedelta(days=1))
    _public_article(made)
    gone = made.contacts["gone"]
    gone.is_active = False
    customer_actions.save_contact(contact=gone, by=None)
    return made


def _company(made: Companies, whose: str, title: str) -> None:
    """A customer with an agreement and its people."""
    customer = make_customer(made.keep(f"{title}-company-zq", is_same_company, whose))
    customer.note = made.keep(f"{title}-companynote-zq", nobody, whose)
    customer_actions.save(customer=customer, by=None, domains=[f"{title.lower()}.example"])
    level = make_level(f"{title}-level", 1 if whose == "owner" else 3)  # which the public page names
    reference = made.keep(f"{title}-reference-zq", is_same_company, whose)
    agreement = make_agreement(customer, level, reference=reference)
    for who in OURS if whose == "owner" else ("other",):
        _person(made, who, customer)
        if who in WHOSE:
            made.put("customer", who, customer, customer.name)
            made.put("level", who, level, level.name)
            made.put("agreement", who, agreement, reference)


def _bills(made: Companies, lead: User) -> None:
    """A statement of last month for each company."""
    make_seller()
    item = make_list(valid_from="2019-01-01").items.select_related("price_list").get(code="setup")
    month = month_of("", timezone.now())
    for mine, title, whose in (("owner", "ours", ("owner", "gone")), ("other", "others", ("other",))):
        customer = made.contacts[mine].customer
        address = f"{title}-bills@zq.example"
        make_party(customer, email=address)
        text = made.keep(f"{title}-charge-zq", is_billed, mine)
        deciding.add(customer=customer, item=item, quantity=Decimal(1), day=month.ends_on, text=text, by=lead)
        (row,) = closing.close_period(customer=customer, month=month, by=None)
        for one in whose:
            parts = {"pk": row.pk, "number": row.number, "kind": "csv"}
            made.things.setdefault("statement", {})[one] = Thing(parts, text, row)
            made.put("listed statement", one, row, row.number)
            made.put("statement link", one, row, "", token=paper_token(row.number, address))


def _calls(made: Companies) -> None:
    """A number in service for each company, and a call on it."""
    system, now = make_system("PBX-of-the-firm"), timezone.now()
    for mine, number, whose in (
        ("owner", "+49305550111", ("owner", "gone")),
        ("other", "+49305550112", ("other",)),
    ):
        row = make_number(system, number, made.things["agreement"][mine].row)
        made.keep(number, is_same_company, mine)
        caller = made.keep(number.replace("555", "777"), nobody, mine)
        call = Call.objects.create(
            system=system, external_id=number, number=row, line="contract", state="ended", outcome="busy",
            from_number=caller, to_number=number, customer=made.contacts[mine].customer,
            holder=made.contacts[mine].customer, arrived_at=now, seen_at=now, ended_at=now,
        )  # fmt: skip
        for one in whose:
            made.put("service number", one, row, number)
            made.put("call", one, call, caller)


def _asked(made: Companies, whose: str, agent: User) -> None:
    """What somebody was asked to approve; by a link, too, whose page shows whoever has it what is asked."""
    contact = made.contacts[whose]
    text = made.keep(f"{whose}-approval-zq", reads, whose)
    asked = _price(made.things["ticket"][whose].row, contact, text, agent)
    made.put("approval", whose, asked, text, number=asked.ticket.number)
    text = made.keep(f"{whose}-consent-zq", is_self, whose)
    consent = consent_of(contact, asked.ticket, text, agent)
    made.put("consent", whose, consent, text, number=asked.ticket.number)
    open_ticket = make_ticket(contact.customer, contact=contact, subject="Passed on", body="b")
    shown = _price(open_ticket, contact, "Work to pass on", agent)
    made.put("approval link", whose, shown, "Work to pass on", token=approval_token(shown, contact))


def _price(ticket: Ticket, contact: Contact, text: str, by: User) -> ApprovalRequest:
    service = make_service("remote")
    ceiling = Decimal(240)
    return approving.ask(ticket=ticket, service=service, ceiling=ceiling, text=text, by=by, contact=contact)


def _person(made: Companies, who: str, customer: Customer) -> None:
    user = make_user(f"{who}login", User.Role.CONTACT, password=PASSWORD)
    user.email = f"{who}-login@firm.example"
    made.users[who] = user_actions.save(user=user, by=None)

    def knows(reader: str, whose: str) -> bool:
        """Themselves and their admin; whoever reads their tickets reads the name there."""
        return is_self(reader, whose) or manages(reader, whose)

    def knows_the_name(reader: str, whose: str) -> bool:
        """Everybody at the company is told whom to ask: the company admin."""
        is_admin = whose == "admin" and is_same_company(reader, whose)
        return is_admin or knows(reader, whose) or reads(reader, whose)

    made.contacts[who] = make_contact(
        customer,
        made.keep(f"{who}-name-zq", knows_the_name, who),
        user=user,
        email=made.keep(f"{who}-address@zq.example", knows, who),
        sees_company_tickets=who == "all",
        is_company_admin=who == "admin",
    )
    made.put("contact", who, made.contacts[who], made.contacts[who].email)


def _things_of(made: Companies, whose: str, team: Team, agent: User, lead: User) -> None:
    """A ticket that waits and one that is solved, with everything that can hang on one."""
    contact, user = made.contacts[whose], made.users[whose]
    ticket = _ticket(made, whose, "waiting", team, agent)
    tomorrow = timezone.now() + timedelta(days=1)
    reason = made.keep(f"{whose}-pinreason-zq", nobody, whose)
    rating.pin(ticket=ticket, by=lead, reason=reason, expires_at=tomorrow)
    made.put("ticket", whose, ticket, ticket.subject, number=ticket.number)
    token = unsubscribe_token(ticket.pk, contact.pk)
    made.put("way out", whose, ticket, ticket.number, token=token)
    files = Attachment.objects.filter(message__ticket=ticket)
    files.update(sound={"seconds": 3, "peaks": [50]})  # so that they can be listened to, too
    for kind, is_internal in (("file", False), ("file of a note", True)):
        file = files.get(message__is_internal=is_internal)
        made.put(kind, whose, file, f"content of {file.name}", number=ticket.number, key=file.key)
    done = _ticket(made, whose, "done", team, agent)
    reason = made.keep(f"{whose}-assignreason-zq", nobody, whose)
    assigning.assign(ticket=done, to=agent, by=lead, reason=reason)
    why = made.keep(f"{whose}-why-zq", nobody, whose)
    progressing.progress(ticket=done, verb=Verb.SOLVE, by=agent, why=why)
    work = Work(
        work_kind="advice",
        service=make_service("remote"),
        started_at=WORKED,
        ended_at=WORKED + timedelta(minutes=20),
        text=made.keep(f"{whose}-worktext-zq", reads, whose),
        remark=made.keep(f"{whose}-workremark-zq", nobody, whose),
    )
    entry = time_booking.enter(ticket=done, work=work, by=agent)
    made.put("work", whose, entry, entry.text, number=done.number)
    comment = made.keep(f"{whose}-comment-zq", is_self, whose)
    satisfaction.rate(ticket=done, contact=contact, verdict=Rating.Verdict.BAD, comment=comment, by=user)
    made.put("finished ticket", whose, done, done.subject, number=done.number)
    said = made.keep(f"{whose}-export-zq", is_self, whose)
    made.put("access export", whose, make_export(contact, said, is_own=True), said)


def _ticket(made: Companies, whose: str, kind: str, team: Team, agent: User) -> Ticket:
    contact = made.contacts[whose]

    def text(name: str, may: Rule = reads) -> str:
        return made.keep(f"{whose}-{kind}-{name}-zq", may, whose)

    ticket = make_ticket(
        contact.customer,
        contact=contact,
        by=contact.user,
        team=team,
        subject=text("subject"),
        body=text("body"),
        files=[_file(text("file"))],
    )
    made.keep(ticket.number, reads, whose)
    replying.reply(ticket=ticket, body=text("answer"), by=agent)
    replying.note(ticket=ticket, body=text("note", nobody), by=agent, files=[_file(text("notefile", nobody))])
    return ticket


def _file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, f"content of {name}".encode(), "text/plain")


def _public_article(made: Companies) -> None:
    """One that everybody reads. Who reads which is a table of its own."""
    text = make_article("Everybody reads this", language="en")
    comment = made.keep("owner-feedback-zq", nobody, "owner")
    feedback.give(text=text, kind=Feedback.Kind.OUTDATED, comment=comment, by=made.users["owner"])
    category = text.article.category
    parts: dict[str, Any] = {"language": "en", "slug": text.slug, "article_id": text.article_id, "mark": "x"}
    for whose in WHOSE:
        made.put("article", whose, text.article, **parts)
        made.put("category", whose, category, **parts)
