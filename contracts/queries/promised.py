"""What a level promises, for customers to read: a table, and one sentence about first answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from contracts.models import ServiceLevel, Target
from contracts.rules.targets import Promise, long_minutes


@dataclass(frozen=True, slots=True)
class PromisedCell:
    """One target in words; both are empty where nothing is promised."""

    kind: str
    length: str
    clock: str


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """The targets of one severity."""

    severity: int
    label: str
    cells: Sequence[PromisedCell]


@dataclass(frozen=True, slots=True)
class PromisedTable:
    """The kinds that a level promises, and its severities with a target."""

    kinds: Sequence[str]
    rows: Sequence[PromisedRow]


def promises_of(level: ServiceLevel) -> set[Promise]:
    """What a level promises as it stands; nothing for one that is not saved yet."""
    if level._state.adding:
        return set()
    return {
        Promise(one.severity, one.kind, one.minutes, one.is_real_time)
        for one in Target.objects.filter(level=level)
    }


def promised_table(level_id: int | None, language: str) -> PromisedTable | None:
    """The targets of a level in the language that is active; None where it promises nothing. One query."""
    targets = {(one.severity, one.kind): one for one in Target.objects.filter(level=level_id)}
    if not targets:
        return None
    kinds = [(kind, label) for kind, label in Target.Kind.choices if any(kind == of for _sev, of in targets)]
    rows = [
        PromisedRow(
            severity,
            label,
            [_cell(targets.get((severity, kind)), str(kind_label), language) for kind, kind_label in kinds],
        )
        for severity, label in _severities()
        if any(severity == of for of, _kind in targets)
    ]
    return PromisedTable([str(label) for _kind, label in kinds], rows)


def _severities() -> list[tuple[int, str]]:
    choices = Target._meta.get_field("severity").choices or ()
    return [(int(severity), str(label)) for severity, label in choices]


def _cell(target: Target | None, kind: str, language: str) -> PromisedCell:
    if target is None:
        return PromisedCell(kind, "", "")
    clock = _("around the clock") if target.is_real_time else _("in service hours")
    return PromisedCell(kind, long_minutes(target.minutes, language, in_days=target.is_real_time), clock)


def first_answers(targets: Iterable[Target], language: str) -> str:
    """ "First answer: critical within 30 minutes around the clock, high within 2 hours." Else nothing."""
    first = sorted((one for one in targets if one.kind == Target.Kind.RESPONSE), key=lambda one: one.severity)
    if not first:
        return ""
    said = [
        _("%(severity)s within %(length)s%(clock)s")
        % {
            "severity": one.get_severity_display(),
            "length": long_minutes(one.minutes, language, in_days=one.is_real_time),
            "clock": " " + _("around the clock") if one.is_real_time else "",
        }
        for one in first
    ]
    return _("First answer: %(targets)s.") % {"targets": ", ".join(said)}
