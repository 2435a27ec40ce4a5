"""The mail about an allowance of which a share is used: to us, and to the customer with what comes next."""

from datetime import date, datetime, time

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.queries.company import company_name
from contracts.models import Agreement, Allowance
from contracts.queries import company_zone
from contracts.queries.allowances import AllowanceState, allowance_left
from contracts.rules.allowance_words import say_beyond, say_period, say_units
from customers.models import Contact
from lib.languages import page_language
from lib.reasons import say_day
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, Words
from mail.rules.headers import header_text

KINDS = frozenset({Notice.Kind.ALLOWANCE_ALERT})
Overrun = Allowance.Overrun


def allowance_letter(notice: Notice, _now: datetime) -> Letter:
    """Write the mail with what is true by now. Error: NotOwed."""
    agreement = (
        Agreement.objects.filter(pk=int(notice.params["agreement"])).select_related("customer").first()
    )
    state = _state(agreement, notice.params["period"]) if agreement else None
    if agreement is None or state is None or state.used <= 0:
        raise NotOwed("not_theirs")
    user, is_ours = notice.user, notice.params["as"] == "firm"
    if is_ours and (user is None or not user.is_active or user.role == User.Role.CONTACT):
        raise NotOwed("inactive")
    reader = None if is_ours else _contact(notice, agreement)
    address = user.email if user and is_ours else (reader.email if reader else "")
    language = (user.language if user else "") or notice.language
    with translation.override(language):
        name = header_text(user.display_name if user and is_ours else str(reader), 100)
        words = _ours(agreement, state, name) if is_ours else _theirs(state, name, has_login=bool(user))
    return Letter(address, language, notice.mail_id, words, AUTOMATIC)


def _state(agreement: Agreement, period: str) -> AllowanceState | None:
    noon = datetime.combine(date.fromisoformat(period), time(12), tzinfo=company_zone())
    return allowance_left(agreement, noon)


def _contact(notice: Notice, agreement: Agreement) -> Contact:
    """Whoever is told for the customer, as long as they are there. Error: NotOwed."""
    people = Contact.objects.filter(customer_id=agreement.customer_id, is_active=True)
    if notice.user is not None:
        people = people.filter(user=notice.user, user__is_active=True)
    contact = people.filter(email__iexact=notice.address).first()
    if contact is None:
        raise NotOwed("inactive")
    return contact


def _facts(state: AllowanceState) -> dict[str, str]:
    language = page_language()
    return {
        "percent": str(state.percent),
        "period": say_period(state.period, state.period_starts_on, state.period_ends_on, language),
        "used": say_units(state.unit, state.used, language),
        "total": say_units(state.unit, state.total, language),
        "left": say_units(state.unit, state.left, language),
        "ends_on": say_day(state.period_ends_on, language) if state.period_ends_on else "",
        "company": header_text(company_name(), 100),
    }


def _ours(agreement: Agreement, state: AllowanceState, name: str) -> Words:
    facts = {**_facts(state), "customer": header_text(agreement.customer.name, 100)}
    facts["agreement"] = header_text(str(agreement), 100)
    return Words(
        subject=_("%(customer)s: %(percent)s %% of the allowance used") % facts,
        greeting=_("Hello %(name)s,") % {"name": name},
        lines=[
            _(
                "%(customer)s has used %(used)s of %(total)s in %(period)s (agreement %(agreement)s);"
                " %(left)s are left."
            )
            % facts,
            {
                Overrun.REFUSE: _("Work beyond it is refused."),
                Overrun.ASK: _("For work beyond it the customer is asked first."),
                Overrun.BILL: _("Work beyond it is billed by the price list."),
            }[Overrun(state.overrun)],
        ],
        footer=facts["company"],
    )


def _theirs(state: AllowanceState, name: str, *, has_login: bool) -> Words:
    facts = _facts(state)
    is_used_up = state.left == 0
    first = (
        _("your allowance for %(period)s is used up: %(used)s of %(total)s.")
        if is_used_up
        else _("you have used %(used)s of your %(total)s for %(period)s. %(left)s are left.")
    )
    subject = (
        _("Your allowance for %(period)s is used up")
        if is_used_up
        else _("%(percent)s %% of your allowance for %(period)s used")
    )
    link = (_("Your contract"), f"{settings.SITE_URL}{reverse('portal:contract')}") if has_login else None
    return Words(
        subject=subject % facts,
        greeting=_("Hello %(name)s,") % {"name": name},
        lines=[first % facts, *_next(state, is_used_up=is_used_up)],
        link=link,
        footer=facts["company"],
    )


def _next(state: AllowanceState, *, is_used_up: bool) -> list[str]:
    """What happens with work beyond it, and from when there is more."""
    facts = _facts(state)
    beyond = say_beyond(state.overrun, page_language())
    lines = [beyond if is_used_up else f"{_('Once it is used up:')} {beyond}"]
    if facts["ends_on"]:
        lines.append(_("This period ends on %(ends_on)s.") % facts)
    return lines
