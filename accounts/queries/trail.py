"""The audit trail as a chain: where it ends, and whether it is whole."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from accounts.gateways import audit_anchors
from accounts.models import AuditCut, AuditEntry, AuditValues
from accounts.rules.chain import BEGINNING, Link, commitment_of, hash_of

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """The number and hash of the last sealed line."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with which line: `entry` is its id where there still is one."""

    fault: str
    number: int | None = None
    entry: int | None = None


@dataclass
class Verdict:
    """What a walk along the whole chain found."""

    entries: int = 0
    sealed: int = 0
    erased_values: int = 0
    cut_up_to: int = 0
    anchors: int = 0
    anchored_up_to: int = 0
    first_fault: Fault | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.first_fault is None

    def as_json(self) -> dict[str, Any]:
        """For a line of output."""
        return asdict(self)


@dataclass
class _Anchored:
    """What the file of anchors says."""

    hashes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    cuts: set[int] = field(default_factory=set)
    count: int = 0

    def denies(self, number: int, found: str) -> bool:
        """Whether the line of this number had another hash."""
        return any(said != found for said in self.hashes.get(number, ()))

    def does_not_know_of(self, cut: int) -> bool:
        """Whether somebody else than retention cut here, since the file is older than the cut."""
        return bool(self.hashes) and min(self.hashes) < cut and cut not in self.cuts


def link_of(entry: AuditEntry, number: int) -> Link:
    """What the hash of this line covers under this number."""
    return Link(
        number=number,
        entry=entry.pk,
        at=entry.at,
        actor=entry.actor_id,
        verb=entry.verb,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        customer=entry.customer_id,
        commitment=entry.commitment,
    )


def head() -> Head:
    """The end of the chain; of an empty one, where it was cut, or its beginning."""
    last = AuditEntry.objects.filter(number__isnull=False).order_by("-number").first()
    return Head(last.number or 0, last.hash) if last else _start_after(_last_cut())


def verify() -> Verdict:
    """Walk along the chain and compare each line, its values and every anchor. Nothing else has to wait.

    A line that waits to be sealed is compared with its values only.
    """
    anchored = _anchored()  # first: what is sealed meanwhile is longer than what the file says
    while True:
        cut = _last_cut()
        verdict = Verdict(cut_up_to=cut.number if cut else 0, anchors=anchored.count)
        verdict.anchored_up_to = max(anchored.hashes, default=0)
        verdict.first_fault = next(_faults(verdict, cut, anchored), None)
        after = _last_cut()
        if (after and after.number) == (cut and cut.number):
            break  # else old lines were deleted while we walked
    rows = AuditEntry.objects.all()
    verdict.entries = rows.count()
    verdict.sealed = rows.filter(number__isnull=False).count()
    verdict.erased_values = max(0, verdict.entries - AuditValues.objects.exclude(salt="").count())
    return verdict


def _faults(verdict: Verdict, cut: AuditCut | None, anchored: _Anchored) -> Iterator[Fault]:
    if cut and anchored.denies(cut.number, cut.hash):
        yield Fault("anchor_differs", cut.number)
    if cut and anchored.does_not_know_of(cut.number):
        yield Fault("cut_unknown", cut.number)
    start = _start_after(cut)
    expected, previous = start.number + 1, start.hash
    for entry in _lines(is_sealed=True):
        if found := _fault_of(entry, expected, previous, anchored):
            yield Fault(found, expected, entry.pk)
        expected, previous = expected + 1, entry.hash
    if verdict.anchored_up_to >= expected:
        yield Fault("missing_end", expected)
    yield from (Fault("values_changed", None, each.pk) for each in _lines(is_sealed=False) if not _fits(each))


def _fault_of(entry: AuditEntry, expected: int, previous: str, anchored: _Anchored) -> str:
    """What is wrong with a line that should have this number; empty: nothing."""
    if entry.number != expected:
        return "missing"
    if hash_of(previous, link_of(entry, expected)) != entry.hash:
        return "changed"
    if anchored.denies(expected, entry.hash):
        return "anchor_differs"
    return "" if _fits(entry) else "values_changed"


def _lines(*, is_sealed: bool) -> Iterator[AuditEntry]:
    rows = AuditEntry.objects.filter(number__isnull=not is_sealed).select_related("personal")
    return rows.order_by("number", "id").iterator(chunk_size=CHUNK)


def _fits(entry: AuditEntry) -> bool:
    """Whether the values are those that the line commits to, or erased."""
    values = entry.values_left
    if values is None:
        return True
    return entry.commitment == commitment_of(
        salt=values.salt,
        actor_name=values.actor_name,
        object_label=values.object_label,
        details=values.details,
    )


def _start_after(cut: AuditCut | None) -> Head:
    return Head(cut.number, cut.hash) if cut else Head(0, BEGINNING)


def _last_cut() -> AuditCut | None:
    return AuditCut.objects.order_by("-number").first()


def _anchored() -> _Anchored:
    found = _Anchored()
    for anchor in audit_anchors.all_anchors():
        found.count += 1
        found.hashes[anchor.number].add(anchor.hash)
        if anchor.kind == audit_anchors.CUT:
            found.cuts.add(anchor.number)
    return found
