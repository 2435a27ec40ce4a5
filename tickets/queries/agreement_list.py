"""Agreements as a list: whatever ends first stands first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.models import Agreement
from contracts.models.agreements import AgreementQuerySet
from contracts.queries.renewals import next_in_words, today_at
from lib.reasons import say_day
from tickets.queries.desk import Levels

PAGE = 50
HORIZON_DAYS = 90
SHOWS = ("running", "ending", "notice", "over")
_SOON_DAYS = 30
_NEVER = date.max


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which agreements: a word of `SHOWS`, a level's id, text of customer or reference.

    `after`: the last page's last day and id.
    """

    show: str = "running"
    level: int | None = None
    text: str = ""
    after: tuple[date, int] | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether some of the list are left out."""
        return bool(self.text) or self.level is not None


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One agreement. `left` says how long it still runs; `tone` is bad, warn or empty; `next` what comes."""

    pk: int
    customer: str
    kind: str
    level: str
    band_position: int
    reference: str
    last_day: str
    left: str
    tone: str
    next: str


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """A page of the list. `after`: where the next one goes on; None on the last."""

    rows: Sequence[AgreementRow]
    after: tuple[date, int] | None


def agreement_page(
    agreements: AgreementQuerySet, wanted: Wanted, *, levels: Levels, language: str, now: datetime
) -> AgreementPage:
    """One page of those of `agreements` that are wanted; the number of queries does not grow."""
    today = today_at(now)
    found = list(_ordered(_picked(agreements, wanted, today), wanted)[: PAGE + 1])
    rows = [_row(each, levels, language, now) for each in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return AgreementPage(rows, (last.last_day or _NEVER, last.pk) if last else None)


def _picked(agreements: AgreementQuerySet, wanted: Wanted, today: date) -> Any:
    """Those that are wanted, with `ends` (the last day, or the end of time) and `notice_until`."""
    silent = Q(pk__in=Agreement.objects.renewing().order_by().values("pk"))
    until = today + timedelta(days=HORIZON_DAYS)
    rows = agreements.annotate(
        ends=Coalesce(Least("ends_on", "terminated_on"), Value(_NEVER)),
        notice_until=ExpressionWrapper(F("ends_on") - F("notice_days"), output_field=DateField()),
    )
    picks = {
        "running": Q(ends__gte=today) | silent,
        "ending": Q(ends__gte=today, ends__lte=until, renewal__isnull=True) & ~silent,
        "notice": silent & Q(notice_until__gte=today, notice_until__lte=until),
        "over": Q(ends__lt=today) & ~silent,
    }
    rows = rows.filter(picks[wanted.show])
    if wanted.level is not None:
        rows = rows.filter(level=wanted.level)
    if wanted.text:
        rows = rows.filter(Q(customer__name__icontains=wanted.text) | Q(reference__icontains=wanted.text))
    return rows


def _ordered(rows: Any, wanted: Wanted) -> AgreementQuerySet:
    """Ending soon first; of those that are over the latest first."""
    is_over = wanted.show == "over"
    if wanted.after is not None:
        day, pk = wanted.after
        way = "lt" if is_over else "gt"
        rows = rows.filter(Q(**{f"ends__{way}": day}) | Q(**{"ends": day, f"pk__{way}": pk}))
    rows = rows.order_by("-ends", "-pk") if is_over else rows.order_by("ends", "pk")
    shown: AgreementQuerySet = rows.with_facts().select_related("customer")
    return shown


def _row(agreement: Agreement, levels: Levels, language: str, now: datetime) -> AgreementRow:
    coming = next_in_words(agreement, now, language)
    last, today = agreement.last_day, today_at(now)
    left, tone = _left(last, today)
    is_calm = agreement.follower is not None or agreement.renews_in_silence
    return AgreementRow(
        pk=agreement.pk,
        customer=agreement.customer.name,
        kind=agreement.get_kind_display(),
        level=agreement.level.name if agreement.level else "",
        band_position=levels.step(agreement.level_id),
        reference=agreement.called,
        last_day=say_day(last, language) if last else _("runs on"),
        left=left,
        tone="" if is_calm else tone,
        next=coming.sentences[0] if coming else "",
    )


def _left(last: date | None, today: date) -> tuple[str, str]:
    if last is None:
        return "", ""
    days = (last - today).days
    if days < 0:
        return _("over"), ""
    if days == 0:
        return _("ends today"), "bad"
    tone = "bad" if days <= _SOON_DAYS else "warn" if days <= HORIZON_DAYS else ""
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}, tone
