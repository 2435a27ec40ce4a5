"""Which charges are missing, which are gone, and which closed ones a new line has to take back.

What is open follows the decisions: a charge whose decision was replaced is dropped and the new one is added.
What stands on a statement is never touched: a line of its own takes back what is left of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

Key = str


@dataclass(frozen=True)
class ChargeFact:
    """A charge as far as corrections go: its slice, and the key of the charge that it corrects."""

    key: Key
    slice_id: int | None
    quantity: Decimal
    net: Decimal
    is_closed: bool
    corrects: Key | None = None


@dataclass(frozen=True)
class TakenBack:
    """What is left of a closed charge, to be taken back by a line with the opposite sign."""

    key: Key
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True)
class Plan:
    """What collecting has to do: slices to add, open charges to drop, closed ones to take back."""

    add: tuple[int, ...]
    drop: tuple[Key, ...]
    take_back: tuple[TakenBack, ...]


def slice_key(slice_id: int) -> Key:
    """The key of the charge that a slice of a time entry makes."""
    return f"slice:{slice_id}"


def reversal_key(key: Key) -> Key:
    """The key of the line that takes a closed charge back, so that it happens once."""
    return f"reverse:{key}"


def waiver_key(key: Key) -> Key:
    """The key of the line that waives a charge, so that it happens once."""
    return f"waive:{key}"


def plan(standing: Collection[int], charges: Iterable[ChargeFact]) -> Plan:
    """Compare the slices that stand now with the charges that there are."""
    known = {charge.key: charge for charge in charges}
    corrections: dict[Key, list[ChargeFact]] = defaultdict(list)
    for charge in known.values():
        if charge.corrects is not None:
            corrections[charge.corrects].append(charge)
    made = {charge.slice_id for charge in known.values() if charge.slice_id and charge.corrects is None}
    gone = [
        charge
        for charge in known.values()
        if charge.slice_id and charge.corrects is None and charge.slice_id not in standing
    ]
    return Plan(
        add=tuple(sorted(set(standing) - made)),
        drop=tuple(key for charge in gone if not charge.is_closed for key in _with(charge, corrections)),
        take_back=tuple(
            back for charge in gone if charge.is_closed and (back := _left(charge, corrections, known))
        ),
    )


def _with(charge: ChargeFact, corrections: dict[Key, list[ChargeFact]]) -> list[Key]:
    """An open charge after the open lines that correct it, which go first."""
    return [each.key for each in corrections[charge.key]] + [charge.key]


def _left(
    charge: ChargeFact, corrections: dict[Key, list[ChargeFact]], known: dict[Key, ChargeFact]
) -> TakenBack | None:
    """What is left of a closed charge; None where nothing is, or it was taken back already."""
    if reversal_key(charge.key) in known:
        return None
    quantity = charge.quantity + sum((each.quantity for each in corrections[charge.key]), Decimal(0))
    net = charge.net + sum((each.net for each in corrections[charge.key]), Decimal(0))
    return TakenBack(charge.key, quantity, net) if quantity or net else None
