"""Mail about signing in: the link that does it, and word of every change of what one signs in with."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.gateways import sign_in_links
from accounts.models import Notice, User
from accounts.queries.company import company_name
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, Words
from mail.rules.headers import header_text

KINDS = frozenset({Notice.Kind.SIGN_IN_LINK, Notice.Kind.SECURITY_CHANGE})
LATEST = timedelta(hours=1)
"""Whoever asked for a link longer ago does not sit before the sign-in page any more."""


def sign_on_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail, whose reader is known by now. Error: NotOwed."""
    user = notice.user
    if user is None or not user.is_active:
        raise NotOwed("inactive")
    is_link = notice.kind == Notice.Kind.SIGN_IN_LINK
    if is_link and now - notice.created_at > LATEST:
        raise NotOwed("too_late")
    language = user.language or notice.language
    with translation.override(language):
        words = _link_words(notice, user) if is_link else _change_words(notice, user)
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _link_words(notice: Notice, user: User) -> Words:
    company = header_text(company_name(), 100)
    minutes = int(sign_in_links.LASTS.total_seconds() // 60)
    lasts = ngettext(
        "The link works once, for %(minutes)d minute.",
        "The link works once, for %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    return Words(
        subject=_("Your sign-in link for %(company)s") % {"company": company},
        greeting=_greeting(user),
        lines=[_("with this link you sign in to the helpdesk of %(company)s:") % {"company": company}],
        link=(_("Sign in"), sign_in_links.sign_in_link(user, notice.params.get("next", ""))),
        notes=[
            lasts,
            _("If you did not ask for it, somebody has typed your address. You need not do anything."),
        ],
        footer=company,
    )


def _change_words(notice: Notice, user: User) -> Words:
    company = header_text(company_name(), 100)
    when = formats.date_format(localtime(notice.created_at), "DATETIME_FORMAT")
    return Words(
        subject=_("Your sign-in at %(company)s was changed") % {"company": company},
        greeting=_greeting(user),
        lines=[_CHANGES[notice.params["change"]](), _("This was on %(when)s.") % {"when": when}],
        link=(_("Look at my account"), f"{settings.SITE_URL}{reverse('account_home')}"),
        notes=[
            _("If it was you, all is well."),
            _("If it was not you: choose a new password at once, and tell us. %(link)s")
            % {"link": f"{settings.SITE_URL}{reverse('account_reset_password')}"},
        ],
        footer=company,
    )


def _greeting(user: User) -> str:
    return _("Hello %(name)s,") % {"name": header_text(user.display_name, 100)}


_CHANGES: dict[str, Callable[[], str]] = {
    "app_added": lambda: _("an authenticator app was set up for your account."),
    "app_removed": lambda: _("the authenticator app of your account was removed."),
    "passkey_added": lambda: _("a passkey was added to your account."),
    "passkey_removed": lambda: _("a passkey was removed from your account."),
    "codes_renewed": lambda: _("new recovery codes were made for your account; those before are void."),
    "all_removed": lambda: _(
        "an admin has removed your authenticator app, passkeys and recovery codes, because they were lost."
        " Until you set one up again, your password alone lets you in."
    ),
    "password_changed": lambda: _("the password of your account was changed."),
}
