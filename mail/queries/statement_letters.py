"""The mail that says that a statement is there. Statements are a room above: what is said comes along."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.queries.company import company_name
from customers.access import company_admin_of
from lib.paper_links import LASTS, paper_token
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, Words
from mail.rules.headers import header_text

KINDS = frozenset({Notice.Kind.STATEMENT_READY})


def statement_letter(notice: Notice, _now: datetime) -> Letter:
    """To a company admin as long as they are one, or to the address for bills. Error: NotOwed."""
    user = notice.user
    if user is not None:
        me = company_admin_of(user)
        if me is None or str(me.customer_id) != notice.params["customer"]:
            raise NotOwed("inactive")
    address = user.email if user else notice.address
    language = (user.language if user else "") or notice.language
    with translation.override(language):
        words = _words(notice, header_text(user.display_name, 100) if user else "", address)
    return Letter(address, language, notice.mail_id, words, AUTOMATIC)


def _words(notice: Notice, name: str, address: str) -> Words:
    told = {key: header_text(notice.params[key], 100) for key in ("number", "month", "gross")}
    facts = {**told, "company": header_text(company_name(), 100)}
    greeting = _("Hello %(name)s,") % {"name": name} if name else _("Hello,")
    line = _(
        "your statement of %(company)s for %(month)s is ready: %(gross)s, invoice number %(number)s."
        " With this link you get it as a PDF, which holds the e-invoice where you want one:"
    )
    if name:
        link = (_("Open the statement"), _at("portal:statement", told["number"]))
        line = _(
            "your statement of %(company)s for %(month)s is ready: %(gross)s, invoice number %(number)s."
        )
        notes = [_("It stands in the portal under “My contract”, as a page and to download.")]
    else:
        token = paper_token(told["number"], address)
        link = (_("Download the statement"), _at("portal:statement_link", token))
        notes = [_("The link works for %(days)d days, for this address only.") % {"days": LASTS.days}]
    return Words(
        subject=_("Statement %(number)s for %(month)s") % facts,
        greeting=greeting,
        lines=[line % facts],
        link=link,
        notes=notes,
        footer=facts["company"],
    )


def _at(view: str, argument: str) -> str:
    return f"{settings.SITE_URL}{reverse(view, args=[argument])}"
