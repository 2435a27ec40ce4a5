"""What a contact wants to be written, and in which language."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from customers.models import Contact


@transaction.atomic
def choose_mail(
    *,
    contact: Contact,
    steps: Contact.MailSteps,
    language: User.Language,
    by: User | None,
    at: datetime | None = None,
) -> Contact:
    """Keep how much mail this contact wants, and its language. Pages keep the language of the login."""
    current = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if (current.mail_steps, current.language) == (steps, language):
        return current
    current.mail_steps, current.language = steps, language
    current.save(update_fields=["mail_steps", "language"])
    details = {"mail_steps": str(steps), "language": str(language)}
    auditing.record(by=by, verb="contact.mail_chosen", what=current, at=at, details=details)
    return current
