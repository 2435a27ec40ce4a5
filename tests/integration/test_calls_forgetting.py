"""Whose number was in a call, and what they said, goes with them; of everybody after the days of the firm."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from calls.actions import forgetting, voicemail
from calls.models import Call, CallChore, CallStep, PhoneSystem, Voicemail
from customers.models import Contact
from privacy.actions import holds, jobs, reapplying
from privacy.models import PrivacyJob
from privacy.queries.access_export import parts_of
from privacy.queries.people import person_of
from privacy.queries.preview import preview_of
from privacy.rules.erasing import SETTLES
from privacy.tasks import forget_calls
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.factories.phones import PUBLIC, Line, make_phone, make_system, open_always, set_policy
from tests.factories.sounds import wav
from tickets.models import Attachment

pytestmark = pytest.mark.django_db

THEIRS, SHARED, OTHERS = "+4930231250101", "+4930231250102", "+4930231250103"


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.ERASURE_JOURNAL = tmp_path / "erasures.jsonl"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    made = make_system()
    make_phone(made)
    return made


@pytest.fixture
def person(cast: Cast) -> Contact:
    """Has a number alone, and one together with a colleague."""
    made = make_contact(cast.gold_customer, "Zyxandra Quorvemont")
    for number in (THEIRS, SHARED):
        made.phones.create(number=number)
    cast.colleague.phones.create(number=SHARED)
    return made


def rung(system: PhoneSystem, caller: str, to: str = PUBLIC, **fields: Any) -> Call:
    """A call that is over."""
    line = Line(system, to, caller=caller, **fields)
    line.rings()
    line.tells("hangup", after=4, cause="16")
    return line.call


def with_sound(call: Call, ticket: Any) -> Attachment:
    """A voicemail of it whose sound is a file of a ticket."""
    message = ticket.messages.get()
    sound = Attachment(message=message, key=f"{call.pk:043}", name="voicemail.wav", size=4, sha256="5" * 64)
    sound.file.save("vm", ContentFile(b"RIFF"), save=True)
    Voicemail.objects.create(
        call=call,
        attachment=sound,
        ticket=ticket,
        state="stored",
        sha256="5" * 64,
        seconds=7,
        created_at=timezone.now(),
    )
    return sound


def erase(contact: Contact) -> PrivacyJob:
    job = jobs.ask_erasure(contact=contact, parts=[], by=None)
    jobs.work_on()
    jobs.work_on(at=timezone.now() + SETTLES + timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.fault, job.ended_at is None) == ("", False)
    return job


def on_disk(settings: Any) -> int:
    return len([path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()])


def test_an_erased_persons_calls_keep_what_was_decided_and_nothing_of_them(
    cast: Cast, system: PhoneSystem, person: Contact, settings: Any
) -> None:
    ticket = make_ticket(cast.gold_customer, contact=person)
    PhoneSystem.objects.update(ari_url="http://127.0.0.1:9", ari_user="vorrang")
    mine, stranger = rung(system, "030 23125 0101"), rung(system, OTHERS)
    shared = rung(system, SHARED)
    Call.objects.filter(pk=shared.pk).update(contact=cast.colleague)
    formerly = rung(system, OTHERS)
    Call.objects.filter(pk=formerly.pk).update(contact=person, from_number="+4930231250109")
    with_sound(mine, ticket)
    awaited = Line(system, PUBLIC, caller=THEIRS)
    awaited.rings()
    awaited.tells("voicemail", after=9, recording="vm-9")
    assert preview_of(person, frozenset()).goes["calls"] == 3
    assert preview_of(person, frozenset()).goes["voicemails"] == 1

    job = erase(person)

    assert (job.counts["calls"], job.counts["voicemails"]) == (3, 2)
    for call in (mine, formerly, awaited.call):
        call.refresh_from_db()
        assert (call.from_text, call.from_number, call.to_number) == ("", "", PUBLIC)
        for step in call.steps.all():
            assert "from" not in step.request
            assert step.request["to"] == PUBLIC
    assert mine.steps.get(event="incoming").inputs["number"]["line"] == "public"
    heard = Voicemail.objects.get(call=mine)
    assert (heard.state, heard.attachment, heard.sha256, heard.seconds) == ("deleted", None, "", 7)
    assert (heard.ticket, on_disk(settings)) == (ticket, 0)
    assert Voicemail.objects.get(call=awaited.call).state == "deleted"
    assert not CallChore.objects.filter(call=awaited.call, kind="voicemail", done_at__isnull=True).exists()
    on_pbx = CallChore.objects.filter(kind="discard", done_at__isnull=True)
    assert set(on_pbx.values_list("call", flat=True)) == {mine.pk, awaited.call.pk}
    assert cast.colleague.phones.get().number == SHARED
    shared.refresh_from_db()
    assert shared.from_number == SHARED
    stranger.refresh_from_db()
    assert stranger.from_number == OTHERS
    assert stranger.steps.get(event="incoming").request["from"] == OTHERS


def test_a_voicemail_that_was_mailed_goes_with_whoever_it_is_from(person: Contact, settings: Any) -> None:
    voicemail.take_in(sound=wav(), contact=person)
    assert on_disk(settings) == 1
    assert erase(person).counts["voicemails"] == 1
    assert (Voicemail.objects.get().state, on_disk(settings)) == ("deleted", 0)


def test_of_a_call_that_we_made_our_own_number_stays(system: PhoneSystem, person: Contact) -> None:
    line = Line(system, THEIRS, caller=PUBLIC)
    line.tells("outgoing", direction="out")
    line.tells("hangup", after=2, cause="16")
    assert line.call.contact == person
    erase(person)
    assert (line.call.from_number, line.call.to_number) == (PUBLIC, "")
    assert [THEIRS in str(step.request) for step in CallStep.objects.all()] == [False, False]


def test_the_export_has_what_is_surely_theirs(cast: Cast, system: PhoneSystem, person: Contact) -> None:
    """A number that a colleague has, too, may have been the colleague."""
    mine = rung(system, THEIRS)
    rung(system, SHARED)
    rung(system, OTHERS)
    parts = {part.code: part.rows for part in parts_of(person_of(person))}
    assert [row["at"] for row in parts["phone_calls"]] == [mine.arrived_at]
    colleague = {part.code: part.rows for part in parts_of(person_of(cast.colleague))}
    assert colleague["phone_calls"] == []


def test_calls_go_after_the_days_but_not_those_of_people_under_a_legal_hold(
    cast: Cast, system: PhoneSystem, person: Contact, settings: Any
) -> None:
    set_policy(keep_step_days=10, keep_days=20)
    then = timezone.now() - timedelta(days=21)
    kept, gone, young = (
        rung(system, THEIRS, start=then),
        rung(system, OTHERS, start=then),
        rung(system, OTHERS),
    )
    sound = with_sound(gone, make_ticket(cast.gold_customer))
    holds.hold(contact=person, reason="Rechtsstreit", by=cast.admin)
    forget_calls()
    assert set(Call.objects.all()) == {kept, young}
    assert set(CallStep.objects.values_list("call", flat=True)) == {kept.pk, young.pk}
    assert Voicemail.objects.get().attachment == sound, "it goes when files of its ticket do"
    holds.release(contact=person, by=cast.admin)
    sound.file.delete(save=False)
    sound.delete()
    forget_calls()
    assert set(Call.objects.all()) == {young}
    assert (Voicemail.objects.get().state, on_disk(settings)) == ("deleted", 0)


def test_after_an_older_backup_calls_are_emptied_again(system: PhoneSystem, person: Contact) -> None:
    call = rung(system, THEIRS)
    erase(person)
    Contact.objects.filter(pk=person.pk).update(name="Zyxandra Quorvemont", erased_at=None, is_active=True)
    person.phones.create(number=THEIRS)
    Call.objects.filter(pk=call.pk).update(from_number=THEIRS, from_text=THEIRS)
    PrivacyJob.objects.all().delete()
    assert reapplying.reapply() == 1
    call.refresh_from_db()
    assert (call.from_text, call.from_number) == ("", "")


def test_to_forget_twice_changes_nothing_more(system: PhoneSystem, person: Contact) -> None:
    rung(system, THEIRS)
    whose = forgetting.Whose(person.pk, frozenset({THEIRS}), "", lambda value: value)
    assert forgetting.forget_person(whose=whose) == {"calls": 1, "voicemails": 0}
    assert forgetting.forget_person(whose=whose) == {"calls": 0, "voicemails": 0}
