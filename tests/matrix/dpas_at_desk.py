"""The same data-processing agreements as the desk addresses them, and one of C that is in force."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tests.factories.gates import make_dpa
from tests.factories.processing import conclude

if TYPE_CHECKING:
    from tests.matrix.world import World


def add_desk_dpas(world: "World") -> None:
    """After `add_dpas`: lines of lists, a question of the review, a signed document."""
    from tests.matrix.world import Thing

    held = conclude(world.customers["C"])
    mine, others = world.things["DPA of A"].row, world.things["DPA of B"].row
    for name, dpa in (("A", mine), ("B", others), ("C", held)):
        world.things[f"line of {name}'s DPA"] = Thing({"pk": dpa.pk, "object_id": dpa.pk}, dpa.called, dpa)
    for name in ("A", "B"):
        over = make_dpa(world.customers[name], "ended", at=timezone.now() - timedelta(days=1))
        parts = {"pk": over.pk, "object_id": over.pk}
        world.things[f"ended DPA of {name}"] = Thing(parts, over.called, over)
    question = others.review_items.filter(party="firm")[0]
    world.things["question of B's DPA"] = Thing({"pk": others.pk, "item": question.pk}, "", question)
    world.things["paper of A's DPA"] = Thing({"pk": mine.pk}, "PDF")
    signature = mine.signatures.get(party="firm")
    paper = world.things["signed paper of A"].text
    world.things["signed document of A's DPA"] = Thing({"pk": mine.pk, "signature": signature.pk}, paper)
