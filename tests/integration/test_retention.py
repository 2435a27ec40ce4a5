"""Retention: what is older than its rule goes, what is held or kept by law does not."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.actions import notices
from accounts.models import ApiUse, KeptAnswer, Notice, User
from contracts.models import DpaSignature, ProcessingAgreement
from customers.models import Contact
from knowledge.actions.searches import note_search
from knowledge.models import SearchTerm
from privacy.actions import holds, jobs, retaining
from privacy.actions.retaining import DELETE, DUE, TooShort
from privacy.models import PrivacyJob, RetentionRule
from privacy.rules.retention import KINDS
from privacy.rules.wording import TABLE
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.factories.processing import make_offer, press
from tickets.access import Denied
from tickets.models import Attachment, Delivery, Message, Ticket

pytestmark = pytest.mark.django_db

YEARS = timedelta(days=3_000)


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.LANGUAGE_CODE = "de"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def run(*, is_dry: bool = False, at: Any = None) -> dict[str, int]:
    job = jobs.ask_retention(is_dry_run=is_dry, by=None, at=at)
    jobs.work_on(at=at)
    job.refresh_from_db()
    assert (job.fault, job.ended_at is None) == ("", False)
    return dict(job.counts)


def old_case(cast: Cast, **fields: Any) -> Ticket:
    """A ticket that was closed long ago, with a file."""
    ticket = make_ticket(
        cast.gold_customer, files=[ContentFile(b"x", name="a.txt")], body="Long ago", **fields
    )
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", closed_at=timezone.now() - YEARS)
    return ticket


def test_technical_traces_go_by_themselves_and_words_stay_until_somebody_decides(cast: Cast) -> None:
    now = timezone.now()
    ticket = old_case(cast, contact=cast.owner)
    assert cast.owner.user is not None
    for mail in (notices.tell_change(user=cast.owner.user, change="password_changed"),):
        assert mail is not None
        Notice.objects.filter(pk=mail.pk).update(sent_at=now - YEARS, next_attempt_at=None)
    running = make_ticket(cast.gold_customer, contact=cast.owner)
    Delivery.objects.update(sent_at=now - YEARS, next_attempt_at=None)
    fresh = notices.tell_change(user=cast.owner.user, change="password_changed")
    browser = Client()
    browser.force_login(cast.owner.user)
    browser.get("/portal/")
    ApiUse.objects.create(who="user:1", window=now - YEARS, requests=1)
    kept = {"user": cast.agent, "key": "k", "created_at": now - YEARS, "status": 201, "answer": {}}
    KeptAnswer.objects.create(**kept)
    note_search(text="Drucker", language="de", found=1, at=now - YEARS)
    LogEntry.objects.create(user=cast.admin, object_repr="x", action_flag=2, action_time=now - YEARS)
    LogEntry.objects.update(action_time=now - YEARS)
    cache.set("attempt", "1", timeout=-1)

    foreseen = run(is_dry=True)
    assert (Delivery.objects.count(), SearchTerm.objects.count()) == (2, 1)  # a dry run touches nothing
    done = run()

    assert {kind: count for kind, count in foreseen.items() if kind != "attempts"} == {
        kind: count for kind, count in done.items() if kind != "attempts"
    }
    assert {"mail_log", "notices", "api_answers", "searches", "admin_log", "attempts"} <= {
        kind for kind, count in done.items() if count
    }
    assert list(Notice.objects.all()) == [fresh]
    (still,) = Delivery.objects.all()  # the next mail of a running ticket refers to it
    assert still.ticket == running
    assert not ApiUse.objects.exists()
    assert browser.get("/portal/").status_code == 200  # who is here stays signed in
    assert Message.objects.get(ticket=ticket).body == "Long ago"
    assert Attachment.objects.count() == 1


def test_what_the_firm_decides_is_applied_and_a_legal_hold_is_respected(cast: Cast, settings: Any) -> None:
    held = make_contact(cast.gold_customer, "Held Person")
    gone, kept, young = old_case(cast), old_case(cast, contact=held), make_ticket(cast.gold_customer)
    holds.hold(contact=held, reason="Rechtsstreit", by=cast.admin)
    for kind in ("messages", "attachments"):
        retaining.set_rule(kind=kind, days=100, is_active=True, by=cast.admin)
    assert run()["messages"] == 1
    bodies = dict(Message.objects.values_list("ticket", "body"))
    assert (bodies[gone.pk], bodies[kept.pk]) == ("[gelöscht]", "Long ago")
    assert bodies[young.pk].startswith("Body")
    assert Attachment.objects.get().message.ticket_id == kept.pk
    assert len([path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]) == 1
    assert run()["messages"] == 0


def test_contacts_who_left_are_erased_when_the_firm_wants_that(cast: Cast) -> None:
    left = make_contact(cast.gold_customer, "Gone Person", is_active=False)
    here = make_contact(cast.gold_customer, "Here Person")
    for contact in (left, here):
        ticket = old_case(cast, contact=contact)
        Ticket.objects.filter(pk=ticket.pk).update(changed_at=timezone.now() - YEARS)
    retaining.set_rule(kind="contacts", days=365, is_active=True, by=cast.admin)
    assert run()["contacts"] == 1
    job = PrivacyJob.objects.get(kind="erasure")
    assert (job.subject_id, job.choices) == (left.pk, {"parts": []})


def test_rules_have_a_shortest_time_and_are_the_admins(cast: Cast) -> None:
    with pytest.raises(TooShort):
        retaining.set_rule(kind="mail_log", days=1, is_active=True, by=cast.admin)
    for nobody in (cast.agent, cast.lead, cast.owner.user):
        with pytest.raises(Denied):
            retaining.set_rule(kind="mail_log", days=99, is_active=True, by=nobody)
    assert not RetentionRule.objects.exists()


def test_it_runs_once_a_day_and_by_command(cast: Cast) -> None:
    now, out = timezone.now(), StringIO()
    assert retaining.sweep(at=now)
    assert not retaining.sweep(at=now + timedelta(hours=23))
    jobs.work_on(at=now)
    assert retaining.sweep(at=now + timedelta(hours=25))
    PrivacyJob.objects.all().delete()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert json.loads(out.getvalue())["ended"] is True
    assert PrivacyJob.objects.get().is_dry_run


def test_every_kind_knows_what_is_due_and_has_words() -> None:
    assert set(KINDS) == set(DUE)
    assert set(DELETE) <= set(KINDS)
    assert {f"retention.{kind}" for kind in KINDS} <= set(TABLE)
    assert [kind.code for kind in KINDS.values() if not kind.is_on] == [
        "evidence",
        "contacts",
        "attachments",
        "messages",
    ]


def test_a_legal_hold_keeps_who_signed(cast: Cast) -> None:
    owner, customer = cast.owner, cast.gold_customer
    dpa = make_offer(customer)
    press(dpa, "firm")
    Contact.objects.filter(pk=owner.pk).update(is_company_admin=True)
    press(dpa, "customer", by=User.objects.get(contact=owner))
    over = timezone.now() - YEARS
    ProcessingAgreement.objects.filter(pk=dpa.pk).update(
        state="ended", in_force_at=over - YEARS, ends_at=over, ended_because="terminated"
    )
    retaining.set_rule(kind="evidence", days=1_100, is_active=True, by=cast.admin)
    holds.hold(contact=owner, reason="Rechtsstreit", by=cast.admin)
    assert run()["evidence"] == 1
    assert [row.name for row in DpaSignature.objects.order_by("party")] == ["Petra Press", ""]

    holds.release(contact=owner, by=cast.admin)
    assert run()["evidence"] == 1
    assert not DpaSignature.objects.exclude(name="").exists()
