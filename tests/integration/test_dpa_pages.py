"""Data-processing agreements on the desk: the worklist, the lists, one with its steps, and who does what."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.actions import processing
from contracts.models import DpaReviewItem, DpaSignature, ProcessingAgreement
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer
from tests.factories.gates import make_document, make_dpa
from tests.factories.processing import (
    conclude,
    make_offer,
    make_request,
    make_review,
    press,
    settle_all,
    signed_pdf,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def page_of(
    user: Any, path: str, language: str = "en", posted: dict[str, Any] | None = None
) -> tuple[int, str]:
    client = Client(headers={"accept-language": language})
    user.language = language
    user.save()
    client.force_login(user)
    answer = client.get(path) if posted is None else client.post(path, posted)
    return answer.status_code, b"".join(answer).decode("utf-8", "replace")


def state_of(dpa: ProcessingAgreement) -> str:
    return ProcessingAgreement.objects.get(pk=dpa.pk).state


def test_a_lead_takes_one_from_the_wish_into_force_and_to_its_end(cast: Cast) -> None:
    document = make_document()
    assert page_of(cast.agent, f"/desk/dpa/ask/{cast.gold_customer.pk}/", posted={})[0] == 302
    dpa = ProcessingAgreement.objects.get()
    path = f"/desk/dpa/{dpa.pk}/"
    assert page_of(cast.lead, f"{path}begin-review/", posted={})[0] == 302
    status, page = page_of(cast.lead, f"{path}offer/", posted={"document": document.pk})
    assert status == 422
    assert "10 questions of the review are still open." in page
    for item in DpaReviewItem.objects.all():
        posted = {"note": f"answer {item.code}", "is_done": "1"}
        assert page_of(cast.lead, f"{path}questions/{item.pk}/", posted=posted)[0] == 302
    assert page_of(cast.lead, f"{path}offer/", posted={"document": document.pk})[0] == 302
    signed = {"name": "Lea Lead", "role": "CEO"}
    assert page_of(cast.lead, f"{path}sign/", posted=signed)[0] == 302
    status, page = page_of(cast.lead, f"{path}sign-customer/", posted=signed)
    assert (status, state_of(dpa)) == (422, "offered")
    assert page_of(cast.lead, f"{path}sign-customer/", posted={**signed, "file": signed_pdf()})[0] == 302
    assert state_of(dpa) == "in_force"
    ours, theirs = (DpaSignature.objects.get(party=party) for party in ("firm", "customer"))
    assert (ours.method, ours.ip, theirs.method, theirs.ip) == ("click", "127.0.0.1", "upload", None)
    _, page = page_of(cast.agent, path)
    signature = DpaSignature.objects.get(party="customer")
    for said in (
        "Lea Lead, CEO",
        signature.sha256,
        signature.document_sha256,
        "Came into force",
        "answer purposes",
    ):
        assert said in page
    assert page_of(cast.agent, f"{path}signatures/{signature.pk}.pdf")[1].startswith("%PDF-1.7 signed")
    assert page_of(cast.lead, f"{path}terminate/", posted={"last_day": "2026-11-22", "reason": "x"})[0] == 422
    assert page_of(cast.lead, f"{path}terminate/", posted={"last_day": "2026-12-31", "reason": "x"})[0] == 302
    assert "Terminated: 31 December 2026 is its last day." in page_of(cast.agent, path)[1]
    assert "Gekündigt, letzter Tag 31.12.2026" in page_of(cast.agent, path, "de")[1]


def test_an_agent_sees_it_and_takes_no_step(cast: Cast) -> None:
    dpa = make_review(cast.gold_customer)
    item = DpaReviewItem.objects.first()
    assert item is not None
    status, page = page_of(cast.agent, f"/desk/dpa/{dpa.pk}/")
    assert (status, "begin-review" in page, "<textarea" in page) == (200, False, False)
    for slug in ("offer", "refuse", "withdraw"):
        assert page_of(cast.agent, f"/desk/dpa/{dpa.pk}/{slug}/")[0] == 404
        assert page_of(cast.agent, f"/desk/dpa/{dpa.pk}/{slug}/", posted={"reason": "x"})[0] == 404
    assert page_of(cast.agent, f"/desk/dpa/{dpa.pk}/questions/{item.pk}/", posted={"is_done": "1"})[0] == 404
    assert page_of(cast.lead, f"/desk/dpa/{dpa.pk}/explode/")[0] == 404
    other = make_review(cast.bronze_customer)
    assert page_of(cast.lead, f"/desk/dpa/{other.pk}/questions/{item.pk}/", posted={"is_done": "1"})[0] == 404
    assert (state_of(dpa), DpaReviewItem.objects.filter(is_done=True).count()) == ("under_review", 0)


def test_a_contact_does_not_see_the_desk_s_pages(cast: Cast) -> None:
    dpa = make_request(cast.gold_customer)
    for path in ("", "new/", f"{dpa.pk}/", f"{dpa.pk}/begin-review/"):
        assert page_of(cast.owner.user, f"/desk/dpa/{path}")[0] == 404


def test_the_worklist_has_who_has_a_contract_and_no_dpa(cast: Cast) -> None:
    covered = make_customer("Covered GmbH")
    make_agreement(covered, cast.gold)
    conclude(covered)
    over = make_customer("Over GmbH")
    make_agreement(over, cast.gold, ends_on=date(2026, 11, 22))
    make_request(cast.gold_customer)
    make_dpa(cast.bronze_customer, "ended", because="refused")
    _, page = page_of(cast.agent, "/desk/dpa/")
    assert cast.gold_customer.name in page
    assert f"/desk/dpa/ask/{cast.bronze_customer.pk}/" in page
    for absent in ("Covered GmbH", "Over GmbH", cast.plain_customer.name):
        assert absent not in page


@pytest.mark.parametrize(
    ("show", "names"),
    [("open", "Requested Offered"), ("in_force", "Held Ending"), ("review", "Ending"), ("ended", "Gone")],
)
def test_each_list_has_its_own(cast: Cast, show: str, names: str) -> None:
    make_request(make_customer("Requested"))
    make_offer(make_customer("Offered"))
    make_dpa(make_customer("Held"))
    make_dpa(make_customer("Ending"), ends_at=datetime(2026, 11, 30, 23, tzinfo=UTC))
    # Its end has come, and no sweep has noted it: the list says what is so.
    make_dpa(make_customer("Gone"), at=NOW, ends_at=NOW)
    _, page = page_of(cast.agent, f"/desk/dpa/?show={show}")
    shown = [name for name in ("Requested", "Offered", "Held", "Ending", "Gone") if f'/">{name}</a>' in page]
    assert shown == names.split()


def test_a_review_without_a_service_agreement_is_warned_of(cast: Cast) -> None:
    warning = "This customer has no service agreement in force."
    with_one, without = make_request(cast.gold_customer), make_request(cast.plain_customer)
    assert warning in page_of(cast.lead, f"/desk/dpa/{without.pk}/begin-review/")[1]
    assert warning in page_of(cast.lead, f"/desk/dpa/{without.pk}/")[1]
    assert warning not in page_of(cast.lead, f"/desk/dpa/{with_one.pk}/begin-review/")[1]
    assert warning not in page_of(cast.lead, f"/desk/dpa/{with_one.pk}/")[1]


def test_whoever_read_another_text_does_not_sign(cast: Cast) -> None:
    dpa = make_offer(cast.gold_customer)
    signed = {"name": "Lea", "role": "CEO", "document_sha256": "0" * 64}
    status, page = page_of(cast.lead, f"/desk/dpa/{dpa.pk}/sign/", posted=signed)
    assert (status, DpaSignature.objects.count()) == (422, 0)
    assert "Another text is offered by now." in page


def test_a_customer_is_found_by_name(cast: Cast) -> None:
    assert "Aigner" in page_of(cast.agent, "/desk/dpa/new/?q=aig")[1]
    assert "No customer found" in page_of(cast.agent, "/desk/dpa/new/?q=nobody")[1]


def test_the_text_can_be_kept_as_a_pdf_once_it_is_offered(cast: Cast) -> None:
    dpa = make_review(cast.gold_customer)
    assert page_of(cast.agent, f"/desk/dpa/{dpa.pk}/document.pdf")[0] == 404
    settle_all(dpa)
    offered = make_offer(cast.bronze_customer)
    status, content = page_of(cast.agent, f"/desk/dpa/{offered.pk}/document.pdf")
    assert (status, content[:5]) == (200, "%PDF-")


def test_the_register_says_for_whom_we_process_what_and_holds_no_formula(cast: Cast) -> None:
    dpa = make_review(cast.gold_customer)
    formula = "=cmd|' /C calc'!A0"
    answers = {"purposes": formula, "data_subjects": "names of patients", "controller": "Aigner AG"}
    for item in dpa.review_items.filter(party="customer"):
        processing.settle_item(item=item, note=answers.get(item.code, ""), is_done=True, by=None)
    settle_all(dpa)
    processing.offer(dpa=dpa, document=make_document(), by=None)
    press(dpa, "firm", name="Lea Lead")
    press(dpa, "customer", name="Olga Owner")
    make_dpa(cast.bronze_customer, "ended")
    pages = "/admin/contracts/processingagreement/"
    status, csv_file = page_of(cast.admin, f"{pages}export.csv")
    assert status == 200
    for said in ("Aigner AG", "names of patients", "Olga Owner", "Lea Lead", "in force", "terminated"):
        assert said in csv_file
    assert "'=cmd" in csv_file
    assert dpa.signatures.all()[0].document_sha256 in csv_file
    assert "Verantwortlicher" in page_of(cast.admin, f"{pages}export.csv", "de")[1]
    assert page_of(cast.admin, f"{pages}export.xlsx")[0] == 200
    status, page = page_of(cast.admin, f"{pages}{dpa.pk}/change/")
    assert (status, "Came into force" in page, "_save" in page) == (200, True, False)
    for user in (cast.lead, cast.owner.user):
        assert page_of(user, f"{pages}export.csv")[0] == 404
