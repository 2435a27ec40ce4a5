"""Who can be let into the portal, and by whom."""

from accounts.models import User
from customers.models import Contact


def why_not(contact: Contact, by: User | None = None) -> str:
    """Why this person cannot invite this contact (see `CannotInvite`); empty where they can."""
    if not contact.is_active or not contact.customer.is_active:
        return "inactive"
    if not contact.email:
        return "no_address"
    if contact.user is not None and contact.user.is_agent:
        return "desk"  # whose address, and with it the password, is no matter of the contact's
    others = User.objects.filter(email__iexact=contact.email).exclude(pk=contact.user_id or 0)
    return "address_taken" if others.exists() else _why_not_by(by, contact.user, contact.email)


def _why_not_by(by: User | None, login: User | None, address: str) -> str:
    """What only admins do with a login there is: else whoever writes down an address could take it over."""
    if by is None or by.is_admin or login is None:
        return ""
    if login.email != address:
        return "other_address"
    return "withdrawn" if by.is_agent and not login.is_active else ""
