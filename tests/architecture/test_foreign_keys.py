"""No table points at a table of a room above its own: a room can be read and tested without those."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.product import ROOMS
from tickets.models import Ticket


def upward_keys(tables: Iterable[type[models.Model]]) -> Iterator[str]:
    """Every foreign key, one-to-one and many-to-many that points upward."""
    for table in tables:
        for field in table._meta.get_fields():
            if field.auto_created or not field.is_relation or field.related_model is None:
                continue
            above = ROOMS[: ROOMS.index(table._meta.app_label)]
            target = field.related_model
            if not isinstance(target, str) and target._meta.app_label in above:
                yield f"{table._meta.label}.{field.name} points up at {target._meta.label}"


def own_tables() -> list[type[models.Model]]:
    """The tables of all rooms, those of many-to-many fields with them."""
    return [
        table for room in ROOMS for table in apps.get_app_config(room).get_models(include_auto_created=True)
    ]


def test_no_key_points_upward() -> None:
    tables = own_tables()
    assert len(tables) > 15
    assert list(upward_keys(tables)) == []


@isolate_apps("accounts", "tickets")
def test_a_key_that_points_upward_is_noticed() -> None:
    class Injected(models.Model):  # noqa: DJ008
        first_ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
        only_ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="+")
        tickets = models.ManyToManyField(Ticket, related_name="+")
        itself = models.ForeignKey("self", models.CASCADE, related_name="+")

        class Meta:
            app_label = "accounts"

    assert list(upward_keys([Injected])) == [
        "accounts.Injected.first_ticket points up at tickets.Ticket",
        "accounts.Injected.only_ticket points up at tickets.Ticket",
        "accounts.Injected.tickets points up at tickets.Ticket",
    ]
