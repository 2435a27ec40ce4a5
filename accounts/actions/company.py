"""The firm that runs this installation: its name and language, how it looks, where it is reached."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import Company, User
from accounts.queries.company import memory


@transaction.atomic
def save(*, company: Company, by: User | None, at: datetime | None = None) -> Company:
    """Keep what the firm is called and how it looks, in an installation that people use already.

    Error: ValidationError for a name that is none, and for colours that cannot be read. Other
    processes show it within ten seconds.
    """
    company.pk = company.pk or 1
    company.set_up_at = company.set_up_at or at or timezone.now()
    company.full_clean(validate_unique=False)
    is_new = company._state.adding
    company.save()
    auditing.record(by=by, verb="company.created" if is_new else "company.changed", what=company, at=at)
    forget()
    return company


def forget() -> None:
    """Read the firm anew from now on: within this transaction, and again when it has committed."""
    memory.forget()
    transaction.on_commit(memory.forget)
