"""One call of the decision log: every step in words, decided again, and why each agent was not free."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime

from calls.models import AgentPhone, Call, CallStep
from calls.queries.board import CallLine, line_of
from calls.queries.log import rule_words
from calls.queries.policy import policy_row
from calls.rules.deciding import LATE, RINGS_ALREADY, Action
from calls.rules.replaying import AgentThen, AgentWas, Replay, replay
from calls.rules.wording import TABLE, cause_words, words
from contracts.queries import company_zone
from lib.reasons import Param, reason, say

MOST_STEPS = 200
"""A call that waits asks every few seconds; of more steps the first and the last are shown."""
_REPEATED = (LATE, RINGS_ALREADY)


@dataclass(frozen=True)
class Difference:
    """A field of an answer that is another one today, in words."""

    field: str
    then: str
    now: str


@dataclass(frozen=True)
class StepStory:
    """One step in words. `replay` is None for what was only told, and for inputs that cannot be read."""

    step: CallStep
    event: str
    answer: str
    rule: str
    agents: Sequence[str]
    replay: Replay | None
    differences: Sequence[Difference]
    took_ms: int

    @property
    def is_question(self) -> bool:
        """Whether something was decided, rather than told."""
        return bool(self.step.rule)


@dataclass(frozen=True)
class Story:
    """A call with its steps. `sentence` says the whole in one; `left_out`: steps in the middle not shown.

    `keep_days`: so long are steps kept; an older call has none.
    """

    line: CallLine
    sentence: str
    why: str
    cause: str
    steps: Sequence[StepStory]
    left_out: int
    keep_days: int

    @property
    def replayed(self) -> int:
        """How many decisions could be asked again."""
        return sum(1 for step in self.steps if step.replay is not None)

    @property
    def changed(self) -> int:
        """How many of them would be answered otherwise today."""
        return sum(1 for step in self.steps if step.replay is not None and not step.replay.is_same)


def story_of(call: Call, language: str) -> Story:
    """A call told step by step. Four queries, however many steps and agents."""
    shown, left_out = _shortened(list(call.steps.order_by("at", "id")))
    replays = {step.pk: replay(step.inputs, step.response) for step in shown if step.inputs}
    teller = _Teller(call, [one for one in replays.values() if one is not None], language)
    stories = [teller.step(step, replays.get(step.pk)) for step in shown]
    return Story(
        line=line_of(call),
        sentence=teller.sentence(stories),
        why=words("why", call.line_why, language) if call.line_why else "",
        cause=cause_words(call.cause, language) if call.cause else "",
        steps=stories,
        left_out=left_out,
        keep_days=policy_row().keep_step_days,
    )


def _shortened(steps: list[CallStep]) -> tuple[list[CallStep], int]:
    if len(steps) <= MOST_STEPS:
        return steps, 0
    half = MOST_STEPS // 2
    return [*steps[:half], *steps[-half:]], len(steps) - MOST_STEPS


class _Teller:
    """Words for the steps of one call: the names of agents, and what kept each from being free."""

    def __init__(self, call: Call, replays: Sequence[Replay], language: str) -> None:
        self._language = language
        self._today = localtime(call.arrived_at, company_zone()).date()
        ids = {agent.id for one in replays for agent in one.agents}
        self._names = _names(ids)
        taken = {a.id for one in replays for a in one.agents if a.was == AgentWas.TAKEN}
        self._others = _other_calls(call, taken, [one.facts.now for one in replays])

    def step(self, step: CallStep, again: Replay | None) -> StepStory:
        """One step in words."""
        answer = step.response if isinstance(step.response, dict) else {}
        return StepStory(
            step=step,
            event=words("event", step.event, self._language),
            answer=words("action", str(answer["action"]), self._language) if answer.get("action") else "",
            rule=rule_words(step.rule, answer, self._language) if step.rule else "",
            agents=[self._agent(one, again.facts.now) for one in again.agents] if again else [],
            replay=again,
            differences=[self._difference(*one) for one in again.differences] if again else [],
            took_ms=round(step.took_micros / 1000),
        )

    def sentence(self, steps: Sequence[StepStory]) -> str:
        """Why the call was answered as it was, by its last decision; "" where nothing was decided here."""
        asked = [one for one in steps if one.is_question and one.step.rule not in _REPEATED]
        decided = [one for one in asked if one.step.response.get("action") != Action.HANGUP] or asked
        if not decided:
            return ""
        last = decided[-1]
        code = f"verdict.{last.step.rule}"
        if code not in TABLE:
            return last.rule
        chosen = next((one for one in _agents_of(last) if one.was == AgentWas.CHOSEN), None)
        name = self._name(chosen) if chosen else str(last.step.response.get("agent", ""))
        return self._say(code, agents=", ".join(last.agents), name=name)

    def _agent(self, agent: AgentThen, now: datetime) -> str:
        code, since = agent.was.value, None
        if agent.was == AgentWas.TAKEN:
            code, since = self._taken(agent.id, now)
        return self._say(f"then.{code}", name=self._name(agent), since_at=since, until_at=agent.until)

    def _taken(self, phone_id: int, now: datetime) -> tuple[str, datetime | None]:
        """With which call the phone was taken at that moment, as far as is known."""
        for call in self._others[phone_id]:
            is_on = call.arrived_at <= now and (call.ended_at is None or call.ended_at >= now)
            if is_on and call.answered_at is not None and call.answered_at <= now:
                return "talked", call.answered_at
            if is_on:
                return "rang", call.arrived_at
        return "taken", None

    def _name(self, agent: AgentThen) -> str:
        return self._names.get(agent.id) or agent.target

    def _difference(self, name: str, then: Any, now: Any) -> Difference:
        return Difference(name, self._value(name, then), self._value(name, now))

    def _value(self, name: str, value: Any) -> str:
        family = {"action": "action", "rule": "rule", "reason": "why"}.get(name)
        said = rule_words(str(value), {}, self._language) if family == "rule" else None
        return said or (words(family, str(value), self._language) if family and value else str(value))

    def _say(self, code: str, **params: Param) -> str:
        given = reason(code, **params)
        return say(given, self._language, TABLE, today=self._today, zone=company_zone())


def _agents_of(story: StepStory) -> Iterable[AgentThen]:
    return story.replay.agents if story.replay else ()


def _names(ids: Iterable[int]) -> Mapping[int, str]:
    """Whose phones these are, as far as they are still known."""
    phones = AgentPhone.objects.filter(pk__in=set(ids)).select_related("user")
    return {phone.pk: phone.user.display_name for phone in phones}


def _other_calls(call: Call, ids: Iterable[int], moments: Sequence[datetime]) -> Mapping[int, list[Call]]:
    """The calls that these phones had meanwhile, the latest first."""
    found: dict[int, list[Call]] = defaultdict(list)
    if not moments or not ids:
        return found
    running = Q(ended_at__isnull=True) | Q(ended_at__gte=min(moments))
    rows = Call.objects.filter(running, phone_id__in=set(ids), arrived_at__lte=max(moments))
    for other in rows.exclude(pk=call.pk).order_by("-arrived_at"):
        if other.phone_id is not None:
            found[other.phone_id].append(other)
    return found
