"""No list asks the database more often because there is more in it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import User
from billing.actions import closing, deciding
from billing.models import Seller, Statement
from billing.queries.worklist import month_of
from calls.models import Call, PhoneSystem
from contracts.actions import processing_rights
from contracts.models import DirectoryVersion, PriceItem
from contracts.queries import company_calendar
from contracts.queries.processing_rights import has_dpa
from customers.actions import invitations
from customers.models import Contact, Customer
from helpdesk.api import router
from knowledge.actions import feedback
from knowledge.models import ArticleText, Category
from knowledge.rules.addresses import article_path, category_path
from tests.factories.articles import make_article, translate
from tests.factories.billing import make_list, make_party, make_seller
from tests.factories.calling import Caller
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_customer, make_level
from tests.factories.cast import make_ticket as make
from tests.factories.directory import change_directory, make_directory
from tests.factories.gates import consent, make_dpa
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always
from tests.factories.prices import make_service
from tests.factories.work import enter, local
from tickets.actions import (
    approving,
    assigning,
    calls,
    checklist,
    indexing,
    progressing,
    replying,
    time_booking,
    timers,
)
from tickets.actions.approving import Answer
from tickets.models import ApprovalRequest, DataSubject, RemoteSession, RemoteTool, Ticket, TimeEntry
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

DESK = {
    "/desk/": "agent",
    "/desk/?fragment=live": "agent",
    "/desk/?severity=normal&level=0": "agent",
    "/desk/?q=subject": "agent",
    "/desk/work/": "agent",
    "/desk/duty/": "agent",
    "/desk/waiting/": "agent",
    "/desk/waiting/?for=third-party&whose=teams": "agent",
    "/desk/waiting/?for=scheduled": "agent",
    "/desk/lost-mail/": "agent",
    "/desk/tickets/": "agent",
    "/desk/tickets/?q=subject": "agent",
    "/desk/new/?q=customer": "agent",
    "/desk/new/?customer={customer}": "agent",
    "/desk/peek/?number={ticket}": "agent",
    "/desk/tickets/{ticket}/": "agent",
    "/desk/tickets/{ticket}/customer/": "lead",
    "/desk/tickets/{ticket}/consents/": "agent",
    "/desk/starving/": "lead",
    "/desk/kb/": "lead",
    "/desk/kb/inbox/": "lead",
    "/desk/kb/categories/": "lead",
    "/desk/tickets/{ticket}/articles/": "agent",
    "/desk/ratings/": "lead",
    "/desk/time/?since=2026-11-01&until=2026-11-30": "lead",
    "/desk/estimates/": "lead",
    "/desk/subprocessors/": "lead",
    "/desk/subprocessors/2/": "lead",
    "/desk/dpa-rights/": "lead",
    "/desk/dpa-rights/?show=audits": "lead",
    "/desk/dpa-rights/?show=breaches": "lead",
    "/desk/privacy/?q=e": "admin",
    "/desk/privacy/retention/": "admin",
    "/desk/billing/": "lead",
    "/desk/billing/customers/{customer}/": "lead",
    "/desk/billing/statements/{statement}/": "lead",
    "/desk/targets/": "lead",
    "/desk/calls/?show=all": "lead",
    "/desk/calls/?show=assign": "lead",
    "/desk/calls/{call}/": "lead",
    "/desk/calls/board/": "lead",
    "/desk/calls/reachability/": "lead",
    "/desk/calls/log/": "lead",
    "/desk/calls/log/{call}/": "lead",
    "/desk/?due=late": "agent",
    "/desk/agreements/": "agent",
    "/desk/agreements/?show=notice&q=customer": "agent",
    "/desk/agreements/{agreement}/": "lead",
    "/desk/dpa/": "agent",
    "/desk/dpa/?show=ended": "agent",
}
PORTAL = {
    "/portal/": "owner",
    "/portal/?state=all": "owner",
    "/portal/?state=finished&severity=normal&q=subject": "owner",
    "/portal/new/articles/?subject=subject": "owner",
    "/portal/contract/": "owner",
    "/portal/dpa/": "owner",
    "/portal/approvals/": "owner",
    "/portal/privacy/": "owner",
    "/portal/prices/": "owner",
    "/portal/colleagues/": "owner",
    "/portal/statements/": "owner",
    "/portal/subprocessors/": "owner",
    "/portal/subprocessors/1/?against=2": "owner",
    "/portal/subprocessors/changes/2/": "owner",
    "/portal/dpa/rights/": "owner",
    "/portal/statements/{statement}/": "owner",
    "/portal/tickets/{ticket}/": "owner",
    "/portal/kb/": "owner",
    "/portal/kb/?q=subject": "owner",
    "{shelf}": "owner",
    "{article}": "owner",
    "/portal/kb/feed.xml": "owner",
    "/sitemap.xml": "owner",
}
API = {
    "tickets/": "agent",
    "queue/": "agent",
    "customers/": "agent",
    "contacts/": "agent",
    "agreements/": "agent",
    "processing-agreements/": "agent",
    "service-levels/": "agent",
    "tickets/{ticket}/messages/": "agent",
    "tickets/{ticket}/attachments/": "agent",
    "tickets/{ticket}/approvals/": "agent",
    "tickets/{ticket}/consents/": "agent",
    "tickets/{ticket}/time-entries/": "agent",
    "time-entries/": "agent",
    "articles/": "agent",
    "statements/": "lead",
    "calls/": "lead",
    "calls/?page_size=20": "agent",
    "service-numbers/": "lead",
    "subprocessors/": "owner",
}
MORE = 8


def enter_work(cast: Cast, ticket: Ticket) -> None:
    """One more entry of two slices, decided by hand, and a timer that waits to be entered."""
    before = TimeEntry.objects.count()
    start = local("16:00") + timedelta(minutes=before)
    entry = enter(ticket, cast.agent, started_at=start, ended_at=start + timedelta(hours=2))
    time_booking.override(entry=entry, outcome="covered", reason="Goodwill", by=cast.lead)
    enter(ticket, cast.agent, started_at=start, ended_at=start + timedelta(hours=3))
    timers.start(ticket=ticket, by=cast.agent)
    timers.stop(by=cast.agent)
    step = checklist.add(ticket=ticket, text="Look", work_kind="advice", by=cast.agent)
    checklist.tick(item=step, is_done=True, by=cast.agent)
    call = calls.Call(called_at=timezone.now() - timedelta(minutes=1), body="Said", contact=cast.owner)
    calls.note_call(ticket=ticket, call=call, by=cast.agent)


def grow(cast: Cast, ticket: Ticket, count: int) -> None:
    """More of everything that a list shows."""
    for _ in range(count):
        customer = make_customer()
        make_agreement(customer, make_level(rank=2))
        renewing: dict[str, Any] = {"ends_on": localdate() + timedelta(days=60), "renewal_months": 12}
        make_agreement(customer, cast.bronze, **renewing)
        make_contact(customer)
        invited = make_contact(cast.gold_customer, email=f"invited{customer.pk}@customer.example")
        invitations.invite_contact(contact=invited, by=None)
        make(customer)
        for verb in (None, Verb.WAIT_CUSTOMER, Verb.WAIT_THIRD_PARTY, Verb.SOLVE):
            one = make(cast.gold_customer, contact=cast.owner)
            assigning.assign(ticket=one, to=cast.agent, by=cast.lead, reason="shared out")
            if verb:
                progressing.progress(ticket=one, verb=verb, by=cast.agent)
        make(cast.plain_customer)
        make(cast.gold_customer, contact=cast.owner)
        talk(cast, ticket)
        bill(cast, customer)
        ring(cast)
        enter_work(cast, ticket)
        ask_for_approvals(cast, ticket)
        make_dpa(cast.gold_customer, "ended")
        protect(cast)
        permit(cast, ticket)
        write_article()
    indexing.apply_changes()


def permit(cast: Cast, ticket: Ticket) -> None:
    """One more person who has consented, and a session that is over."""
    subject = DataSubject.objects.create(ticket=ticket, name="Ada", created_at=timezone.now())
    consent(subject)
    tool, _is_new = RemoteTool.objects.get_or_create(name="RustDesk")
    now = timezone.now()
    RemoteSession.objects.create(
        ticket=ticket, customer=ticket.customer, agent=cast.agent, tool=tool, started_at=now, ended_at=now
    )


def protect(cast: Cast) -> None:
    """One more version of the directory that is announced, and one more line in each register."""
    if not DirectoryVersion.objects.exists():
        make_directory(cast.lead)
    made, at = DirectoryVersion.objects.count(), timezone.now()
    if not has_dpa(cast.gold_customer.pk, at):
        make_dpa(cast.gold_customer)
    make_dpa(make_customer())
    change_directory(cast.lead, days=30 * made + 30, add=f"Sub-processor {made}")
    text, customer = f"Text {made}", cast.gold_customer
    for act in (processing_rights.instruct, processing_rights.ask_audit):
        act(customer=customer, text=text, given_by_name="Owner", by=cast.lead)
    processing_rights.report_breach(
        title=text, text=text, known_at=at, customers=[customer, cast.plain_customer], by=cast.lead
    )


def ask_for_approvals(cast: Cast, ticket: Ticket) -> None:
    """One more price that waits for an answer, and one that was approved."""
    for is_answered in (False, True):
        asked = approving.ask(
            ticket=ticket,
            service=make_service("remote"),
            ceiling=Decimal(240),
            text="Work",
            by=cast.agent,
            contact=cast.owner,
        )
        if is_answered:
            given = Answer(is_approved=True, how=ApprovalRequest.How.LINK, contact=cast.owner)
            approving.answer(request=asked, given=given)


def bill(cast: Cast, customer: Customer) -> None:
    """Something to bill a new customer, one more open charge, and one more statement of an older month."""
    month = month_of("", timezone.now())
    if not Seller.objects.exists():
        make_seller()
        make_party(cast.gold_customer)
        make_list(valid_from="2019-01-01")
    item = PriceItem.objects.select_related("price_list").filter(code="setup").earliest("pk")
    older = month
    for _ in range(Statement.objects.count() + 1):
        older = older.previous
    for whose, day in ((cast.gold_customer, older.ends_on), (cast.gold_customer, month.ends_on)):
        deciding.add(customer=whose, item=item, quantity=Decimal(1), day=day, by=cast.lead)
        closing.close_period(customer=whose, month=older, by=cast.lead)
    deciding.add(customer=customer, item=item, quantity=Decimal(1), day=month.ends_on, by=cast.lead)


def ring(cast: Cast) -> None:
    """One more service number and phone, a call that talks there, one that is busy, and one that waits."""
    system = PhoneSystem.objects.first()
    if system is None:
        open_always()
        system = make_system()
    number = f"+49305557{PhoneSystem.objects.get().numbers.count():03}"
    make_number(system, number, cast.gold_customer.agreements.get(reference="G-1"))
    make_phone(system)
    talks = Line(system, number)
    talks.rings()
    talks.tells("answered")
    Line(system, number).rings()
    Line(system, PUBLIC).rings()
    Line(system, number, start=timezone.now() - timedelta(hours=1)).tells("hangup")


def write_article() -> None:
    """One more article in both languages that readers call outdated, in a category of its own."""
    text = make_article("Subject")
    translate(text.article, "Subject")
    make_article("Neighbour", category=Category.objects.order_by("pk")[0])
    feedback.give(text=text, kind="outdated", comment="old", by=None, visitor=str(text.pk))


def talk(cast: Cast, ticket: Ticket) -> None:
    """A question with a file, an answer, a note, and what changed between them."""
    file = SimpleUploadedFile("photo.txt", b"text")
    assert cast.owner.user is not None
    replying.customer_reply(ticket=ticket, contact=cast.owner, by=cast.owner.user, body="?", files=[file])
    replying.reply(ticket=ticket, by=cast.agent, body="!", files=[], then=Verb.WAIT_CUSTOMER)
    replying.note(ticket=ticket, by=cast.lead, body="…", files=[])


def queries_of(ask: Callable[[], Any]) -> int:
    """How many queries an answer takes, once what is kept per process is there."""
    ask()
    company_calendar()  # which pages ask for anew every few seconds
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert ask().status_code == 200
    return len(context.captured_queries)


def reader(cast: Cast, name: str) -> User:
    """Somebody of the cast who signs in."""
    person = getattr(cast, name)
    user = person.user if isinstance(person, Contact) else person
    assert isinstance(user, User)
    return user


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    return cast


def test_lists_ask_as_often_for_many_rows_as_for_few(cast: Cast) -> None:
    ticket = make(cast.gold_customer, contact=cast.owner)
    asks = {**pages(cast, ticket), **resources(cast, ticket)}
    grow(cast, ticket, 1)
    few = {path: queries_of(ask) for path, ask in asks.items()}

    grow(cast, ticket, MORE)

    assert {path: queries_of(ask) for path, ask in asks.items()} == few
    assert all(few.values())


def pages(cast: Cast, ticket: Ticket) -> dict[str, Callable[[], Any]]:
    """How each list of the desk and the portal is asked for."""

    def ask(path: str, name: str) -> Callable[[], Any]:
        client = Client()
        client.force_login(reader(cast, name))
        agreement = cast.gold_customer.agreements.get()
        known = {
            "ticket": ticket.number,
            "customer": cast.gold_customer.pk,
            "agreement": agreement.pk,
            "statement": f"RE-{localdate().year}-0001",
        }
        return lambda: client.get(path.format(**known, **of_first_article(), call=of_first_call()))

    return {path: ask(path, name) for path, name in {**DESK, **PORTAL}.items()}


def of_first_call() -> int:
    """The oldest call, once there is one."""
    return Call.objects.order_by("pk").values_list("pk", flat=True).first() or 0


def of_first_article() -> dict[str, str]:
    """Where the oldest article and its shelf are, once there is one."""
    text = (
        ArticleText.objects.filter(language="de").select_related("article__category").order_by("pk").first()
    )
    if text is None:
        return {"article": "/", "shelf": "/"}
    category = text.article.category
    return {
        "article": article_path(text.article_id, "de", text.slug),
        "shelf": category_path(category.pk, "de", category.slug("de")),
    }


def resources(cast: Cast, ticket: Ticket) -> dict[str, Callable[[], Any]]:
    """How each list of the API is asked for."""

    def ask(path: str, name: str) -> Callable[[], Any]:
        caller = Caller(reader(cast, name))
        return lambda: caller.get(path.format(ticket=ticket.number))

    return {path: ask(path, name) for path, name in API.items()}


def test_every_list_of_the_api_is_counted() -> None:
    lists = {name for one in router.urls if (name := str(getattr(one, "name", ""))).endswith("-list")}
    counted = {
        Client().get(f"/api/v1/{path.format(ticket='2026-1')}").resolver_match.view_name for path in API
    }
    assert lists - {name.removeprefix("api:") for name in counted} == {"me-list"}
