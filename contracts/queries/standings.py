"""Reading standings: what customers' agreements amount to at a moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localtime

from contracts.models import Agreement, ServiceLevel, StandingChange
from contracts.rules.standing import AgreementFact, Standing, SuspensionFact, standing_at
from contracts.rules.what_if import NOT_YET_FILED
from contracts.rules.wording import TABLE
from lib.reasons import Reason, say


def company_zone() -> ZoneInfo:
    """The time zone whose calendar days agreements are written in."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


def in_words(reason: Reason, at: datetime, language: str) -> str:
    """A reason of this room's rules, as somebody in the company reads it at a moment."""
    zone = company_zone()
    return say(reason, language, TABLE, today=localtime(at, zone).date(), zone=zone)


def agreement_facts(customer_ids: Iterable[int]) -> dict[int, list[AgreementFact]]:
    """The agreements of these customers as facts, by customer id."""
    facts: dict[int, list[AgreementFact]] = defaultdict(list)
    for agreement in Agreement.objects.filter(customer_id__in=list(customer_ids)).with_facts().order_by("id"):
        facts[agreement.customer_id].append(agreement.as_fact())
    return facts


def standings_of(customer_ids: Iterable[int], at: datetime) -> dict[int, Standing]:
    """The standing of each of these customers at a moment, in three queries."""
    ids = set(customer_ids)
    facts = agreement_facts(ids)
    zone = company_zone()
    return {customer_id: standing_at(facts[customer_id], at, zone) for customer_id in ids}


def standing_of(customer_id: int, at: datetime) -> Standing:
    """The standing of one customer at a moment."""
    return standings_of([customer_id], at)[customer_id]


def due_customer_ids(at: datetime) -> list[int]:
    """Customers whose standing has to be looked at again, in pk order (the order of locking)."""
    return list(
        StandingChange.objects.due(at)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )


def last_due(customer_id: int, at: datetime) -> datetime | None:
    """The last moment at which this customer's standing may have changed; None where nothing is due."""
    due = StandingChange.objects.due(at).filter(customer_id=customer_id).order_by("-at")
    return due.values_list("at", flat=True).first()


@dataclass(frozen=True)
class Draft:
    """An agreement as it would be saved, with its suspensions."""

    agreement: Agreement
    suspensions: Sequence[SuspensionFact]


@dataclass(frozen=True)
class WhatIf:
    """The agreements of the customers that a change touches, by customer id: as they are and would be."""

    before: Mapping[int, Sequence[AgreementFact]]
    after: Mapping[int, Sequence[AgreementFact]]


def if_saved(drafts: Sequence[Draft]) -> WhatIf:
    """What would hold after these agreements were saved; one may be new, and one may change its customer."""
    ids = [draft.agreement.pk for draft in drafts if draft.agreement.pk]
    customer_ids = {draft.agreement.customer_id for draft in drafts}
    customer_ids.update(Agreement.objects.filter(pk__in=ids).values_list("customer_id", flat=True))
    before = {**dict.fromkeys(customer_ids, ()), **agreement_facts(customer_ids)}
    after = {pk: [fact for fact in facts if fact.id not in ids] for pk, facts in before.items()}
    for place, draft in enumerate(drafts):
        id_ = draft.agreement.pk or NOT_YET_FILED + place
        after[draft.agreement.customer_id].append(draft.agreement.as_fact(id_, draft.suspensions))
    return WhatIf(before, after)


def if_deleted(agreements: Iterable[Agreement]) -> WhatIf:
    """What would hold without these agreements."""
    gone = {agreement.pk: agreement.customer_id for agreement in agreements}
    before = agreement_facts(gone.values())
    after = {pk: [fact for fact in facts if fact.id not in gone] for pk, facts in before.items()}
    return WhatIf(before, after)


def if_levels_saved(levels: Iterable[ServiceLevel], customer_ids: Iterable[int]) -> WhatIf:
    """What would hold for these customers after service levels were saved; a new one is held by nobody."""
    changed = {level.pk: level.as_fact() for level in levels if not level._state.adding}
    before = agreement_facts(customer_ids)
    after = {
        pk: [
            replace(fact, level=changed.get(fact.level.id, fact.level)) if fact.level else fact
            for fact in facts
        ]
        for pk, facts in before.items()
    }
    return WhatIf(before, after)
