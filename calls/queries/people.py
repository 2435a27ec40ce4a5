"""Which calls have to do with one person: known to be theirs, or with a number of theirs."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from calls.models import Call
from customers.models import Contact


def calls_with(*, contact_id: int, numbers: Collection[str], needle: str = "") -> QuerySet[Call]:
    """Calls of this contact, from or to one of the numbers (E.164), or whose caller, as sent, looks like one.

    Not those of a colleague who has the number, too. `needle`: a regular expression of PostgreSQL, or "".
    """
    named = Q(from_number__in=numbers) | Q(to_number__in=numbers)
    if needle:
        named |= Q(from_text__iregex=needle)
    others = Contact.objects.exclude(pk=contact_id).filter(phones__number__in=numbers)
    return Call.objects.filter(Q(contact_id=contact_id) | (named & ~Q(contact__in=others)))


def calls_of(contact: Contact) -> QuerySet[Call]:
    """Calls that are this person's and nobody else's: known as theirs, or by a number that only they have."""
    numbers = set(contact.phones.values_list("number", flat=True))
    shared = Contact.objects.exclude(pk=contact.pk).filter(phones__number__in=numbers)
    numbers -= set(shared.values_list("phones__number", flat=True))
    unknown = Q(from_number__in=numbers) | Q(to_number__in=numbers)
    return Call.objects.filter(Q(contact=contact) | Q(unknown, contact__isnull=True))
