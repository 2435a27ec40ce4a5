"""Targets as people see them: rows, tickets, the portal, the leads' report; and how levels are given them."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, Escalation, Target
from contracts.queries import company_zone
from contracts.rules.targets import Promise
from tests.admin_pages import answer, errors_of, post
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import assigning, timing
from tickets.models import Clock, Ticket
from tickets.tasks import sweep_queue

pytestmark = pytest.mark.django_db

PROMISES = [
    Promise(2, "response", 60, is_real_time=True),
    Promise(2, "resolution", 8 * 60, is_real_time=True),
]


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    agreement_actions.save_level(level=cast.gold, by=None, promises=PROMISES)
    User.objects.filter(pk__in=[cast.agent.pk, cast.lead.pk, cast.admin.pk]).update(language="en")
    assert cast.owner.user
    User.objects.filter(pk=cast.owner.user.pk).update(language="en")
    return cast


def page_of(user: User, path: str) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode() if not response.streaming else b"".join(response).decode()


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def a_ticket(cast: Cast, *, ago: timedelta = timedelta(), **fields: object) -> Ticket:
    """A ticket of the gold customer with the severity that has targets."""
    at = timezone.now() - ago
    defaults = {"contact": cast.owner, "severity": 2, "arrived_at": at, "at": at}
    return make_ticket(cast.gold_customer, **{**defaults, **fields})


def held_ticket(cast: Cast) -> Ticket:
    """One in the agent's hands."""
    return assigning.assign(ticket=a_ticket(cast), to=cast.agent, by=cast.lead, reason="shared out")


def missed(ticket: Ticket, kind: str = "response") -> Clock:
    """The clock of a ticket as the sweep leaves it once it is past."""
    clock = Clock.objects.get(ticket=ticket, kind=kind)
    Clock.objects.filter(pk=clock.pk).update(breached_at=clock.due_at, next_at=None, told_percent=100)
    clock.refresh_from_db()
    return clock


def row_of(html: str, ticket: Ticket) -> str:
    found = re.search(rf'<tr class="q-row[^"]*" id="t-{ticket.number}".*?</tr>', html, re.DOTALL)
    assert found
    return found[0]


# Rows


def test_rows_show_the_deadline_that_comes_first_its_state_and_nothing_without_an_agreement(
    cast: Cast,
) -> None:
    fresh = a_ticket(cast)
    late = a_ticket(cast, ago=timedelta(hours=2))
    plain = make_ticket(cast.plain_customer)
    warned = a_ticket(cast)
    Clock.objects.filter(ticket=warned).update(told_percent=75)

    html = page_of(cast.agent, "/desk/")

    assert "First response, on track: in 59 min" in words_of(row_of(html, fresh))
    assert "First response, missed: 1 h 00 late" in words_of(row_of(html, late))
    assert "First response, at risk: in 59 min" in words_of(row_of(html, warned))
    assert 'class="due-none"' in row_of(html, plain)


def test_the_queue_is_narrowed_to_deadlines_at_risk_or_missed(cast: Cast) -> None:
    a_ticket(cast)
    late = a_ticket(cast, ago=timedelta(hours=2))
    warned = a_ticket(cast)
    Clock.objects.filter(ticket=warned).update(told_percent=75)

    def numbers(path: str) -> list[str]:
        return re.findall(r'id="t-([0-9-]+)"', page_of(cast.agent, path))

    assert numbers("/desk/?due=late") == [late.number]
    assert numbers("/desk/?due=soon") == [warned.number]
    assert len(numbers("/desk/?due=nonsense")) == 3


def test_a_row_costs_no_query(cast: Cast) -> None:
    def queries(user: User, path: str) -> int:
        client = Client()
        client.force_login(user)
        with CaptureQueriesContext(connection) as caught:
            client.get(path)
        return len(caught)

    def counts() -> list[int]:
        report = queries(cast.lead, "/desk/targets/")
        return [queries(cast.agent, "/desk/"), queries(cast.agent, "/desk/work/"), report]

    def more() -> None:
        a_ticket(cast)
        held_ticket(cast)
        missed(a_ticket(cast, ago=timedelta(hours=2)))
        Clock.objects.filter(ticket=held_ticket(cast), kind="response").update(
            state="met", stopped_at=timezone.now(), next_at=None
        )

    more()
    counts()  # what each process remembers is remembered
    before = counts()
    for _ in range(4):
        more()
    assert counts() == before


# The ticket


def test_a_ticket_says_what_is_promised_and_why(cast: Cast) -> None:
    ticket = a_ticket(cast)

    words = words_of(page_of(cast.agent, f"/desk/tickets/{ticket.number}/"))

    assert "Deadlines First response on track" in words
    assert "of 1 hour" in words
    assert "Why this deadline Service level Gold, severity high: first response within 1 hour around" in words
    plain = make_ticket(cast.plain_customer)
    assert "Deadlines" not in words_of(page_of(cast.agent, f"/desk/tickets/{plain.number}/"))


def test_a_missed_target_is_justified_by_whoever_works_the_ticket(cast: Cast) -> None:
    ticket = a_ticket(cast, ago=timedelta(hours=2))
    clock = missed(ticket)
    url = reverse("desk:justify", args=[ticket.number, clock.pk])
    client = Client()

    client.force_login(cast.other_agent)
    assert client.post(url, {"text": "not mine"}).status_code == 404
    client.force_login(cast.agent)
    assert client.post(url, {"text": "  "}).status_code == 302
    running = Clock.objects.get(ticket=ticket, kind="resolution")
    wrong = reverse("desk:justify", args=[ticket.number, running.pk])
    assert client.post(wrong, {"text": "nothing was missed"}).status_code == 404
    clock.refresh_from_db()
    assert not clock.justification

    assert client.post(url, {"text": "The part came late."}).status_code == 302
    clock.refresh_from_db()
    assert (clock.justification, clock.justified_by) == ("The part came late.", cast.agent)
    assert AuditEntry.objects.filter(verb="target.justified", actor_id=cast.agent.pk).exists()
    assert "The part came late." in page_of(cast.agent, f"/desk/tickets/{ticket.number}/")
    assert cast.owner.user
    assert "The part came late." not in page_of(cast.owner.user, f"/portal/tickets/{ticket.number}/")


def test_customers_read_what_was_promised_and_without_an_agreement_nothing(cast: Cast) -> None:
    assert cast.owner.user
    ticket = a_ticket(cast)
    words = words_of(page_of(cast.owner.user, f"/portal/tickets/{ticket.number}/"))
    assert "What we have promised you First response on track until" in words
    assert "Why this deadline" in words

    agreement = Agreement.objects.get(customer=cast.gold_customer)
    agreement.ends_on = timezone.localdate(timezone=company_zone()) - timedelta(days=1)
    agreement_actions.save(agreement=agreement, by=None)
    sweep_queue()
    assert "promised" not in words_of(page_of(cast.owner.user, f"/portal/tickets/{ticket.number}/"))


# The report


def test_the_report_counts_each_target_once_and_lists_what_lacks_a_justification_first(cast: Cast) -> None:
    explained, bare = (a_ticket(cast, ago=timedelta(hours=2), subject=one) for one in ("Explained", "Bare"))
    timing.justify(clock=missed(explained), text="=1+1 on holiday", by=cast.agent, at=timezone.now())
    missed(bare)
    met = a_ticket(cast)
    Clock.objects.filter(ticket=met, kind="response").update(
        state="met", stopped_at=timezone.now(), next_at=None
    )

    html = page_of(cast.lead, "/desk/targets/")
    words = words_of(html)

    assert "33 % met 1 met targets 2 missed targets 3 still open 1 without a justification" in _figures(html)
    table = html[html.index('id="missed"') : html.index('id="coming"')]
    assert table.index("Bare") < table.index("Explained")
    assert "=1+1 on holiday" in table
    assert "What is due next" in words
    assert met.number in html[html.index('id="coming"') :]

    lines = page_of(cast.lead, "/desk/targets/export/").splitlines()
    assert len(lines) == 1 + 6
    assert sum("'=1+1 on holiday" in line for line in lines) == 1


def _figures(html: str) -> str:
    """The large figures, each with its word."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    return " ".join(f"{number.strip()} {word}" for word, number in pairs)


@pytest.mark.parametrize("days", ["first=0001-01-01&last=0001-01-03", "first=9999-01-01&last=9999-12-31"])
def test_days_at_the_ends_of_the_calendar_have_no_targets(cast: Cast, days: str) -> None:
    html = page_of(cast.lead, f"/desk/targets/?period=days&{days}")

    assert "No targets in these days" in html
    assert page_of(cast.lead, f"/desk/targets/export/?period=days&{days}").count("\n") == 1


@pytest.mark.parametrize("path", ["/desk/targets/", "/desk/targets/export/"])
def test_the_report_is_for_leads(cast: Cast, path: str) -> None:
    client = Client()
    client.force_login(cast.agent)
    assert client.get(path).status_code == 404
    page_of(cast.admin, path)


def test_periods_are_days_of_the_company(cast: Cast) -> None:
    ticket = a_ticket(cast, ago=timedelta(hours=2))
    missed(ticket)
    Clock.objects.filter(ticket=ticket, kind="response").update(
        breached_at=datetime.fromisoformat("2026-03-31T22:30:00+00:00"),  # 1 April in Berlin
    )

    def lists(query: str) -> bool:
        return ticket.subject in page_of(cast.lead, f"/desk/targets/?{query}").split('id="coming"')[0]

    assert lists("period=days&first=2026-04-01&last=2026-04-30")
    assert not lists("period=days&first=2026-03-01&last=2026-03-31")
    html = page_of(cast.lead, "/desk/targets/?period=days&first=2026-04-02&last=2026-04-01")
    assert "Not before the first day" in html
    assert 'href="/desk/targets/export/?period=month"' in html


# The admin


def level_fields(cast: Cast, **cells: str) -> dict[str, str]:
    fields = {"name": "Gold", "rank": "1", "warn_at": "90, 75", "grace_minutes": "15"}
    return {**fields, "targets-2-response": "1 h", "targets-2-response-clock": "always", **cells}


def test_targets_are_edited_cell_by_cell_and_say_first_how_many_deadlines_move(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    a_ticket(cast)
    url = reverse("admin:contracts_servicelevel_change", args=[cast.gold.pk])
    assert 'value="8 h"' in client.get(url).content.decode()

    fields = level_fields(cast, **{"targets-1-next_answer": "1 h 30"})
    asked = client.post(url, fields)
    assert "2 deadlines are worked out anew" in asked.content.decode()
    assert Target.objects.filter(level=cast.gold).count() == 2
    assert answer(client, url, asked, "_confirmed").status_code == 302

    cast.gold.refresh_from_db()
    assert (cast.gold.warn_at, cast.gold.grace_minutes) == ("75, 90", 15)
    rows = Target.objects.filter(level=cast.gold).values_list("severity", "kind", "minutes", "is_real_time")
    assert set(rows) == {(1, "next_answer", 90, False), (2, "response", 60, True)}
    entry = AuditEntry.objects.filter(verb="level.changed", actor_id=cast.admin.pk).latest("pk")
    assert entry.details["targets"] == {"1 next_answer": "1 h 30 min", "2 response": "1 h around the clock"}


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [
        ({"targets-3-resolution": "soon"}, "targets", "normal, Resolution: “soon” is no length"),
        ({"targets-3-resolution": "1 d"}, "targets", "In service hours a day can mean two things"),
        ({"targets-3-resolution": "0"}, "targets", "“0” is no length"),
        ({"warn_at": "75, 120"}, "warn_at", "whole numbers from 1 to 99"),
        ({"warn_at": "often"}, "warn_at", "whole numbers from 1 to 99"),
    ],
)
def test_what_cannot_be_a_target_is_refused_where_it_stands(
    cast: Cast, cells: dict[str, str], field: str, words: str
) -> None:
    client = Client()
    client.force_login(cast.admin)
    url = reverse("admin:contracts_servicelevel_change", args=[cast.gold.pk])
    response = client.post(url, level_fields(cast, **cells))
    errors = errors_of(response)
    assert list(errors) == [field]
    assert words in " ".join(errors[field])
    for name, text in cells.items():
        assert f'value="{text}"' in response.content.decode(), name
    assert Target.objects.filter(level=cast.gold).count() == 2


def test_days_count_around_the_clock(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    url = reverse("admin:contracts_servicelevel_change", args=[cast.gold.pk])
    post(
        client,
        url,
        level_fields(cast, **{"targets-4-resolution": "2 d", "targets-4-resolution-clock": "always"}),
    )
    assert Target.objects.get(level=cast.gold, severity=4).minutes == 2 * 24 * 60


def test_escalations_are_written_by_actions(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    fields = {"level": cast.gold.pk, "kind": "response", "severity": 2, "at_percent": 90, "tells": "leads"}
    post(client, reverse("admin:contracts_escalation_add"), fields)
    row = Escalation.objects.get()
    assert AuditEntry.objects.filter(verb="escalation.created", object_id=str(row.pk)).exists()
    delete = reverse("admin:contracts_escalation_delete", args=[row.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.filter(verb="escalation.deleted").exists()
    wrong = client.post(reverse("admin:contracts_escalation_add"), {**fields, "at_percent": 0})
    assert list(errors_of(wrong)) == ["at_percent"]
