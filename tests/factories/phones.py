"""Telephone systems, numbers and phones; and one call as its telephone system tells it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import Team, User
from accounts.models.tokens import token_digest
from calls.actions import stepping, telling
from calls.models import AgentPhone, Call, CallPolicy, PhoneSystem, ServiceNumber
from calls.rules.peers import PeerEvent
from contracts.models import Agreement, ServiceHours
from contracts.queries.calendars import memory
from tests.factories.cast import make_user

SECRET = "a secret of the telephone system"
PUBLIC = "+4930555000"
_serial = count(1)


def open_always(weekly: str = "24/7") -> None:
    """The company's hours, whatever the time of the day is."""
    changed = {"weekly": weekly, "version": uuid4()}
    named = {"name": "Company", "country": "", "region": ""}
    ServiceHours.objects.update_or_create(
        is_default=True, defaults=changed, create_defaults={**named, **changed}
    )
    memory.forget()


def make_system(name: str = "", **fields: Any) -> PhoneSystem:
    """A telephone system with `SECRET`, in Berlin, with a public number."""
    number = next(_serial)
    system = PhoneSystem.objects.create(
        **{
            "name": name or f"PBX {number}",
            "secret_sha256": token_digest(SECRET),
            "area_code": "30",
            **fields,
        }
    )
    if not ServiceNumber.objects.filter(number=PUBLIC).exists():
        make_number(system, PUBLIC, kind="public")
    return system


def make_number(
    system: PhoneSystem, number: str, agreement: Agreement | None = None, **fields: Any
) -> ServiceNumber:
    """A number; with an agreement it is that one's."""
    return ServiceNumber.objects.create(
        **{"system": system, "number": number, "agreement": agreement, "created_at": timezone.now(), **fields}
    )


def make_phone(system: PhoneSystem, *teams: Team, **fields: Any) -> AgentPhone:
    """The phone of a new agent who is on duty and present."""
    number = next(_serial)
    user = make_user(f"phone{number}", User.Role.AGENT, *teams)
    User.objects.filter(pk=user.pk).update(is_on_duty=True)
    return AgentPhone.objects.create(
        **{"user": user, "system": system, "dial_target": f"agent{number}", "presence": "on", **fields}
    )


def set_policy(**fields: Any) -> None:
    """Change the rules of the phone."""
    CallPolicy.objects.update_or_create(pk=1, defaults=fields)


@dataclass
class Line:
    """One call, told by its telephone system at moments that the test chooses."""

    system: PhoneSystem
    to: str
    caller: str = "+49301234567"
    start: datetime = field(default_factory=timezone.now)
    seq: int = 0
    id: str = field(default_factory=lambda: f"call-{next(_serial)}")
    agent: str = ""

    def asks(self, event: str = "wait_tick", *, after: float = 0, **fields: Any) -> dict[str, Any]:
        """The answer to the next question, `after` seconds from the start."""
        self.seq += 1
        given = {"seq": self.seq, "agent": self.agent, **fields}
        asked = PeerEvent(event=event, call_id=self.id, caller=self.caller, dialled=self.to, **given)
        answer = stepping.step(system=self.system, asked=asked, at=self.start + timedelta(seconds=after))
        self.agent = answer["agent"]
        return answer

    def rings(self, *, after: float = 0) -> dict[str, Any]:
        """The call comes in."""
        return self.asks("incoming", after=after)

    def tells(self, event: str, *, after: float = 0, **fields: Any) -> dict[str, Any]:
        """Something happened to the call."""
        told = PeerEvent(
            event=event, call_id=self.id, caller=self.caller, dialled=self.to, agent=self.agent, **fields
        )
        return telling.tell(system=self.system, told=told, at=self.start + timedelta(seconds=after))

    @property
    def call(self) -> Call:
        """What we keep of it."""
        return Call.objects.get(system=self.system, external_id=self.id)


def post(
    path: str, fields: dict[str, Any], *, secret: str = SECRET, as_json: bool = False, **more: Any
) -> Any:
    """Send it to the step protocol as a telephone system does."""
    headers = {"Authorization": f"Bearer {secret}", **more.pop("headers", {})}
    client = Client(enforce_csrf_checks=True)
    address = f"/calls/v1/{path}"
    if as_json:
        return client.post(address, fields, "application/json", headers=headers, **more)
    return client.post(address, fields, headers=headers, **more)
