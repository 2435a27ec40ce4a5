"""What monitoring systems send, read into one shape: Alertmanager's webhook (version 4) and Checkmk's
notifications. Pure.

Fields that nobody needs may be there; those that are needed must be as they are documented.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickets.rules.ranking import Severity

MOST_ALERTS = 100
LONGEST_SUBJECT = 250
LONGEST_TEXT = 4_000
MOST_LABELS = 100

_SEVERITIES = {
    Severity.CRITICAL: ("critical", "page", "emergency", "fatal", "disaster", "crit", "down"),
    Severity.HIGH: ("high", "error", "major", "err", "unreachable"),
    Severity.NORMAL: ("normal", "medium", "average", "warning", "warn", "unknown", "minor"),
    Severity.LOW: ("low", "info", "information", "informational", "notice", "none", "debug"),
}
SEVERITY_OF = {word: severity for severity, words in _SEVERITIES.items() for word in words}
"""What the words of monitoring systems are here. A word that nobody knows is normal."""


class BadShape(Exception):
    """What was sent is not of the shape; `field` names where, as a path."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Report:
    """One thing that a monitoring system reports: it fires, or it is over (`is_resolved`)."""

    fingerprint: str
    is_resolved: bool
    subject: str
    body: str
    severity: Severity


def severity_of(word: str) -> Severity:
    """The severity that a monitoring system's word stands for."""
    return SEVERITY_OF.get(word.strip().lower(), Severity.NORMAL)


def read_alertmanager(document: Any) -> list[Report]:
    """The alerts of one call of Alertmanager's webhook. Error: BadShape."""
    whole = _object(document, "")
    if _text(whole, "version", "") != "4":
        raise BadShape("version")
    alerts = whole.get("alerts")
    if not isinstance(alerts, list) or not 1 <= len(alerts) <= MOST_ALERTS:
        raise BadShape("alerts")
    return [_alert(_object(one, f"alerts.{place}"), f"alerts.{place}") for place, one in enumerate(alerts)]


def _alert(alert: Mapping[str, Any], path: str) -> Report:
    status = _text(alert, "status", path)
    if status not in {"firing", "resolved"}:
        raise BadShape(f"{path}.status")
    labels = _texts(alert.get("labels"), f"{path}.labels")
    notes = _texts(alert.get("annotations", {}), f"{path}.annotations")
    name = labels.get("alertname", "").strip()
    if not name:
        raise BadShape(f"{path}.labels.alertname")
    fingerprint = alert.get("fingerprint") or _digest(*(f"{key}={labels[key]}" for key in sorted(labels)))
    if not isinstance(fingerprint, str) or not fingerprint.isalnum() or len(fingerprint) > 64:  # noqa: PLR2004
        raise BadShape(f"{path}.fingerprint")
    where = labels.get("instance", "")
    summary = notes.get("summary") or notes.get("title") or (f"{name}: {where}" if where else name)
    lines = [
        notes.get("description") or notes.get("message", ""),
        f"startsAt: {_text(alert, 'startsAt', path)}",
    ]
    lines += [f"{key}: {labels[key]}" for key in sorted(labels)]
    if isinstance(url := alert.get("generatorURL"), str) and url:
        lines.append(url)
    return Report(
        fingerprint=fingerprint,
        is_resolved=status == "resolved",
        subject=_line(summary),
        body=_body(lines),
        severity=severity_of(labels.get("severity", "")),
    )


_FIRES, _OVER = "PROBLEM", "RECOVERY"


def read_checkmk(document: Any) -> list[Report]:
    """One notification of Checkmk, its variables with or without NOTIFY_ before them. Error: BadShape.

    Acknowledgements, downtimes and the like report nothing.
    """
    sent = _object(document, "")
    known = {key.removeprefix("NOTIFY_"): value for key, value in sent.items() if isinstance(value, str)}
    kind = _text(known, "NOTIFICATIONTYPE", "")
    what = _text(known, "WHAT", "")
    if what not in {"HOST", "SERVICE"}:
        raise BadShape("WHAT")
    host = _text(known, "HOSTNAME", "")
    service = _text(known, "SERVICEDESC", "") if what == "SERVICE" else ""
    state = _text(known, f"{what}STATE", "")
    if kind not in {_FIRES, _OVER}:
        return []
    name = f"{host}: {service}" if service else host
    output = known.get(f"{what}OUTPUT", "")
    lines = [output, known.get(f"LONG{what}OUTPUT", "").replace("\\n", "\n"), f"{what}STATE: {state}"]
    if when := known.get("SHORTDATETIME") or known.get("LONGDATETIME"):
        lines.append(when)
    return [
        Report(
            fingerprint=_digest(what, host, service),
            is_resolved=kind == _OVER,
            subject=_line(f"{name} {state}"),
            body=_body([name, *lines]),
            severity=severity_of(state),
        )
    ]


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadShape(path)
    return value


def _text(row: Mapping[str, Any], name: str, path: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadShape(f"{path}.{name}".lstrip("."))
    return value.strip()


def _texts(value: Any, path: str) -> dict[str, str]:
    row = _object(value, path)
    if len(row) > MOST_LABELS or not all(isinstance(one, str) for pair in row.items() for one in pair):
        raise BadShape(path)
    return dict(row)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST_SUBJECT]


def _body(lines: list[str]) -> str:
    kept = (line.replace("\0", "").strip()[:LONGEST_TEXT] for line in lines)
    return "\n".join(line for line in kept if line)
