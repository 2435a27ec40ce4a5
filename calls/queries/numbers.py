"""Service numbers as they stand: where each is in its life, and why calls are not put through."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from calls.models import Call, PhoneSystem, ServiceNumber
from calls.queries.facts import agreement_state
from calls.queries.policy import policy_row
from calls.rules.deciding import Line, NumberFact, why_not_contract
from calls.rules.numbers_life import NumberLife, NumberState, rest_after, state_on, why_not_give
from calls.rules.wording import TABLE, words
from contracts.models import Agreement
from contracts.queries.renewals import chain_of, today_at
from lib.phones import CallerKind, as_e164, read_caller
from lib.reasons import Reason, reason, say


@dataclass(frozen=True)
class NumberNow:
    """A number at a moment. `words`: its state; `why`: a sentence, "" in service and free."""

    state: NumberState
    words: str
    why: str


_NOT_A_NUMBER = {
    CallerKind.EXTENSION: "entry.number_extension",
    CallerKind.EMERGENCY: "entry.number_emergency",
}


def normal(text: str, system: PhoneSystem | None) -> tuple[str, Reason | None]:
    """The number in E.164, or "" and why it is none. Without a country code it is local to the system."""
    read = read_caller(
        text, region=system.region if system else "", area_code=system.area_code if system else ""
    )
    if code := _NOT_A_NUMBER.get(read.kind):
        return "", reason(code)
    try:
        return read.e164 or as_e164(text), None
    except ValueError:
        return "", reason("entry.number")


def with_agreements() -> QuerySet[ServiceNumber]:
    """All numbers, with what their state needs in a few queries."""
    rows = ServiceNumber.objects.select_related(
        "system", "former_customer", "agreement__customer", "agreement__level", "agreement__renewal__level"
    )
    return rows.prefetch_related("agreement__suspensions")


def life_of(number: ServiceNumber, at: datetime) -> NumberLife:
    """The number as the rules of its life see it."""
    return NumberLife(
        is_public=number.kind == ServiceNumber.Kind.PUBLIC,
        is_given=number.agreement_id is not None,
        agreement=agreement_state(number.agreement, at)[0],
        valid_from=number.valid_from,
        valid_until=number.valid_until,
        rests_until=number.quarantine_until,
        former_customer=number.former_customer_id,
    )


def number_now(number: ServiceNumber, at: datetime, language: str) -> NumberNow:
    """Where the number is in its life, in words."""
    life, day = life_of(number, at), today_at(at)
    state = state_on(life, day)
    return NumberNow(state, words("number", state, language), _why(life, state, day, language))


def _why(life: NumberLife, state: NumberState, day: date, language: str) -> str:
    if state == NumberState.RESTING:
        return say(reason("number.rests_until", until_on=life.rests_until), language, TABLE)
    if state in {NumberState.FREE, NumberState.IN_SERVICE}:
        return ""
    begins, ends = life.valid_from or day, life.valid_until or day
    fact = NumberFact(Line.CONTRACT, agreement=life.agreement, is_valid=begins <= day <= ends)
    return words("why", why_not_contract(fact), language)


def numbers_of(agreement: Agreement) -> QuerySet[ServiceNumber]:
    """The numbers given to an agreement, to those it renews or to those that renew it."""
    return with_agreements().filter(agreement__in=[one.pk for one in chain_of(agreement)])


def why_not_to(number: ServiceNumber, agreement: Agreement, at: datetime) -> Reason | None:
    """Why the agreement is not given the number; None if it may be."""
    if agreement.kind != Agreement.Kind.SERVICE:
        return reason("refused.not_service")
    state = agreement_state(agreement, at)[0]
    day, whose = today_at(at), agreement.customer_id
    return why_not_give(life_of(number, at), day, agreement=state, customer=whose)


def rests_until(number: ServiceNumber, at: datetime) -> date | None:
    """The last day on which nobody else is given it, if it is released now; None: it would be free."""
    day, days = today_at(at), policy_row().quarantine_days
    return rest_after(life_of(number, at), day, days=days, is_untold=_is_untold(number, day))


def _is_untold(number: ServiceNumber, day: date) -> bool:
    """Whether all agreements it was given to are yet to start, and nobody ever dialled it."""
    chain = chain_of(number.agreement) if number.agreement else []
    return all(one.starts_on > day for one in chain) and not Call.objects.filter(number=number).exists()
