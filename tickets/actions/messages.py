"""Adding a message with its files to a ticket: the building block of opening, replying and noting."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import File
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Contact
from tickets.actions import holding, sealing
from tickets.actions.refusals import NotStored
from tickets.models import Message, Ticket

NewFile = File[bytes]
"""An uploaded file as the doors hand it in."""


def add_message(
    *,
    ticket: Ticket,
    body: str,
    author_name: str,
    channel: Ticket.Channel | str,
    at: datetime,
    author: User | None = None,
    contact: Contact | None = None,
    is_internal: bool = False,
    files: Sequence[File[bytes]] = (),
    is_live: bool = False,
) -> Message:
    """Write one message and store its files. Runs inside the caller's transaction.

    The body stays as it came, and files are filed, unless they look like a log and the customer's gate is
    closed: then they are held (`holding`). The caller has locked the customer's row. `is_live`: this happens
    now, and the gate counts as it is at the end. A transaction that fails may leave files without rows, never
    rows without files. Error: NotStored.
    """
    taken = holding.TakenIn(body)
    try:
        holding.take_in(taken, ticket=ticket, files=files, at=at, is_live=is_live)
    except OSError as error:
        sealing.throw_away(taken.paths)
        raise NotStored(_("The files cannot be kept right now. Please try again later.")) from error
    message = Message.objects.create(
        ticket=ticket,
        author=author,
        contact=contact,
        author_name=author_name,
        body=taken.body,
        is_internal=is_internal,
        channel=str(channel),
        at=at,
    )
    holding.save(taken, message, at=at, is_live=is_live)
    return message
