"""Calls and service numbers in the matrix: one of A's and one of B's; the agent took the call of A's."""

from typing import TYPE_CHECKING

from django.utils import timezone

from calls.models import Call
from contracts.models import Agreement
from lib.phones import readable
from tests.factories.phones import make_number

if TYPE_CHECKING:
    from tests.matrix.world import World

NUMBERS = {"A": ("+49305550101", "+49307770101"), "B": ("+49305550102", "+49307770102")}
"""The service number, and who called it."""
ON_TICKET = "+49307770103"


def add_calls(world: "World") -> None:
    """On the telephone system of tests/matrix/providers.py; the agent's phone is that of the admin's row."""
    from tests.matrix.world import Thing

    now, system = timezone.now(), world.things["provider"].row
    phone = world.things["phone of the agent"].row
    for name, (text, caller) in NUMBERS.items():
        customer = world.customers[name]
        agreement = Agreement.objects.filter(customer=customer, kind="service").earliest("pk")
        number = make_number(system, text, agreement)
        world.things[f"service number of {name}"] = Thing({"pk": number.pk}, text, number, (readable(text),))
        call = Call.objects.create(
            system=system,
            external_id=f"matrix-{name}",
            number=number,
            holder=customer,
            customer=customer,
            from_number=caller,
            to_number=text,
            line="contract",
            state="ended",
            outcome="answered",
            arrived_at=now,
            seen_at=now,
            ended_at=now,
            phone=phone if name == "A" else None,
        )
        world.things[f"call of {name}"] = Thing({"pk": call.pk}, caller, call, (readable(caller),))
    # Taken by the agent, for a ticket that only the other agent reads.
    call = Call.objects.create(
        system=system,
        external_id="matrix-ticket",
        customer=world.customers["B"],
        match="known",
        from_number=ON_TICKET,
        to_number=NUMBERS["B"][0],
        line="public",
        state="ended",
        outcome="answered",
        arrived_at=now,
        seen_at=now,
        ended_at=now,
        phone=phone,
        ticket=world.things["B's ticket"].row,
    )
    world.things["call on B's ticket"] = Thing({"pk": call.pk}, ON_TICKET, call, (readable(ON_TICKET),))
