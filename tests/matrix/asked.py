"""What customers of the matrix were asked to approve, A1 and B; and a draft of the price list."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from contracts.models import PriceItem
from tests.factories.prices import (
    make_own_price,
    make_price_list,
    make_service,
    make_standing_approval,
    usual_items,
)
from tickets.actions import approving
from tickets.queries.approval_links import approval_token

if TYPE_CHECKING:
    from tests.matrix.world import World


def add_approvals(world: "World") -> None:
    """Create them through the actions; the list in force is there already."""
    from tests.matrix.world import Thing, _row

    for name, by in (("A1", "agent"), ("B", "other")):
        ticket, contact = world.things[f"{name}'s ticket"].row, world.contacts[name]
        # Whoever has the link reads it; tests/integration/test_isolation_matrix.py knows who else may.
        text = f"approvaltext-{name}-zq"
        asked = approving.ask(
            ticket=ticket,
            service=make_service("remote"),
            ceiling=Decimal(240),
            text=text,
            by=world.users[by],
            contact=contact,
        )
        world.things[f"price asked of {name}"] = _row(asked, text, number=ticket.number, request=asked.pk)
        token = approval_token(asked, contact)
        world.things[f"link of {name}'s price"] = Thing({"token": token}, text)
    world.things["link of no price"] = Thing({"token": f"{token[:-1]}~"})
    a1, b = (world.things[f"price asked of {name}"].parts for name in ("A1", "B"))
    world.things["price asked of B below A1's number"] = Thing({**b, "number": a1["number"]})
    _rows_of_the_admin(world)
    _published_prices(world)


def _rows_of_the_admin(world: "World") -> None:
    from tests.matrix.world import _row

    travel = [item for item in usual_items() if item["code"] == "travel"]
    draft = make_price_list(date(2040, 1, 1), items=travel, is_published=False, name="draft-zq")
    world.things["draft of prices"] = _row(draft, "draft-zq")
    world.things["price of the draft"] = _row(draft.items.get(code="travel"), "Anfahrt")
    customer = world.customers["B"]
    world.things["own price of B"] = _row(make_own_price(customer, "99.00"), "remote")
    approval = make_standing_approval(customer, starts_on=date(2039, 1, 1), evidence="evidence-zq")
    world.things["standing approval of B"] = _row(approval, customer.name)


def _published_prices(world: "World") -> None:
    """The list in force with one of its prices, which are only shown; the draft has fewer."""
    from tests.matrix.world import _row

    item = PriceItem.objects.select_related("price_list").get(code="setup")
    prices = item.price_list
    world.things["published prices"] = _row(prices, prices.name)
    world.things["published price"] = _row(item, item.code)
    last = prices.items.count() - 1
    for part in (f"items-{last}-code", f"items-{last}-DELETE"):
        world.keep("fields for what is only shown", f'name="{part}"')
