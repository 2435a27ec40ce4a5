"""Erasure while others write at the same moment, and after an older backup was restored."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from customers.models import Contact
from privacy.actions import jobs, reapplying
from privacy.models import PrivacyJob
from privacy.rules.erasing import SETTLES, Part
from tests.background import eventually
from tests.elsewhere import backup, elsewhere
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.factories.personal import ADDRESS, NAME, PHONE, SAID, traces
from tickets.actions import replying
from tickets.models import Message, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    settings.ERASURE_JOURNAL = tmp_path / "outside" / "erasures.jsonl"
    settings.LANGUAGE_CODE = "de"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def second_look() -> None:
    jobs.work_on(at=timezone.now() + SETTLES + timedelta(seconds=1))


class Correspondence:
    """Both sides write on one ticket without pause, with what they had on their pages when it began."""

    def __init__(self, ticket: Ticket, contact: Contact, cast: Cast) -> None:
        self.sides = (
            lambda number: replying.customer_reply(
                ticket=ticket, body=f"c{number} {SAID}", contact=contact, by=None
            ),
            lambda number: replying.reply(ticket=ticket, body=f"a{number} {SAID}", by=cast.agent),
        )
        self.written: list[list[str]] = [[], []]
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(side,)) for side in (0, 1)]

    def _write(self, side: int) -> None:
        try:
            while not self.is_over.is_set():
                number = len(self.written[side])
                self.sides[side](number)
                self.written[side].append(f"{'ca'[side]}{number}")
        finally:
            connections.close_all()


def test_replies_of_the_same_moment_are_neither_lost_nor_doubled_and_name_nobody(cast: Cast) -> None:
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    person.phones.create(number=PHONE)
    ticket = make_ticket(cast.gold_customer, contact=person, body=SAID)
    talk = Correspondence(ticket, Contact.objects.get(pk=person.pk), cast)
    job = jobs.ask_erasure(contact=person, parts=[], by=None)
    for thread in talk.threads:
        thread.start()
    try:
        eventually(lambda: all(len(written) > 2 for written in talk.written))
        jobs.work_on()
        job.refresh_from_db()
        assert job.again_at is not None
        before = [len(written) for written in talk.written]
        eventually(lambda: all(len(now) > then + 1 for now, then in zip(talk.written, before, strict=True)))
    finally:
        talk.is_over.set()
        for thread in talk.threads:
            thread.join()

    second_look()

    said = sorted(body.split()[0] for body in Message.objects.values_list("body", flat=True))
    assert said == sorted(["Guten", *talk.written[0], *talk.written[1]])
    assert TicketEvent.objects.filter(kind="replied").count() == len(talk.written[1])
    assert list(traces()) == []
    job.refresh_from_db()
    assert job.ended_at is not None


def test_two_workers_at_once_erase_once(cast: Cast) -> None:
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    make_ticket(cast.gold_customer, contact=person, body=SAID)
    jobs.ask_erasure(contact=person, parts=[Part.BODIES], by=None)
    taken: list[int] = []

    def work() -> None:
        try:
            taken.append(jobs.work_on())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == [0, 0, 1]
    second_look()
    assert list(traces()) == []
    assert PrivacyJob.objects.get().counts["person"] == 1


def test_an_older_backup_brings_nobody_back_for_long(cast: Cast, tmp_path: Path, settings: Any) -> None:
    person = make_contact(cast.gold_customer, NAME, email=ADDRESS)
    make_ticket(cast.gold_customer, contact=person, body=SAID)
    backup(tmp_path / "saved")
    jobs.ask_erasure(contact=person, parts=[Part.BODIES], by=None)
    jobs.work_on()
    second_look()
    assert list(traces()) == []

    with elsewhere(tmp_path / "other" / "files") as other:
        other.restore(tmp_path / "saved")
        with other.entered():
            settings.MEDIA_ROOT = tmp_path / "other" / "files"
            assert Contact.objects.get(pk=person.pk).name == NAME
            assert reapplying.reapply() == 1
            assert list(traces()) == []
            assert Message.objects.get().body == "[gelöscht]"
