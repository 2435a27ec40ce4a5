"""Consents: who is concerned by a case, what each permits for it, and what that opens and closes again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import AuditEntry
from contracts.models import GateChange
from contracts.rules.gates import BY_CONSENT, Capability
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tickets.access import Denied
from tickets.actions import consents, gate_sweeping, moving
from tickets.actions.consent_refusals import (
    ConsentRefused,
    ForeignPerson,
    GivenInFuture,
    GivenTooEarly,
    HasConsents,
    NameNeeded,
    NobodyNamed,
    NothingPermitted,
    ProofNeeded,
)
from tickets.actions.consents import Given
from tickets.models import Consent, ConsentList, DataSubject, HeldFile, Ticket, TicketEvent
from tickets.queries.gates import gate_of

pytestmark = pytest.mark.django_db

How = Consent.How


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Arrived a day ago, from the owner."""
    return make_ticket(cast.gold_customer, contact=cast.owner, at=timezone.now() - timedelta(days=1))


def given(how: str = How.WRITTEN, *, ago: timedelta = timedelta(hours=1), **fields: object) -> Given:
    """A consent to everything, an hour ago."""
    whole = {
        "capabilities": [str(one) for one in BY_CONSENT],
        "how": how,
        "given_at": timezone.now() - ago,
        "evidence": "Signed form, folder 12",
        **fields,
    }
    return Given(**whole)  # type: ignore[arg-type]


def is_open(ticket: Ticket, capability: Capability = Capability.LOG_ANALYSIS) -> bool:
    return gate_of(Ticket.objects.get(pk=ticket.pk), capability, timezone.now()).is_open


# Opening and closing


def test_consents_of_everybody_open_the_gates_once_the_list_is_complete(cast: Cast, ticket: Ticket) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada Muster", by=cast.agent)
    owner = consents.name_subject(ticket=ticket, contact=cast.owner, by=cast.agent)
    consents.record_consent(subject=ada, given=given(), by=cast.agent)
    consents.record_consent(subject=owner, given=given(How.MAIL), by=cast.agent)
    before = is_open(ticket)

    consents.confirm_list(ticket=ticket, by=cast.agent)

    assert (before, is_open(ticket)) == (False, True)
    other = make_ticket(cast.gold_customer)
    assert not is_open(other), "Consents are for one case."


def test_a_consent_to_one_thing_opens_that_alone(cast: Cast, ticket: Ticket) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)
    consents.confirm_list(ticket=ticket, by=cast.agent)
    consents.record_consent(subject=ada, given=given(capabilities=["remote_session"]), by=cast.agent)

    opened = {one for one in Capability if is_open(ticket, one)}

    assert opened == {Capability.REMOTE_SESSION}


def test_naming_a_further_person_opens_the_list_and_closes_the_gates(cast: Cast, ticket: Ticket) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)
    consents.record_consent(subject=ada, given=given(), by=cast.agent)
    consents.confirm_list(ticket=ticket, by=cast.agent)

    bo = consents.name_subject(ticket=ticket, name="Bo", by=cast.agent)

    assert not is_open(ticket)
    consents.remove_subject(subject=bo, by=cast.agent)
    assert not is_open(ticket), "Somebody has to say again that nobody else is concerned."
    consents.confirm_list(ticket=ticket, by=cast.agent)
    assert is_open(ticket)


def test_a_withdrawal_closes_the_gates_and_schedules_the_deletion_of_what_was_let_through(
    cast: Cast, ticket: Ticket, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    ada = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)
    consents.confirm_list(ticket=ticket, by=cast.agent)
    held = _send_log(cast, ticket)
    consent = consents.record_consent(subject=ada, given=given(), by=cast.agent)
    gate_sweeping.sweep_gates()
    held.refresh_from_db()
    released = (held.released_at is not None, held.delete_at)

    consents.withdraw_consent(consent=consent, note="Letter of today", by=cast.agent)
    gate_sweeping.sweep_gates()

    held.refresh_from_db()
    assert released == (True, None)
    assert not is_open(ticket)
    assert held.is_held
    assert held.delete_at is not None
    assert held.attachment is None


def _send_log(cast: Cast, ticket: Ticket) -> HeldFile:
    from tests.gate_doors import log_file
    from tickets.actions.replying import customer_reply

    user = cast.owner.user
    assert user is not None
    customer_reply(ticket=ticket, contact=cast.owner, by=user, body="See", files=[log_file()])
    held = HeldFile.objects.get(ticket=ticket)
    assert held.is_held
    return held


def test_a_ticket_that_goes_to_another_customer_leaves_its_consents_behind(
    cast: Cast, ticket: Ticket
) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)
    consents.record_consent(subject=ada, given=given(), by=cast.agent)
    consents.confirm_list(ticket=ticket, by=cast.agent)
    GateChange.objects.all().delete()

    moving.change_customer(ticket=ticket, customer=cast.bronze_customer, by=cast.lead)
    moving.change_customer(ticket=ticket, customer=cast.gold_customer, by=cast.lead)

    assert not is_open(ticket), "Whoever moved it named the wrong customer: ask anew."
    told = set(GateChange.objects.values_list("customer", flat=True))
    assert told == {cast.gold_customer.pk, cast.bronze_customer.pk}
    with pytest.raises(Denied):
        consents.record_consent(subject=ada, given=given(), by=cast.agent)


# Twice is once, and what is kept of it


def test_everything_twice_is_once(cast: Cast, ticket: Ticket) -> None:
    first = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)
    again = consents.name_subject(ticket=ticket, name=" ada ", by=cast.agent)
    consents.confirm_list(ticket=ticket, by=cast.agent)
    consents.confirm_list(ticket=ticket, by=cast.lead)
    same = given()
    consent = consents.record_consent(subject=first, given=same, by=cast.agent)
    consents.record_consent(subject=first, given=same, by=cast.lead)
    consents.withdraw_consent(consent=consent, note="Called", by=cast.agent)
    withdrawn = consents.withdraw_consent(consent=consent, note="Called again", by=cast.agent)
    consents.reopen_list(ticket=ticket, by=cast.agent)
    consents.reopen_list(ticket=ticket, by=cast.agent)
    bo = consents.name_subject(ticket=ticket, name="Bo", by=cast.agent)
    consents.remove_subject(subject=bo, by=cast.agent)
    consents.remove_subject(subject=bo, by=cast.agent)

    assert first == again
    assert withdrawn.withdrawal_note == "Called"
    kinds = TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True)
    told = [one for one in kinds if one.startswith(("subject", "list", "consent"))]
    assert sorted(told) == [
        *("consent_recorded", "consent_withdrawn", "list_confirmed", "list_reopened"),
        *("subject_named", "subject_named", "subject_removed"),
    ]
    verbs = AuditEntry.objects.filter(verb__regex="^(data_subject|consent)").values_list("verb", flat=True)
    assert sorted(verbs) == [
        *("consent.recorded", "consent.withdrawn", "consent_list.confirmed", "consent_list.reopened"),
        *("data_subject.named", "data_subject.named", "data_subject.removed"),
    ]
    assert GateChange.objects.filter(customer=ticket.customer_id).exists()


def test_the_history_names_nobody(cast: Cast, ticket: Ticket) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada Muster", by=cast.agent)
    consents.record_consent(subject=ada, given=given(), by=cast.agent)

    told = TicketEvent.objects.filter(ticket=ticket).values_list("params", flat=True)

    assert "Ada" not in str(list(told))


# Refused


REFUSED: dict[type[ConsentRefused], Callable[[Cast, Ticket, DataSubject], object]] = {
    NameNeeded: lambda cast, ticket, ada: consents.name_subject(ticket=ticket, name=" ", by=cast.agent),
    ForeignPerson: lambda cast, ticket, ada: consents.name_subject(
        ticket=ticket, contact=cast.stranger, by=cast.agent
    ),
    HasConsents: lambda cast, ticket, ada: (
        consents.record_consent(subject=ada, given=given(), by=cast.agent),
        consents.remove_subject(subject=ada, by=cast.agent),
    ),
    NobodyNamed: lambda cast, ticket, ada: (
        consents.remove_subject(subject=ada, by=cast.agent),
        consents.confirm_list(ticket=ticket, by=cast.agent),
    ),
    NothingPermitted: lambda cast, ticket, ada: consents.record_consent(
        subject=ada, given=given(capabilities=["subprocessor_directory"]), by=cast.agent
    ),
    GivenInFuture: lambda cast, ticket, ada: consents.record_consent(
        subject=ada, given=given(ago=timedelta(minutes=-5)), by=cast.agent
    ),
    GivenTooEarly: lambda cast, ticket, ada: consents.record_consent(
        subject=ada, given=given(ago=timedelta(days=2)), by=cast.agent
    ),
    ProofNeeded: lambda cast, ticket, ada: consents.record_consent(
        subject=ada, given=given(evidence=" \n"), by=cast.agent
    ),
}


@pytest.mark.parametrize("refusal", REFUSED, ids=[one.__name__ for one in REFUSED])
def test_what_is_not_sound_is_refused(cast: Cast, ticket: Ticket, refusal: type[ConsentRefused]) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)

    with pytest.raises(refusal):
        REFUSED[refusal](cast, ticket, ada)

    assert not is_open(ticket)


def test_only_who_works_on_the_ticket_keeps_its_consents(cast: Cast, ticket: Ticket) -> None:
    owner = consents.name_subject(ticket=ticket, contact=cast.owner, by=cast.agent)
    assert cast.owner.user
    assert cast.colleague.user
    consent = consents.record_consent(subject=owner, given=given(), by=cast.agent)
    acts: list[Callable[[], object]] = []
    for who in (cast.other_agent, cast.owner.user, cast.colleague.user):
        acts += [
            lambda who=who: consents.name_subject(ticket=ticket, name="Eve", by=who),  # type: ignore[misc]
            lambda who=who: consents.confirm_list(ticket=ticket, by=who),  # type: ignore[misc]
            lambda who=who: consents.reopen_list(ticket=ticket, by=who),  # type: ignore[misc]
            lambda who=who: consents.remove_subject(subject=owner, by=who),  # type: ignore[misc]
            lambda who=who: consents.record_consent(subject=owner, given=given(), by=who),  # type: ignore[misc]
        ]
    acts.append(lambda: consents.withdraw_consent(consent=consent, note="x", by=cast.other_agent))
    acts.append(lambda: consents.withdraw_consent(consent=consent, by=cast.colleague.user))  # type: ignore[arg-type]

    for act in acts:
        with pytest.raises(Denied):
            act()

    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    assert not ConsentList.objects.exists()


def test_in_the_portal_everybody_gives_and_withdraws_their_own_alone(cast: Cast, ticket: Ticket) -> None:
    owner = consents.name_subject(ticket=ticket, contact=cast.owner, by=cast.agent)
    namesake = consents.name_subject(ticket=ticket, name=cast.owner.name, by=cast.agent)
    me, colleague = cast.owner.user, cast.colleague.user
    assert me
    assert colleague
    portal = given(How.PORTAL, ago=timedelta())
    for subject, who in ((owner, colleague), (namesake, me), (owner, cast.agent)):
        with pytest.raises(Denied):
            consents.record_consent(subject=subject, given=portal, by=who)

    consent = consents.record_consent(subject=owner, given=portal, by=me)
    assert consents.record_consent(subject=owner, given=portal, by=me) == consent
    withdrawn = consents.withdraw_consent(consent=consent, by=me)

    assert withdrawn.withdrawn_at is not None


def test_agents_say_how_a_withdrawal_reached_them(cast: Cast, ticket: Ticket) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)
    consent = consents.record_consent(subject=ada, given=given(), by=cast.agent)

    with pytest.raises(ProofNeeded):
        consents.withdraw_consent(consent=consent, note=" ", by=cast.agent)


def test_a_withdrawal_that_fails_half_way_leaves_nothing(
    cast: Cast, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = consents.name_subject(ticket=ticket, name="Ada", by=cast.agent)
    consent = consents.record_consent(subject=ada, given=given(), by=cast.agent)
    GateChange.objects.all().delete()

    def fail(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("tickets.actions.consents.auditing.record", fail)
    with pytest.raises(OperationalError):
        consents.withdraw_consent(consent=consent, note="Letter", by=cast.agent)

    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    assert not GateChange.objects.exists()
    assert not TicketEvent.objects.filter(kind="consent_withdrawn").exists()


def test_a_contact_of_the_same_name_is_somebody_else(cast: Cast, ticket: Ticket) -> None:
    twin = make_contact(cast.gold_customer, cast.owner.name)

    one = consents.name_subject(ticket=ticket, contact=cast.owner, by=cast.agent)
    other = consents.name_subject(ticket=ticket, contact=twin, by=cast.agent)

    assert one != other
