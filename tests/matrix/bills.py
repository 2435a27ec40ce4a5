"""What is billed in the matrix: a statement for A and one for B, and an open charge of each."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from billing.actions import closing, deciding
from billing.models import BillingParty, Charge, Seller
from billing.queries.worklist import month_of
from contracts.models import PriceItem
from lib.paper_links import paper_token
from tests.factories.billing import make_list, make_party, make_seller

if TYPE_CHECKING:
    from tests.matrix.world import World


def add_bills(world: "World") -> None:
    """Create them through the actions."""
    from tests.matrix.world import Thing

    make_seller()
    make_list(valid_from="2019-01-01")
    month = month_of("", timezone.now())
    for name in ("A", "B"):
        customer = world.customers[name]
        address = f"bills-{name.lower()}@customer-zq.example"
        make_party(customer, email=world.keep(f"statements of {name}", address))
        text = world.keep(f"statements of {name}", f"charge-{name}-zq")
        _charge(world, name, text)
        (statement,) = closing.close_period(customer=customer, month=month, by=None)
        open_text = world.keep("open charges", f"open-{name}-zq")
        charge = _charge(world, name, open_text)
        parts = {"number": statement.number, "pk": statement.pk, "object_id": statement.pk}
        world.things[f"statement of {name}"] = Thing(parts, text, statement, (statement.number,))
        world.things[f"table of {name}'s statement"] = Thing({**parts, "kind": "csv"}, text, statement)
        token = paper_token(statement.number, address)
        world.things[f"link to {name}'s statement"] = Thing({"token": token}, "PDF")
        world.things[f"charge of {name}"] = Thing(
            {"pk": charge.pk, "object_id": charge.pk, "verb": "waive"}, open_text, charge
        )
    world.things["customer with charges"] = Thing({"pk": customer.pk}, open_text, customer)
    to_close = world.customers["C"]
    make_party(to_close, email="")
    _charge(world, "C", world.keep("open charges", "open-C-zq"))
    world.things["customer to close"] = Thing({"pk": to_close.pk}, "open-C-zq", to_close)
    world.things["seller"] = Thing({"pk": 1, "object_id": 1}, "Berger IT GmbH", Seller.objects.get())
    party = BillingParty.objects.get(customer=world.customers["A"])
    world.things["billing address of A"] = Thing({"pk": party.pk, "object_id": party.pk}, str(party), party)
    row = world.things["charge of A"].row
    world.things["row of a charge"] = Thing({"pk": row.pk, "object_id": row.pk}, row.key, row)
    statement = world.things["statement of A"].row
    parts = {"pk": statement.pk, "object_id": statement.pk}
    world.things["row of a statement"] = Thing(parts, statement.number, statement)


def _charge(world: "World", name: str, text: str) -> Charge:
    return deciding.add(
        customer=world.customers[name],
        item=PriceItem.objects.select_related("price_list").get(code="setup"),
        quantity=Decimal(1),
        day=month_of("", timezone.now()).ends_on,
        text=text,
        by=world.users["lead"],
    )
