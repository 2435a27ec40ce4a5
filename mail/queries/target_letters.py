"""The mail to people of the firm about a target that is at risk or was missed. Customers get none."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.queries.company import company_name
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, NotWanted, Words
from mail.rules.headers import header_text
from tickets.access import visible_tickets
from tickets.models import Ticket
from tickets.queries.deadlines import Deadline, clocks_of

KINDS = frozenset({Notice.Kind.TARGET_WARNING, Notice.Kind.TARGET_MISSED})
LATEST = timedelta(days=2)
"""What went wrong longer ago is on the ticket and in the report."""


def target_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Errors: NotOwed; NotWanted for a warning of what is done or stands still by now."""
    reader = notice.user
    if reader is None or not reader.is_active or not reader.is_agent:
        raise NotOwed("inactive")
    if now - notice.created_at > LATEST:
        raise NotOwed("too_late")
    ticket, deadline = _found(reader, int(notice.params["clock"]))
    is_missed = notice.kind == Notice.Kind.TARGET_MISSED
    if not is_missed and deadline.state != "running":
        raise NotWanted
    language = reader.language or notice.language
    with translation.override(language):
        words = _words(reader, ticket, deadline, notice.params["percent"], is_missed=is_missed)
    return Letter(reader.email, language, notice.mail_id, words, AUTOMATIC)


def _found(reader: User, clock_id: int) -> tuple[Ticket, Deadline]:
    """The ticket and its deadline, as long as this person may read it."""
    ticket = visible_tickets(reader).select_related("customer").filter(clocks=clock_id).first()
    if ticket is None:
        raise NotOwed("not_theirs")
    for one in clocks_of([ticket.pk])[ticket.pk]:
        if one.clock.pk == clock_id:
            return ticket, one
    raise NotWanted


def _words(reader: User, ticket: Ticket, deadline: Deadline, percent: str, *, is_missed: bool) -> Words:
    names = {
        "number": ticket.number,
        "target": deadline.clock.get_kind_display(),
        "subject": header_text(ticket.subject, 100),
        "customer": header_text(ticket.customer.name, 100),
        "percent": percent,
    }
    told = (
        _("A target of ticket %(number)s (“%(subject)s”, %(customer)s) was missed: %(target)s.")
        if is_missed
        else _(
            "%(percent)s %% of a target of ticket %(number)s (“%(subject)s”, %(customer)s) are used:"
            " %(target)s."
        )
    )
    subject = (
        _("Target missed: %(number)s, %(target)s")
        if is_missed
        else _("Target at risk: %(number)s, %(target)s")
    )
    return Words(
        subject=subject % names,
        greeting=_("Hello %(name)s,") % {"name": header_text(reader.display_name, 100)},
        lines=[told % names, *_steps(deadline)],
        link=(
            _("Open the ticket"),
            f"{settings.SITE_URL}{reverse('desk:ticket', args=[ticket.number])}",
        ),
        footer=header_text(company_name(), 100),
    )


def _steps(deadline: Deadline) -> list[str]:
    return deadline.steps(translation.get_language() or "de", timezone.now())
