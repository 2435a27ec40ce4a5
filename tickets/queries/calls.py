"""Calls that were noted on a ticket, in words."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.reasons import say_moment
from tickets.models import CallNote, Ticket


def calls_of(ticket: Ticket, *, language: str) -> dict[int, str]:
    """The calls of a ticket by the message that notes them, in one query. For agents only."""
    notes = CallNote.objects.filter(message__ticket=ticket).select_related("contact")
    return {one.message_id: _words(one, language) for one in notes}


def _words(note: CallNote, language: str) -> str:
    who = note.contact.name if note.contact else ""
    if note.is_outgoing:
        said = _("Call to %(who)s") % {"who": who} if who else _("Outgoing call")
    else:
        said = _("Call from %(who)s") % {"who": who} if who else _("Incoming call")
    when = say_moment(localtime(note.called_at), language)
    length = ngettext("%(count)s minute", "%(count)s minutes", note.minutes) % {"count": note.minutes}
    return " · ".join((said, when, length, note.get_work_kind_display()))
