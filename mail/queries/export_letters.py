"""The mail that says that an access export can be fetched. It holds nothing of it."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.queries.company import company_name
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, Words
from mail.rules.headers import header_text

KINDS = frozenset({Notice.Kind.EXPORT_READY})
PAGE = "/portal/privacy/"
"""Stands in a room above this one."""


def export_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Error: NotOwed."""
    user = notice.user
    if user is None or not user.is_active:
        raise NotOwed("inactive")
    language = user.language or notice.language
    with translation.override(language):
        company = header_text(company_name(), 100)
        words = Words(
            subject=_("Your data at %(company)s are ready") % {"company": company},
            greeting=_("Hello %(name)s,") % {"name": header_text(user.display_name, 100)},
            lines=[_("what we keep about you has been put together. You can fetch it in the portal, once.")],
            link=(_("To my data"), f"{settings.SITE_URL}{PAGE}"),
            notes=[_("If it was not you who asked for it, please tell us and change your password.")],
            footer=company,
        )
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)
