"""Reading the directory of sub-processors: what holds, what comes, what it changes, who was told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contracts.models import ChangeNotice, DirectoryVersion, ProcessingAgreement, SubprocessorEntry
from contracts.queries.gates import customer_gate
from contracts.queries.renewals import today_at
from contracts.rules import directory as rules
from contracts.rules.directory import EntryChange, EntryFact, Kind, VersionFact
from contracts.rules.gates import Capability, Gate
from lib.languages import page_language
from lib.reasons import say_day


@dataclass(frozen=True)
class ShownField:
    """One field of an entry in words; `old` is empty where nothing was said before."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ShownChange:
    """One difference in words: what happens to a sub-processor, and which fields read otherwise."""

    kind: str
    name: str
    fields: Sequence[ShownField]


def directory_gate(customer_id: int, at: datetime) -> Gate:
    """Whether a customer's people may read the directory at a moment."""
    return customer_gate(customer_id, Capability.DIRECTORY, at)


def version_facts() -> list[VersionFact]:
    """All versions as facts."""
    return [version.as_fact() for version in DirectoryVersion.objects.order_by("number")]


def draft() -> DirectoryVersion | None:
    """The version that is being written."""
    return DirectoryVersion.objects.filter(announced_at__isnull=True).first()


def latest() -> DirectoryVersion | None:
    """The version that was announced last and not dropped: what the next one changes."""
    rows = DirectoryVersion.objects.filter(announced_at__isnull=False, withdrawn_at__isnull=True)
    return rows.order_by("-number").first()


def announced() -> QuerySet[DirectoryVersion]:
    """All that was ever announced, the newest first."""
    return DirectoryVersion.objects.filter(announced_at__isnull=False).order_by("-number")


@dataclass(frozen=True)
class Timeline:
    """What was announced, sorted by a day. `coming`: the next one first; `older`: the newest first."""

    current: DirectoryVersion | None
    coming: Sequence[DirectoryVersion]
    older: Sequence[DirectoryVersion]
    dropped: Sequence[DirectoryVersion]
    by_number: Mapping[int, DirectoryVersion]

    def changes_of(self, version: DirectoryVersion) -> list[ShownChange]:
        """What an announced version changes of the one before it, without asking the database."""
        facts = [row.as_fact() for row in self.by_number.values()]
        fact = rules.before(facts, version.as_fact())
        return changes(self.by_number[fact.number] if fact else None, version)


def timeline(at: datetime) -> Timeline:
    """The directory at a moment, by the company's calendar."""
    rows = list(announced().prefetch_related("entries"))
    facts, day = [row.as_fact() for row in rows], today_at(at)
    by_number = {row.number: row for row in rows}
    current = rules.in_effect(facts, day)
    ahead = [by_number[one.number] for one in rules.coming(facts, day)]
    known = {current.number if current else 0, *(one.number for one in ahead)}
    rest = [row for row in rows if row.number not in known]
    return Timeline(
        current=by_number[current.number] if current else None,
        coming=ahead,
        older=[row for row in rest if row.withdrawn_at is None],
        dropped=[row for row in rest if row.withdrawn_at is not None],
        by_number=by_number,
    )


def base_of(version: DirectoryVersion) -> DirectoryVersion | None:
    """The version that this one changes."""
    fact = rules.before(version_facts(), version.as_fact())
    rows = DirectoryVersion.objects.prefetch_related("entries")
    return rows.filter(number=fact.number).first() if fact else None


def entries_of(version: DirectoryVersion | None) -> list[EntryFact]:
    """What a version says, by name."""
    return [entry.as_fact() for entry in version.entries.all()] if version else []


def changes(old: DirectoryVersion | None, new: DirectoryVersion) -> list[ShownChange]:
    """What leads from one version to another, in the page's language."""
    return [_shown(one) for one in rules.diff(entries_of(old), entries_of(new))]


def changes_of(version: DirectoryVersion) -> list[ShownChange]:
    """What a version changes of the one before it."""
    return changes(base_of(version), version)


def field_label(name: str) -> str:
    """What a field of an entry is called."""
    field: Any = SubprocessorEntry._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def _shown(change: EntryChange) -> ShownChange:
    if change.kind is Kind.CHANGED:
        told = [(one.field, one.old, one.new) for one in change.fields]
    else:
        told = [(name, None, getattr(change.entry, name)) for name in rules.FIELDS if name != "name"]
    fields = [ShownField(field_label(name), _said(old), _said(new)) for name, old, new in told]
    kept = [one for one in fields if one.old or one.new]
    return ShownChange(change.kind.value, change.entry.name, kept)


def _said(value: str | date | None) -> str:
    return say_day(value, page_language()) if isinstance(value, date) else value or ""


@dataclass(frozen=True)
class Tally:
    """How customers answered to one version."""

    told: int
    acknowledged: int
    objected: int
    undecided: int
    without_mail: int


def tally(version: DirectoryVersion) -> Tally:
    """How customers answered to one version."""
    return tallies([version])[version.pk]


def tallies(versions: Iterable[DirectoryVersion]) -> dict[int, Tally]:
    """By the version's id, counted in one query."""
    ids, objected = [version.pk for version in versions], Q(objected_at__isnull=False)
    rows = (
        ChangeNotice.objects.filter(version__in=ids)
        .order_by()
        .values("version")
        .annotate(
            customers=Count("pk", distinct=True),
            acknowledged=Count("pk", distinct=True, filter=Q(acknowledged_at__isnull=False)),
            objected=Count("pk", distinct=True, filter=objected),
            undecided=Count("pk", distinct=True, filter=objected & Q(outcome="")),
            without_mail=Count("pk", distinct=True, filter=Q(told__isnull=True)),
        )
    )
    found = {
        row["version"]: Tally(
            row["customers"], row["acknowledged"], row["objected"], row["undecided"], row["without_mail"]
        )
        for row in rows
    }
    return dict.fromkeys(ids, Tally(0, 0, 0, 0, 0)) | found


def notices_of(version: DirectoryVersion) -> QuerySet[ChangeNotice]:
    """Who was told of a version, with what they said, by the customer's name."""
    rows = ChangeNotice.objects.filter(version=version)
    rows = rows.select_related("version", "customer", "processing_agreement", "decided_by").prefetch_related(
        "told"
    )
    return rows.order_by("customer__sort_name", "customer_id")


def open_objections() -> QuerySet[ChangeNotice]:
    """Objections that nobody has decided yet, the oldest first."""
    rows = ChangeNotice.objects.filter(objected_at__isnull=False, outcome="")
    return rows.select_related("version", "customer").order_by("objected_at", "pk")


def notice_for(customer_id: int, number: int) -> ChangeNotice | None:
    """What a customer was told of a version."""
    rows = ChangeNotice.objects.filter(customer_id=customer_id, version__number=number)
    return rows.select_related("version", "customer").first()


def notices_for(customer_id: int) -> Sequence[ChangeNotice]:
    """All that a customer was told of, the newest first."""
    rows = ChangeNotice.objects.filter(customer_id=customer_id)
    return list(rows.select_related("version").order_by("-version__number"))


def state_words(notice: ChangeNotice) -> str:
    """How it stands with what a customer was told, in a few words."""
    if notice.outcome:
        return notice.get_outcome_display()
    if notice.objected_at is not None:
        return _("Objection, not decided yet")
    if notice.acknowledged_at is not None:
        return _("Acknowledged")
    return _("Not acknowledged yet")


def may_object(notice: ChangeNotice, at: datetime) -> bool:
    """Whether an objection can still be taken."""
    is_open = notice.objected_at is None and notice.version.withdrawn_at is None
    return is_open and today_at(at) <= notice.objections_until_on


def earliest_day(at: datetime) -> date:
    """The first day on which a version that is announced now may take effect."""
    tells = ProcessingAgreement.objects.in_force_at(at).exists()
    days = settings.DIRECTORY_NOTICE_DAYS
    return rules.earliest_effect(today_at(at), days, version_facts(), tells_somebody=tells)


def to_tell(version: DirectoryVersion, at: datetime) -> QuerySet[ProcessingAgreement]:
    """The agreements in force of those who were not told of a version yet, one for each customer.

    Whose agreement was signed with this version as its annex, or a later one, has agreed to it already. Once
    the version is in effect only those are left who were offered an older one and signed that later.
    """
    rows = ProcessingAgreement.objects.in_force_at(at)
    if (
        version.announced_at is not None
        and version.announced_at < at
        and version.effective_on <= today_at(at)
    ):
        rows = rows.filter(in_force_at__gte=version.announced_at)
    return (
        rows.exclude(directory_version__gte=version.number)
        .exclude(customer__directory_notices__version=version)
        .order_by("customer_id", "-in_force_at")
        .distinct("customer_id")
    )


def customers_to_tell(version: DirectoryVersion, at: datetime) -> int:
    """How many customers an announcement would tell now."""
    return to_tell(version, at).count()


def states(at: datetime) -> dict[int, str]:
    """By number, how it stands with each announced version: `current`, `coming`, `older` or `dropped`."""
    facts, day = version_facts(), today_at(at)
    current, ahead = rules.in_effect(facts, day), rules.coming(facts, day)
    found = {one.number: "dropped" if one.is_dropped else "older" for one in facts if one.is_announced}
    found |= {one.number: "coming" for one in ahead}
    return found | ({current.number: "current"} if current else {})
