"""The data-processing agreement at the customer: who sees it, who acts, what is kept, what is refused."""

import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AuditEntry, User
from contracts.actions import dpa_documents, processing
from contracts.models import (
    DirectoryVersion,
    DpaDocument,
    DpaReviewItem,
    ProcessingAgreement,
    Subprocessor,
    SubprocessorEntry,
)
from contracts.queries.dpa_offers import TEXTS, offered_sha256, shipped_texts
from contracts.rules import dpa_text
from customers.models import Contact
from tests.factories.cast import Cast, make_cast
from tests.factories.gates import make_dpa

pytestmark = pytest.mark.django_db

DPA = "/portal/dpa/"
ARTICLE_28 = {
    "de": (
        *("dokumentierte Weisung", "Drittland", "Vertraulichkeit", "Art. 32", "weiterer Auftragsverarbeiter"),
        *("Art. 12 bis 23", "Art. 32 bis 36", "löscht", "gibt sie zurück", "Inspektionen", "rechtswidrig"),
        *("auf unbestimmte Zeit", "Art der Daten", "Beschäftigte", "widersprechen", "24 Stunden", "§ 203"),
    ),
    "en": (
        *("documented instructions", "third country", "confidentiality", "Art. 32", "further processor"),
        *("Art. 12 to 23", "Art. 32 to 36", "erases", "returns them", "inspections", "unlawful"),
        *("indefinite time", "Type of data", "employees", "object", "24 hours", "section 203"),
    ),
}
TICKED = {"name": "Olga Owner", "role": "Geschäftsführerin", "is_entitled": "on"}
SCAN = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def cast() -> Cast:
    """With the owner as company admin of the gold customer, and the stranger as the bronze one's."""
    cast = make_cast()
    Contact.objects.filter(pk__in=[cast.owner.pk, cast.stranger.pk]).update(is_company_admin=True)
    return cast


def browser(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def document(version: str = "2026-1") -> DpaDocument:
    """The text that is shipped, published."""
    made = dpa_documents.save_document(document=DpaDocument(version=version, **shipped_texts()), by=None)
    return dpa_documents.publish_document(document=made, by=None)


def offered(cast: Cast, *, version: str = "2026-1") -> ProcessingAgreement:
    """One that the gold customer can sign."""
    dpa = processing.request(customer=cast.gold_customer, source="agent", by=cast.agent)
    dpa = processing.begin_review(dpa=dpa, by=cast.lead)
    answers = {"controller": "Aigner GmbH\nHauptstraße 1, Ebersberg", "purposes": "Support der *Praxis*"}
    for item in DpaReviewItem.objects.filter(processing_agreement=dpa):
        note = answers.get(item.code, "") if item.party == "customer" else "only for us"
        processing.settle_item(item=item, note=note, is_done=True, by=cast.lead)
    return processing.offer(dpa=dpa, document=document(version), by=cast.lead)


def page(user: User | None, path: str = DPA) -> str:
    answer = browser(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_how_it_stands_what_comes_next_and_who_does_it(cast: Cast) -> None:
    owner, colleague = cast.owner.user, cast.colleague.user
    none = page(owner)
    assert "Zwischen uns besteht kein AV-Vertrag" in none
    assert "AV-Vertrag anfragen" in none
    assert "Owner" in page(colleague)  # whom to ask
    assert "/portal/dpa/ask/" not in page(colleague)
    expected = {
        "requested": "Ihr AV-Vertrag ist angefragt",
        "under_review": "Beide Seiten prüfen Ihren AV-Vertrag",
        "offered": "Ihr AV-Vertrag liegt zur Unterschrift bereit",
        "in_force": "Ihr AV-Vertrag ist in Kraft",
        "ended": "Ihr AV-Vertrag ist beendet",
    }
    for state, words in expected.items():
        with transaction.atomic():
            dpa = make_dpa(cast.gold_customer, state)
            for user in (owner, colleague):
                shown = page(user)
                assert words in shown
                assert dpa.called in shown
            assert words not in page(cast.stranger.user)
            transaction.set_rollback(True)


def test_a_dpa_that_ended_a_minute_ago_is_over_before_the_sweep_has_noted_it(cast: Cast) -> None:
    make_dpa(cast.gold_customer, "in_force", ends_at=timezone.now() - timedelta(minutes=1), because="")
    shown = page(cast.owner.user)
    assert "Ihr AV-Vertrag ist beendet" in shown
    assert "Ihr AV-Vertrag ist in Kraft" not in shown


def test_an_end_at_midnight_is_told_by_its_last_day(cast: Cast) -> None:
    midnight = (timezone.localtime() + timedelta(days=40)).replace(hour=0, minute=0, second=0, microsecond=0)
    last_day = f"{midnight - timedelta(days=1):%d.%m.%Y}"
    dpa = make_dpa(cast.gold_customer, "in_force", ends_at=midnight)
    assert f"endet am {last_day}." in page(cast.owner.user)
    desk = browser(cast.lead).get(f"/desk/dpa/{dpa.pk}/").text
    for shown in (page(cast.owner.user), desk):
        assert last_day in shown
        assert f"{midnight:%d.%m.%Y}, 00:00" not in shown


def test_company_admins_ask_once_and_may_take_it_back(cast: Cast) -> None:
    owner = browser(cast.owner.user)
    for _time in range(2):
        assert owner.post(f"{DPA}ask/").status_code == 302
    dpa = ProcessingAgreement.objects.get()
    assert (dpa.customer, dpa.state, dpa.source) == (cast.gold_customer, "requested", "portal")
    stranger = browser(cast.stranger.user)
    assert stranger.post(f"{DPA}{dpa.pk}/withdraw/").status_code == 404
    assert browser(cast.colleague.user).post(f"{DPA}{dpa.pk}/withdraw/").status_code == 404
    owner.post(f"{DPA}{dpa.pk}/withdraw/")
    dpa.refresh_from_db()
    assert (dpa.state, dpa.ended_because) == ("ended", "withdrawn")


def test_only_company_admins_act(cast: Cast) -> None:
    dpa = offered(cast)
    sha = {"document_sha256": offered_sha256(dpa)}
    for user in (cast.colleague.user, cast.stranger.user, cast.agent):
        client = browser(user)
        assert client.post(f"{DPA}{dpa.pk}/sign/", {**TICKED, **sha}).status_code == 404
        assert client.post(f"{DPA}{dpa.pk}/upload/", {**TICKED, **sha}).status_code == 404
        assert client.get(f"{DPA}{dpa.pk}.pdf").status_code == 404
    assert browser(cast.colleague.user).get(f"{DPA}{dpa.pk}/").status_code == 200
    assert browser(cast.stranger.user).get(f"{DPA}{dpa.pk}/").status_code == 404
    assert not dpa.signatures.exists()


def test_answers_of_the_review_are_kept_and_a_colleagues_are_not_lost(cast: Cast) -> None:
    dpa = processing.request(customer=cast.gold_customer, source="agent", by=cast.agent)
    processing.begin_review(dpa=dpa, by=cast.lead)
    items = list(DpaReviewItem.objects.filter(party="customer").order_by("pk"))
    owner = browser(cast.owner.user)
    first = owner.get(DPA).context["form"]
    seen = first.initial["seen"]
    without_words = {"seen": seen, f"note_{items[0].pk}": "  ", f"done_{items[0].pk}": "on"}
    answer = owner.post(f"{DPA}{dpa.pk}/review/", without_words)
    assert answer.status_code == 422
    assert "auch eine kurze" in answer.content.decode()
    typed = {"seen": seen, f"note_{items[0].pk}": "Aigner GmbH", f"done_{items[0].pk}": "on"}
    assert owner.post(f"{DPA}{dpa.pk}/review/", typed).status_code == 302
    items[0].refresh_from_db()
    assert (items[0].note, items[0].is_done) == ("Aigner GmbH", True)
    stale = {"seen": seen, f"note_{items[1].pk}": "Fernwartung"}
    answer = owner.post(f"{DPA}{dpa.pk}/review/", stale)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Aigner GmbH" in shown
    assert "Fernwartung" in shown
    items[0].refresh_from_db()
    assert items[0].note == "Aigner GmbH"
    assert not DpaReviewItem.objects.filter(note="Fernwartung").exists()
    firm = DpaReviewItem.objects.filter(party="firm").first()
    assert firm is not None
    fresh = owner.get(DPA).context["form"].initial["seen"]
    owner.post(f"{DPA}{dpa.pk}/review/", {**typed, "seen": fresh, f"note_{firm.pk}": "ours"})
    firm.refresh_from_db()
    assert firm.note == ""


def test_a_signature_by_a_press_keeps_who_when_where_and_which_text(cast: Cast) -> None:
    dpa = offered(cast)
    sha = offered_sha256(dpa)
    owner = browser(cast.owner.user)
    path = f"{DPA}{dpa.pk}/sign/"
    refused = owner.post(path, {"name": "Olga Owner", "role": "Chefin", "document_sha256": sha})
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="Olga Owner"' in shown
    assert 'value="Chefin"' in shown
    assert not dpa.signatures.exists()
    for _time in range(2):
        sent = {**TICKED, "document_sha256": sha}
        assert owner.post(path, sent, REMOTE_ADDR="192.0.2.7").status_code == 302
    signature = dpa.signatures.get()
    assert (signature.party, signature.method, signature.name) == ("customer", "click", "Olga Owner")
    assert (signature.role, signature.ip, signature.user) == (
        "Geschäftsführerin",
        "192.0.2.7",
        cast.owner.user,
    )
    assert signature.document_sha256 == sha
    assert "Ihre Unterschrift liegt uns vor" in page(cast.colleague.user)
    assert "192.0.2.7" in page(cast.owner.user, f"{DPA}{dpa.pk}/")
    assert "192.0.2.7" not in page(cast.colleague.user, f"{DPA}{dpa.pk}/")
    processing.sign(dpa=dpa, party="firm", method="click", name="Lea", role="CEO", by=cast.lead)
    assert "Ihr AV-Vertrag ist in Kraft" in page(cast.colleague.user)


def test_who_signs_second_is_told_that_a_colleague_was_first(cast: Cast) -> None:
    dpa = offered(cast)
    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=True)
    sent = {**TICKED, "document_sha256": offered_sha256(dpa)}
    browser(cast.owner.user).post(f"{DPA}{dpa.pk}/sign/", sent)
    late = browser(cast.colleague.user).post(
        f"{DPA}{dpa.pk}/sign/", {**sent, "name": "Carl Colleague"}, follow=True
    )
    assert "Olga Owner hat schon unterschrieben" in late.content.decode()
    assert dpa.signatures.get().name == "Olga Owner"


def test_a_text_that_changed_meanwhile_is_not_signed_unread(cast: Cast) -> None:
    dpa = offered(cast)
    seen = offered_sha256(dpa)
    dpa = processing.offer(dpa=dpa, document=document("2026-2"), by=cast.lead)
    owner = browser(cast.owner.user)
    sent = {**TICKED, "document_sha256": seen}
    refused = owner.post(f"{DPA}{dpa.pk}/sign/", sent)
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "inzwischen einen anderen Text angeboten" in shown
    assert 'value="Olga Owner"' in shown
    assert not dpa.signatures.exists()
    now = refused.context["signing"]["document_sha256"].value()
    assert now == offered_sha256(dpa) != seen
    assert owner.post(f"{DPA}{dpa.pk}/sign/", {**TICKED, "document_sha256": now}).status_code == 302
    processing.sign(dpa=dpa, party="firm", method="click", name="Lea", role="CEO", by=cast.lead)
    late = owner.post(f"{DPA}{dpa.pk}/withdraw/", {"reason": "no"}, follow=True)
    assert "in Kraft" in late.content.decode()
    dpa.refresh_from_db()
    assert dpa.state == "in_force"


def test_an_offer_is_declined_with_a_reason(cast: Cast) -> None:
    dpa = offered(cast)
    owner = browser(cast.owner.user)
    assert owner.post(f"{DPA}{dpa.pk}/withdraw/", {"reason": " "}).status_code == 422
    assert owner.post(f"{DPA}{dpa.pk}/withdraw/", {"reason": "Zu streng"}).status_code == 302
    dpa.refresh_from_db()
    assert (dpa.state, dpa.ended_because, dpa.end_reason) == ("ended", "refused", "Zu streng")
    assert "kam nicht zustande" in page(cast.colleague.user)


def test_a_signed_paper_is_a_pdf_by_its_content_and_served_to_company_admins(cast: Cast) -> None:
    dpa = offered(cast)
    owner, path = browser(cast.owner.user), f"{DPA}{dpa.pk}/upload/"
    typed = {**TICKED, "document_sha256": offered_sha256(dpa)}
    for content, name in ((b"<html>", "signed.pdf"), (b"MZ\x90\x00", "a.pdf"), (b"", "b.pdf")):
        file = SimpleUploadedFile(name, content, "application/pdf")
        refused = owner.post(path, {**typed, "file": file})
        assert refused.status_code == 422
        assert 'value="Geschäftsführerin"' in refused.content.decode()
    assert not dpa.signatures.exists()
    assert owner.post(path, {**typed, "file": SimpleUploadedFile("x", SCAN)}).status_code == 302
    signature = dpa.signatures.get()
    assert signature.method == "upload"
    assert signature.sha256 == hashlib.sha256(SCAN).hexdigest()
    scan = f"{DPA}{dpa.pk}/signed/customer.pdf"
    got = owner.get(scan)
    assert b"".join(got.streaming_content) == SCAN  # type: ignore[attr-defined]
    assert got["Content-Disposition"].startswith("attachment")
    assert browser(cast.colleague.user).get(scan).status_code == 404
    assert browser(cast.stranger.user).get(scan).status_code == 404
    assert owner.get(f"{DPA}{dpa.pk}/signed/firm.pdf").status_code == 404
    assert Client().get(f"/media/{signature.file.name}").status_code == 404


def test_a_paper_that_is_too_large_is_refused_with_the_limit(cast: Cast, settings: object) -> None:
    settings.ATTACHMENT_MAX_MEGABYTES = 1  # type: ignore[attr-defined]
    dpa = offered(cast)
    file = SimpleUploadedFile("big.pdf", SCAN + b" " * 1024 * 1024)
    typed = {**TICKED, "document_sha256": offered_sha256(dpa), "file": file}
    refused = browser(cast.owner.user).post(f"{DPA}{dpa.pk}/upload/", typed)
    assert refused.status_code == 422
    assert "zu groß" in refused.content.decode()


def test_the_pdf_has_the_whole_text_the_annexes_and_the_signatures(cast: Cast) -> None:
    version = DirectoryVersion.objects.create(
        number=3,
        effective_on="2026-01-01",
        created_at=timezone.now(),
        objections_until_on="2026-01-01",
    )
    SubprocessorEntry.objects.create(
        version=version,
        subprocessor=Subprocessor.objects.create(created_at=timezone.now()),
        name="Rechenwerk | Nürnberg",
        service="Hosting",
        data_categories="alle",
        place="Nürnberg",
        since_on="2025-01-01",
    )
    DirectoryVersion.objects.filter(pk=version.pk).update(announced_at=timezone.now())
    dpa = offered(cast)
    owner = browser(cast.owner.user)
    sha = offered_sha256(dpa)
    owner.post(f"{DPA}{dpa.pk}/sign/", {**TICKED, "document_sha256": sha}, REMOTE_ADDR="192.0.2.7")
    processing.sign(dpa=dpa, party="firm", method="click", name="Lea Leiter", role="CEO", by=cast.lead)
    answer = owner.get(f"{DPA}{dpa.pk}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{dpa.called}.pdf"'
    text = " ".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages)
    flat = " ".join(text.replace("-\n", "").split())
    for part in (
        *("Vertrag zur Auftragsverarbeitung", "Aigner", "Hauptstraße 1, Ebersberg", "§ 15 Haftung"),
        *("Anlage 1: Technische", "Anlage 2: Unterauftragsverarbeiter", "Fassung 3", "Rechenwerk | Nürnberg"),
        *("Anlage 3", "Support der *Praxis*", "Olga Owner", "Lea Leiter", "192.0.2.7", sha),
        "von beiden Seiten unterschrieben",
    ):
        assert part in flat, part
    assert "only for us" not in flat
    assert owner.get(f"{DPA}{dpa.pk}.pdf").content == answer.content
    plain = owner.get(f"{DPA}{dpa.pk}.txt")
    assert hashlib.sha256(plain.content).hexdigest() == sha
    assert owner.get(f"{DPA}{dpa.pk}.html").status_code == 404
    assert AuditEntry.objects.filter(verb="dpa.downloaded").exists()


def test_what_was_signed_does_not_change_with_what_it_was_made_of(cast: Cast) -> None:
    dpa = offered(cast)
    before, sha = dpa.offered_text, offered_sha256(dpa)
    type(cast.gold_customer).objects.filter(pk=cast.gold_customer.pk).update(name="Ganz anders GmbH")
    again = ProcessingAgreement.objects.get(pk=dpa.pk)
    assert (again.offered_text, offered_sha256(again)) == (before, sha)
    assert "Ganz anders GmbH" not in browser(cast.owner.user).get(f"{DPA}{dpa.pk}.txt").content.decode()


def test_a_published_document_stays_as_it_is(cast: Cast) -> None:
    made = dpa_documents.save_document(document=DpaDocument(version="1", **shipped_texts()), by=cast.admin)
    assert made.sha256 == ""
    wrong = DpaDocument(version="2", body_de="{{nobody}}", measures_de="x")
    with pytest.raises(ValidationError):
        dpa_documents.save_document(document=wrong, by=cast.admin)
    dpa_documents.publish_document(document=made, by=cast.admin)
    texts = [getattr(made, name) for name in TEXTS]
    assert made.sha256 == hashlib.sha256(dpa_text.document_text("1", texts).encode()).hexdigest()
    made.body_de = "Other"
    with pytest.raises(dpa_documents.Published):
        dpa_documents.save_document(document=made, by=cast.admin)
    with pytest.raises(dpa_documents.Published):
        dpa_documents.delete_document(document=made, by=cast.admin)
    for tried in (made.save, lambda: DpaDocument.objects.filter(pk=made.pk).delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            tried()
    admin = browser(cast.admin)
    change = f"/admin/contracts/dpadocument/{made.pk}/change/"
    assert admin.post(change, {"version": "x"}).status_code == 403
    begun = admin.get("/admin/contracts/dpadocument/add/").content.decode()
    assert "§ 15 Haftung" in begun
    form = {"version": "3", **{name: getattr(made, name) for name in TEXTS}, "body_de": "{{x}}"}
    assert "{{x}}" in admin.post("/admin/contracts/dpadocument/add/", form).content.decode()
    assert not DpaDocument.objects.filter(version="3").exists()
    assert admin.post("/admin/contracts/dpadocument/add/", {**form, "body_de": "Neu"}).status_code == 302
    draft = DpaDocument.objects.get(version="3")
    changed = {**form, "body_de": "Neuer", "publish": "1"}
    admin.post(f"/admin/contracts/dpadocument/{draft.pk}/change/", changed)
    draft.refresh_from_db()
    assert (draft.body_de, draft.published_at is not None) == ("Neuer", True)


def test_the_shipped_text_has_every_item_of_article_28_in_both_languages() -> None:
    texts = shipped_texts()
    for language, words in ARTICLE_28.items():
        body = texts[f"body_{language}"]
        assert [word for word in words if word not in body] == []
        assert texts[f"measures_{language}"].count("\n## ") == 6
        assert dpa_text.unknown_places(body) == []
    assert texts["body_de"].count("\n## ") == texts["body_en"].count("\n## ")
