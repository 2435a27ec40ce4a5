"""Who may do what with people's data: admins at the desk, and each contact with their own."""

from django.db.models import QuerySet

from accounts.models import User
from customers.access import contact_of
from customers.models import Contact
from privacy.models import PrivacyJob


def may_keep_data(user: User) -> bool:
    """Whether this person exports and erases others, holds their data and says how long what is kept."""
    return user.is_active and user.is_admin


def may_have_own(user: User, contact: Contact) -> bool:
    """Whether it is this person's own data."""
    me = contact_of(user) if user.is_active and not user.is_agent else None
    return me is not None and me.pk == contact.pk


def fetchable_exports(user: User) -> QuerySet[PrivacyJob]:
    """The exports a person may fetch: admins those made at the desk, a contact what they asked for."""
    made = PrivacyJob.objects.filter(kind=PrivacyJob.Kind.EXPORT, is_dry_run=False)
    if may_keep_data(user):
        return made.filter(is_own=False)
    me = contact_of(user) if user.is_active and not user.is_agent else None
    return made.filter(is_own=True, subject_id=me.pk) if me is not None else made.none()
