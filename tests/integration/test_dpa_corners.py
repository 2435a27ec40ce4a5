"""Where two things meet in the life of a data-processing agreement, and what the desk's doors take."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import Notice, User
from contracts.actions import directory, directory_notices, processing, processing_sweep
from contracts.actions.processing_refusals import NothingDue
from contracts.models import Agreement, ChangeNotice, DpaSignature, ProcessingAgreement
from contracts.queries.dpa_offers import offered_text
from contracts.queries.dpa_pages import seen_of
from customers.models import Contact
from mail.actions.delivering import deliver
from tests.factories.cast import Cast, make_agreement, make_cast
from tests.factories.directory import change_directory, make_directory, make_entry
from tests.factories.processing import conclude, make_offer, make_request, make_review, press, signed_pdf

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def read(
    user: User, path: str, posted: dict[str, Any] | None = None, language: str = "en"
) -> tuple[int, str]:
    user.language = language
    user.save()
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    answer = client.get(path) if posted is None else client.post(path, posted, follow=True)
    return answer.status_code, b"".join(answer).decode("utf-8", "replace")


def test_who_signs_an_older_annex_when_the_change_is_in_effect_is_told_of_it(cast: Cast) -> None:
    make_directory(cast.lead)
    waits = make_offer(cast.gold_customer)
    conclude(cast.bronze_customer)
    version = change_directory(cast.lead, days=30, add="Mailjet GmbH")
    later = NOW + 40 * DAY
    annexed = make_offer(cast.plain_customer, at=later)
    for dpa in (waits, annexed):
        press(dpa, "firm", at=later)
        press(dpa, "customer", at=later)
    assert "Mailjet" not in offered_text(waits)
    assert "Mailjet" in offered_text(annexed)
    Notice.objects.all().delete()

    assert [directory_notices.sweep(at=later + number * DAY) for number in range(2)] == [1, 0]
    notice = ChangeNotice.objects.get(version=version, customer=cast.gold_customer)
    assert notice.objections_until_on == date(2027, 2, 1), "as many days as the others had"
    assert ChangeNotice.objects.count() == 2, "who was told, and who signed the new annex, is not told again"
    with time_machine.travel(later, tick=False):
        deliver()
    assert "seit dem 23.12.2026 setzen wir für Daten" in str(mail.outbox[0].body)


def test_what_is_offered_again_has_the_directory_of_that_day(cast: Cast) -> None:
    make_directory(cast.lead)
    dpa = make_offer(cast.gold_customer)
    change_directory(cast.lead, days=30, add="Mailjet GmbH")
    document = dpa.document
    assert document is not None
    for at, count in ((NOW + DAY, 1), (NOW + 40 * DAY, 2), (NOW + 41 * DAY, 2)):
        dpa = processing.offer(dpa=dpa, document=document, by=None, at=at)
        assert dpa.events.filter(code="dpa_event.offered").count() == count
    assert "Mailjet" in offered_text(dpa)


def test_a_termination_settles_a_review_that_was_due(cast: Cast) -> None:
    Agreement.objects.all().delete()
    customer = cast.gold_customer
    make_agreement(customer, cast.gold, ends_on=date(2026, 11, 23))
    conclude(customer)
    over = datetime(2026, 11, 23, 23, tzinfo=UTC)
    processing_sweep.sweep(at=over)
    held = ProcessingAgreement.objects.get(customer=customer)
    assert held.review_due_at == over
    dpa = processing.terminate(
        dpa=held, last_day=date(2027, 3, 31), reason="notice", by=cast.lead, at=over + DAY
    )
    with pytest.raises(NothingDue):  # it would undo what was terminated
        processing.decide_review(dpa=dpa, holds_until=None, by=cast.lead, at=over + DAY)
    Notice.objects.all().delete()
    for days in range(2, 60):
        processing_sweep.sweep(at=over + days * DAY)
    assert not Notice.objects.filter(kind="dpa_review").exists(), "nobody hears of a day that is moot"
    dpa.refresh_from_db()
    assert (dpa.state, dpa.ends_at) == ("in_force", datetime(2027, 3, 31, 22, tzinfo=UTC))
    with time_machine.travel(over + 2 * DAY, tick=False):
        page = read(cast.lead, f"/desk/dpa/{dpa.pk}/")[1]
        assert "Terminated: 31 March 2027 is its last day." in page
        assert "Decide the review" not in page


def test_at_the_desk_nobody_overwrites_an_answer_that_they_have_not_seen(cast: Cast) -> None:
    dpa = make_review(cast.gold_customer)
    item = dpa.review_items.get(party="customer", code="purposes")
    path = f"/desk/dpa/{dpa.pk}/"
    seen = seen_of(item)
    assert seen in read(cast.lead, path)[1]
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    said = "Remote help for the practice. " * 100
    processing.settle_item(item=item, note=said, is_done=True, by=cast.owner.user)
    stale = {"note": "as on the phone", "is_done": "1", "seen": seen}
    _, page = read(cast.lead, f"{path}questions/{item.pk}/", stale)
    assert "Somebody has changed this answer meanwhile" in page
    assert "as on the phone" in page, "what was typed is not lost"
    item.refresh_from_db()
    assert item.note == said.strip()
    current = {**stale, "note": said + "As on the phone.", "seen": seen_of(item)}
    read(cast.lead, f"{path}questions/{item.pk}/", current)
    item.refresh_from_db()
    assert item.note.endswith("As on the phone.")


def test_at_the_desk_a_signed_paper_is_a_pdf_within_the_limit(cast: Cast, settings: Any) -> None:
    settings.ATTACHMENT_MAX_MEGABYTES = 1
    dpa = make_offer(cast.gold_customer)
    path = f"/desk/dpa/{dpa.pk}/sign-customer/"
    signed = {"name": "Olga Owner", "role": "CEO"}
    huge = signed_pdf(b"x" * 1_100_000)
    for file in (ContentFile(b"<html>%PDF-1.7", "signed.pdf"), huge):
        assert read(cast.lead, path, {**signed, "file": file})[0] == 422
    assert not DpaSignature.objects.exists()
    read(cast.lead, path, {**signed, "file": signed_pdf()})
    signature = DpaSignature.objects.get()
    client = Client()
    client.force_login(cast.agent)
    answer = client.get(f"/desk/dpa/{dpa.pk}/signatures/{signature.pk}.pdf")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer).startswith(b"%PDF-1.7")
    answer.close()


def test_the_register_names_the_processor_the_processing_and_who_helps_today(cast: Cast) -> None:
    make_directory(cast.lead, "Hetzner Online GmbH")
    conclude(cast.gold_customer)
    over = conclude(cast.bronze_customer)
    change_directory(cast.lead, days=30, add="Mailjet GmbH")
    processing.terminate(dpa=over, reason="notice", by=cast.lead)
    path = "/admin/contracts/processingagreement/export.csv"
    assert "Mailjet" not in read(cast.admin, path)[1]
    with time_machine.travel(NOW + 40 * DAY, tick=False):
        table = read(cast.admin, path, language="de")[1]
    heading, *lines = table.splitlines()
    assert "Auftragsverarbeiter (wir)" in heading
    assert "Kategorien von Verarbeitungen" in heading
    assert all("Fernwartung" in line for line in lines)
    assert ["Mailjet" in line for line in lines if "Hetzner" in line].count(True) == 1, "where it is in force"


def test_the_customer_reads_why_it_was_refused_and_not_what_we_noted_of_its_end(cast: Cast) -> None:
    owner = cast.owner.user
    assert owner is not None
    refused = make_request(cast.gold_customer)
    processing.refuse(dpa=refused, reason="We do not work on medical devices.", by=cast.lead)
    assert "We do not work on medical devices." in read(owner, "/portal/dpa/")[1]
    ended = conclude(cast.gold_customer)
    processing.terminate(dpa=ended, reason="They never pay.", by=cast.lead)
    assert "They never pay." not in read(owner, "/portal/dpa/")[1]


def test_annex_2_and_the_register_name_nobody_who_has_left(cast: Cast) -> None:
    long_ago, today = NOW - timedelta(days=1000), NOW.date()
    draft = directory.begin_draft(by=cast.lead, at=long_ago)
    for name, days in (("Gone GmbH", -1), ("Last Day GmbH", 0), ("Stays GmbH", 10)):
        make_entry(draft, name, cast.lead, until_on=today + timedelta(days=days))
    first = long_ago.date()
    directory.announce(
        version=draft, effective_on=first, objections_until_on=first, by=cast.lead, at=long_ago
    )
    dpa = conclude(cast.gold_customer)
    annex = offered_text(dpa).partition("Anlage 2: Unterauftragsverarbeiter")[2]
    assert [name in annex for name in ("Gone GmbH", "Last Day GmbH", "Stays GmbH")] == [False, True, True]
    table = read(cast.admin, "/admin/contracts/processingagreement/export.csv")[1]
    assert [name in table for name in ("Gone GmbH", "Last Day GmbH", "Stays GmbH")] == [False, True, True]

    signed = dpa.offered_text
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert offered_text(dpa) == signed, "what was signed stays as it was"
        later = offered_text(conclude(cast.bronze_customer))
    with time_machine.travel(NOW + timedelta(days=11), tick=False):
        none = offered_text(make_offer(cast.gold_customer))
    assert ["Last Day GmbH" in later, "Stays GmbH" in later] == [False, True]
    assert "sind keine Unterauftragsverarbeiter eingesetzt" in none
