"""The decided work that charges are made of."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.models import Charge
from tickets.models import CoverageSlice


def slices_of(customer_id: int) -> QuerySet[CoverageSlice]:
    """What stands of a customer's work, ready to be made into charges."""
    return CoverageSlice.objects.filter(_stands(), decision__entry__customer=customer_id).select_related(
        "decision__entry__ticket", "decision__entry__service", "price_list", "price_item"
    )


def customers_to_collect() -> list[int]:
    """Customers with work that no charge was made of, and such whose charges have to be looked at again."""
    charged = Exists(Charge.objects.filter(slice=OuterRef("pk"), corrects__isnull=True))
    missing = CoverageSlice.objects.filter(_stands()).exclude(charged)
    corrected = Exists(Charge.objects.filter(corrects=OuterRef("pk")))
    not_standing = Charge.objects.filter(~_stands("slice__"), kind=Charge.Kind.WORK)
    has_left = ~corrected & ~Q(quantity=0, net=0)  # of nothing, nothing is taken back
    gone = not_standing.filter(Q(statement__isnull=True) | has_left)
    other_flag = Charge.objects.open().filter(
        kind=Charge.Kind.WORK, is_flagged=False, slice__decision__entry__is_flagged=True, is_covered=False
    )
    told = Charge.objects.held().filter(
        kind=Charge.Kind.WORK, slice__decision__entry__is_flagged=False, slice__price_item__isnull=False
    )
    found: set[int] = set(missing.values_list("decision__entry__customer", flat=True))
    for charges in (gone, other_flag, told):
        found.update(charges.values_list("customer", flat=True))
    return sorted(found)


def _stands(prefix: str = "") -> Q:
    """Slices of the decision that holds, of an entry that was not taken back."""
    return Q(**{f"{prefix}decision__is_current": True, f"{prefix}decision__entry__voided_at__isnull": True})
