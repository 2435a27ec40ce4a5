"""The mail about agreements that end or were renewed: to leads, admins and the customer's company admins.

What it says is true when it is sent: what the end changes is rehearsed then, for its reader.
"""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.queries.company import company_name
from contracts.access import visible_agreements
from contracts.models import Agreement
from contracts.queries.renewals import next_in_words
from customers.access import company_admin_of
from lib.languages import page_language
from lib.reasons import say_day
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, NotWanted, Words
from mail.rules.headers import header_text
from tickets.queries.rehearsal import Rehearsal, rehearse_end

KINDS = frozenset({Notice.Kind.AGREEMENT_ENDING, Notice.Kind.AGREEMENT_RENEWED})


def agreement_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Errors: NotOwed for who has no business with it any more; NotWanted once it is moot."""
    user = notice.user
    if user is None or not user.is_active:
        raise NotOwed("inactive")
    if not user.is_lead and company_admin_of(user) is None:
        raise NotOwed("inactive")
    rows = visible_agreements(user).with_facts().select_related("customer", "renewed_from")
    agreement = rows.filter(pk=int(notice.params["agreement"])).first()
    if agreement is None:
        raise NotWanted
    language = user.language or notice.language
    with translation.override(language):
        is_end = notice.kind == Notice.Kind.AGREEMENT_ENDING
        words = _ending(agreement, user, now) if is_end else _renewed(agreement, user)
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _ending(agreement: Agreement, user: User, now: datetime) -> Words:
    """What comes, and what the end changes."""
    language = page_language()
    coming = next_in_words(agreement, now, language)
    at_end = rehearse_end(agreement, user=user, at=now, language=language)
    if coming is None or at_end is None:
        raise NotWanted
    names = _names(agreement)
    renews = agreement.renews_in_silence
    subject = (
        _("Agreement %(reference)s of %(customer)s renews itself soon")
        if renews
        else _("Agreement %(reference)s of %(customer)s ends soon")
    )
    return Words(
        subject=subject % names,
        greeting=_greeting(user),
        lines=[
            _("this is about agreement %(reference)s of %(customer)s.") % names,
            " ".join(coming.sentences),
        ],
        after=_changes(at_end, is_only_if=renews),
        link=_link(agreement, user),
        footer=_company(),
    )


def _changes(at_end: Rehearsal, *, is_only_if: bool) -> list[str]:
    """What would be different, one line each."""
    if not at_end.lines:
        return [_("For the tickets nothing changes then: another agreement gives the same.")]
    day = {"day": say_day(at_end.on, page_language())}
    opening = (
        _("If notice were given, this would change on %(day)s:")
        if is_only_if
        else _("This changes on %(day)s:")
    )
    return [opening % day, *(f"– {line.label}: {line.sentence}" for line in at_end.lines)]


def _renewed(agreement: Agreement, user: User) -> Words:
    names = _names(agreement)
    days = {"first": say_day(agreement.starts_on, page_language())}
    if agreement.ends_on is None:
        said = _("It goes on from %(first)s without an end.") % days
    else:
        last = say_day(agreement.ends_on, page_language())
        said = _("It goes on from %(first)s until %(last)s.") % {**days, "last": last}
    lines = [_("agreement %(reference)s of %(customer)s is renewed.") % names, said]
    if agreement.level is not None:
        lines.append(_level(agreement))
    return Words(
        subject=_("Agreement %(reference)s of %(customer)s is renewed") % names,
        greeting=_greeting(user),
        lines=lines,
        link=_link(agreement, user),
        footer=_company(),
    )


def _level(agreement: Agreement) -> str:
    """That the place in the queue stays, or that the level is another one."""
    before = agreement.renewed_from
    level = header_text(str(agreement.level), 60)
    if before is not None and before.level_id != agreement.level_id:
        old = header_text(str(before.level), 60)
        return _("From then on the service level is %(new)s instead of %(old)s.") % {"new": level, "old": old}
    return _("The service level stays %(level)s: tickets keep their place.") % {"level": level}


def _names(agreement: Agreement) -> dict[str, str]:
    return {
        "reference": header_text(agreement.called, 120),
        "customer": header_text(agreement.customer.name, 100),
    }


def _greeting(user: User) -> str:
    return _("Hello %(name)s,") % {"name": header_text(user.display_name, 100)}


def _link(agreement: Agreement, user: User) -> tuple[str, str]:
    if user.is_agent:
        return _("To the agreement"), f"{settings.SITE_URL}{reverse('desk:agreement', args=[agreement.pk])}"
    return _("To your contract"), f"{settings.SITE_URL}{reverse('portal:contract')}"


def _company() -> str:
    return header_text(company_name(), 100)
