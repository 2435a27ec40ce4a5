"""Who bills and who is billed."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from billing.models import BillingParty, Seller
from customers.models import Customer


@transaction.atomic
def save_seller(*, seller: Seller, by: User | None, at: datetime | None = None) -> Seller:
    """Keep how our firm is named on statements; closed ones keep their copy. Error: ValidationError."""
    seller.pk = 1
    seller.full_clean(validate_unique=False)
    is_new = not Seller.objects.filter(pk=1).exists()
    seller.save(force_insert=is_new, force_update=not is_new)
    auditing.record(by=by, verb="seller.created" if is_new else "seller.changed", what=seller, at=at)
    return seller


@transaction.atomic
def save_party(*, party: BillingParty, by: User | None, at: datetime | None = None) -> BillingParty:
    """Keep how a customer is billed; closed statements keep their copy. Error: ValidationError."""
    is_new = party._state.adding
    party.full_clean()
    party.save()
    verb = "billing_party.created" if is_new else "billing_party.changed"
    auditing.record(by=by, verb=verb, what=party, at=at)
    return party


def hold(*, customer: Customer) -> BillingParty:
    """The customer's billing party, locked: whoever collects or closes for them takes turns on it.

    It is made where there is none yet, with nothing but the name.
    """
    BillingParty.objects.get_or_create(customer=customer, defaults={"legal_name": customer.name})
    return BillingParty.objects.select_for_update().get(customer=customer)
