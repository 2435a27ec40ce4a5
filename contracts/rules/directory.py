"""The directory of sub-processors: which version holds, what a new one changes, when to object. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

LEAST_DAYS_TO_OBJECT = 14
"""Whoever is told of a change has at least so many days to object, or the whole notice where that is less."""


@dataclass(frozen=True, slots=True)
class EntryFact:
    """What one version says of one sub-processor; `subprocessor` stays the same from version to version."""

    subprocessor: int
    name: str
    service: str
    data_categories: str
    place: str
    safeguards: str
    since_on: date
    until_on: date | None = None


FIELDS = tuple(field.name for field in fields(EntryFact) if field.name != "subprocessor")
"""What is compared, in the order in which people read it."""


class Kind(StrEnum):
    """What happens to an entry."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


_ORDER = list(Kind)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that reads otherwise."""

    field: str
    old: str | date | None
    new: str | date | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that differs: as it is from then on (removed: as it was), and the fields that changed."""

    kind: Kind
    entry: EntryFact
    fields: tuple[FieldChange, ...] = ()


def diff(old: Iterable[EntryFact], new: Iterable[EntryFact]) -> tuple[EntryChange, ...]:
    """What leads from one version to the other: added, changed, removed, by name within each."""
    before = {one.subprocessor: one for one in old}
    after = {one.subprocessor: one for one in new}
    found = [EntryChange(Kind.ADDED, one) for key, one in after.items() if key not in before]
    found += [EntryChange(Kind.REMOVED, one) for key, one in before.items() if key not in after]
    for key in before.keys() & after.keys():
        if before[key] != after[key]:
            found.append(EntryChange(Kind.CHANGED, after[key], _fields(before[key], after[key])))
    return tuple(
        sorted(found, key=lambda one: (_ORDER.index(one.kind), one.entry.name, one.entry.subprocessor))
    )


def _fields(old: EntryFact, new: EntryFact) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, getattr(old, name), getattr(new, name))
        for name in FIELDS
        if getattr(old, name) != getattr(new, name)
    )


@dataclass(frozen=True, slots=True)
class VersionFact:
    """A version: a draft, announced, or announced and dropped again before it took effect."""

    number: int
    effective_on: date
    is_announced: bool
    is_dropped: bool = False

    @property
    def counts(self) -> bool:
        """Whether it takes effect on its day."""
        return self.is_announced and not self.is_dropped


def in_effect(versions: Iterable[VersionFact], day: date) -> VersionFact | None:
    """The version that holds on a day; None before the first."""
    begun = [one for one in versions if one.counts and one.effective_on <= day]
    return max(begun, key=lambda one: (one.effective_on, one.number), default=None)


def coming(versions: Iterable[VersionFact], day: date) -> tuple[VersionFact, ...]:
    """The versions that are announced and not in effect yet, the next one first."""
    ahead = [one for one in versions if one.counts and one.effective_on > day]
    return tuple(sorted(ahead, key=lambda one: (one.effective_on, one.number)))


def before(versions: Iterable[VersionFact], version: VersionFact) -> VersionFact | None:
    """The version that this one changes: the latest announced one before it that was not dropped."""
    older = [one for one in versions if one.counts and one.number < version.number]
    return max(older, key=lambda one: one.number, default=None)


def earliest_effect(
    today: date, notice_days: int, versions: Iterable[VersionFact], *, tells_somebody: bool
) -> date:
    """The first day on which a version that is announced today may take effect.

    Where there is nobody to tell (the directory is new, or nobody has an agreement), that is today. It is
    always after the last one announced: versions take effect in their order.
    """
    earliest = today + timedelta(days=notice_days) if tells_somebody else today
    latest = max((one.effective_on for one in versions if one.counts), default=None)
    return earliest if latest is None else max(earliest, latest + timedelta(days=1))


def earliest_last_day(today: date, effective_on: date) -> date:
    """The earliest day up to which people have to be able to object."""
    return min(today + timedelta(days=LEAST_DAYS_TO_OBJECT), effective_on)


def objections_until(announced_on: date, until_on: date, told_on: date) -> date:
    """The last day to object for a customer who is told on a day: as many days as those told at first."""
    return max(until_on, told_on + (until_on - announced_on))
