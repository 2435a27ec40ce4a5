"""Chargeable or covered: what can honestly be said about a ticket before anybody knows the work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contracts.models import OUT_OF_HOURS, Agreement, ServiceLevel
from contracts.queries import company_zone, list_in_force, standing_of
from contracts.queries.allowances import AllowanceState, allowance_left
from contracts.queries.calendars import PAGES, calendar_of
from contracts.queries.prices import standing_approvals
from contracts.rules.allowance_words import say_units
from customers.models import Customer
from lib.languages import page_language
from lib.money import say_money
from lib.reasons import say_moment


@dataclass(frozen=True)
class CostCard:
    """Who pays, as things stand now. `state`: covered, partly or chargeable; `sentences` say why.

    `has_prices`: whether there is a price list to look at.
    """

    state: str
    headline: str
    sentences: tuple[str, ...]
    has_prices: bool

    @property
    def icon(self) -> str:
        """The mark beside the headline."""
        return "check-circle" if self.state == "covered" else "banknotes"


def cost_card(customer: Customer, now: datetime) -> CostCard:
    """What a new ticket of this customer costs or does not, in the language that is active."""
    day = localtime(now, company_zone()).date()
    has_prices = list_in_force(day) is not None
    standing = standing_of(customer.pk, now)
    asked = tuple(_asked(customer, now))
    if standing.agreement_id is None:
        said = _("Without a service agreement we charge all work on a ticket, advice included.")
        return CostCard("chargeable", _("Chargeable by our price list"), (said, *asked), has_prices)
    agreement = Agreement.objects.select_related("level").get(pk=standing.agreement_id)
    if agreement.level is None:  # its standing says that there is one
        return CostCard("partly", _("Not everything is covered"), asked, has_prices)
    return _with_agreement(agreement, agreement.level, now, asked, has_prices=has_prices)


def _with_agreement(
    agreement: Agreement, level: ServiceLevel, now: datetime, asked: tuple[str, ...], *, has_prices: bool
) -> CostCard:
    included = list(level.services.filter(is_active=True))
    names = [one.name_in(page_language()) for one in included if one.code != OUT_OF_HOURS]
    covers_nights = any(one.code == OUT_OF_HOURS for one in included)
    hours = _hours(level, now, covers_nights=covers_nights)
    left = allowance_left(agreement, now)
    says_left = _allowance(left) if left else ""
    is_used_up = left is not None and left.left <= 0
    if is_used_up or not names:
        state, headline = "chargeable", _("Chargeable by our price list")
    elif hours:
        state, headline = "partly", _("Chargeable outside our service hours, and they are over now")
    else:
        state, headline = "covered", _("Covered by your service agreement")
    gives = _("%(level)s includes: %(services)s. Everything else is charged.") % {
        "level": level.name,
        "services": ", ".join(names) or _("no service"),
    }
    sentences = tuple(filter(None, (gives, hours, says_left, *asked)))
    return CostCard(state, headline, sentences, has_prices)


def _hours(level: ServiceLevel, now: datetime, *, covers_nights: bool) -> str:
    """What it means that nobody is on duty now; empty while the hours last."""
    calendar = calendar_of(level.hours_id, max_age=PAGES)
    if covers_nights or calendar.is_open(now):
        return ""
    try:
        opens = calendar.add(now, 1)
    except ValueError:  # no hours at all
        return _("Work outside your service hours is charged.")
    moment = say_moment(localtime(opens, company_zone()), page_language())
    return _("Your service hours begin again %(moment)s. Work before that is charged, with a surcharge.") % {
        "moment": moment
    }


def _allowance(state: AllowanceState) -> str:
    words = {"left": say_units(state.unit, max(state.left, 0), page_language())}
    if state.left > 0:
        return _("Of your allowance %(left)s are left in this period.") % words
    return {
        "refuse": _("Your allowance of this period is used up; more is not agreed. Please talk to us first."),
        "ask": _("Your allowance of this period is used up. We ask you first, and charge what follows."),
    }.get(state.overrun, _("Your allowance of this period is used up. Further work is charged."))


def _asked(customer: Customer, now: datetime) -> Iterator[str]:
    """That nothing chargeable begins without a yes, or that there is one already."""
    day = localtime(now, company_zone()).date()
    standing = standing_approvals(customer.pk, day)
    if standing:
        ceiling = say_money(standing[-1].ceiling, standing[-1].currency, page_language())
        yield _("You have approved work of up to %(ceiling)s net per ticket ahead; for more we ask you.") % {
            "ceiling": ceiling
        }
    else:
        yield _("Before we do anything that costs money, we name the price and ask for your approval.")
