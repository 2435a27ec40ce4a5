"""The facts of a decision as they are kept, and back again: "why busy at 10:14?" is asked anew. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from calls.rules.deciding import (
    AgentFact,
    CallerFact,
    CallFact,
    Event,
    Facts,
    HoursFact,
    Line,
    NumberFact,
    PolicyFact,
    QueueFact,
)


def as_kept(facts: Facts) -> dict[str, Any]:
    """The facts as plain JSON: moments in ISO form, sets as sorted lists."""
    kept: dict[str, Any] = _plain(facts)
    return kept


def from_kept(kept: Mapping[str, Any]) -> Facts:
    """The facts that `as_kept` made this of. Errors: KeyError, TypeError, ValueError for anything else."""
    call, number = dict(kept["call"]), kept["number"]
    call["line"] = Line(call["line"]) if call["line"] else None
    call["tried"] = frozenset(call["tried"])
    return Facts(
        event=Event(kept["event"]),
        call=CallFact(**_with_moments(call)),
        number=NumberFact(**{**number, "line": Line(number["line"])}) if number else None,
        caller=CallerFact(**kept["caller"]),
        agents=[_kept_agent(each) for each in kept["agents"]],
        queue=QueueFact(**kept["queue"]),
        hours=HoursFact(**kept["hours"]),
        policy=PolicyFact(**kept["policy"]),
        now=datetime.fromisoformat(kept["now"]),
        result=kept["result"],
    )


def _kept_agent(kept: Any) -> AgentFact:
    if isinstance(kept, list):
        known, target = kept
        return AgentFact(known, target, is_ready=False)
    return AgentFact(**_with_moments(kept))


_MOMENTS = {
    field.name for kind in (CallFact, AgentFact) for field in fields(kind) if "datetime" in str(field.type)
}


def _with_moments(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value else value
        for name, value in row.items()
    }


_FIELDS = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (AgentFact, CallerFact, CallFact, Facts, HoursFact, NumberFact, PolicyFact, QueueFact)
}
_AS_THEY_ARE = (str, int, float, type(None))


def _agent(agent: AgentFact) -> dict[str, Any] | list[Any]:
    """Written out and short: there may be hundreds, most of them busy, of whom nothing matters but who it is.

    What is not said is as `AgentFact` has it.
    """
    if not (agent.is_ready or agent.freed_at or agent.wrap_up_until) and agent.is_there:
        return [agent.id, agent.target]
    kept: dict[str, Any] = {"id": agent.id, "target": agent.target, "is_ready": agent.is_ready}
    if agent.freed_at:
        kept["freed_at"] = agent.freed_at.isoformat()
    if agent.wrap_up_until:
        kept["wrap_up_until"] = agent.wrap_up_until.isoformat()
    if not agent.is_there:
        kept["is_there"] = False
    return kept


def _plain(value: Any) -> Any:
    """Without `dataclasses.asdict`, whose copies take milliseconds where there are two hundred agents."""
    if isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_agent(each) if isinstance(each, AgentFact) else _plain(each) for each in value]
    return {name: _plain(getattr(value, name)) for name in _FIELDS[type(value)]}
