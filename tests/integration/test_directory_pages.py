"""The directory and the rights beside it on pages and API: who sees them, why not, and what is done there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contracts.models import AuditRequest, BreachNotice, ChangeNotice, DirectoryVersion, Instruction
from contracts.queries.renewals import today_at
from customers.models import Contact
from tests.factories.calling import Caller, refused, rows
from tests.factories.cast import Cast, make_cast
from tests.factories.directory import change_directory, make_directory, notice_of
from tests.factories.gates import end_dpa, make_dpa

pytestmark = pytest.mark.django_db
HERE = "/portal/subprocessors/"
RIGHTS = "/portal/dpa/rights/"


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    Contact.objects.update(language="en")
    make_directory(cast.lead, "Hetzner Online GmbH")
    return cast


def browser(who: object) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    user = who.user if isinstance(who, Contact) else who
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def page(who: object, path: str, status: int = 200) -> str:
    answer = browser(who).get(path)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def test_agreement_and_dpa_together_open_the_directory(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    assert "Hetzner Online GmbH" in page(cast.owner, HERE)
    assert "Hetzner Online GmbH" in page(cast.colleague, f"{HERE}1/")
    (version,) = rows(Caller(cast.owner).get("subprocessors/"))
    assert (version["number"], version["state"]) == (1, "current")
    assert [one["name"] for one in version["subprocessors"]] == ["Hetzner Online GmbH"]
    assert Caller(cast.owner).get("subprocessors/1/").json() == version
    assert Caller(cast.owner).get("subprocessors/9/").status_code == 404


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("none", "you have no DPA with us"),
        ("offered", "is ready to be signed"),
        ("ended", "ended"),
        ("without agreement", "you have no service agreement with us"),
    ],
)
def test_where_one_is_missing_a_page_says_why_and_what_would_open_it(
    cast: Cast, state: str, why: str
) -> None:
    contact = cast.owner
    if state == "without agreement":
        make_dpa(cast.plain_customer)
        contact = cast.stranger
        Contact.objects.filter(pk=contact.pk).update(customer=cast.plain_customer)
    elif state == "ended":
        end_dpa(make_dpa(cast.gold_customer), timezone.now() - timedelta(minutes=1))
    elif state != "none":
        make_dpa(cast.gold_customer, state)
    text = page(contact, HERE, 403)
    assert "The directory is not open to you yet" in text
    assert "What opens it" in text
    assert why in text
    assert "Hetzner" not in text
    assert browser(contact).get(f"{HERE}1/").status_code == 404
    document = refused(Caller(contact).get("subprocessors/"), 403, "gate_closed")
    assert "Hetzner" not in str(document)
    assert why in document["detail"]
    refused(Caller(contact).get("subprocessors/1/"), 403, "gate_closed")


def test_agents_read_the_directory_by_api_and_drafts_stay_inside(cast: Cast) -> None:
    browser(cast.lead).post("/desk/subprocessors/draft/")
    assert DirectoryVersion.objects.count() == 2
    assert [one["number"] for one in rows(Caller(cast.agent).get("subprocessors/"))] == [1]
    make_dpa(cast.gold_customer)
    assert browser(cast.owner).get(f"{HERE}2/").status_code == 404
    assert browser(cast.agent).get("/desk/subprocessors/").status_code == 404


def test_a_change_is_shown_with_its_difference_until_it_is_acknowledged(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    version = change_directory(cast.lead, add="Mailjet GmbH", note="Newsletters")
    told = f"{HERE}changes/{version.number}/"
    assert told in page(cast.owner, "/portal/")  # the banner
    assert "Mailjet GmbH" in page(cast.owner, HERE)
    assert "Newsletters" in page(cast.owner, told)
    assert told not in page(cast.stranger, "/portal/")

    client = browser(cast.owner)
    for _twice in range(2):
        assert client.post(f"{told}acknowledge/").status_code == 302
    assert told not in page(cast.owner, "/portal/")
    assert "Owner has acknowledged this change" in page(cast.colleague, told)
    assert notice_of(version, cast.gold_customer).acknowledged_by == cast.owner


def test_where_there_is_a_company_admin_only_they_answer(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=True)
    version = change_directory(cast.lead)
    told = f"{HERE}changes/{version.number}/"
    assert told not in page(cast.owner, "/portal/")
    assert "Send the objection" not in page(cast.owner, told)
    assert browser(cast.owner).post(f"{told}acknowledge/").status_code == 404
    assert browser(cast.owner).post(f"{told}object/", {"text": "No"}).status_code == 404
    assert "Send the objection" in page(cast.colleague, told)
    assert browser(cast.stranger).get(told).status_code == 404
    assert not ChangeNotice.objects.filter(acknowledged_at__isnull=False).exists()


def test_an_objection_travels_to_the_desk_and_its_outcome_back(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    version = change_directory(cast.lead)
    told = f"{HERE}changes/{version.number}/"
    assert browser(cast.owner).post(f"{told}object/", {"text": ""}).status_code == 422
    assert browser(cast.owner).post(f"{told}object/", {"text": "Not outside the EU."}).status_code == 302

    notice = notice_of(version, cast.gold_customer)
    assert "Aigner" in page(cast.lead, "/desk/subprocessors/")
    at_desk = f"/desk/subprocessors/objections/{notice.pk}/"
    assert "Not outside the EU." in page(cast.lead, at_desk)
    assert browser(cast.agent).get(at_desk).status_code == 404
    answer = {"outcome": "resolved", "note": "We keep your data in Germany."}
    assert browser(cast.lead).post(at_desk, {**answer, "note": ""}).status_code == 422
    assert browser(cast.lead).post(at_desk, answer).status_code == 302
    assert "We keep your data in Germany." in page(cast.owner, told)
    again = browser(cast.owner).post(f"{told}object/", {"text": "Again"})
    assert (again.status_code, "Your objection is with us already." in again.content.decode()) == (422, True)


def test_after_the_period_the_page_says_that_it_is_too_late(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    version = change_directory(cast.lead)
    yesterday = today_at(timezone.now()) - timedelta(days=1)
    ChangeNotice.objects.filter(version=version).update(objections_until_on=yesterday)
    told = f"{HERE}changes/{version.number}/"
    assert "Send the objection" not in page(cast.owner, told)
    late = browser(cast.owner).post(f"{told}object/", {"text": "No"})
    assert late.status_code == 422
    assert "Objections were possible until" in late.content.decode()
    assert notice_of(version, cast.gold_customer).objected_at is None


def test_who_was_told_may_answer_though_the_directory_is_closed_by_now(cast: Cast) -> None:
    dpa = make_dpa(cast.plain_customer)
    Contact.objects.filter(pk=cast.stranger.pk).update(customer=cast.plain_customer)
    version = change_directory(cast.lead)
    told = f"{HERE}changes/{version.number}/"
    assert browser(cast.stranger).get(HERE).status_code == 403  # no service agreement
    assert "Mailjet GmbH" in page(cast.stranger, told)
    end_dpa(dpa, timezone.now())
    assert browser(cast.stranger).get(told).status_code == 404
    assert told not in page(cast.stranger, "/portal/")


def test_two_versions_are_compared_in_either_direction(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    change_directory(cast.lead, add="Mailjet GmbH")
    change_directory(cast.lead, add="Bechtle AG", days=60)
    there = page(cast.owner, f"{HERE}3/?against=1")
    assert there.count("sub-added") == 2
    back = page(cast.owner, f"{HERE}1/?against=3")
    assert back.count("sub-removed") == 2
    assert page(cast.owner, f"{HERE}3/?against=nonsense").count("sub-added") == 1


def test_the_desk_drafts_announces_and_drops(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    client = browser(cast.lead)
    client.post("/desk/subprocessors/draft/")
    new = "/desk/subprocessors/draft/entries/new/"
    entry = {"name": "Mailjet", "service": "Mail", "data_categories": "Addresses", "place": "France"}
    assert client.post(new, entry).status_code == 422  # since when?
    wrong = {**entry, "since_on": "2026-02-02", "until_on": "2026-01-01"}
    assert client.post(new, wrong).status_code == 422
    assert client.post(new, {**entry, "since_on": "2026-02-02"}).status_code == 302
    text = page(cast.lead, "/desk/subprocessors/draft/")
    assert "1 customer with a data-processing agreement is told" in text
    today = today_at(timezone.now())
    soon, later = today + timedelta(days=3), today + timedelta(days=30)
    announced = "/desk/subprocessors/draft/announce/"
    refusal = client.post(announced, {"effective_on": soon, "objections_until_on": soon})
    assert (refusal.status_code, "It can take effect from" in refusal.content.decode()) == (422, True)
    sent = {"effective_on": later, "objections_until_on": later}
    assert client.post(announced, sent).status_code == 302
    assert "Owner" in page(cast.lead, "/desk/subprocessors/2/")
    proof = client.get("/desk/subprocessors/2/proof.csv")
    assert b"owner@firm.example" in proof.content
    assert proof["Content-Type"].startswith("text/csv")
    assert browser(cast.agent).get("/desk/subprocessors/2/proof.csv").status_code == 404
    assert client.post("/desk/subprocessors/2/drop/", {"reason": ""}).status_code == 422
    assert client.post("/desk/subprocessors/2/drop/", {"reason": "Objections"}).status_code == 302
    assert "Objections" in page(cast.owner, f"{HERE}changes/2/")


def test_rights_are_used_in_the_portal_and_answered_on_the_desk(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    client = browser(cast.owner)
    assert client.post(f"{RIGHTS}instruct/", {"instruction": " "}).status_code == 422
    assert client.post(f"{RIGHTS}instruct/", {"instruction": "Delete the logs."}).status_code == 302
    assert client.post(f"{RIGHTS}audit/", {"subject": "Your data centre."}).status_code == 302
    given, wish = Instruction.objects.get(), AuditRequest.objects.get()
    assert "Delete the logs." in page(cast.lead, "/desk/dpa-rights/")
    at_desk = browser(cast.lead)
    path = f"/desk/dpa-rights/instructions/{given.pk}/"
    assert at_desk.post(path, {"outcome": ""}).status_code == 422
    assert at_desk.post(path, {"outcome": "All deleted."}).status_code == 302
    held = {"held_on": "2027-02-01", "outcome": ""}
    assert at_desk.post(f"/desk/dpa-rights/audits/{wish.pk}/", held).status_code == 302
    text = page(cast.owner, RIGHTS)
    assert "All deleted." in text
    assert "1 February 2027" in text
    assert browser(cast.agent).get("/desk/dpa-rights/").status_code == 404
    assert browser(cast.stranger).get(RIGHTS).status_code == 200
    assert "Delete the logs." not in page(cast.stranger, RIGHTS)


def test_without_an_agreement_the_page_offers_no_instruction(cast: Cast) -> None:
    assert "Give the instruction" not in page(cast.owner, RIGHTS)
    answer = browser(cast.owner).post(f"{RIGHTS}instruct/", {"instruction": "Delete."})
    assert answer.status_code == 422
    assert not Instruction.objects.exists()
    Contact.objects.filter(pk=cast.colleague.pk).update(is_company_admin=True)
    assert browser(cast.owner).get(RIGHTS).status_code == 404


def test_a_breach_is_reported_read_and_acknowledged(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    client = browser(cast.lead)
    sent = {"title": "Backup lost", "text": "A disk is gone.", "known_at": "2026-01-05T08:00"}
    new = "/desk/dpa-rights/breaches/new/"
    assert client.post(new, sent).status_code == 422
    assert client.post(new, {**sent, "customers": [cast.gold_customer.pk]}).status_code == 302
    notice = BreachNotice.objects.get()
    here = f"{RIGHTS}breaches/{notice.pk}/"
    assert here in page(cast.owner, "/portal/")
    assert "A disk is gone." in page(cast.owner, here)
    assert browser(cast.stranger).get(here).status_code == 404
    assert browser(cast.stranger).post(f"{here}acknowledge/").status_code == 404
    assert browser(cast.owner).post(f"{here}acknowledge/").status_code == 302
    assert here not in page(cast.owner, "/portal/")
    at_desk = f"/desk/dpa-rights/breaches/{notice.breach_id}/"
    assert "Owner" in page(cast.lead, at_desk)
    assert b"owner@firm.example" in client.get(f"{at_desk}proof.csv").content
    make_dpa(cast.bronze_customer)
    more = {"customer": cast.bronze_customer.pk, "text": "Yours, too."}
    assert client.post(at_desk, more).status_code == 302
    assert client.post(at_desk, more).status_code == 422  # told already
    assert BreachNotice.objects.count() == 2


def test_the_desk_enters_a_matter_for_a_customer_with_an_agreement_only(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    client = browser(cast.lead)
    sent = {"customer": cast.gold_customer.pk, "given_by_name": "Ms Owner", "text": "Stop the mail."}
    for kind in ("instructions", "audits"):
        assert client.post(f"/desk/dpa-rights/{kind}/new/", sent).status_code == 302
    wrong = {**sent, "customer": cast.bronze_customer.pk}
    assert client.post("/desk/dpa-rights/instructions/new/", wrong).status_code == 422
    assert client.get("/desk/dpa-rights/nonsense/new/").status_code == 404
    assert [one.given_by_name for one in Instruction.objects.all()] == ["Ms Owner"]
    assert "Ms Owner" in page(cast.lead, "/desk/dpa-rights/?show=audits")
