"""The link by which somebody approves work without signing in: made when the mail is sent, kept nowhere.

The token names the request and the contact, is signed for this purpose alone and holds a digest of the
contact's address: whoever gets another address, leaves the customer or may no longer read the ticket has no
link any more. How often and how long it works decides the request itself, which is answered once and runs
out. Former keys (SECRET_KEY_FALLBACKS) count.
"""

import re

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from customers.models import Contact
from tickets import access
from tickets.models import ApprovalRequest

_SHAPE = re.compile(r"(\d{1,18})-(\d{1,18})-([0-9a-f]{24})")
_SALT = "tickets.approving"
LONGEST = 200
"""None of ours is nearly as long."""


def approval_token(request: ApprovalRequest, contact: Contact) -> str:
    """What stands in the link of a mail: letters, digits, hyphens, underscores and a dot."""
    return _signer().sign(f"{request.pk}-{contact.pk}-{_digest(contact)}")


def approval_url(request: ApprovalRequest, contact: Contact) -> str:
    """The whole address for a mail."""
    return f"{settings.SITE_URL}{reverse('portal:approval_link', args=[approval_token(request, contact)])}"


def asked_by_link(token: str) -> tuple[ApprovalRequest, Contact] | None:
    """What the link asks and whom; None for a link that is not ours, or not theirs (any more)."""
    try:
        match = _SHAPE.fullmatch(_signer().unsign(token))
    except BadSignature:
        return None
    if match is None:
        return None
    contact = Contact.objects.select_related("customer").filter(pk=int(match[2])).first()
    if contact is None or not constant_time_compare(match[3], _digest(contact)):
        return None
    rows = ApprovalRequest.objects.select_related("ticket__customer", "service", "price_item", "contact")
    request = rows.select_related("asked_by").filter(pk=int(match[1]), contact=contact).first()
    return (request, contact) if request and access.may_be_told(contact, request.ticket) else None


def _digest(contact: Contact) -> str:
    return salted_hmac(_SALT, contact.email.lower(), algorithm="sha256").hexdigest()[:24]


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
