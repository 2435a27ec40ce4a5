"""Telling a customer's contacts of what an agreement obliges to tell, and noting what went out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from accounts.actions import notices
from accounts.models import Notice
from contracts.models import ToldContact
from contracts.queries.told import contacts_to_tell

Told = tuple[int, ToldContact | None, Mapping[str, str]]
"""Whom (a customer's id), the proof to keep for each contact (None: none), and what the mail looks up."""


def tell(*, kind: Notice.Kind, told: Sequence[Told], at: datetime) -> None:
    """Mail to the company admins of each customer, or to all contacts with a login where there is none.

    In a few statements, however many customers there are.
    """
    contacts = contacts_to_tell([customer_id for customer_id, _proof, _params in told])
    owed = [
        (contact, proof, dict(params))
        for customer_id, proof, params in told
        for contact in contacts[customer_id]
    ]
    mails = notices.tell_under_dpa(
        told=[(kind, contact.user, params) for contact, _proof, params in owed if contact.user], at=at
    )
    ToldContact.objects.bulk_create(
        ToldContact(
            change_notice=proof.change_notice,
            breach_notice=proof.breach_notice,
            contact=contact,
            name=contact.name,
            address=mail.user.email if mail.user else "",
            mail=mail,
        )
        for (contact, proof, _params), mail in zip(owed, mails, strict=True)
        if proof is not None
    )


def note_sent_mail() -> int:
    """Copy what became of mail to where it is kept as proof. Returns how many were noted."""
    went = Q(mail__sent_at__isnull=False) | Q(mail__failed_at__isnull=False, failed_at__isnull=True)
    mail = Notice.objects.filter(pk=OuterRef("mail"))
    return ToldContact.objects.filter(went, sent_at__isnull=True).update(
        sent_at=Subquery(mail.values("sent_at")), failed_at=Subquery(mail.values("failed_at"))
    )
