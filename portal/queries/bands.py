"""The bands of the queue as customers may know them: a name and which one it is, counted from the best."""

from collections import defaultdict
from dataclasses import dataclass

from contracts.models import ServiceLevel


@dataclass(frozen=True)
class Band:
    """`position` 1 is the best; levels that share a rank share a band and are named together."""

    position: int
    name: str


def bands_by_rank() -> dict[int, Band]:
    """Every band that a service level gives, by rank."""
    names: dict[int, list[str]] = defaultdict(list)
    for rank, name in ServiceLevel.objects.order_by("rank", "name").values_list("rank", "name"):
        names[rank].append(name)
    return {
        rank: Band(position, " / ".join(of_rank))
        for position, (rank, of_rank) in enumerate(names.items(), start=1)
    }
