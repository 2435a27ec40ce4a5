"""The gates: what may be done for a customer, as its data-processing agreement and consents say. Pure.

Every door asks `decide`, and nothing else decides. A closed gate says why and how it opens; what it still
permits is advice: hints, tips and explanations for self-help.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lib.reasons import Reason, reason


class Capability(StrEnum):
    """What a gate guards; the values are the API's names."""

    REMOTE_SESSION = "remote_session"
    LOG_ANALYSIS = "log_analysis"
    INSTALLATION = "software_installation"
    MONITORING = "system_monitoring"
    ON_SITE = "on_site_access"
    DIRECTORY = "subprocessor_directory"


BY_CONSENT = frozenset(Capability) - {Capability.DIRECTORY}
"""What the consents of everybody concerned open for one ticket."""


@dataclass(frozen=True, slots=True)
class DpaFact:
    """A data-processing agreement. It holds over [in_force_at, ends_at)."""

    id: int
    reference: str
    state: str
    in_force_at: datetime | None = None
    ends_at: datetime | None = None
    ended_because: str = ""

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at this moment, whatever its noted state."""
        begun = self.in_force_at is not None and self.in_force_at <= at
        return begun and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One data subject's consent to some of the capabilities, over [given_at, withdrawn_at)."""

    capabilities: frozenset[str]
    given_at: datetime
    withdrawn_at: datetime | None = None

    def covers(self, capability: Capability, at: datetime) -> bool:
        """Whether it permits this at this moment."""
        lasts = self.given_at <= at and (self.withdrawn_at is None or at < self.withdrawn_at)
        return lasts and capability in self.capabilities


@dataclass(frozen=True, slots=True)
class CaseConsents:
    """Everybody concerned by one case with their consents. `is_complete`: nobody else is concerned."""

    subjects: tuple[tuple[ConsentFact, ...], ...] = ()
    is_complete: bool = False

    def missing(self, capability: Capability, at: datetime) -> int:
        """How many of those named have not consented to this."""
        return sum(not any(one.covers(capability, at) for one in subject) for subject in self.subjects)


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer: open or not, why, and how it could be opened (empty when it is open)."""

    capability: Capability
    is_open: bool
    reasons: tuple[Reason, ...]
    ways: tuple[Reason, ...] = ()
    by_consent: bool = False


def decide(
    capability: Capability,
    *,
    at: datetime,
    dpas: Sequence[DpaFact],
    has_agreement: bool,
    consents: CaseConsents | None = None,
) -> Gate:
    """Whether this may be done at this moment.

    `dpas`: all of the customer's; `has_agreement`: whether a service agreement is in force;
    `consents`: of the case, None where there is no case.
    """
    holding = next((one for one in dpas if one.holds(at)), None)
    if capability is Capability.DIRECTORY and not has_agreement:
        return Gate(
            capability, is_open=False, reasons=(reason("gate.no_agreement"),), ways=(reason("way.agreement"),)
        )
    if holding is not None:
        return Gate(capability, is_open=True, reasons=(_in_force(holding),))
    consented = _consented(capability, at, consents)
    if consented is not None and consented.is_open:
        return consented
    why = (_why_not(dpas, at), *(consented.reasons if consented else ()))
    return Gate(
        capability,
        is_open=False,
        reasons=why,
        ways=tuple(_ways(capability, dpas, has_agreement=has_agreement)),
    )


def decide_all(
    *, at: datetime, dpas: Sequence[DpaFact], has_agreement: bool, consents: CaseConsents | None = None
) -> dict[Capability, Gate]:
    """The answer for every capability, in their order."""
    return {
        one: decide(one, at=at, dpas=dpas, has_agreement=has_agreement, consents=consents)
        for one in Capability
    }


def _in_force(dpa: DpaFact) -> Reason:
    return reason("gate.dpa_in_force", reference=dpa.reference, until_at=dpa.ends_at)


def _consented(capability: Capability, at: datetime, consents: CaseConsents | None) -> Gate | None:
    """What the consents of the case say; None where there are none or they cannot open this."""
    if consents is None or not consents.subjects or capability not in BY_CONSENT:
        return None
    people, missing = len(consents.subjects), consents.missing(capability, at)
    if missing:
        said = reason("gate.consents_missing", missing=missing, people=people)
    elif not consents.is_complete:
        said = reason("gate.consents_incomplete", people=people)
    else:
        return Gate(
            capability, is_open=True, reasons=(reason("gate.consents", people=people),), by_consent=True
        )
    return Gate(capability, is_open=False, reasons=(said,))


_ON_ITS_WAY = ("offered", "under_review", "requested")


def _why_not(dpas: Iterable[DpaFact], at: datetime) -> Reason:
    """What there is instead of one in force: the nearest to it first."""
    known = list(dpas)
    for state in _ON_ITS_WAY:
        for one in known:
            if one.state == state:
                return reason(f"gate.dpa_{state}", reference=one.reference)
    coming = [one for one in known if one.in_force_at is not None and one.in_force_at > at]
    if coming:
        return reason("gate.dpa_later", reference=coming[0].reference, from_at=coming[0].in_force_at)
    ended = [one for one in known if one.ends_at is not None]
    if not ended:
        return reason("gate.no_dpa")
    last = max(ended, key=lambda one: (one.ends_at or at, one.id))
    if last.in_force_at is None:
        return reason("gate.dpa_refused", reference=last.reference, ended_at=last.ends_at)
    return reason("gate.dpa_ended", reference=last.reference, ended_at=last.ends_at, cause=last.ended_because)


def _ways(capability: Capability, dpas: Iterable[DpaFact], *, has_agreement: bool) -> Iterable[Reason]:
    """What would open it, the next step first."""
    state = next((one.state for one in dpas if one.state in _ON_ITS_WAY), "")
    if state:
        yield reason(f"way.{state}")
    else:
        yield reason("way.request" if has_agreement else "way.agreement")
    if capability in BY_CONSENT:
        yield reason("way.consents")
