"""Telephone systems as admins keep them: secrets, keys, passwords, networks, and what is said of them."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone, translation

from accounts.models import AuditEntry, AuditValues, User
from calls.access import system_with
from calls.actions import phones, policies, systems
from calls.actions.refusing import Refused
from calls.models import AgentPhone, Call, CallPolicy, OnCall, PhoneSystem
from calls.queries.systems import system_now, with_counts
from calls.rules import entries
from contracts.queries import company_zone
from tests.factories.cast import make_level, make_user
from tests.factories.phones import Line, make_phone, make_system, open_always, post

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
INCOMING = {"event": "incoming", "call_id": "1", "seq": "1", "from": "0301234567", "to": "030555000"}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def admin() -> User:
    return make_user("admin", User.Role.ADMIN)


def everything_in(table: str) -> str:
    """All that the database holds of a table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_former_secret_works_until_its_time_and_not_after(admin: User) -> None:
    now = timezone.now()
    first = systems.create(system=PhoneSystem(name="PBX"), by=admin, at=now)
    system = PhoneSystem.objects.get()
    assert system_with(first, now) == system

    second = systems.rotate(system=system, by=admin, overlap=HOUR, at=now)
    for at, works in ((now, True), (now + HOUR - timedelta(seconds=1), True), (now + HOUR, False)):
        assert (system_with(first, at) == system) is works
        assert system_with(second, at) == system

    third = systems.rotate(system=system, by=admin, at=now)
    assert [system_with(each, now) for each in (first, second, third)] == [None, None, system]

    fourth = systems.rotate(system=system, by=admin, overlap=HOUR, at=now)
    systems.end_former(system=system, by=admin, at=now)
    assert [system_with(each, now) for each in (third, fourth)] == [None, system]
    assert post("step", INCOMING, secret=third).status_code == 401
    assert post("step", INCOMING, secret=fourth).status_code == 200


def test_no_overlap_is_longer_than_thirty_days(admin: User) -> None:
    now = timezone.now()
    first = systems.create(system=PhoneSystem(name="PBX"), by=admin)
    system = PhoneSystem.objects.get()
    systems.rotate(system=system, by=admin, overlap=timedelta(days=400), at=now)
    assert system_with(first, now + timedelta(days=30)) is None


def test_no_secret_lies_anywhere_in_clear(admin: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    system = PhoneSystem(name="PBX")
    secrets = [systems.create(system=system, by=admin)]
    secrets.append(systems.rotate(system=system, by=admin, overlap=HOUR))
    system.signing_key = {"scheme": "hmac", "key": "a-key-of-some-length"}
    system.ari_url, system.ari_user, system.ari_password = "https://pbx.example", "v", "a-password-of-ari"
    system.ami_host, system.ami_user, system.ami_password = "pbx.example", "v", "a-password-of-ami"
    systems.change(system=system, by=admin)

    entry = AuditEntry.objects.filter(verb="phone_system.changed").get()
    hidden = {"signing_key": "changed", "ari_password": "changed", "ami_password": "changed"}
    assert hidden.items() <= entry.personal.details.items()
    tables = (PhoneSystem, AuditEntry, AuditValues)
    kept = "\n".join(everything_in(model._meta.db_table) for model in tables) + caplog.text
    for secret in (*secrets, "a-key-of-some-length", "a-password-of-ari", "a-password-of-ami"):
        assert secret not in kept
    read = PhoneSystem.objects.get()
    assert (read.ari_password, read.signing_key) == ("a-password-of-ari", system.signing_key)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"networks": "10.0.0.0/24\n\n10.0.0.0/33"}, "entry.network"),
        ({"networks": "10.0.0.0/24, 10.1.0.0/24"}, "entry.network"),
        ({"ari_url": "ftp://pbx.example"}, "entry.address"),
        ({"ari_url": "file:///etc/passwd"}, "entry.address"),
        ({"ari_url": "//pbx.example"}, "entry.address"),
        ({"ari_url": "http://u:p@pbx.example"}, "entry.address_password"),
        ({"ami_host": "pbx.example:5038/x"}, "entry.host"),
        ({"ami_user": "v\r\nAction: Command"}, "entry.login"),
        ({"signing_key": {"scheme": "twilio", "key": "a-key-of-some-length"}}, "entry.scheme"),
        ({"signing_key": {"scheme": "hmac", "key": "short"}}, "entry.key_short"),
    ],
)
def test_what_would_break_or_open_something_is_refused(
    admin: User, fields: dict[str, Any], code: str
) -> None:
    system = make_system(area_code="30")
    for name, value in fields.items():
        setattr(system, name, value)
    with pytest.raises(Refused) as refusal:
        systems.change(system=system, by=admin)
    assert [why.code for why in refusal.value.why] == [code]
    kept = PhoneSystem.objects.values(*fields).get()
    assert kept != fields
    assert not AuditEntry.objects.filter(verb="phone_system.changed").exists()


def test_a_bad_network_is_named_by_its_line() -> None:
    faults = entries.faulty_networks("10.0.0.0/24\n\n10.0.0.300\n2001:db8::/32\nhere")
    assert [(fault.params["line"], fault.params["text"]) for fault in faults] == [
        (3, "10.0.0.300"),
        (5, "here"),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "codes"),
    [
        ("sipgate", "hold https://a.example/h.wav\nclosed  http://a.example/c.wav", []),
        ("sipgate", "hold", ["entry.sound"]),
        ("sipgate", "hold javascript:alert(1)", ["entry.sound_address"]),
        ("placetel", "hold 1234", []),
        ("placetel", "hold https://a.example/h.wav", ["entry.prompt"]),
    ],
)
def test_recordings_are_addresses_or_prompts(kind: str, text: str, codes: list[str]) -> None:
    assert [fault.code for fault in entries.faulty_sounds(text, kind=kind)] == codes


@pytest.mark.parametrize(
    ("kind", "target", "is_fine"),
    [
        ("asterisk", "agent1", True),
        ("asterisk", "+491701234567", True),
        ("asterisk", "agent1,10,(x)", False),
        ("asterisk", "a&b", False),
        ("asterisk", "a@b", False),
        ("twiml", "anna@sip.example.com", True),
        ("twiml", "+491701234567", True),
        ("twiml", "client:anna", False),
        ("sipgate", "w0", False),
        ("events", "Anna Berger", True),
        ("events", "Anna\nBerger", False),
        ("", "agent1", True),
        ("", "a b", False),
    ],
)
def test_what_is_dialled_is_what_the_telephone_system_can_dial(
    kind: str, target: str, *, is_fine: bool
) -> None:
    assert bool(entries.faulty_target(target, kind=kind)) is not is_fine


def test_a_phone_is_an_agents_and_stays_as_it_is_while_it_has_a_call(admin: User) -> None:
    open_always()
    system = make_system()
    contact = make_user("contact", User.Role.CONTACT)
    with pytest.raises(Refused, match="works tickets"):
        phones.add(phone=AgentPhone(user=contact, system=system, dial_target="201"), by=admin)
    left = make_user("left", User.Role.AGENT)
    left.is_active = False
    with pytest.raises(Refused, match="works tickets"):
        phones.add(phone=AgentPhone(user=left, system=system, dial_target="201"), by=admin)

    phone = make_phone(system)
    line = Line(system, "+4930555000")
    assert line.rings()["action"] == "connect"
    phone.dial_target = "202"
    with pytest.raises(Refused, match="has a call"):
        phones.change(phone=phone, by=admin)
    with pytest.raises(Refused, match="has a call"):
        phones.remove(phone=phone, by=admin)
    line.tells("hangup", after=5)
    phones.change(phone=phone, by=admin)
    assert AgentPhone.objects.get().dial_target == "202"
    phones.remove(phone=phone, by=admin)
    assert (AgentPhone.objects.count(), line.call.phone) == (0, None)
    verbs = AuditEntry.objects.filter(object_kind="calls.agentphone").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["agent_phone.changed", "agent_phone.removed"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ring_seconds": 4}, "ring_seconds"),
        ({"ring_seconds": 121}, "ring_seconds"),
        ({"poll_seconds": 0}, "poll_seconds"),
        ({"poll_seconds": 31}, "poll_seconds"),
        ({"hard_limit": 60}, "hard_limit"),
        ({"keep_days": 30, "keep_step_days": 31}, ""),
    ],
)
def test_rules_of_the_phone_keep_their_ranges(admin: User, fields: dict[str, int], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        policies.save_policy(policy=CallPolicy(**fields), by=admin)
    assert list(getattr(refusal.value, "error_dict", {})) == ([field] if field else [])
    assert not CallPolicy.objects.exists()


def test_a_changed_rule_holds_for_the_next_call_and_stands_in_the_trail(admin: User) -> None:
    open_always()
    system = make_system()
    make_phone(system)
    policies.save_policy(policy=CallPolicy(ring_seconds=33), by=admin)
    assert Line(system, "+4930555000").rings()["ring_seconds"] == 33
    entry = AuditEntry.objects.get(verb="call_policy.changed")
    assert entry.personal.details == {"ring_seconds": [20, 33]}


def test_who_is_on_call_is_added_changed_and_removed(admin: User) -> None:
    on_call = policies.save_on_call(on_call=OnCall(level=make_level(), dial_target="+491701234567"), by=admin)
    on_call.ring_seconds = 45
    policies.save_on_call(on_call=on_call, by=admin)
    with pytest.raises(Refused):
        policies.save_on_call(on_call=OnCall(level=make_level(), dial_target="a b"), by=admin)
    policies.remove_on_call(on_call=on_call, by=admin)
    verbs = AuditEntry.objects.filter(object_kind="calls.oncall").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "on_call.added",
        "on_call.changed",
        "on_call.removed",
    ]


@pytest.mark.parametrize(
    ("seen_at", "now", "is_said"),
    [
        ("2026-11-20T15:00", "2026-11-23T09:00", False),  # over the weekend
        ("2026-11-20T15:00", "2026-11-23T14:30", True),
        ("2026-11-23T08:30", "2026-11-23T17:00", False),  # a quiet day
        ("2026-11-23T09:00", "2026-11-24T09:30", True),
    ],
)
def test_nobody_calls_while_the_company_is_closed(seen_at: str, now: str, *, is_said: bool) -> None:
    open_always("Mon-Fri 08:00-17:00")
    system, at = make_system(), datetime.fromisoformat(now).replace(tzinfo=company_zone())
    make_phone(system)
    seen = datetime.fromisoformat(seen_at).replace(tzinfo=company_zone())
    PhoneSystem.objects.update(seen_at=seen)
    said = system_now(with_counts(at).get(), at, "en").troubles
    assert ["It has asked nothing since" in text for text in said] == ([True] if is_said else [])


def test_an_admin_is_told_what_is_wrong_with_a_telephone_system(admin: User) -> None:
    open_always()
    now = timezone.now()
    system = make_system(ari_url="https://pbx.example", ari_user="v", ari_password="p")

    def said() -> tuple[str, list[str]]:
        found = system_now(with_counts(now).get(), now, "en")
        return found.state.value, [text.split(":")[0].split(".")[0] for text in found.troubles]

    state, troubles = said()
    assert state == "new"
    assert troubles[0] == "It has never asked"

    PhoneSystem.objects.update(seen_at=now, reconciled_at=now)
    make_phone(system)
    assert said() == ("fine", [])

    Line(system, "+4930555000").tells("hangup", cause="16")
    PhoneSystem.objects.update(reconcile_error="refused", refused_at=now)
    state, troubles = said()
    assert state == "trouble"
    assert troubles[1:] == ["In the last 7 days it decided 1 call without us", "The last comparing failed"]

    Call.objects.update(arrived_at=now - timedelta(days=8), ended_at=now)
    silent = {"seen_at": now - timedelta(days=2), "reconcile_error": "", "refused_at": None}
    PhoneSystem.objects.update(**silent)
    assert said()[1][0].startswith("It has asked nothing since")

    PhoneSystem.objects.update(is_active=False)
    assert said() == ("off", ["It is switched off"])
