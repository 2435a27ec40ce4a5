"""Erasing a person: the tickets stay, the person is nowhere; whatever happens meanwhile."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import AuditEntry, User
from billing.actions import closing
from billing.models import Statement
from billing.rules.periods import Month
from customers.actions import customers as customer_actions
from customers.models import Contact
from knowledge.models import Word
from privacy.actions import erasing, holds, jobs, reapplying, scrubbing
from privacy.gateways import journal
from privacy.models import PrivacyJob
from privacy.queries.columns import treated
from privacy.queries.finding import finders, names_in
from privacy.queries.people import marks_of, person_of
from privacy.queries.preview import preview_of
from privacy.rules.erasing import SETTLES, Part
from privacy.rules.inventory import IN_PLACE, Erasure
from privacy.rules.marks import Finder
from tests.factories.billing import CLOSED, WORKED, make_charge, make_list, make_party, make_seller
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket, make_user
from tests.factories.gates import make_dpa
from tests.factories.personal import (
    ADDRESS,
    MARKS,
    NAME,
    PHONE,
    SAID,
    SENT,
    WRITTEN,
    fill,
    make_person,
    traces,
)
from tickets.access import Denied
from tickets.actions import releasing, replying
from tickets.models import HeldFile, Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.ERASURE_JOURNAL = tmp_path / "outside" / "erasures.jsonl"
    settings.LANGUAGE_CODE = "de"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def erase(contact: Contact, *parts: Part, by: User | None = None) -> PrivacyJob:
    """Both looks."""
    job = jobs.ask_erasure(contact=contact, parts=parts, by=by)
    jobs.work_on()
    jobs.work_on(at=timezone.now() + SETTLES + timedelta(seconds=1))
    job.refresh_from_db()
    return job


def test_of_an_erased_person_there_is_no_trace_anywhere(cast: Cast) -> None:
    """In every column that may name somebody, in files, in Valkey, in what is encrypted."""
    person = make_person(cast)
    empty = fill(treated(*IN_PLACE, Erasure.EMPTIED, Erasure.ROOM))
    assert empty == []
    assert Word.objects.filter(word__icontains="quorvemont").exists()
    login = person.user_id
    assert len(list(traces())) > 60
    count = Message.objects.count()

    job = erase(person, Part.BODIES, Part.FILES, by=cast.admin)

    assert (job.fault, job.ended_at is None, job.sealed) == ("", False, None)
    assert list(traces((*MARKS, WRITTEN, SENT.decode()))) == []
    person.refresh_from_db()
    assert (person.name, person.email, person.is_active, person.user) == (
        f"Gelöschte Person {person.pk}",
        "",
        False,
        None,
    )
    assert not User.objects.filter(pk=login or 0).exists()
    assert Message.objects.count() == count  # the ticket stays with all that was said
    assert Ticket.objects.filter(contact=person).count() == 1
    assert AuditEntry.objects.get(verb="contact.erased").actor_name == cast.admin.display_name


def test_without_texts_and_files_only_the_person_goes(cast: Cast) -> None:
    person = make_person(cast)
    erase(person)
    assert list(traces()) == []
    kept = Message.objects.get(contact=person, body__contains="Guten Tag")
    assert kept.body.startswith(f"{WRITTEN} Guten Tag [gelöscht], [gelöscht] ([gelöscht], [gelöscht]) hat")
    attachment = kept.attachments.get()
    with attachment.file.open() as content:
        assert content.read() == SENT
    assert attachment.name == "[gelöscht].txt"


def test_open_charges_lose_the_name_and_sealed_ones_are_kept_and_counted(cast: Cast) -> None:
    """A line on a statement is bookkeeping; one on none yet is a text like any other."""
    person = make_contact(cast.gold_customer, "Zyxandra Quorvemont")
    ticket = make_ticket(cast.gold_customer, contact=person, subject="Für Zyxandra Quorvemont")
    make_list()
    make_seller()
    make_party(cast.gold_customer)
    sealed = make_charge(ticket, text="Zyxandra Quorvemont rief an", service_day=WORKED.date())
    (statement,) = closing.close_period(
        customer=cast.gold_customer, month=Month(WORKED.date().replace(day=1)), by=None, at=CLOSED
    )
    sealed.refresh_from_db()
    assert sealed.statement == statement
    told = {"reason_params": {"by": "Zyxandra Quorvemont"}, "release_note": "Zyxandra Quorvemont: ja"}
    fresh = make_charge(ticket, text="Zyxandra Quorvemont rief an", **told)
    preview = preview_of(person, frozenset())
    assert (preview.named["billing.Charge"], preview.stays["bookkeeping"]) == (1, 1)
    erase(person)
    fresh.refresh_from_db()
    assert (fresh.text, fresh.ticket_subject) == ("[gelöscht] rief an", "Für [gelöscht]")
    assert (fresh.reason_params, fresh.release_note) == ({"by": "[gelöscht]"}, "[gelöscht]: ja")
    sealed.refresh_from_db()
    assert (sealed.text, sealed.ticket_subject) == ("Zyxandra Quorvemont rief an", "Für Zyxandra Quorvemont")
    assert statement.digest == Statement.objects.get().digest


def test_namesakes_and_single_words_are_left_where_they_are_somebody_elses(cast: Cast) -> None:
    anna = make_contact(cast.gold_customer, "Anna Huber", email="anna@a.example")
    support = make_contact(cast.gold_customer, "Support")
    other = make_contact(cast.bronze_customer, "Anna Huber", email="xanna@a.example")
    said = "Anna Huber und Support, xanna@a.example, 0171 1234567"
    own = make_ticket(cast.gold_customer, contact=anna, body=said)
    ours = make_ticket(cast.gold_customer, contact=support, body=said)
    foreign = make_ticket(cast.bronze_customer, contact=other, body=said)
    erase(anna)
    erase(support)
    bodies = {ticket.pk: ticket.messages.get().body for ticket in (own, ours, foreign)}
    assert bodies[own.pk] == "[gelöscht] und Support, xanna@a.example, 0171 1234567"
    assert bodies[ours.pk] == "Anna Huber und [gelöscht], xanna@a.example, 0171 1234567"
    assert bodies[foreign.pk] == said
    other.refresh_from_db()
    assert other.name == "Anna Huber"


def test_who_dies_in_the_middle_is_followed_by_another_worker(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(cast)
    job = jobs.ask_erasure(contact=person, parts=[Part.BODIES, Part.FILES], by=None)
    real, done = erasing._rows, []

    def dying(case: erasing.Case) -> dict[str, int]:
        done.append(1)
        raise SystemExit

    monkeypatch.setattr(erasing, "_rows", dying)
    with pytest.raises(SystemExit):
        jobs.work_on()
    monkeypatch.setattr(erasing, "_rows", real)
    assert list(traces()) != []
    assert jobs.work_on() == 0  # somebody may still be at work on it
    jobs.work_on(at=timezone.now() + timedelta(hours=1))
    jobs.work_on(at=timezone.now() + timedelta(hours=2))
    job.refresh_from_db()
    assert done
    assert job.ended_at is not None
    assert list(traces((*MARKS, WRITTEN, SENT.decode()))) == []


def test_a_failure_is_noted_without_what_it_was_about(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    job = jobs.ask_erasure(contact=person, parts=[], by=cast.admin)

    def failing(_case: erasing.Case) -> dict[str, int]:
        raise ValueError(SAID)

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_emptied", failing)
        jobs.work_on()
    job.refresh_from_db()
    assert (job.fault, job.ended_at) == ("unexpected", None)
    assert "ValueError" in caplog.text
    assert not any(mark in caplog.text for mark in MARKS)
    assert not any(mark in str([job.choices, job.counts, job.fault]) for mark in MARKS)


def test_a_late_reply_does_not_bring_the_name_back_and_is_not_lost(cast: Cast) -> None:
    """It was being written, by both sides, with what was on the page before the erasure."""
    person = make_person(cast)
    ticket = Ticket.objects.get(contact=person)
    stale = Contact.objects.get(pk=person.pk)
    job = jobs.ask_erasure(contact=person, parts=[], by=None)
    jobs.work_on()
    replying.customer_reply(ticket=ticket, body=f"Late. {SAID}", contact=stale, by=None)
    replying.reply(ticket=ticket, body=SAID, by=cast.agent)
    customer_name = ticket.messages.filter(contact=person).latest("pk")

    jobs.work_on(at=timezone.now() + SETTLES + timedelta(seconds=1))

    job.refresh_from_db()
    assert job.ended_at is not None
    assert list(traces()) == []
    customer_name.refresh_from_db()
    assert customer_name.body.startswith("Late.")
    assert customer_name.author_name == "[gelöscht]"
    assert ticket.messages.filter(body__startswith="Late.").count() == 1


def test_lines_of_the_trail_about_a_login_that_is_gone_lose_its_name_too(cast: Cast) -> None:
    """Written late, of somebody whose name is one word, which nobody looks for everywhere."""
    person = make_contact(cast.gold_customer, "Odysseus", user=make_user("odysseus", "contact"))
    assert person.user_id is not None
    stale = User.objects.get(pk=person.user_id)
    jobs.ask_erasure(contact=person, parts=[], by=None)
    jobs.work_on()
    auditing.record(by=None, verb="user.changed", what=stale)

    jobs.work_on(at=timezone.now() + SETTLES + timedelta(seconds=1))

    about = AuditEntry.objects.filter(object_kind="accounts.user", object_id=str(stale.pk))
    assert about.exists()
    assert not about.filter(personal__isnull=False).exists()


def test_whoever_asks_for_more_before_it_begins_gets_more(cast: Cast) -> None:
    person = make_person(cast)
    jobs.ask_erasure(contact=person, parts=[], by=None)
    jobs.ask_erasure(contact=person, parts=[Part.BODIES], by=cast.admin)
    job = PrivacyJob.objects.get()
    assert job.choices == {"parts": ["bodies"]}
    assert AuditEntry.objects.filter(verb="erasure.asked").count() == 2

    jobs.ask_erasure(contact=person, parts=[], by=cast.admin)
    PrivacyJob.objects.update(started_at=timezone.now())
    jobs.ask_erasure(contact=person, parts=[Part.FILES], by=cast.admin)
    job.refresh_from_db()
    assert job.choices == {"parts": ["bodies"]}
    assert AuditEntry.objects.filter(verb="erasure.asked").count() == 2


def test_what_is_released_or_held_again_meanwhile_keeps_its_file_and_its_key(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    ticket = make_ticket(cast.gold_customer, contact=person)
    log = SimpleUploadedFile(f"{NAME}.log", b"2026-11-23 05:56:01,123 INFO [main] a.Shop - stored\n" * 40)
    replying.customer_reply(ticket=ticket, body="See", contact=person, by=None, files=[log])
    found = HeldFile.objects.get()
    case = erasing.Case(person_of(person), marks_of(person), frozenset(), PrivacyJob(), timezone.now())

    def held_again(value: Any, finder: Finder) -> bool:
        if "key" not in value:
            return False  # a mail that waits
        monkeypatch.setattr(scrubbing, "names_in", real)
        HeldFile.objects.update(sealed={**value, "key": "another"})
        return True

    real = names_in
    monkeypatch.setattr(scrubbing, "names_in", held_again)
    scrubbing.open_sealed(person=case.person, found=finders(case.marks, case.word))
    assert HeldFile.objects.get().sealed == {"key": "another", "name": f"{case.word}.log"}
    HeldFile.objects.update(sealed=found.sealed)

    make_dpa(cast.gold_customer)
    releasing.release(held=found, by=None)
    erasing._drop_held(case.at, found)
    assert HeldFile.objects.get().deleted_at is None
    assert HeldFile.objects.get().attachment is not None


def test_a_form_that_was_opened_before_writes_nothing_back(cast: Cast) -> None:
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    erase(person)
    with pytest.raises(customer_actions.Erased):
        customer_actions.save_contact(contact=person, by=cast.admin)
    assert Contact.objects.get(pk=person.pk).name != NAME


def test_twice_equals_once_and_only_admins_may(cast: Cast) -> None:
    person = make_person(cast)
    for nobody in (cast.agent, cast.lead, cast.owner.user):
        with pytest.raises(Denied):
            jobs.ask_erasure(contact=person, parts=[], by=nobody)
    first = jobs.ask_erasure(contact=person, parts=[Part.FILES], by=cast.admin)
    assert jobs.ask_erasure(contact=person, parts=[], by=cast.admin) == first
    jobs.work_on()
    jobs.work_on(at=timezone.now() + SETTLES + timedelta(seconds=1))
    person.refresh_from_db()
    with pytest.raises(jobs.Refused, match="erased"):
        jobs.ask_erasure(contact=person, parts=[], by=cast.admin)
    assert [line.contact for line in journal.read()] == [person.pk]


def test_a_legal_hold_keeps_everything_and_whoever_works_here_stays(cast: Cast) -> None:
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    job = jobs.ask_erasure(contact=person, parts=[], by=None)
    holds.hold(contact=person, reason="Rechtsstreit", by=cast.admin)
    jobs.work_on()
    job.refresh_from_db()
    assert (job.fault, Contact.objects.get(pk=person.pk).name) == ("held", NAME)
    with pytest.raises(jobs.Refused, match="held"):
        jobs.ask_erasure(contact=person, parts=[], by=cast.admin)
    assert preview_of(person, frozenset()).is_held
    holds.release(contact=person, by=cast.admin)
    jobs.work_on(at=timezone.now() + timedelta(hours=1))
    assert Contact.objects.get(pk=person.pk).name != NAME
    works_here = make_contact(cast.gold_customer, "Lea Lead", user=make_user("lea", User.Role.LEAD))
    with pytest.raises(jobs.Refused, match="staff"):
        jobs.ask_erasure(contact=works_here, parts=[], by=cast.admin)


def test_the_command_shows_first_and_erases_when_it_is_told_to(cast: Cast) -> None:
    person, out = make_person(cast), StringIO()
    call_command("erase_contact", person.pk, "--dry-run", "--files", stdout=out)
    shown = json.loads(out.getvalue())
    assert (shown["goes"]["person"], shown["goes"]["attachments"], shown["goes"]["held_files"]) == (1, 1, 1)
    assert shown["stays"]["tickets"] == 1
    assert shown["stays"]["bodies"] == 2
    assert shown["named"]["tickets.Message"] >= 4
    assert not any(mark in out.getvalue() for mark in MARKS)
    assert list(traces()) != []
    with pytest.raises(CommandError):
        call_command("erase_contact", person.pk)
    call_command("erase_contact", person.pk, "--yes", stdout=out)
    assert not Contact.objects.filter(name=NAME).exists()


def test_after_a_restore_erasures_are_done_again_and_numbers_mean_nobody_else(cast: Cast) -> None:
    """The journal lies outside; the person stands in the database again as in an older backup."""
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    person.phones.create(number=PHONE)
    erase(person, Part.BODIES)
    line = Path(str(journal.path())).read_text()
    assert json.loads(line)["contact"] == person.pk
    assert not any(mark in line for mark in MARKS)

    Contact.objects.filter(pk=person.pk).update(name=NAME, email=ADDRESS, is_active=True, erased_at=None)
    PrivacyJob.objects.all().delete()
    later = journal.Line(person.pk + 50, timezone.now().isoformat(), ())
    journal.note(later)
    with journal.path().open("a") as file:
        file.write('{"contact": 1, "at"')  # cut off when the machine died
    out = StringIO()
    call_command("reapply_erasures", "--dry-run", stderr=out)
    assert "1" in out.getvalue()
    assert Contact.objects.get(pk=person.pk).name == NAME
    assert reapplying.reapply() == 1
    assert list(traces()) == []
    assert reapplying.reapply() == 0
    assert make_contact(cast.gold_customer, "Neu Hier").pk > later.contact
