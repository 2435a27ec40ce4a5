"""The demo story is whole: everything it names exists, its moments are in order, its texts are readable."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from accounts.rules.brand import judge
from calls.management import demo_story as calls
from lib.log_likeness import judge_file
from tickets.management.demo_story import (
    ANNOUNCEMENTS,
    BRAND,
    COMPANY_NAME,
    CUSTOMERS,
    DEMO_PASSWORD,
    LEVELS,
    STAFF,
    TEAMS,
    TICKETS,
)
from tickets.management.demo_story.shapes import DAY, HOUR, Agreement, Attachment, Customer, Ticket, prose
from tickets.management.demo_story.usage import INCLUDED, USED_BEFORE, USED_NOW

CUSTOMER = {customer.key: customer for customer in CUSTOMERS}
CONTACT = {contact.key: contact for customer in CUSTOMERS for contact in customer.contacts}
USER = {user.username: user for user in STAFF}
PORTAL_USERS = [contact.portal_user for contact in CONTACT.values() if contact.portal_user]

WAITING = [ticket for ticket in TICKETS if ticket.waits_in_queue]
AT_WORK = [ticket for ticket in TICKETS if ticket.status == "open" and ticket.assignee]

#: Ranges that the German regulator keeps free for films and books: Berlin, Munich, mobile.
DRAMA_NUMBERS = re.compile(r"\+493023125\d{3}|\+498999998\d{3}|\+491713920\d{3}")

each_ticket = pytest.mark.parametrize("ticket", TICKETS, ids=lambda ticket: ticket.subject)


def in_force_today(agreement: Agreement) -> bool:
    """Whether a service agreement counts today (days from today, ends inclusive)."""
    ends = agreement.ends_in_days if agreement.renewed_until_in_days is None else None
    last_days = [
        day
        for day in (ends, agreement.renewed_until_in_days, agreement.terminated_in_days)
        if day is not None
    ]
    suspended = any(
        pause.starts_in_days <= 0 and (pause.ends_in_days is None or pause.ends_in_days >= 0)
        for pause in agreement.suspensions
    )
    return (
        agreement.kind == "service"
        and agreement.starts_in_days <= 0
        and all(day >= 0 for day in last_days)
        and not suspended
    )


def levels_today(customer_key: str) -> list[str | None]:
    """The levels a customer holds today, in the order of its agreements."""
    return [agreement.level for agreement in CUSTOMER[customer_key].agreements if in_force_today(agreement)]


def moments(ticket: Ticket) -> list[int]:
    """Every moment of a ticket that its fields name, in minutes after the arrival."""
    named = [ticket.assigned_after, ticket.parked_after, ticket.solved_after, ticket.closed_after]
    named += [message.after for message in ticket.talk]
    named += [decline.after for decline in ticket.declines]
    named += [ticket.confirmed.after] if ticket.confirmed else []
    named += [ticket.pin.after] if ticket.pin else []
    named += [ticket.rated.after] if ticket.rated else []
    return [moment for moment in named if moment is not None]


def texts(ticket: Ticket) -> list[str]:
    """Everything that somebody wrote on a ticket."""
    return [ticket.subject, ticket.body, *(message.body for message in ticket.talk)]


def every_attachment() -> list[Attachment]:
    """The attachments of all messages."""
    first = [file for ticket in TICKETS for file in ticket.attachments]
    return first + [file for ticket in TICKETS for message in ticket.talk for file in message.attachments]


# The firm


def test_firm_has_three_teams_three_levels_and_the_promised_logins() -> None:
    assert COMPANY_NAME == "Berger IT"
    assert DEMO_PASSWORD
    assert [team.name for team in TEAMS] == ["Infrastruktur", "Arbeitsplatz", "Netzwerk"]
    assert [team.key for team in TEAMS if team.is_default] == ["workplace"]
    assert [(level.name, level.rank) for level in LEVELS] == [("Gold", 1), ("Silber", 2), ("Bronze", 3)]
    assert list(USER) == ["admin", "lead", "agent1", "agent2", "agent3", "agent4"]


def test_staff_belong_to_existing_teams_and_the_lead_to_all() -> None:
    keys = {team.key for team in TEAMS}
    assert all(set(user.teams) <= keys for user in STAFF)
    assert set(USER["lead"].teams) == keys
    assert all(1 <= len(user.teams) <= 3 for user in STAFF if user.role == "agent")
    assert {user.language for user in STAFF} == {"de", "en"}
    assert {team for user in STAFF if user.role == "agent" for team in user.teams} == keys


# The customers


def test_keys_names_domains_and_logins_are_unique() -> None:
    for values in (
        [customer.key for customer in CUSTOMERS],
        [customer.name for customer in CUSTOMERS],
        [customer.domain for customer in CUSTOMERS],
        [contact.key for customer in CUSTOMERS for contact in customer.contacts],
        [contact.email for contact in CONTACT.values()],
        [*PORTAL_USERS, *USER],
    ):
        assert len(values) == len(set(values))


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.key)
def test_customer_is_complete_and_fictional(customer: Customer) -> None:
    assert customer.domain.endswith(".example")
    assert 1 <= len(customer.contacts) <= 3
    assert customer.contacts[0].portal_user == customer.key
    assert all(contact.email.endswith("@" + customer.domain) for contact in customer.contacts)
    assert sum(contact.sees_company_tickets for contact in customer.contacts) == 1
    assert all(contact.portal_user for contact in customer.contacts if contact.sees_company_tickets)
    assert all(contact.portal_user for contact in customer.contacts if contact.is_company_admin)
    numbers = [customer.phone, *(number for contact in customer.contacts for number in contact.phones)]
    assert all(DRAMA_NUMBERS.fullmatch(number) for number in numbers)


def test_a_company_admin_has_colleagues_with_and_without_an_access() -> None:
    (hofmann,) = (one for one in CUSTOMERS if one.key == "hofmann")
    assert [(one.is_company_admin, one.portal_user) for one in hofmann.contacts] == [
        (True, "hofmann"),
        (False, "sommer"),
        (False, None),
    ]


def test_numbers_of_the_calls_are_fictional_and_given_once() -> None:
    given = [number.number for number in calls.GIVEN]
    ours = [calls.PUBLIC, *given, *calls.FREE]
    assert len(ours) == len(set(ours))
    assert calls.RESTING in given
    theirs = [call.caller for call in calls.CALLS if call.caller != "anonymous"]
    dialled = [call.to for call in calls.CALLS]
    assert all(DRAMA_NUMBERS.fullmatch(number) for number in (*ours, *theirs, *dialled, calls.ON_CALL[1]))
    assert {number.customer for number in calls.GIVEN} <= {customer.name for customer in CUSTOMERS}
    references = {agreement.reference for customer in CUSTOMERS for agreement in customer.agreements}
    assert {number.reference for number in calls.GIVEN} <= references
    assert set(calls.AGENTS) <= set(USER)


def test_phone_numbers_belong_to_one_customer_or_contact() -> None:
    numbers = [customer.phone for customer in CUSTOMERS]
    numbers += [number for contact in CONTACT.values() for number in contact.phones]
    assert len(numbers) == len(set(numbers))


def test_agreements_are_sound() -> None:
    agreements = [agreement for customer in CUSTOMERS for agreement in customer.agreements]
    references = [agreement.reference for agreement in agreements]
    assert len(references) == len(set(references))
    for agreement in agreements:
        assert (agreement.kind == "service") == (agreement.level is not None)
        for last in (agreement.ends_in_days, agreement.terminated_in_days, agreement.renewed_until_in_days):
            assert last is None or last >= agreement.starts_in_days
        for pause in agreement.suspensions:
            assert pause.ends_in_days is None or pause.ends_in_days >= pause.starts_in_days


@pytest.mark.parametrize(
    ("customer", "levels"),
    [
        ("brandl", ["gold"]),
        ("reiter", ["gold"]),
        ("isartal", ["silver", "gold"]),
        ("northgate", ["gold"]),
        ("hofmann", ["silver"]),
        ("tierklinik", ["silver"]),
        ("stadtwerke", ["silver"]),
        ("lindner", ["bronze"]),
        ("harbour", []),
        ("seeblick", []),
        ("obermaier", []),
        ("aigner", []),
        ("moser", []),
        ("falk", []),
    ],
)
def test_what_a_customer_holds_today(customer: str, levels: list[str]) -> None:
    assert levels_today(customer) == levels


def test_agreements_meet_today_from_every_side() -> None:
    assert CUSTOMER["hofmann"].agreements[0].ends_in_days == 0
    assert CUSTOMER["seeblick"].agreements[0].ends_in_days == -1
    assert CUSTOMER["obermaier"].agreements[0].starts_in_days == 1
    assert CUSTOMER["stadtwerke"].agreements[0].starts_in_days == 0
    assert CUSTOMER["harbour"].agreements[0].suspensions[0].ends_in_days is None
    assert CUSTOMER["tierklinik"].agreements[0].terminated_in_days == -7
    assert {agreement.kind for agreement in CUSTOMER["moser"].agreements} == {"software_assurance"}
    assert {agreement.kind for agreement in CUSTOMER["falk"].agreements} == {"update"}
    assert CUSTOMER["aigner"].agreements == ()


def test_agreements_end_and_go_on_in_every_way() -> None:
    told = {agreement.reference: agreement for customer in CUSTOMERS for agreement in customer.agreements}
    assert told["SV-1031"].ends_in_days == 20
    assert told["SV-1031"].renewal_months is None
    assert told["SV-1007"].renewal_months == 12
    assert told["SV-1022"].notice_given_in_days is not None
    assert told["SV-1015"].renewed_until_in_days is not None


# The tickets


def test_eighty_tickets_in_every_state() -> None:
    assert len(TICKETS) == 80
    assert (len(WAITING), len(AT_WORK)) == (35, 10)
    assert Counter(ticket.status for ticket in TICKETS) == {
        "open": 45,
        "waiting_customer": 10,
        "waiting_third_party": 4,
        "scheduled": 2,
        "solved": 10,
        "closed": 9,
    }


def test_subjects_and_arrivals_are_unique_and_the_oldest_comes_first() -> None:
    assert len({ticket.subject for ticket in TICKETS}) == 80
    ages = [ticket.arrived_ago for ticket in TICKETS]
    assert len(set(ages)) == 80
    assert ages == sorted(ages, reverse=True)


def test_arrivals_spread_over_twelve_days_and_most_are_recent() -> None:
    ages = [ticket.arrived_ago for ticket in TICKETS]
    assert min(ages) > 0
    assert 11 * DAY < max(ages) < 12 * DAY
    assert sum(age <= 2 * DAY for age in ages) > 40


def test_some_without_a_contract_have_waited_for_days_and_nobody_with_one() -> None:
    starving = [ticket for ticket in WAITING if ticket.arrived_ago > 3 * DAY]
    assert len(starving) >= 3
    assert all(levels_today(ticket.customer) == [] for ticket in starving)


def test_every_team_level_severity_channel_and_language_is_there() -> None:
    assert {ticket.team for ticket in WAITING} == {team.key for team in TEAMS}
    assert {ticket.severity for ticket in WAITING} == {"critical", "high", "normal", "low"}
    assert {ticket.channel for ticket in TICKETS} == {"portal", "mail", "phone", "desk", "api"}
    assert Counter(ticket.language for ticket in TICKETS)["en"] >= 15
    assert {ticket.customer for ticket in TICKETS} == set(CUSTOMER)


def test_every_agent_has_work() -> None:
    assert {ticket.assignee for ticket in AT_WORK} == {"agent1", "agent2", "agent3", "agent4"}


@each_ticket
def test_references_resolve(ticket: Ticket) -> None:
    own_contacts = {contact.key for contact in CUSTOMER[ticket.customer].contacts}
    assert ticket.contact in own_contacts
    assert ticket.language == CONTACT[ticket.contact].language
    assert ticket.filed_by is None or USER[ticket.filed_by].role == "agent"
    assert (ticket.filed_by is not None) == (ticket.channel in {"phone", "desk"})
    for message in ticket.talk:
        assert message.author in (own_contacts if message.by_contact else USER)


@each_ticket
def test_who_writes_in_the_portal_may_do_so(ticket: Ticket) -> None:
    assert ticket.contact
    if ticket.channel == "portal":
        assert CONTACT[ticket.contact].portal_user
    for message in ticket.talk:
        if message.channel == "portal":
            author = CONTACT[message.author]
            assert author.portal_user
            assert author.key == ticket.contact or author.sees_company_tickets
        assert message.by_contact == (message.channel != "desk")


@each_ticket
def test_who_works_on_it_belongs_to_the_team(ticket: Ticket) -> None:
    workers = [ticket.assignee] if ticket.assignee else []
    workers += [decline.by for decline in ticket.declines]
    workers += [ticket.confirmed.by] if ticket.confirmed else []
    workers += [message.author for message in ticket.talk if not message.by_contact]
    assert all(ticket.team in USER[worker].teams for worker in workers)


@each_ticket
def test_whoever_left_the_order_said_why(ticket: Ticket) -> None:
    assert bool(ticket.assigned_reason) == (ticket.assigned_how != "next")


@each_ticket
def test_waiting_tickets_are_in_nobodys_hands_and_all_others_are(ticket: Ticket) -> None:
    assert (ticket.assignee is None) == (ticket in WAITING)
    assert (ticket.assignee is None) == (ticket.assigned_after is None)
    if ticket not in WAITING:
        assert ticket.pin is None
        assert ticket.declines == ()


@each_ticket
def test_moments_fit_the_state(ticket: Ticket) -> None:
    parked = ticket.status in {"waiting_customer", "waiting_third_party", "scheduled"}
    assert (ticket.parked_after is not None) == parked
    assert (ticket.scheduled_in_days is not None) == (ticket.status == "scheduled")
    assert (ticket.solved_after is not None) == (ticket.status in {"solved", "closed"})
    assert (ticket.closed_after is not None) == (ticket.status == "closed")


@each_ticket
def test_moments_are_in_order_and_past(ticket: Ticket) -> None:
    offsets = [message.after for message in ticket.talk]
    assert offsets == sorted(set(offsets))
    assert all(0 < moment < ticket.arrived_ago for moment in moments(ticket))
    steps = [ticket.assigned_after, ticket.parked_after, ticket.solved_after, ticket.closed_after]
    known = [step for step in steps if step is not None]
    assert known == sorted(set(known))


@each_ticket
def test_nobody_writes_after_the_parking_or_the_solution(ticket: Ticket) -> None:
    """A contact's message then would bring the ticket back, and the state would be another one."""
    rest = ticket.parked_after or ticket.solved_after
    if rest is not None:
        assert all(message.after < rest for message in ticket.talk if message.by_contact)
        assert all(message.after <= rest for message in ticket.talk)
        assert ticket.talk


@each_ticket
def test_agents_answer_after_they_took_the_ticket(ticket: Ticket) -> None:
    for message in ticket.talk:
        if message.author == ticket.assignee and not message.is_internal:
            assert ticket.assigned_after is not None
            assert message.after > ticket.assigned_after
    assert not any(message.is_internal for message in ticket.talk if message.by_contact)


@pytest.mark.parametrize("ticket", AT_WORK, ids=lambda ticket: ticket.subject)
def test_work_in_hand_is_fresh(ticket: Ticket) -> None:
    """Otherwise it would go back to the queue soon after loading."""
    touched = [message.after for message in ticket.talk if message.author == ticket.assignee]
    assert ticket.arrived_ago - max(touched) < 3 * HOUR


def test_severities_are_confirmed_with_reasons_and_some_are_changed() -> None:
    confirmed = [(ticket.severity, ticket.confirmed) for ticket in TICKETS if ticket.confirmed]
    assert all(confirmation.reason for _, confirmation in confirmed)
    assert all(USER[confirmation.by].role in {"agent", "lead"} for _, confirmation in confirmed)
    changed = [stated for stated, confirmation in confirmed if confirmation.severity != stated]
    assert 5 <= len(changed) < len(confirmed)


def test_one_pin_by_the_lead_and_a_couple_of_declines() -> None:
    (pin,) = [ticket.pin for ticket in TICKETS if ticket.pin]
    assert USER[pin.by].role == "lead"
    assert pin.reason
    assert pin.expires_in > 0
    declines = [decline for ticket in TICKETS for decline in ticket.declines]
    assert len(declines) == 2
    assert all(decline.reason for decline in declines)


def test_finished_tickets_are_rated_in_every_way_and_one_is_left_to_rate() -> None:
    rated = [ticket for ticket in TICKETS if ticket.rated]
    assert {ticket.rated.verdict for ticket in rated if ticket.rated} == {"good", "fair", "bad"}
    for ticket in rated:
        assert ticket.rated
        finished_after = ticket.closed_after or ticket.solved_after
        assert finished_after is not None
        assert finished_after < ticket.rated.after
        author = CONTACT[ticket.rated.by]
        assert author.portal_user
        assert author.key == ticket.contact or author.sees_company_tickets
    assert any(ticket.status == "solved" and not ticket.rated for ticket in TICKETS)


def test_at_least_half_have_a_conversation_of_up_to_five_messages() -> None:
    lengths = [len(ticket.talk) for ticket in TICKETS]
    assert max(lengths) <= 5
    assert sum(length > 0 for length in lengths) >= 40
    assert any(message.is_internal for ticket in WAITING for message in ticket.talk)


def test_attachments_are_small_texts_and_one_is_a_log() -> None:
    files = every_attachment()
    logs = [file for file in files if judge_file(file.name, file.text.encode())]
    assert len(files) == 4
    assert [file.name for file in logs] == ["postfach-client.log"]
    assert all(file.name.endswith(".txt") for file in files if file not in logs)
    assert all(file.content_type == "text/plain" for file in files)
    assert all(100 < len(file.text) < 2000 for file in files)


# The texts


@each_ticket
def test_texts_are_long_enough_and_clean(ticket: Ticket) -> None:
    assert 15 <= len(ticket.subject) <= 60
    sentences = len(re.findall(r"[.?!](?=\s|$)", ticket.body))
    assert 2 <= sentences <= 10
    for text in texts(ticket):
        assert text == text.strip()
        assert not re.search(r"  |\n\n\n|\n\||\t| \n|\x00|\x01", text)


@each_ticket
def test_texts_are_in_the_language_of_the_ticket(ticket: Ticket) -> None:
    german = re.compile(r"\b(der|die|das|den|dem|und|ist|nicht|wir|ein|eine|kein|mit)\b")
    english = re.compile(r"\b(the|and|is|not|we|to|of)\b")
    hits = (len(german.findall(ticket.body)), len(english.findall(ticket.body)))
    assert (hits[0] > hits[1]) == (ticket.language == "de")


@each_ticket
def test_strangers_say_sie(ticket: Ticket) -> None:
    if ticket.language == "de":
        assert not any(
            re.search(r"\b([Dd]u|[Dd]ir|[Dd]ich|[Dd]eine?[nmrs]?)\b", text) for text in texts(ticket)
        )


def test_prose_joins_wrapped_lines_and_keeps_paragraphs_and_marked_lines() -> None:
    text = prose("""
        One line
        and its rest.

        | Kind regards
        | Emily
    """)
    assert text == "One line and its rest.\n\nKind regards\nEmily"


def test_the_firm_has_a_look_that_can_be_read_and_a_number_that_nobody_has() -> None:
    for theme in ("light", "dark"):
        assert judge(BRAND[f"accent_{theme}"], theme).passes
    assert DRAMA_NUMBERS.fullmatch(BRAND["public_phone"])
    assert all(".example" in BRAND[name] for name in ("imprint_url", "privacy_url", "support_address"))


def test_nothing_is_announced_just_now_but_something_was_and_something_will_be() -> None:
    assert {told.starts_ago > 0 for told in ANNOUNCEMENTS} == {True, False}
    assert not any(0 <= told.starts_ago < told.lasts for told in ANNOUNCEMENTS)


def test_allowances_are_used_by_customers_who_have_one() -> None:
    assert set(INCLUDED) == {level.key for level in LEVELS}
    for used in (*USED_BEFORE, *USED_NOW):
        assert any(in_force_today(agreement) for agreement in CUSTOMER[used.customer].agreements)
    assert {used.percent for used in USED_NOW} >= {80, 100}
    assert {used.by for used in USED_NOW} <= set(USER)
