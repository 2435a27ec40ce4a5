"""Telephone providers in the matrix: nobody of the firm may ask in their place."""

from typing import TYPE_CHECKING

from tests.factories.phones import make_system

if TYPE_CHECKING:
    from tests.matrix.world import World


def add_providers(world: "World") -> None:
    """One that comes with the secret in its address."""
    from tests.matrix.world import Thing

    system = make_system("Provider-zq", kind="twiml")
    world.things["provider"] = Thing({"kind": system.kind, "pk": system.pk}, system.name, system)
