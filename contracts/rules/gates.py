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


CONCLUDED = ("in_force", "ended")
"""The states of a data-processing agreement that both have signed, or that came to nothing."""

ON_ITS_WAY = ("offered", "under_review", "requested")
"""The states before that, the nearest to the end first."""


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
        """Whether it is in force at this moment, also when nobody has noted its end yet.

        One that is still on its way never holds, whatever dates it carries.
        """
        begun = self.in_force_at is not None and self.in_force_at <= at
        return begun and self.state in CONCLUDED and (self.ends_at is None or at < self.ends_at)


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
        lacking = (reason("gate.no_agreement"), *(() if holding else (_why_not(dpas, at),)))
        return Gate(capability, is_open=False, reasons=lacking, ways=(reason("way.agreement"),))
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
        ways=tuple(_ways(capability, dpas, at, has_agreement=has_agreement)),
    )


def decide_over(
    capability: Capability,
    *,
    start: datetime,
    end: datetime,
    dpas: Sequence[DpaFact],
    has_agreement: bool,
    consents: CaseConsents | None = None,
) -> Gate:
    """Whether this could be done over the whole of [start, end): the answer at its first closed moment.

    An answer changes only where an agreement or a consent begins or ends, so those moments are enough.
    """
    turns = {moment for moment in _turns(dpas, consents) if start < moment < end}
    answers = (
        decide(capability, at=at, dpas=dpas, has_agreement=has_agreement, consents=consents)
        for at in (start, *sorted(turns))
    )
    first = next(answers)
    return first if not first.is_open else next((one for one in answers if not one.is_open), first)


def closed_since(
    capability: Capability,
    *,
    start: datetime,
    end: datetime,
    dpas: Sequence[DpaFact],
    has_agreement: bool,
    consents: CaseConsents | None = None,
) -> datetime | None:
    """The first moment after `start`, until `end`, at which this was closed. None where it stayed open.

    What has no moment of its own, such as a further person who was named, counts from `end` on.
    """
    turns = {moment for moment in _turns(dpas, consents) if start < moment < end}
    return next(
        (
            at
            for at in (*sorted(turns), end)
            if not decide(
                capability, at=at, dpas=dpas, has_agreement=has_agreement, consents=consents
            ).is_open
        ),
        None,
    )


def was_open_before(
    capability: Capability,
    *,
    at: datetime,
    dpas: Sequence[DpaFact],
    has_agreement: bool,
    consents: CaseConsents | None = None,
) -> bool:
    """Whether this could be done at any moment up to this one: only then was such work ever lawful."""
    turns = (moment for moment in _turns(dpas, consents) if moment <= at)
    return any(
        decide(capability, at=one, dpas=dpas, has_agreement=has_agreement, consents=consents).is_open
        for one in turns
    )


def _turns(dpas: Iterable[DpaFact], consents: CaseConsents | None) -> Iterable[datetime]:
    """Every moment at which an answer may change."""
    for dpa in dpas:
        yield from (one for one in (dpa.in_force_at, dpa.ends_at) if one is not None)
    for subject in consents.subjects if consents else ():
        for consent in subject:
            yield consent.given_at
            if consent.withdrawn_at is not None:
                yield consent.withdrawn_at


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


def _on_its_way(dpas: Iterable[DpaFact]) -> DpaFact | None:
    """The one that is nearest to coming into force."""
    known = [one for one in dpas if one.state in ON_ITS_WAY]
    return min(known, key=lambda one: (ON_ITS_WAY.index(one.state), -one.id), default=None)


def _coming(dpas: Iterable[DpaFact], at: datetime) -> DpaFact | None:
    """The next one that is signed and begins later."""
    later = [one for one in dpas if one.state in CONCLUDED and one.in_force_at and one.in_force_at > at]
    return min(later, key=lambda one: (one.in_force_at or at, one.id), default=None)


def _why_not(dpas: Sequence[DpaFact], at: datetime) -> Reason:
    """What there is instead of one in force: the nearest to it first."""
    if coming := _coming(dpas, at):
        return reason("gate.dpa_later", reference=coming.reference, from_at=coming.in_force_at)
    if underway := _on_its_way(dpas):
        return reason(f"gate.dpa_{underway.state}", reference=underway.reference)
    ended = [one for one in dpas if one.state in CONCLUDED and one.ends_at is not None]
    if not ended:
        return reason("gate.no_dpa")
    last = max(ended, key=lambda one: (one.ends_at or at, one.id))
    if last.in_force_at is None:
        return reason("gate.dpa_refused", reference=last.reference, ended_at=last.ends_at)
    return reason("gate.dpa_ended", reference=last.reference, ended_at=last.ends_at, cause=last.ended_because)


def _ways(
    capability: Capability, dpas: Sequence[DpaFact], at: datetime, *, has_agreement: bool
) -> Iterable[Reason]:
    """What would open it, the next step first, with the agreement it is about.

    One that is signed needs no step, only its day.
    """
    underway = _on_its_way(dpas)
    if underway is not None:
        yield reason(f"way.{underway.state}", dpa_id=underway.id)
    elif _coming(dpas, at) is None:
        yield reason("way.request" if has_agreement else "way.agreement")
    if capability in BY_CONSENT:
        yield reason("way.consents")
