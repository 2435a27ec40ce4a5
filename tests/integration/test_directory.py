"""The sub-processor directory: a draft, announcing it once, what customers say, dropping it; the proof."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.actions import notices
from accounts.models import AuditEntry, Notice, User
from contracts.actions import directory as acts
from contracts.actions import directory_notices, telling_contacts
from contracts.models import ChangeNotice, DirectoryVersion, Subprocessor, SubprocessorEntry, ToldContact
from contracts.queries.directory import changes_of, tally, timeline
from contracts.queries.processing_rights import waiting_for_answer
from contracts.queries.proof import proof_of_version
from contracts.queries.renewals import today_at
from customers.access import NotTheirs
from customers.models import Contact, Customer
from lib.sheets.writing import write_csv
from mail.actions.delivering import deliver
from tests.factories.cast import Cast, make_cast, make_contact, make_customer, make_user
from tests.factories.directory import change_directory, make_directory, make_entry, notice_of
from tests.factories.gates import end_dpa, make_dpa

INSERTED = """
INSERT INTO contracts_subprocessorentry
    (version_id, subprocessor_id, name, service, data_categories, place, safeguards, since_on)
SELECT version_id, subprocessor_id, 'X', '', '', '', '', since_on FROM contracts_subprocessorentry LIMIT 1
"""
NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)

DAY = timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_admin(customer: Customer, name: str) -> Contact:
    user = make_user(name, User.Role.CONTACT)
    return make_contact(customer, name.title(), user=user, is_company_admin=True)


def user_of(contact: Contact) -> User:
    assert contact.user is not None
    return contact.user


def recipients(version: DirectoryVersion) -> list[str]:
    told = ToldContact.objects.filter(change_notice__version=version)
    return sorted(told.values_list("address", flat=True))


def verbs() -> list[str]:
    rows = AuditEntry.objects.filter(verb__startswith="directory.").order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_a_draft_becomes_a_version_that_stays(cast: Cast) -> None:
    first = make_directory(cast.lead, "Hetzner", at=NOW)
    make_dpa(cast.gold_customer, at=NOW)
    draft = acts.begin_draft(by=cast.lead, at=NOW)
    assert acts.begin_draft(by=cast.admin, at=NOW).pk == draft.pk  # beginning twice is beginning once
    entry = draft.entries.get()
    entry.place = "Finland"
    acts.save_entry(entry=entry, by=cast.lead, at=NOW)
    make_entry(draft, "Mailjet", cast.lead)
    day = today_at(NOW) + 30 * DAY
    acts.announce(version=draft, effective_on=day, objections_until_on=day, by=cast.lead, at=NOW)

    (added, changed) = changes_of(DirectoryVersion.objects.get(number=2))
    assert (added.kind, added.name) == ("added", "Mailjet")
    assert [(one.old, one.new) for one in changed.fields] == [("Germany", "Finland")]
    assert Subprocessor.objects.count() == 2  # the same company is the same row from version to version
    assert timeline(NOW).current == first
    assert [one.number for one in timeline(NOW).coming] == [2]
    assert timeline(NOW + 30 * DAY).current == draft
    assert verbs().count("directory.announced") == 2


def _change_announced(version: DirectoryVersion, cast: Cast) -> None:
    acts.save_entry(entry=version.entries.get(), by=cast.lead)


def _remove_announced(version: DirectoryVersion, cast: Cast) -> None:
    acts.remove_entry(entry=version.entries.get(), by=cast.lead)


def _discard_announced(version: DirectoryVersion, cast: Cast) -> None:
    acts.discard_draft(version=version, by=cast.lead)


def _announce_nothing_new(version: DirectoryVersion, cast: Cast) -> None:
    draft, day = acts.begin_draft(by=cast.lead, at=NOW), today_at(NOW) + 60 * DAY
    acts.announce(version=draft, effective_on=day, objections_until_on=day, by=cast.lead, at=NOW)


def _announce_too_soon(version: DirectoryVersion, cast: Cast) -> None:
    make_dpa(cast.gold_customer, at=NOW)
    change_directory(cast.lead, at=NOW, days=29)


def _announce_before_the_last(version: DirectoryVersion, cast: Cast) -> None:
    change_directory(cast.lead, at=NOW, days=90)
    change_directory(cast.lead, at=NOW, days=60, add="Another")


def _announce_without_time_to_object(version: DirectoryVersion, cast: Cast) -> None:
    draft, day = acts.begin_draft(by=cast.lead, at=NOW), today_at(NOW)
    make_entry(draft, "Another", cast.lead)
    acts.announce(
        version=draft, effective_on=day + 60 * DAY, objections_until_on=day + DAY, by=cast.lead, at=NOW
    )


def _drop_what_is_in_effect(version: DirectoryVersion, cast: Cast) -> None:
    acts.drop(version=version, reason="Why", by=cast.lead, at=NOW)


def _drop_without_a_word(version: DirectoryVersion, cast: Cast) -> None:
    acts.drop(version=change_directory(cast.lead, at=NOW), reason=" ", by=cast.lead, at=NOW)


def _drop_below_another(version: DirectoryVersion, cast: Cast) -> None:
    coming = change_directory(cast.lead, at=NOW)
    change_directory(cast.lead, at=NOW, days=60, add="Another")
    acts.drop(version=coming, reason="Why", by=cast.lead, at=NOW)


@pytest.mark.parametrize(
    "step",
    [
        _change_announced, _remove_announced, _discard_announced, _announce_nothing_new, _announce_too_soon,
        _announce_before_the_last, _announce_without_time_to_object, _drop_what_is_in_effect,
        _drop_without_a_word, _drop_below_another,
    ],
)  # fmt: skip
def test_what_would_change_what_was_announced_is_refused(
    cast: Cast, step: Callable[[DirectoryVersion, Cast], None]
) -> None:
    first = make_directory(cast.lead, "Hetzner", at=NOW - 90 * DAY)
    with pytest.raises(acts.DirectoryRefused) as refusal:
        step(first, cast)
    assert str(refusal.value)
    assert list(SubprocessorEntry.objects.filter(version=first).values_list("name", flat=True)) == ["Hetzner"]
    assert not ChangeNotice.objects.filter(version=first).exists()


@pytest.mark.parametrize("who", ["agent", "owner"])
def test_only_leads_and_admins_keep_the_directory(cast: Cast, who: str) -> None:
    by = cast.agent if who == "agent" else user_of(cast.owner)
    first = make_directory(cast.lead, at=NOW)
    draft = acts.begin_draft(by=cast.lead, at=NOW)
    calls: list[Callable[[], object]] = [
        lambda: acts.begin_draft(by=by),
        lambda: acts.save_entry(entry=draft.entries.all()[0], by=by),
        lambda: acts.remove_entry(entry=draft.entries.all()[0], by=by),
        lambda: acts.discard_draft(version=draft, by=by),
        lambda: acts.announce(version=draft, effective_on=NOW.date(), objections_until_on=NOW.date(), by=by),
        lambda: acts.drop(version=first, reason="Why", by=by),
    ]
    for call in calls:
        with pytest.raises(NotTheirs):
            call()
    assert verbs()[-1] == "directory.drafted"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE contracts_directoryversion SET effective_on = effective_on + 1 WHERE number = 1",
        "UPDATE contracts_directoryversion SET announced_at = NULL WHERE number = 1",
        "DELETE FROM contracts_directoryversion WHERE number = 1",
        "UPDATE contracts_subprocessorentry SET place = 'Mars'",
        "DELETE FROM contracts_subprocessorentry",
        INSERTED,
    ],
)
def test_the_database_itself_keeps_what_was_announced(cast: Cast, sql: str) -> None:
    make_directory(cast.lead, "Hetzner", at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    cast.lead.delete()  # who made it may be forgotten
    assert DirectoryVersion.objects.get(number=1).created_by_id is None


def test_every_customer_with_an_agreement_is_told_once(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    make_admin(cast.bronze_customer, "boss")
    nobody, over = make_customer("Nobody there"), make_customer("Over")
    for customer in (cast.gold_customer, cast.bronze_customer, nobody):
        make_dpa(customer, at=NOW)
    make_dpa(over, "ended", at=NOW)
    make_dpa(cast.plain_customer, "offered", at=NOW)

    version = change_directory(cast.lead, at=NOW)
    again = acts.announce(
        version=version, effective_on=today_at(NOW), objections_until_on=today_at(NOW), by=cast.lead, at=NOW
    )
    directory_notices.sweep(at=NOW + DAY)

    assert again.effective_on == today_at(NOW) + 30 * DAY
    told = ChangeNotice.objects.filter(version=version).values_list("customer__name", flat=True)
    assert sorted(told) == ["Aigner", "Brandl", "Nobody there"]
    # The company admin alone where there is one, else everybody with a login.
    assert recipients(version) == ["boss@firm.example", "colleague@firm.example", "owner@firm.example"]
    assert Notice.objects.filter(kind="directory_change").count() == 3
    assert (tally(version).told, tally(version).without_mail) == (3, 1)


def test_the_mail_says_what_changes_and_until_when_to_object(cast: Cast) -> None:
    make_directory(cast.lead, "Hetzner", at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)
    User.objects.filter(contact=cast.owner).update(language="en")
    change_directory(cast.lead, at=NOW, add="Mailjet GmbH", note="We send newsletters no more.")
    deliver()

    by_reader = {message.to[0]: message for message in mail.outbox}
    english, german = by_reader["owner@firm.example"], by_reader["colleague@firm.example"]
    body = " ".join(str(english.body).split())
    assert english.subject == "Change of our sub-processors from 4 November 2026 on"
    assert "new: Mailjet GmbH" in body
    assert "Contents of tickets" in body
    assert "You can object until 4 November 2026" in body
    assert "/portal/subprocessors/changes/2/" in body
    assert "We send newsletters no more." in body
    assert "04.11.2026" in german.subject
    telling_contacts.note_sent_mail()
    assert ToldContact.objects.filter(sent_at__isnull=False).count() == 2


def test_who_signed_between_announcement_and_effect_is_told_as_well(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)
    version = change_directory(cast.lead, at=NOW)
    late = make_dpa(cast.bronze_customer, at=NOW + 20 * DAY)
    annexed = make_dpa(cast.plain_customer, at=NOW + 20 * DAY)
    type(annexed).objects.filter(pk=annexed.pk).update(directory_version=version.number)

    assert directory_notices.sweep(at=NOW + 20 * DAY) == 1
    assert directory_notices.sweep(at=NOW + 21 * DAY) == 0

    notice = notice_of(version, cast.bronze_customer)
    assert notice.processing_agreement == late
    # They have as many days as those who were told at first, though the version takes effect before.
    assert notice.objections_until_on == today_at(NOW) + 50 * DAY
    assert not ChangeNotice.objects.filter(customer=cast.plain_customer).exists()  # it is their annex already
    other = make_customer("Too late")
    make_dpa(other, at=NOW + 30 * DAY)
    assert directory_notices.sweep(at=NOW + 30 * DAY) == 0  # in effect by then


def test_an_announcement_that_fails_half_way_announces_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)

    def breaks(*_arguments: Any, **_options: Any) -> None:
        assert ChangeNotice.objects.exists()
        raise RuntimeError("in the middle")

    monkeypatch.setattr(notices, "tell_under_dpa", breaks)
    with pytest.raises(RuntimeError), transaction.atomic():
        change_directory(cast.lead, at=NOW)
    assert not ChangeNotice.objects.exists()
    assert not Notice.objects.filter(kind="directory_change").exists()
    assert not DirectoryVersion.objects.filter(number=2).exists()


def test_acknowledging_notes_the_first_who_did(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)
    notice = notice_of(change_directory(cast.lead, at=NOW), cast.gold_customer)
    directory_notices.acknowledge(notice=notice, by=user_of(cast.owner), at=NOW)
    directory_notices.acknowledge(notice=notice, by=user_of(cast.colleague), at=NOW + DAY)
    notice.refresh_from_db()
    assert (notice.acknowledged_at, notice.acknowledged_by_name) == (NOW, "Owner")
    assert verbs().count("directory.acknowledged") == 1


def test_only_who_answers_for_the_customer_says_something(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)
    boss = make_admin(cast.gold_customer, "boss")
    notice = notice_of(change_directory(cast.lead, at=NOW), cast.gold_customer)
    for who in (user_of(cast.owner), user_of(cast.stranger), cast.lead):
        with pytest.raises(NotTheirs):
            directory_notices.acknowledge(notice=notice, by=who, at=NOW)
        with pytest.raises(NotTheirs):
            directory_notices.object_to(notice=notice, text="No", by=who, at=NOW)
    for who in (user_of(boss), cast.agent):
        with pytest.raises(NotTheirs):
            directory_notices.decide(notice=notice, outcome="resolved", note="x", by=who, at=NOW)
    notice.refresh_from_db()
    assert (notice.acknowledged_at, notice.objected_at) == (None, None)


def test_an_objection_within_the_period_is_decided_and_both_read_it(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)
    notice = notice_of(change_directory(cast.lead, at=NOW), cast.gold_customer)
    last_moment = NOW + 30 * DAY  # still the last day in Berlin
    by, text = user_of(cast.owner), "Not in this country."
    directory_notices.object_to(notice=notice, text=text, by=by, at=last_moment)
    assert waiting_for_answer() == (1, 0)
    with pytest.raises(directory_notices.CannotObject):
        directory_notices.object_to(notice=notice, text="Again", by=user_of(cast.owner), at=last_moment)
    told = Notice.objects.filter(kind="objection")
    assert [one.user for one in told] == [cast.admin]

    for outcome, note in (("", "x"), ("resolved", " "), ("nonsense", "x")):
        with pytest.raises(directory_notices.CannotObject):
            directory_notices.decide(notice=notice, outcome=outcome, note=note, by=cast.lead, at=last_moment)
    for _twice in range(2):
        directory_notices.decide(
            notice=notice, outcome="resolved", note="Other place agreed.", by=cast.lead, at=last_moment
        )
    notice.refresh_from_db()
    assert (notice.objection, notice.outcome_note) == ("Not in this country.", "Other place agreed.")
    assert notice.acknowledged_at == last_moment  # whoever objects has read it
    assert waiting_for_answer() == (0, 0)
    assert verbs().count("directory.objection_decided") == 1
    deliver()
    bodies = [str(message.body) for message in mail.outbox if "Other place agreed." in str(message.body)]
    assert len(bodies) == 2

    directory_notices.decide(notice=notice, outcome="terminated", note="No.", by=cast.admin, at=last_moment)
    line = AuditEntry.objects.filter(verb="directory.objection_decided").order_by("pk").last()
    assert line is not None
    assert (line.actor_id, line.personal.details) == (
        cast.admin.pk,
        {
            "outcome": "terminated",
            "was": {"outcome": "resolved", "note": "Other place agreed."},
            "now": {"outcome": "terminated", "note": "No."},
        },
    )


def test_a_late_objection_is_refused_with_words(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)
    notice = notice_of(change_directory(cast.lead, at=NOW), cast.gold_customer)
    with pytest.raises(directory_notices.CannotObject, match=r"04\.11\.2026"):
        directory_notices.object_to(notice=notice, text="No", by=user_of(cast.owner), at=NOW + 31 * DAY)
    with pytest.raises(directory_notices.CannotObject):
        directory_notices.object_to(notice=notice, text="  ", by=user_of(cast.owner), at=NOW)
    notice.refresh_from_db()
    assert notice.objected_at is None
    assert not Notice.objects.filter(kind="objection").exists()


def test_a_dropped_change_never_takes_effect_and_who_was_told_hears_so(cast: Cast) -> None:
    first = make_directory(cast.lead, at=NOW - 90 * DAY)
    make_dpa(cast.gold_customer, at=NOW)
    version = change_directory(cast.lead, at=NOW)
    notice = notice_of(version, cast.gold_customer)
    for _twice in range(2):
        acts.drop(version=version, reason="Two customers objected.", by=cast.lead, at=NOW + DAY)
    assert timeline(NOW + 40 * DAY).current == first
    assert [one.number for one in timeline(NOW).dropped] == [2]
    with pytest.raises(directory_notices.CannotObject):
        directory_notices.object_to(notice=notice, text="No", by=user_of(cast.owner), at=NOW + DAY)
    deliver()
    bodies = [str(message.body) for message in mail.outbox]
    assert len(bodies) == 2  # the announcement that was not sent yet is moot
    assert all("Two customers objected." in body for body in bodies)
    with pytest.raises(IntegrityError), transaction.atomic():
        DirectoryVersion.objects.filter(number=2).update(withdrawn_at=None)


def test_who_has_left_and_whose_agreement_is_over_gets_no_mail(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    dpa, other = make_dpa(cast.gold_customer, at=NOW), make_dpa(cast.bronze_customer, at=NOW)
    change_directory(cast.lead, at=NOW)
    end_dpa(dpa, NOW)
    Contact.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    deliver()
    assert other.pk
    assert mail.outbox == []


def test_the_proof_names_everybody_and_holds_no_formula(cast: Cast) -> None:
    make_directory(cast.lead, at=NOW - 90 * DAY)
    Customer.objects.filter(pk=cast.gold_customer.pk).update(name="=HYPERLINK(1)")
    make_dpa(cast.gold_customer, at=NOW)
    version = change_directory(cast.lead, at=NOW)
    notice = notice_of(version, cast.gold_customer)
    directory_notices.object_to(notice=notice, text="+1 why", by=user_of(cast.owner), at=NOW)
    deliver()
    telling_contacts.note_sent_mail()
    text = "".join(write_csv(*proof_of_version(version), separator=";"))
    (_headings, line) = text.strip().splitlines()
    cells = line.split(";")
    assert cells[2] == "'=HYPERLINK(1)"
    assert "'+1 why" in cells
    assert "Owner <owner@firm.example>" in line
    assert line.count("2026-10-05 11:00") >= 2  # told and acknowledged, in the company's zone
    assert notice.processing_agreement.called in cells


@pytest.fixture
def apart(transactional_db: None) -> Cast:
    return make_cast()


@pytest.mark.django_db(transaction=True)
def test_announcing_and_sweeping_at_the_same_moment_tell_each_customer_once(apart: Cast) -> None:
    make_directory(apart.lead, at=NOW - 90 * DAY)
    for customer in (apart.gold_customer, apart.bronze_customer):
        make_dpa(customer, at=NOW)
    draft = acts.begin_draft(by=apart.lead, at=NOW)
    make_entry(draft, "Mailjet", apart.lead)
    day, barrier, errors = today_at(NOW) + 30 * DAY, threading.Barrier(4), []

    def announces() -> None:
        acts.announce(version=draft, effective_on=day, objections_until_on=day, by=apart.lead, at=NOW)

    def runs(act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=20)
            act()
        except (IntegrityError, OperationalError, acts.DirectoryRefused) as error:
            errors.append(error)
        finally:
            connection.close()

    acted = [announces, announces, *[lambda: directory_notices.sweep(at=NOW)] * 2]
    threads = [threading.Thread(target=runs, args=(act,)) for act in acted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    assert ChangeNotice.objects.filter(version=draft).count() == 2
    assert Notice.objects.filter(kind="directory_change").count() == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeNotice.objects.create(
            version=draft,
            customer=apart.gold_customer,
            processing_agreement=notice_of(draft, apart.gold_customer).processing_agreement,
            announced_at=NOW,
            objections_until_on=day,
        )
