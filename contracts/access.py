"""Who sees which agreements, service levels and data-processing agreements, and who keeps them."""

from django.db.models import QuerySet

from accounts.models import User
from contracts.models import Agreement, ProcessingAgreement, ServiceLevel
from contracts.models.agreements import AgreementQuerySet
from contracts.models.processing import ProcessingAgreementQuerySet
from customers.access import NotTheirs, contact_of, visible_customers
from customers.models import Contact
from customers.queries.colleagues import admins_of_company


def visible_agreements(user: User) -> AgreementQuerySet:
    """The agreements a person may read: agents all, a contact those of their own customer."""
    if user.is_agent:
        return Agreement.objects.all()
    return Agreement.objects.filter(customer__in=visible_customers(user))


def visible_levels(user: User) -> QuerySet[ServiceLevel]:
    """The service levels a person may read: agents all, a contact those their own customer has agreed on."""
    if user.is_agent:
        return ServiceLevel.objects.all()
    return ServiceLevel.objects.filter(agreements__in=visible_agreements(user)).distinct()


def may_keep_contracts(user: User) -> bool:
    """Whether this person creates and changes agreements and service levels."""
    return user.is_active and user.is_admin


def may_read_remarks(user: User) -> bool:
    """Whether this person reads what the firm remarked about an agreement, such as why it is suspended."""
    return user.is_agent


def visible_dpas(user: User) -> ProcessingAgreementQuerySet:
    """The data-processing agreements a person may read: agents all, a contact their own customer's."""
    if user.is_agent:
        return ProcessingAgreement.objects.all()
    return ProcessingAgreement.objects.filter(customer__in=visible_customers(user))


def may_sign_dpa(contact: Contact) -> bool:
    """Whether this contact asks for, reviews and signs data-processing agreements: a company admin."""
    return contact.is_active and contact.is_company_admin


def may_keep_dpas(user: User) -> bool:
    """Whether this person takes data-processing agreements from step to step: leads and admins."""
    return user.is_active and user.is_lead


def may_keep_directory(user: User) -> bool:
    """Whether this person keeps the sub-processor directory and the registers beside it: leads and admins."""
    return user.is_active and user.is_lead


def may_answer(user: User, customer_id: int) -> bool:
    """Whether this contact answers for a customer under its data-processing agreement.

    The company admins do; where none of them could sign in, everybody who can.
    """
    me = contact_of(user) if user.is_active and not user.is_agent else None
    if me is None or me.customer_id != customer_id:
        return False
    return me.is_company_admin or not admins_of_company(customer_id).exists()


def answers_for(user: User, customer_id: int) -> Contact:
    """The contact as whom somebody answers for a customer. Error: NotTheirs."""
    contact = contact_of(user)
    if contact is None or not may_answer(user, customer_id):
        raise NotTheirs
    return contact


def require_keeper_of_directory(user: User) -> None:
    """Error: NotTheirs for whoever does not keep the directory."""
    if not may_keep_directory(user):
        raise NotTheirs
