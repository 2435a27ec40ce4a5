"""Whom a customer is told through, and who of them was told of what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from accounts.models import User
from customers.models import Contact


def contacts_to_tell(customer_ids: Iterable[int]) -> Mapping[int, list[Contact]]:
    """By customer id the contacts who get mail under the agreement: the company admins with a login and an
    address; where a customer has none, all contacts with those.
    """
    rows = (
        Contact.objects.filter(
            customer__in=set(customer_ids),
            customer__is_active=True,
            is_active=True,
            user__is_active=True,
            user__role=User.Role.CONTACT,
        )
        .exclude(user__email="")
        .select_related("user")
        .order_by("pk")
    )
    found: defaultdict[int, list[Contact]] = defaultdict(list)
    for contact in rows:
        found[contact.customer_id].append(contact)
    for customer_id, contacts in found.items():
        found[customer_id] = [one for one in contacts if one.is_company_admin] or contacts
    return found
