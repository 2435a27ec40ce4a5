"""The mail that belongs to no ticket: new password, invitation, trial mail."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.gateways.password_links import link_lasts, password_link
from accounts.models import Notice, User
from accounts.queries.company import company_name
from mail.queries import (
    agreement_letters,
    allowance_letters,
    approval_letters,
    directory_letters,
    dpa_letters,
    export_letters,
    held_letters,
    look_letters,
    session_letters,
    sign_on_letters,
    statement_letters,
    target_letters,
)
from mail.queries.letters import AUTOMATIC, AskedByNobody, Letter, NotOwed, Words
from mail.queries.people_letters import KINDS, people_letter
from mail.rules.headers import header_text

LATEST = timedelta(days=1)
"""Whoever asked for a new password longer ago has asked again or does not wait any more."""

WRITERS = (
    (KINDS, people_letter),
    (approval_letters.ANSWERS, approval_letters.answer_letter),
    (agreement_letters.KINDS, agreement_letters.agreement_letter),
    (allowance_letters.KINDS, allowance_letters.allowance_letter),
    (directory_letters.KINDS, directory_letters.directory_letter),
    (dpa_letters.KINDS, dpa_letters.dpa_letter),
    (held_letters.KINDS, held_letters.held_letter),
    (look_letters.KINDS, look_letters.look_letter),
    (export_letters.KINDS, export_letters.export_letter),
    (session_letters.KINDS, session_letters.session_letter),
    (sign_on_letters.KINDS, sign_on_letters.sign_on_letter),
    (statement_letters.KINDS, statement_letters.statement_letter),
    (target_letters.KINDS, target_letters.target_letter),
)
"""Who writes which kinds of mail; all others are written here."""


def notice_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail, whose reader is known by now. Error: NotOwed."""
    for kinds, write in WRITERS:
        if notice.kind in kinds:
            return write(notice, now)
    user = _reader(notice)
    if notice.kind == Notice.Kind.PASSWORD_RESET and now - notice.created_at > LATEST:
        raise NotOwed("too_late")
    language = (user.language if user else "") or notice.language
    with translation.override(language):
        words = _words(notice, user)
    address = notice.address or (user.email if user else "")
    return Letter(address, language, notice.mail_id, words, AUTOMATIC)


def asker_of(notice: Notice) -> User:
    """Whose address it was that somebody typed. Error: AskedByNobody."""
    user = User.objects.filter(email__iexact=notice.params["asked_for"], is_active=True).first()
    if user is None:
        raise AskedByNobody
    return user


def _reader(notice: Notice) -> User | None:
    """Whose notice it is. A trial mail goes to an address and to nobody."""
    if notice.kind == Notice.Kind.MAIL_TEST:
        return None
    if notice.user is None or not notice.user.is_active:
        raise NotOwed("inactive")
    return notice.user


def _words(notice: Notice, user: User | None) -> Words:
    company = header_text(company_name(), 100)
    if user is None:
        return Words(
            subject=_("Trial mail of %(company)s") % {"company": company},
            greeting=_("Hello,"),
            lines=[
                _("this mail says only that mail works: the helpdesk at %(site)s has sent it.")
                % {"site": settings.SITE_URL}
            ],
            footer=company,
        )
    is_invitation = notice.kind == Notice.Kind.INVITATION
    return Words(
        subject=(
            _("Welcome to the helpdesk of %(company)s") if is_invitation else _("New password at %(company)s")
        )
        % {"company": company},
        greeting=_("Hello %(name)s,") % {"name": header_text(user.display_name, 100)},
        lines=[_occasion(is_invitation=is_invitation, company=company)],
        link=(
            _("Choose your password") if is_invitation else _("Choose a new password"),
            password_link(user),
        ),
        notes=_explanations(user, is_invitation=is_invitation),
        footer=company,
    )


def _occasion(*, is_invitation: bool, company: str) -> str:
    if is_invitation:
        return _(
            "you have been given access to the helpdesk of %(company)s. With this link you choose your"
            " password:"
        ) % {"company": company}
    return _(
        "somebody, probably you, asked for a new password at the helpdesk of %(company)s. With this link you"
        " choose it:"
    ) % {"company": company}


def _explanations(user: User, *, is_invitation: bool) -> list[str]:
    days = link_lasts().days
    lasts = ngettext(
        "The link works once, for %(days)d day.", "The link works once, for %(days)d days.", days
    ) % {"days": days}
    name = _("Your user name is %(username)s.") % {"username": header_text(user.username, 150)}
    if is_invitation:
        later = _("When it has run out, ask for a new one with “Forgotten?” where you sign in: %(site)s")
        return [f"{name} {lasts}", later % {"site": settings.SITE_URL}]
    unasked = _("If it was not you, you need not do anything: your password stays as it is.")
    return [f"{name} {lasts}", unasked]
