"""The mail about coming into the portal: the link that proves an address, and who has come.

What people type to sign up is in none of it: the mail goes to an address that is nobody's yet.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.gateways.password_links import link_lasts, password_link
from accounts.models import Notice, User
from accounts.queries.company import company_name
from customers.access import visible_colleagues
from customers.gateways.sign_up_links import LASTS, sign_up_link
from customers.models import Contact
from customers.queries.signing_up import way_in
from mail.queries.letters import AUTOMATIC, AskedByNobody, Letter, NotOwed, Words
from mail.rules.headers import header_text

KINDS = frozenset({Notice.Kind.SIGN_UP, Notice.Kind.NEWCOMER})
LATEST = timedelta(days=1)
"""Whoever wanted to sign up longer ago has tried again or does not wait any more."""


def login_of_sign_up(notice: Notice) -> User | None:
    """Who has an access already with the address that was typed; None where a customer's domain lets them in.

    Error: AskedByNobody where the address leads nowhere.
    """
    if not notice.params:
        return None
    way = way_in(notice.params["address"])
    if way is None:
        raise AskedByNobody
    return way.user


def people_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Error: NotOwed."""
    if notice.kind == Notice.Kind.NEWCOMER:
        return _newcomer(notice)
    if now - notice.created_at > LATEST:
        raise NotOwed("too_late")
    return _known(notice, notice.user) if notice.user else _sign_up(notice)


def _sign_up(notice: Notice) -> Letter:
    if not notice.params:  # the link was used before the mail was sent once more
        raise NotOwed("too_late")
    with translation.override(notice.language):
        company = _company()
        words = Words(
            subject=_("Your access to the helpdesk of %(company)s") % {"company": company},
            greeting=_("Hello,"),
            lines=[
                _(
                    "somebody, probably you, wants access to the helpdesk of %(company)s with this address."
                    " With this link you confirm that it is yours:"
                )
                % {"company": company}
            ],
            link=(_("Confirm the address"), sign_up_link(notice)),
            notes=[
                _lasts(LASTS),
                _("If it was not you, you need not do anything: without the link nobody gets in."),
            ],
            footer=company,
        )
    return Letter(notice.params["address"], notice.language, notice.mail_id, words, AUTOMATIC)


def _known(notice: Notice, user: User) -> Letter:
    if not user.is_active:
        raise NotOwed("inactive")
    language = user.language or notice.language
    with translation.override(language):
        company = _company()
        words = Words(
            subject=_("Your access to the helpdesk of %(company)s") % {"company": company},
            greeting=_("Hello %(name)s,") % {"name": header_text(user.display_name, 100)},
            lines=[
                _(
                    "somebody, probably you, wanted to sign up at the helpdesk of %(company)s. You have"
                    " access already. Should you not know your password any more, choose a new one:"
                )
                % {"company": company}
            ],
            link=(_("Choose a new password"), password_link(user)),
            notes=[
                _("Your user name is %(username)s.") % {"username": header_text(user.username, 150)}
                + f" {_lasts(link_lasts())}",
                _("If it was not you, you need not do anything: your password stays as it is."),
            ],
            footer=company,
        )
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _newcomer(notice: Notice) -> Letter:
    """Tell a company admin, as long as they are one and the newcomer is a colleague of theirs."""
    admin = notice.user
    if admin is None or not admin.is_active:
        raise NotOwed("inactive")
    colleagues = visible_colleagues(admin).select_related("customer")
    newcomer = colleagues.filter(pk=int(notice.params["contact"])).first()
    if newcomer is None:
        raise NotOwed("inactive")
    language = admin.language or notice.language
    with translation.override(language):
        words = _newcomer_words(newcomer, admin)
    return Letter(admin.email, language, notice.mail_id, words, AUTOMATIC)


def _newcomer_words(newcomer: Contact, admin: User) -> Words:
    company, names = _company(), {"name": header_text(newcomer.name, 100), "address": newcomer.email}
    sees = (
        _("They see all tickets of %(customer)s.")
        if newcomer.sees_company_tickets
        else _("They see only the tickets that they file themselves, and none of their colleagues'.")
    )
    return Words(
        subject=_("%(name)s has signed up for the helpdesk") % names,
        greeting=_("Hello %(name)s,") % {"name": header_text(admin.display_name, 100)},
        lines=[
            _(
                "%(name)s (%(address)s) has confirmed an address of your company and has access to the"
                " helpdesk of %(company)s now."
            )
            % {**names, "company": company}
            + " "
            + sees % {"customer": header_text(newcomer.customer.name, 100)}
        ],
        link=(_("Colleagues"), f"{settings.SITE_URL}{reverse('portal:colleagues')}"),
        notes=[_("If you do not know this person, close the access there and tell us.")],
        footer=company,
    )


def _company() -> str:
    return header_text(company_name(), 100)


def _lasts(span: timedelta) -> str:
    return ngettext(
        "The link works once, for %(days)d day.", "The link works once, for %(days)d days.", span.days
    ) % {"days": span.days}
