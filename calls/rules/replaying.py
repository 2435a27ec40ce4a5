"""A kept decision asked again: the same inputs, today's rule, and why each agent was not free. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from calls.rules.deciding import Action, AgentFact, Decision, Facts, Line, decide
from calls.rules.remembering import from_kept

COMPARED = ("action", "agent", "position", "wait_seconds", "ring_seconds", "reason", "rule", "announcement")
"""Fields of an answer, in the order in which a difference is told."""


class AgentWas(StrEnum):
    """What an agent was for a decision."""

    CHOSEN = "chosen"
    FREE = "free"
    TAKEN = "taken"
    NOTES = "notes"
    TRIED = "tried"
    HELD = "held"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class AgentThen:
    """An agent's phone as a decision saw it. `until`: when that was to end by itself."""

    id: int
    target: str
    was: AgentWas
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A kept decision, decided again. `differences`: field, the value of then, the value of today."""

    facts: Facts
    answer: Mapping[str, Any]
    differences: tuple[tuple[str, Any, Any], ...] = ()
    agents: tuple[AgentThen, ...] = field(default=())

    @property
    def is_same(self) -> bool:
        """Whether today's rule gives the answer that was given."""
        return not self.differences


def replay(inputs: Mapping[str, Any], given: Mapping[str, Any]) -> Replay | None:
    """Decide kept inputs again and compare with the answer that was given; None where they cannot be read."""
    try:
        facts = from_kept(inputs)
    except (KeyError, TypeError, ValueError):
        return None
    decision = decide(facts)
    answer = answer_again(decision)
    differences = tuple(
        (name, given[name], answer[name])
        for name in COMPARED
        if name in given and given[name] != answer[name]
    )
    return Replay(facts, answer, differences, _agents(facts, decision))


def answer_again(decision: Decision) -> dict[str, Any]:
    """A decision as the step protocol says it, with the first of its candidates."""
    first = decision.candidates[0].target if decision.candidates else decision.target
    return {
        "action": decision.action.value,
        "agent": first,
        "ring_seconds": decision.ring_seconds,
        "wait_seconds": decision.wait_seconds,
        "position": decision.position,
        "reason": decision.line_why,
        "rule": decision.rule,
        "announcement": decision.announcement,
    }


def _agents(facts: Facts, decision: Decision) -> tuple[AgentThen, ...]:
    candidates = {agent.id for agent in decision.candidates}
    chosen = decision.candidates[0].id if decision.action == Action.CONNECT and candidates else None
    return tuple(_agent(agent, facts, candidates, chosen) for agent in facts.agents)


def _agent(agent: AgentFact, facts: Facts, candidates: set[int], chosen: int | None) -> AgentThen:
    if agent.id in candidates:
        return AgentThen(agent.id, agent.target, AgentWas.CHOSEN if agent.id == chosen else AgentWas.FREE)
    if not agent.is_ready:
        return AgentThen(agent.id, agent.target, AgentWas.TAKEN)
    if not agent.is_free(facts.now):
        return AgentThen(agent.id, agent.target, AgentWas.NOTES, agent.wrap_up_until)
    if agent.id in facts.call.tried:
        return AgentThen(agent.id, agent.target, AgentWas.TRIED)
    return _kept_for_contracts(agent, facts)


def _kept_for_contracts(agent: AgentFact, facts: Facts) -> AgentThen:
    """Free, and yet not for the public queue: held for a moment, or one of the reserve."""
    since = agent.free_since()
    until = since + timedelta(seconds=facts.policy.contract_hold) if since else None
    if facts.call.line == Line.CONTRACT:
        return AgentThen(agent.id, agent.target, AgentWas.FREE)
    if until is not None and until > facts.now:
        return AgentThen(agent.id, agent.target, AgentWas.HELD, until)
    was = AgentWas.RESERVED if facts.policy.reserve else AgentWas.FREE
    return AgentThen(agent.id, agent.target, was)
