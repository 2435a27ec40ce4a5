"""Fills an empty installation with hostile texts, each in every place where the pages show what people wrote.

Run as a process of its own, with the installation's DATA_DIR, before the installation starts.
"""

import io
import os

import django
from django.core.files.base import File

CHUNK = 50
"""Messages to one ticket."""


def main() -> None:
    """Migrate and fill."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from lib import embedded
    from tests.corpora import hostile_texts

    embedded.hold_for_this_process(settings.DATA_DIR, postgres=True, valkey=True)
    call_command("migrate", verbosity=0)
    fill([text for text in hostile_texts() if text.strip()])


def fill(texts: list[str]) -> None:
    """Write the texts as subjects, messages, notes, file names and names of people, customers and papers."""
    from contracts.actions.agreements import save_level
    from contracts.models import ServiceLevel
    from tests.factories.cast import make_agreement, make_cast, make_contact, make_customer, make_ticket
    from tickets.actions import replying
    from tickets.rules import notifying

    notifying.MAX_RECEIPTS = 1_000_000  # each text comes back in a receipt, too
    cast = make_cast()
    short = [text for text in texts if len(text) <= 200]
    for text in texts:
        make_ticket(cast.gold_customer, contact=cast.owner, subject=text[:250], body=text)
    for number, text in enumerate(short):
        customer = make_customer(f"{text} {number}"[:200])
        contact = make_contact(customer, text)
        make_ticket(customer, contact=contact, subject=text)
    for start in range(0, len(texts), CHUNK):
        ticket = make_ticket(cast.gold_customer, contact=cast.owner, subject=f"carrier {start}")
        for text in texts[start : start + CHUNK]:
            file: File[bytes] = File(io.BytesIO(b"content"), name=text[:150])
            replying.reply(ticket=ticket, body=text, by=cast.lead, files=[file])
            replying.note(ticket=ticket, body=text, by=cast.lead)
    for rank, text in enumerate(text for text in short[::40] if len(text) <= 50):
        level = save_level(level=ServiceLevel(name=f"{text} {rank}"[:60], rank=50, description=text), by=None)
        make_agreement(cast.plain_customer, level, reference=text)


if __name__ == "__main__":
    main()
