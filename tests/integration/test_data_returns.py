"""After the end of a DPA: the customer chooses, the firm notes what it did, both read it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import translation

from accounts.models import AuditEntry, Notice, User
from contracts.actions import data_returns, processing
from contracts.actions.processing_refusals import DpaRefused
from contracts.models import DataReturn, DpaEvent, ProcessingAgreement
from contracts.queries.data_returns import to_return
from contracts.resources.processing import DpaRegister
from customers.models import Contact
from mail.actions.delivering import deliver
from tests.factories.cast import Cast, make_cast
from tests.factories.gates import make_dpa
from tests.factories.processing import conclude

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    Contact.objects.filter(pk=made.owner.pk).update(is_company_admin=True)
    made.owner.refresh_from_db()
    return made


def user_of(contact: Contact) -> User:
    assert contact.user is not None
    return contact.user


def ended(cast: Cast, at: datetime = NOW) -> ProcessingAgreement:
    return make_dpa(cast.gold_customer, "ended", at=at)


def page_of(user: User, path: str, posted: dict[str, Any] | None = None) -> tuple[int, str]:
    client = Client(headers={"accept-language": "en"})
    User.objects.filter(pk=user.pk).update(language="en")
    client.force_login(User.objects.get(pk=user.pk))
    answer = client.get(path) if posted is None else client.post(path, posted)
    return answer.status_code, " ".join(b"".join(answer).decode("utf-8", "replace").split())


def codes(dpa: ProcessingAgreement) -> list[str]:
    rows = DpaEvent.objects.filter(processing_agreement=dpa, code__startswith="dpa_event.data_")
    return [code.removeprefix("dpa_event.data_") for code in rows.values_list("code", flat=True)]


def test_the_customer_chooses_the_firm_does_it_and_both_have_the_proof(cast: Cast) -> None:
    dpa = ended(cast)
    owner, portal, desk = user_of(cast.owner), f"/portal/dpa/{dpa.pk}/", f"/desk/dpa/{dpa.pk}/"
    assert "Shall we return your data or delete them?" in page_of(owner, "/portal/dpa/")[1]
    posted = {"choice": "both", "wish_on": "2026-12-10"}
    assert page_of(owner, f"{portal}data/", posted)[0] == 302
    row = DataReturn.objects.get()
    assert (row.choice, row.wish_on, row.chosen_by, row.chosen_by_name, row.chosen_at) == (
        *("both", date(2026, 12, 10), cast.owner, "Owner"),
        NOW,
    )
    assert "Shall we return" not in page_of(owner, "/portal/dpa/")[1]
    listed = page_of(cast.agent, "/desk/dpa/?show=data")[1]
    assert "return and confirmed deletion – 10 December 2026" in listed
    assert "overdue" not in listed

    half = {"returned_on": "2026-11-20"}
    assert page_of(cast.lead, f"{desk}data-done/", half)[0] == 302
    assert DataReturn.objects.get().settled_at is None
    assert "10 December 2026" in page_of(cast.agent, "/desk/dpa/?show=data")[1]
    done = {**half, "deleted_on": "2026-11-23", "kept": "Invoices, § 147 AO"}
    assert page_of(cast.lead, f"{desk}data-done/", done)[0] == 302
    assert DataReturn.objects.get().settled_at == NOW
    assert "Nothing to return or delete" in page_of(cast.agent, "/desk/dpa/?show=data")[1]
    for user, path in ((owner, portal), (user_of(cast.colleague), portal), (cast.agent, desk)):
        shown = page_of(user, path)[1]
        for said in ("return and confirmed deletion", "20 November 2026", "Invoices, § 147 AO"):
            assert said in shown, (path, said)
        assert cast.lead.display_name in shown
        assert f'action="{portal}data/"' not in shown
    assert codes(dpa) == ["chosen", "noted", "settled"]
    with translation.override("en"):
        register = DpaRegister().rows_of(ProcessingAgreement.objects.filter(pk=dpa.pk))
        table = " | ".join(str(cell) for line in register for cell in line)
    assert "returned on 20 November 2026; deleted on 23 November 2026; kept: Invoices, § 147 AO" in table
    assert "return and confirmed deletion, Owner" in table


def test_a_correction_leaves_what_stood_there_before_in_the_audit_trail(cast: Cast) -> None:
    dpa = ended(cast)
    for deleted_on in (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 23)):
        data_returns.note_done(dpa=dpa, returned_on=None, deleted_on=deleted_on, kept="", by=cast.lead)
    assert codes(dpa) == ["settled", "settled"]
    line = AuditEntry.objects.filter(verb="dpa.data_settled").order_by("pk").last()
    assert line is not None
    assert line.personal.details["was"] == {"deleted_on": "2026-11-22"}
    assert line.personal.details["now"] == {"deleted_on": "2026-11-23"}
    assert line.actor_id == cast.lead.pk


def test_only_company_admins_and_leads_act_and_only_for_their_own(cast: Cast) -> None:
    dpa = ended(cast)
    Contact.objects.filter(pk=cast.stranger.pk).update(is_company_admin=True)
    posted = {"choice": "delete", "wish_on": ""}
    for user in (user_of(cast.colleague), user_of(cast.stranger), cast.agent, cast.lead):
        assert page_of(user, f"/portal/dpa/{dpa.pk}/data/", posted)[0] == 404
    desk = {**posted, "chosen_by_name": "Mr Owner"}
    for user in (cast.agent, user_of(cast.owner)):
        assert page_of(user, f"/desk/dpa/{dpa.pk}/data-choice/", desk)[0] == 404
        assert page_of(user, f"/desk/dpa/{dpa.pk}/data-done/", {"deleted_on": "2026-11-23"})[0] == 404
    for by in (user_of(cast.colleague), user_of(cast.stranger), cast.agent):
        with pytest.raises(DpaRefused):
            data_returns.choose(dpa=dpa, choice="delete", wish_on=None, by=by)
    for by in (user_of(cast.owner), cast.agent):
        with pytest.raises(DpaRefused):
            data_returns.note_done(dpa=dpa, returned_on=None, deleted_on=date(2026, 11, 23), kept="", by=by)
    assert not DataReturn.objects.exists()
    assert page_of(cast.lead, f"/desk/dpa/{dpa.pk}/data-choice/", desk)[0] == 302
    assert (DataReturn.objects.get().chosen_by, DataReturn.objects.get().chosen_by_name) == (None, "Mr Owner")


def test_what_is_not_over_or_makes_no_sense_is_refused(cast: Cast) -> None:
    owner = user_of(cast.owner)
    held = make_dpa(cast.gold_customer, ends_at=NOW + DAY)
    assert page_of(owner, f"/portal/dpa/{held.pk}/data/", {"choice": "delete"})[0] == 302
    refused = make_dpa(cast.bronze_customer, "ended", because="refused")
    dones: dict[str, Any] = {"returned_on": None, "deleted_on": date(2026, 11, 23), "kept": ""}
    for dpa in (held, refused):
        with pytest.raises(DpaRefused, match="not_over"):
            data_returns.note_done(dpa=dpa, by=cast.lead, **dones)
    assert not DataReturn.objects.exists()

    with time_machine.travel(NOW + DAY, tick=False):  # at that very instant
        for given, why in (
            ({"choice": "burn", "wish_on": None}, "choice_missing"),
            ({"choice": "delete", "wish_on": date(2026, 11, 23)}, "day_past"),
        ):
            with pytest.raises(DpaRefused, match=why):
                data_returns.choose(dpa=held, by=owner, **given)
        for changed, why in (
            ({"deleted_on": date(2026, 11, 25)}, "day_ahead"),
            ({"deleted_on": None}, "nothing_done"),
        ):
            with pytest.raises(DpaRefused, match=why):
                data_returns.note_done(dpa=held, by=cast.lead, **{**dones, **changed})
        data_returns.note_done(dpa=held, by=cast.lead, **dones)
        with pytest.raises(DpaRefused, match="data_settled"):
            data_returns.choose(dpa=held, choice="return", wish_on=None, by=owner)


def test_the_worklist_reminds_after_thirty_days_and_a_new_agreement_goes_on_with_the_data(cast: Cast) -> None:
    dpa = ended(cast, NOW - 31 * DAY)
    make_dpa(cast.bronze_customer, "ended", at=NOW - DAY, because="superseded")
    rows = ProcessingAgreement.objects.all()
    assert list(to_return(rows, NOW)) == [dpa]
    listed = page_of(cast.agent, "/desk/dpa/?show=data")[1]
    assert "overdue" in listed
    assert "nothing chosen yet – 22 November 2026" in listed
    conclude(cast.gold_customer, at=NOW)
    assert not to_return(rows, NOW).exists()


def test_the_mail_of_the_end_asks_the_customer_to_choose(cast: Cast) -> None:
    dpa = make_dpa(cast.gold_customer)
    User.objects.update(language="en")
    processing.terminate(dpa=dpa, reason="over", by=cast.lead)
    deliver()
    assert Notice.objects.filter(kind=Notice.Kind.DPA_ENDED).exists()
    asked = {
        message.to[0]
        for message in mail.outbox
        if "whether we return or delete" in " ".join(str(message.body).split())
    }
    assert asked == {"owner@firm.example"}
