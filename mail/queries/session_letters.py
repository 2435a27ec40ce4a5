"""The mail to an agent whose remote session runs on although its gate has closed."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.queries.company import company_name
from contracts.queries import company_zone
from lib.languages import page_language
from lib.reasons import say_day
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, NotWanted, Words
from mail.rules.headers import header_text
from tickets.models import RemoteSession

KINDS = frozenset({Notice.Kind.SESSION_FLAGGED})


def session_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Errors: NotOwed for who works here no more; NotWanted once the session is over."""
    user = notice.user
    rows = RemoteSession.objects.select_related("ticket", "customer", "tool")
    session = rows.filter(pk=int(notice.params["session"])).first()
    if user is None or not user.is_active or session is None or session.flagged_at is None:
        raise NotOwed("inactive")
    if session.ended_at is not None:
        raise NotWanted
    language = user.language or notice.language
    with translation.override(language):
        words = _words(session, session.flagged_at, user.display_name)
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _words(session: RemoteSession, closed_at: datetime, name: str) -> Words:
    ticket, closed = session.ticket, localtime(closed_at, company_zone())
    facts = {
        "number": ticket.number,
        "tool": header_text(session.tool.name, 60),
        "customer": header_text(session.customer.name, 100),
        "day": say_day(closed.date(), page_language()),
        "time": f"{closed:%H:%M}",
    }
    return Words(
        subject=_("Please end now: remote session on ticket %(number)s") % facts,
        greeting=_("Hello %(name)s,") % {"name": header_text(name, 100)},
        lines=[
            _("your session with %(tool)s at %(customer)s is still running.") % facts,
            _("What allowed it ended on %(day)s at %(time)s. Please end the session at once.") % facts,
        ],
        link=(_("To the ticket"), settings.SITE_URL + reverse("desk:ticket", args=[ticket.number])),
        notes=[_("The work up to that moment becomes a time entry; what came later a lead looks at.")],
        footer=_("Ticket %(number)s · %(company)s") % {**facts, "company": company_name()},
    )
