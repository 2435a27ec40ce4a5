"""Finding customers by what somebody on the phone says of themselves."""

from django.db.models import Q

from customers.models import Contact, ContactPhone, Customer, CustomerDomain, CustomerPhone
from lib.domains import in_ascii

FOUND_LIMIT = 20
WORDS_LIMIT = 8


def find_customers(text: str) -> list[Customer]:
    """Customers by name, contact, mail address, domain or phone number."""
    customers = Customer.objects.filter(is_active=True)
    for word in text.split()[:WORDS_LIMIT]:
        customers = customers.filter(_holding(word))
    return list(customers.order_by("sort_name", "pk")[:FOUND_LIMIT])


def _holding(word: str) -> Q:
    """Customers of whom something holds the word. No joins: those of several words would multiply."""
    people = Contact.objects.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return (
        Q(name__icontains=word)
        | Q(pk__in=people.values("customer"))
        | Q(pk__in=ContactPhone.objects.filter(number__contains=word).values("contact__customer"))
        | Q(pk__in=CustomerPhone.objects.filter(number__contains=word).values("customer"))
        | Q(pk__in=CustomerDomain.objects.filter(_domain_holding(word)).values("customer"))
    )


def _domain_holding(word: str) -> Q:
    """A domain with letters beyond ASCII is kept in another spelling than people type: it is found whole."""
    return Q(domain__icontains=word) | Q(domain=in_ascii(word))
