"""Telephony in the admin: one row of each model that has pages there."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from calls.actions import phones, policies
from calls.models import AgentPhone, Call, CallChore, CallPolicy, OnCall, Voicemail
from tests.factories.phones import make_number

if TYPE_CHECKING:
    from tests.matrix.world import World

NUMBER = "+49305550199"


def add_telephony(world: "World") -> None:
    """Beside the provider (tests/matrix/providers.py); the number is nobody's, so that it may be deleted."""
    from tests.matrix.world import Thing

    def keep(name: str, row: Any, text: str) -> None:
        world.things[name] = Thing({"pk": row.pk, "object_id": row.pk}, text, row)

    now, system = timezone.now(), world.things["provider"].row
    keep("telephone system", system, system.name)
    number = make_number(system, NUMBER, note="number-zq")
    world.things["free number"] = Thing(
        {"pk": number.pk, "object_id": number.pk}, str(number), number, (str(number).replace(" ", "\u00a0"),)
    )
    agent = world.users["agent"]
    phone = phones.add(phone=AgentPhone(user=agent, system=system, dial_target="+49891000199"), by=None)
    keep("phone of the agent", phone, phone.dial_target)
    target = "+49891000198"
    on_call = policies.save_on_call(on_call=OnCall(level=world.levels["A"], dial_target=target), by=None)
    keep("phone on call", on_call, target)
    keep("rules of the phone", policies.save_policy(policy=CallPolicy(hard_limit=14_321), by=None), "14321")
    call = Call.objects.create(
        system=system, external_id="call-zq", arrived_at=now, seen_at=now, state="ended", ended_at=now
    )
    Call.objects.filter(pk=call.pk).update(from_text="caller-zq")
    keep("row of a call", call, "caller-zq")
    recording = "recording-zq"
    voicemail = Voicemail.objects.create(call=call, recording=recording, error="error-zq", created_at=now)
    keep("row of a voicemail", voicemail, "error-zq")
    chore = CallChore.objects.create(call=call, kind="timeline", due_at=now, done_at=now, error="chore-zq")
    keep("row of a task", chore, "chore-zq")
