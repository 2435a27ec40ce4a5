"""The decision log as a list: what was decided about calls, and by which rule."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from calls.models import Call, CallStep
from calls.queries.board import CallLine, line_of
from calls.rules.deciding import LATE, Event
from calls.rules.wording import words
from lib.phones import readable

PAGE = 50
SHOWN = ("busy", "alone", "gave_up", "voicemail", "contract", "public")
_SHOWN = {
    "busy": Q(outcome=Call.Outcome.BUSY),
    "alone": Q(via_fallback=True),
    "gave_up": Q(outcome=Call.Outcome.ABANDONED),
    "voicemail": Q(outcome=Call.Outcome.VOICEMAIL),
    "contract": Q(line=Call.Line.CONTRACT),
    "public": Q(line=Call.Line.PUBLIC),
}
_NAMES = ("system", "customer", "contact", "number", "holder", "phone__user", "ticket")
_LEAST_DIGITS = 3
QUESTIONS = [event.value for event in Event]


@dataclass(frozen=True)
class LogLine:
    """A call in the list: the last answer it got, and the rule that gave it, in words."""

    line: CallLine
    answer: str
    rule: str
    dialled: str


def found(*, shown: str, customer_id: int | None, text: str) -> QuerySet[Call]:
    """The calls of the log that a lead asks for, the latest first."""
    calls = Call.objects.filter(_SHOWN.get(shown, Q()), direction=Call.Direction.IN)
    if customer_id is not None:
        calls = calls.filter(of_customer(customer_id))
    if text:
        calls = calls.filter(_like(text))
    return calls.order_by("-arrived_at", "-pk")


def of_customer(customer_id: int) -> Q:
    """Calls on this customer's service number, and by anybody whose number is theirs."""
    return Q(customer_id=customer_id) | Q(holder_id=customer_id)


def _like(text: str) -> Q:
    """By the digits of a number, by the telephone system's own id, or by a name."""
    digits = re.sub(r"\D", "", text).lstrip("0")
    names = Q(customer__name__icontains=text) | Q(holder__name__icontains=text)
    names |= Q(phone__user__username=text) | Q(external_id=text)
    if len(digits) < _LEAST_DIGITS:
        return names
    return names | Q(from_number__contains=digits) | Q(to_number__contains=digits)


def page_of(calls: QuerySet[Call], before: int | None, language: str) -> tuple[list[LogLine], int | None]:
    """A page of the log in words, and the id to go on from; None at the end. Three queries."""
    if before is not None:
        last = Call.objects.filter(pk=before).values_list("arrived_at", flat=True).first()
        if last is not None:
            calls = calls.filter(Q(arrived_at__lt=last) | Q(arrived_at=last, pk__lt=before))
    rows = list(calls.select_related(*_NAMES)[: PAGE + 1])
    shown = rows[:PAGE]
    answers = _last_answers([call.pk for call in shown])
    lines = [_log_line(call, answers.get(call.pk), language) for call in shown]
    return lines, shown[-1].pk if len(rows) > PAGE else None


def _last_answers(ids: Sequence[int]) -> dict[int, tuple[str, Any]]:
    """The rule and the answer of each call's last question that was decided."""
    rows = CallStep.objects.filter(call_id__in=ids, event__in=QUESTIONS).exclude(rule__in=(LATE, ""))
    latest = rows.order_by("call_id", "-seq", "-id").distinct("call_id")
    return {call: (rule, response) for call, rule, response in latest.values_list("call", "rule", "response")}


def _log_line(call: Call, last: tuple[str, Any] | None, language: str) -> LogLine:
    rule, answer = last or ("", {})
    return LogLine(
        line=line_of(call),
        answer=words("action", str(answer.get("action", "")), language) if rule else "",
        rule=rule_words(rule, answer, language) if rule else "",
        dialled=line_of_number(call),
    )


def line_of_number(call: Call) -> str:
    """The dialled number as people read it."""
    return str(call.number) if call.number else readable(call.to_number)


def rule_words(rule: str, answer: Mapping[str, Any], language: str) -> str:
    """The rule that fired, in words, with the place it gave."""
    return words("rule", rule, language, position=answer.get("position") or None)
