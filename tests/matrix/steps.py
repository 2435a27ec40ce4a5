"""The table's world: steps on tickets' checklists, and a monitoring that may send alerts."""

from typing import TYPE_CHECKING

from tickets.actions import alert_sources, checklist
from tickets.models import AlertSource, Ticket

if TYPE_CHECKING:
    from tests.matrix.world import World


def add_steps(world: "World") -> None:
    """Two steps on A1's and two on B's ticket, and a source of alerts for A."""
    from tests.matrix.world import Thing

    for contact, by, team in (("A1", "agent", "Workplace"), ("B", "other", "Network")):
        ticket: Ticket = world.things[f"{contact}'s ticket"].row
        for count in (1, 2):
            text = world.keep(f"notes in {team}", f"step-{count}-{contact}-zq")
            step = checklist.add(ticket=ticket, text=text, work_kind="advice", by=world.users[by])
        parts = {"pk": step.pk, "number": ticket.number}
        world.things[f"step of {contact}'s ticket"] = Thing(parts, text, step)
    number = world.things["A1's ticket"].parts["number"]
    foreign = {**world.things["step of B's ticket"].parts, "number": number}
    world.things["step of B's ticket below A1's number"] = Thing(foreign)
    source = AlertSource(customer=world.customers["A"], name="Monitoring", shape="alertmanager")
    alert_sources.create(source=source, by=None)
    world.things["alert source of A"] = Thing({"pk": source.pk, "object_id": source.pk}, source.name, source)
