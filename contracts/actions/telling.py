"""Telling those concerned that an agreement ends or goes on: leads, admins, the customer's company admins."""

from datetime import datetime

from accounts.actions import notices
from accounts.models import Notice, User
from contracts.models import Agreement
from customers.queries.colleagues import admins_of_company

KINDS = (
    Notice.Kind.AGREEMENT_ENDING,
    Notice.Kind.AGREEMENT_RENEWED,
    Notice.Kind.DPA_REQUESTED,
    Notice.Kind.DPA_OFFERED,
    Notice.Kind.DPA_IN_FORCE,
    Notice.Kind.DPA_REVIEW,
    Notice.Kind.DPA_ENDED,
    Notice.Kind.DIRECTORY_CHANGE,
    Notice.Kind.OBJECTION,
    Notice.Kind.BREACH,
)


def tell_of_renewal(*, agreement: Agreement, at: datetime) -> None:
    """Tell that this agreement follows one that ends. Nobody is told of what lies behind already."""
    _tell(Notice.Kind.AGREEMENT_RENEWED, agreement, at)


def tell_of_end(*, agreement: Agreement, at: datetime) -> None:
    """Tell what this agreement's end will change, or until when notice may be given."""
    _tell(Notice.Kind.AGREEMENT_ENDING, agreement, at)


def concerned(agreement: Agreement) -> list[User]:
    """Whoever is told, each once: the firm's leads and admins, then the customer's company admins."""
    firm = User.objects.filter(role__in=[User.Role.LEAD, User.Role.ADMIN], is_active=True).exclude(email="")
    admins = admins_of_company(agreement.customer_id).filter(customer__is_active=True).select_related("user")
    return [*firm.order_by("pk"), *(each.user for each in admins.order_by("pk") if each.user)]


def _tell(kind: Notice.Kind, agreement: Agreement, at: datetime) -> None:
    for user in concerned(agreement):
        notices.tell_of_agreement(user=user, kind=kind, agreement=str(agreement.pk), at=at)


def forget_told(*, by: User | None, at: datetime) -> None:
    """Take what waits to be told out of the outbox: a story's mail was read long before it is loaded."""
    Notice.objects.filter(kind__in=KINDS, sent_at__isnull=True, created_at__lte=at).delete()
