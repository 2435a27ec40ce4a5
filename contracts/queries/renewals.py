"""Reading how agreements end and go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateField, ExpressionWrapper, F, Q
from django.db.models.functions import Least
from django.utils.timezone import localtime

from contracts.models import Agreement
from contracts.queries.standings import company_zone
from contracts.rules.renewal import NextChange, months_from, next_term, what_comes
from contracts.rules.renewal_wording import TABLE
from lib.reasons import Reason, say

CHAIN_LIMIT = 60
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class NextWords:
    """What happens next to an agreement in one language. `sentences`: the nearest first."""

    kind: str
    on: date | None
    sentences: Sequence[str]
    notice_until_on: date | None


def today_at(at: datetime) -> date:
    """The calendar day of the company at a moment."""
    return localtime(at, company_zone()).date()


def next_change(agreement: Agreement, at: datetime) -> NextChange | None:
    """What happens next to an agreement; None for one that is over. Words: `say_renewal`."""
    return what_comes(agreement.as_term(), today_at(at))


def next_in_words(agreement: Agreement, at: datetime, language: str) -> NextWords | None:
    """What happens next, as somebody reads it; None for one that is over."""
    coming = next_change(agreement, at)
    if coming is None:
        return None
    sentences = [say_renewal(one, language) for one in coming.reasons]
    return NextWords(coming.kind, coming.on, sentences, coming.notice_until_on)


def say_renewal(reason: Reason, language: str) -> str:
    """A reason of `contracts.rules.renewal` in words."""
    return say(reason, language, TABLE)


def due_for_renewal(day: date) -> list[int]:
    """Agreements whose last day of notice has passed in silence, in pk order."""
    last_notice = ExpressionWrapper(F("ends_on") - F("notice_days"), output_field=DateField())
    due = Agreement.objects.renewing().annotate(notice_until=last_notice).filter(notice_until__lt=day)
    return list(due.order_by("pk").values_list("pk", flat=True))


def chain_of(agreement: Agreement) -> list[Agreement]:
    """The agreement with those it renews and those that renew it, the first one first."""
    shown = Agreement.objects.with_facts().select_related("customer")
    chain = [agreement]
    while chain[0].renewed_from_id and len(chain) < CHAIN_LIMIT:
        chain.insert(0, shown.get(pk=chain[0].renewed_from_id))
    while (found := chain[-1].follower) is not None and len(chain) < CHAIN_LIMIT:
        chain.append(shown.get(pk=found.pk))
    return chain


def suggested_end(agreement: Agreement) -> date | None:
    """The last day of a renewal if nobody says another: by its terms, else for as long as it runs now."""
    if agreement.ends_on is None:
        return None
    if agreement.renewal_months:
        return next_term(agreement.ends_on, agreement.renewal_months)[1]
    months = (agreement.ends_on.year - agreement.starts_on.year) * 12
    months += agreement.ends_on.month - agreement.starts_on.month
    for whole in (months, months + 1):
        if whole > 0 and months_from(agreement.starts_on, whole) == agreement.ends_on:
            return next_term(agreement.ends_on, whole)[1]
    return agreement.ends_on + (agreement.ends_on - agreement.starts_on) + _DAY


def ending_within(days: int, day: date) -> list[int]:
    """Agreements that may have to be reminded of: the day that decides about them is so near, in pk order.

    Only of customers who are active, and none that another agreement follows.
    """
    decides = ExpressionWrapper(F("ends_on") - F("notice_days"), output_field=DateField())
    ends = Least("ends_on", "terminated_on")
    near = Agreement.objects.filter(customer__is_active=True, renewal__isnull=True).annotate(
        decides=decides, ends=ends
    )
    until = day + timedelta(days=days)
    silent = Q(pk__in=Agreement.objects.renewing().values("pk"), decides__lte=until)
    found = near.filter(ends__gte=day).filter(silent | Q(ends__lte=until))
    return list(found.order_by("pk").values_list("pk", flat=True))
