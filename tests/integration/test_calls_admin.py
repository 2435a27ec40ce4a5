"""The admin pages of telephony: what they ask first, show once, never show, and refuse."""

import re
from datetime import timedelta
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from calls.access import system_with
from calls.actions.filing import nobody_known
from calls.models import AgentPhone, CallPolicy, OnCall, PhoneSystem, ServiceNumber
from contracts.queries.renewals import today_at
from tests.admin_pages import answer, errors_of, post
from tests.factories.cast import PASSWORD, Cast, make_agreement, make_cast, make_level
from tests.factories.phones import PUBLIC, make_number, make_system, open_always
from tests.factories.phones import post as ask

pytestmark = pytest.mark.django_db

SHOWN_ONCE = re.compile(r"nur dieses eine Mal[^:]*: ([\w-]{40,})")
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


def page_of(row: Any) -> str:
    return reverse(f"admin:calls_{row._meta.model_name}_change", args=[row.pk])


def system_fields(system: PhoneSystem, **fields: Any) -> dict[str, Any]:
    kept = {
        "name": system.name,
        "is_active": "on",
        "networks": system.networks,
        "region": system.region,
        "area_code": system.area_code,
        "ari_url": system.ari_url,
        "ari_user": system.ari_user,
        "ami_host": system.ami_host,
        "ami_port": system.ami_port,
        "ami_user": system.ami_user,
    }
    return {name: value for name, value in {**kept, **fields}.items() if value is not None}


def number_fields(number: ServiceNumber, **fields: Any) -> dict[str, Any]:
    return {"system": number.system_id, "note": number.note, **fields}


def test_a_new_telephone_system_shows_its_secret_once_and_says_what_to_do(as_admin: Client) -> None:
    new = {"name": "Head office", "kind": "asterisk", "region": "DE", "area_code": "30", "networks": ""}
    made = post(as_admin, reverse("admin:calls_phonesystem_add"), new)
    system = PhoneSystem.objects.get()
    assert made.url == page_of(system)
    page = as_admin.get(made.url).text
    (secret,) = SHOWN_ONCE.findall(page)
    assert system_with(secret, timezone.now()) == system
    assert "telephony_config --system &#x27;Head office&#x27;" in page
    assert "/calls/v1/step" in page
    assert secret not in as_admin.get(made.url).text
    assert "messages" not in made.cookies, "a cookie is signed, not encrypted"
    assert AuditEntry.objects.filter(verb="phone_system.created", actor_id__isnull=False).count() == 1


def test_a_new_secret_is_asked_about_first_and_the_former_one_holds_as_chosen(as_admin: Client) -> None:
    system = make_system()
    before = system.secret_sha256
    asked = as_admin.post(page_of(system), system_fields(system, overlap=24, rotate="1"))
    assert "noch 24 Stunden" in asked.text
    system.refresh_from_db()
    assert system.secret_sha256 == before

    answer(as_admin, page_of(system), asked, "_confirmed")
    system.refresh_from_db()
    (secret,) = SHOWN_ONCE.findall(as_admin.get(page_of(system)).text)
    assert system_with(secret, timezone.now()) == system
    assert system.former_secret_sha256 == before
    assert system.former_until is not None
    assert abs(system.former_until - timezone.now() - DAY) < timedelta(minutes=1)

    post(as_admin, page_of(system), system_fields(system, end_former="1"))
    ended = PhoneSystem.objects.get()
    assert (ended.former_secret_sha256, ended.former_until) == ("", None)


def test_passwords_are_written_and_never_shown_nor_sent_to_another_machine(as_admin: Client) -> None:
    system = make_system(ari_url="http://127.0.0.1:8088", ari_user="v", ari_password="a-password-of-ari")
    page = page_of(system)
    assert "a-password-of-ari" not in as_admin.get(page).text
    post(as_admin, page, system_fields(system, area_code="89"))
    system.refresh_from_db()
    assert (system.area_code, system.ari_password) == ("89", "a-password-of-ari")

    moved = system_fields(system, ari_url="http://192.0.2.9:8088")
    assert "noch einmal" in errors_of(as_admin.post(page, moved))["new_ari_password"][0]
    post(as_admin, page, {**moved, "new_ari_password": "another-password"})
    system.refresh_from_db()
    assert (system.ari_url, system.ari_password) == ("http://192.0.2.9:8088", "another-password")

    post(as_admin, page, system_fields(system, ari_url=""))
    system.refresh_from_db()
    assert system.ari_password is None


def test_a_provider_is_kept_with_its_key_recordings_and_queue(as_admin: Client) -> None:
    system = make_system(kind="sipgate")
    page = page_of(system)
    fields = system_fields(system, ari_url=None, ami_port=None)
    unsigned = as_admin.get(page).text
    assert f"pbx:GEHEIMNIS@localhost:8000/calls/v1/sipgate/{system.pk}" in unsigned
    assert "ARI" not in unsigned
    assert "unter 50 Sekunden" in unsigned
    assert "unter 50 Sekunden" not in as_admin.get(page_of(make_system(kind="placetel"))).text

    wrong = {**fields, "scheme": "sipgate", "key": "no key", "networks": "10.0.0.1\nhere", "recordings": "x"}
    errors = errors_of(as_admin.post(page, wrong))
    assert set(errors) == {"key", "networks", "recordings"}
    assert errors["networks"][0].startswith("Zeile 2: „here“")
    assert set(errors_of(as_admin.post(page, {**fields, "scheme": "sipgate"}))) == {"key"}
    foreign = as_admin.post(page, {**fields, "scheme": "twilio", "key": "a-key-of-some-length"})
    assert "scheme" in errors_of(foreign)

    open_always()
    sounds = "hold https://sounds.example/hold.wav\noffer https://sounds.example/offer.wav"
    post(as_admin, page, {**fields, "recordings": sounds})
    system.refresh_from_db()
    assert system.sounds["offer"] == "https://sounds.example/offer.wav"
    call = {"event": "newCall", "callId": "1", "from": "49301234567", "to": PUBLIC[1:], "direction": "in"}
    basic = {"Authorization": "Basic cGJ4OmEgc2VjcmV0IG9mIHRoZSB0ZWxlcGhvbmUgc3lzdGVt"}
    told = Client().post(f"/calls/v1/sipgate/{system.pk}", call, headers=basic)
    assert [each.text for each in fromstring(told.content).iter("Url")] == ["https://sounds.example/hold.wav"]


def test_a_signing_key_stays_while_its_field_is_empty_and_goes_with_its_scheme(as_admin: Client) -> None:
    system = make_system(kind="twiml")
    page, fields = page_of(system), system_fields(system, ari_url=None, ami_port=None)
    post(as_admin, page, {**fields, "scheme": "twilio", "key": "a-key-of-some-length"})
    post(as_admin, page, {**fields, "scheme": "twilio", "key": ""})
    system.refresh_from_db()
    assert system.signing_key == {"scheme": "twilio", "key": "a-key-of-some-length"}
    shown = as_admin.get(page).text
    assert "a-key-of-some-length" not in shown
    assert "pbx:GEHEIMNIS@" not in shown
    post(as_admin, page, {**fields, "scheme": ""})
    system.refresh_from_db()
    assert system.signing_key is None


def test_switching_a_telephone_system_off_is_asked_first_and_refuses_it(as_admin: Client) -> None:
    system = make_system()
    off = as_admin.post(page_of(system), system_fields(system, is_active=None))
    assert "abgewiesen" in off.text
    assert PhoneSystem.objects.get().is_active
    answer(as_admin, page_of(system), off, "_confirmed")
    assert not PhoneSystem.objects.get().is_active
    asked = {"event": "incoming", "call_id": "1", "seq": "1", "from": "1", "to": PUBLIC}
    assert ask("step", asked).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_trying_the_connection_says_how_each_way_answers(as_admin: Client) -> None:
    system = make_system(ari_url="http://127.0.0.1:9", ari_user="v", ari_password="p")
    post(as_admin, page_of(system), system_fields(system, try_it="1"))
    page = as_admin.get(page_of(system)).text
    assert "Kanäle über ARI: Die Telefonanlage ist unter dieser Adresse nicht erreichbar." in page
    assert "Service-Rufnummern über AMI: nicht eingetragen" in page


def test_a_number_is_given_and_released_after_a_question(as_admin: Client, cast: Cast) -> None:
    system = make_system()
    agreement = make_agreement(cast.plain_customer, cast.gold, reference="P-1")
    new = {"number": "030 555 001", "kind": "contract", "system": system.pk, "agreement": agreement.pk}
    add = reverse("admin:calls_servicenumber_add")
    asked = as_admin.post(add, new)
    assert "wird die Service-Rufnummer von Moser" in asked.text
    answer(as_admin, add, asked, "_confirmed")
    number = ServiceNumber.objects.get(number="+4930555001")
    assert number.agreement == agreement
    assert errors_of(as_admin.post(add, new))["number"] == ["Diese Rufnummer ist schon eingetragen."]

    listed = as_admin.get(reverse("admin:calls_servicenumber_changelist"), {"q": "0555 001"}).text
    assert all(word in listed for word in ("Moser", "P-1", "in Betrieb"))
    beside = as_admin.get(reverse("admin:contracts_agreement_change", args=[agreement.pk])).text
    assert page_of(number) in beside

    release = as_admin.post(page_of(number), number_fields(number, release="1"))
    last = today_at(timezone.now()) + 179 * DAY
    assert f"Sie ruht bis {last.day}. " in release.text
    answer(as_admin, page_of(number), release, "_confirmed")
    released = ServiceNumber.objects.get(pk=number.pk)
    assert (released.agreement, released.quarantine_until) == (None, last)
    other = make_agreement(cast.bronze_customer, cast.gold, reference="B-2")
    refused = as_admin.post(page_of(number), number_fields(number, agreement=other.pk))
    assert "nur ihr voriger Kunde" in errors_of(refused)["agreement"][0]

    assert set(errors_of(as_admin.post(page_of(number), number_fields(number, wake="1")))) == {"reason"}
    post(as_admin, page_of(number), number_fields(number, wake="1", reason="nobody knew it"))
    number.refresh_from_db()
    assert number.quarantine_until is None
    deleted = as_admin.post(reverse("admin:calls_servicenumber_delete", args=[number.pk]), {"post": "yes"})
    assert deleted.status_code == 302
    assert not ServiceNumber.objects.filter(pk=number.pk).exists()


def test_a_number_in_use_is_not_deleted_and_the_page_says_why(as_admin: Client, cast: Cast) -> None:
    number = make_number(make_system(), "+4930555001", make_agreement(cast.plain_customer, cast.gold))
    delete = reverse("admin:calls_servicenumber_delete", args=[number.pk])
    page = as_admin.post(delete, {"post": "yes"}, follow=True)
    assert "Nur eine freie Nummer kann gelöscht werden." in page.text
    assert ServiceNumber.objects.filter(pk=number.pk).exists()


def test_the_page_of_a_renewal_shows_the_number_of_what_it_renews(as_admin: Client, cast: Cast) -> None:
    today = today_at(timezone.now())
    first = make_agreement(cast.plain_customer, cast.gold, starts_on=today - 9 * DAY, ends_on=today - DAY)
    number = make_number(make_system(), "+4930555001", first)
    level = make_level()
    second = make_agreement(cast.plain_customer, level, starts_on=today, renewed_from=first)
    unrelated = make_agreement(cast.plain_customer, level, starts_on=today)
    shown = [
        page_of(number) in as_admin.get(reverse("admin:contracts_agreement_change", args=[each.pk])).text
        for each in (first, second, unrelated)
    ]
    assert shown == [True, True, False]


def test_the_list_of_numbers_tells_where_each_is_in_its_life(as_admin: Client, cast: Cast) -> None:
    system = make_system()
    today = today_at(timezone.now())
    make_number(system, "+4930555001", make_agreement(cast.plain_customer, cast.gold))
    make_number(system, "+4930555002", quarantine_until=today, former_customer=cast.plain_customer)
    make_number(system, "+4930555003", quarantine_until=today - DAY)
    make_number(system, "+4930555004")
    changelist = reverse("admin:calls_servicenumber_changelist")

    def listed(given: str) -> set[str]:
        page = as_admin.get(changelist, {"given": given} if given else {})
        return {number.number[-3:] for number in page.context["cl"].result_list}

    assert {given: listed(given) for given in ("", "free", "given", "resting", "public")} == {
        "": {"000", "001", "002", "003", "004"},
        "free": {"003", "004"},
        "given": {"001"},
        "resting": {"002"},
        "public": {"000"},
    }


def test_the_rules_of_the_phone_are_one_row_that_opens_before_it_is_there(as_admin: Client) -> None:
    changelist = reverse("admin:calls_callpolicy_changelist")
    first = as_admin.get(changelist, follow=True)
    assert first.status_code == 200
    assert "5 bis 120." in first.text
    fields = {name: field.initial for name, field in first.context["adminform"].form.fields.items()}
    numbers = {name: value for name, value in fields.items() if type(value) is int}
    assert "ring_seconds" in errors_of(
        as_admin.post(first.request["PATH_INFO"], {**numbers, "ring_seconds": 4})
    )
    post(as_admin, first.request["PATH_INFO"], {**numbers, "ring_seconds": 25})
    assert CallPolicy.objects.get().ring_seconds == 25
    to = as_admin.get(changelist).headers["Location"]
    assert to == reverse("admin:calls_callpolicy_change", args=[1])
    assert as_admin.get(reverse("admin:calls_callpolicy_add")).status_code == 403


def test_tickets_of_unknown_callers_are_filed_under_whom_the_rules_name(as_admin: Client, cast: Cast) -> None:
    page = as_admin.get(reverse("admin:calls_callpolicy_add"))
    fields = {name: field.initial for name, field in page.context["adminform"].form.fields.items()}
    numbers = {name: value for name, value in fields.items() if type(value) is int}
    chosen = {**numbers, "unknown_callers": cast.plain_customer.pk}
    post(as_admin, reverse("admin:calls_callpolicy_add"), chosen)
    assert nobody_known() == cast.plain_customer
    (entry,) = AuditEntry.objects.filter(verb="call_policy.changed")
    assert entry.personal.details["unknown_callers_id"] == [None, cast.plain_customer.pk]
    change = reverse("admin:calls_callpolicy_change", args=[1])
    assert cast.plain_customer.name in as_admin.get(change).text
    missing = {**numbers, "unknown_callers": 2**40}
    assert "unknown_callers" in errors_of(as_admin.post(change, missing))


def test_a_signature_that_the_delivered_files_do_not_send_is_warned_of(as_admin: Client) -> None:
    warning = "Die Dateien, die Vorrang schreibt, signieren nicht"
    assert warning in as_admin.get(page_of(make_system())).text
    assert warning not in as_admin.get(page_of(make_system(kind="twiml"))).text


def test_a_signed_sipgate_is_still_given_its_password(as_admin: Client) -> None:
    key = {"scheme": "sipgate", "key": "-"}
    system = make_system(kind="sipgate", signing_key=key)
    shown = as_admin.get(page_of(system)).text
    assert f"pbx:GEHEIMNIS@localhost:8000/calls/v1/sipgate/{system.pk}" in shown


def test_a_phone_is_given_to_who_works_tickets_and_written_as_it_is_dialled(
    as_admin: Client, cast: Cast
) -> None:
    system = make_system()
    add = reverse("admin:calls_agentphone_add")
    fields = {"system": system.pk, "dial_target": "+49 170 1234567"}
    assert "user" in errors_of(as_admin.post(add, {**fields, "user": cast.owner.user_id}))
    post(as_admin, add, {**fields, "user": cast.agent.pk})
    phone = AgentPhone.objects.get()
    assert (phone.user, phone.dial_target, phone.presence) == (cast.agent, "+491701234567", "off")
    assert "dial_target" in errors_of(as_admin.post(page_of(phone), {**fields, "dial_target": "a,b"}))
    post(
        as_admin,
        reverse("admin:calls_oncall_add"),
        {"level": cast.gold.pk, "dial_target": "0049 170 1234567", "ring_seconds": 30},
    )
    assert OnCall.objects.get().dial_target == "+491701234567"


def test_numbers_are_imported_given_and_never_released_by_a_table(as_admin: Client, cast: Cast) -> None:
    system = make_system("Head office")
    make_agreement(cast.plain_customer, cast.gold, reference="P-1")
    make_agreement(cast.plain_customer, cast.gold, reference="=S")
    make_agreement(cast.bronze_customer, cast.gold, reference="=S")
    held = make_number(system, "+4930555009", make_agreement(cast.plain_customer, cast.gold))
    page = reverse("admin:calls_servicenumber_import")

    def sent(*lines: str) -> Any:
        file = SimpleUploadedFile("numbers.csv", "\n".join(["Rufnummer;Vertrag;Notiz", *lines]).encode())
        return as_admin.post(page, {"file": file})

    wrong = sent("201;;", "030 555002;P-9;", "030 555003;=S;", "+49 30 555009;P-1;", "112;;")
    reasons = [line.errors[0][1] for line in wrong.context["outcome"].of("wrong")]
    assert [reason[:24] for reason in reasons] == [
        "Höchstens fünf Ziffern s", "Kein Servicevertrag hat ", "Mehrere Kunden haben ein",
        "Die Nummer ist schon zug", "Das ist eine Notrufnumme",
    ]  # fmt: skip
    assert ServiceNumber.objects.count() == 2

    fine = sent("030 555001;P-1;Zentrale", "+49 30 555009;;Notiz", "030 555000;;Notiz")
    assert [line.fate for line in fine.context["outcome"].lines] == ["new", "changed", "changed"]
    assert as_admin.post(page, {"_upload": fine.context["agreed"]}).status_code == 302
    given = ServiceNumber.objects.get(number="+4930555001")
    assert (str(given.agreement), given.system, given.note) == ("P-1", system, "Zentrale")
    kept = ServiceNumber.objects.get(pk=held.pk)
    assert (kept.agreement, kept.note) == (held.agreement, "Notiz")
    verbs = AuditEntry.objects.filter(object_kind="calls.servicenumber").order_by("pk")
    assert sorted(verbs.values_list("verb", flat=True)) == [
        f"service_number.{verb}" for verb in ("added", "changed", "changed", "given")
    ]


@pytest.mark.parametrize("who", ["agent", "lead", "owner"])
def test_nobody_but_an_admin_keeps_telephony(client: Client, cast: Cast, who: str) -> None:
    system = make_system()
    user = getattr(cast, who)
    client.login(username=getattr(user, "user", user).username, password=PASSWORD)
    before = PhoneSystem.objects.values().get()
    for path in (page_of(system), reverse("admin:calls_servicenumber_changelist")):
        assert client.get(path).status_code == 404
        assert client.post(path, system_fields(system, rotate="1", _confirmed="rotate-0")).status_code == 404
    assert PhoneSystem.objects.values().get() == before
