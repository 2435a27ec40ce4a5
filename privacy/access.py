"""Who may do what with people's data: admins at the desk, and each contact with their own."""

from django.db.models import QuerySet

from accounts.models import User
from customers.access import contact_of
from customers.models import Contact
from privacy.models import PrivacyJob


class Denied(Exception):
    """This person may not do that. Doors answer 404."""


def require_admin(by: User | None) -> None:
    """Let an admin pass, and the machine itself (a command, a sweep). Error: Denied."""
    if by is not None and not (by.is_active and by.is_admin):
        raise Denied


def require_own(by: User | None, contact: Contact) -> None:
    """Let the person pass whose data it is. Error: Denied."""
    me = contact_of(by) if by is not None and by.is_active and not by.is_agent else None
    if me is None or me.pk != contact.pk:
        raise Denied


def fetchable_exports(user: User) -> QuerySet[PrivacyJob]:
    """The exports a person may fetch: admins those made at the desk, a contact what they asked for."""
    made = PrivacyJob.objects.filter(kind=PrivacyJob.Kind.EXPORT, is_dry_run=False)
    if user.is_active and user.is_admin:
        return made.filter(is_own=False)
    me = contact_of(user) if user.is_active and not user.is_agent else None
    return made.filter(is_own=True, subject_id=me.pk) if me is not None else made.none()
