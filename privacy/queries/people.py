"""One person as the tables know them: their marks, their tickets, and which rows are theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from allauth.account.models import EmailAddress
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import AuditEntry, AuditValues, User
from contracts.models import AuditRequest, DataReturn, DpaEvent, DpaSignature, Instruction
from customers.models import Contact, Customer
from privacy.rules.marks import Marks, is_telling, without_title
from tickets.models import ApprovalRequest, ConsentList, DataSubject, Message, Ticket, TicketEvent

MOST_STEPS = 3
CONTACT_KIND, USER_KIND = Contact._meta.label_lower, User._meta.label_lower
_BY_CONTACT: tuple[tuple[type[Model], str, str], ...] = (
    (Message, "contact", "author_name"),
    (ApprovalRequest, "answered_contact", "answered_by_name"),
    (DataSubject, "contact", "name"),
    (Instruction, "given_by", "given_by_name"),
    (AuditRequest, "asked_by", "asked_by_name"),
    (DataReturn, "chosen_by", "chosen_by_name"),
)
_BY_USER: tuple[tuple[type[Model], str, str], ...] = (
    (TicketEvent, "actor", "actor_name"),
    (DpaSignature, "user", "name"),
    (DpaEvent, "by", "by_name"),
    (ConsentList, "confirmed_by", "confirmed_by_name"),
)
"""Where names were written down beside a link to the person: what they were called at other times."""


@dataclass(frozen=True)
class Person:
    """Whose data it is: a contact, perhaps with a login, and the tickets they have to do with."""

    contact: Contact
    user_id: int | None
    ticket_ids: tuple[int, ...]


def person_of(contact: Contact) -> Person:
    """The person behind a contact."""
    mine = Q(contact=contact) | Q(messages__contact=contact) | Q(data_subjects__contact=contact)
    mine |= Q(approval_requests__contact=contact) | Q(approval_requests__answered_contact=contact)
    ids = Ticket.objects.filter(mine).order_by("pk").values_list("pk", flat=True).distinct()
    return Person(contact, contact.user_id, tuple(ids))


def marks_of(contact: Contact) -> Marks:
    """What names this person, today and at other times."""
    user = contact.user
    names = {contact.name, *_kept_names(contact)}
    addresses = {contact.email}
    logins: set[str] = set()
    if user is not None:
        names |= {user.get_full_name()}
        addresses |= {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
        (addresses if "@" in user.username else logins).add(user.username)
    names = {name.strip() for name in names if name.strip()}
    names |= {without_title(name) for name in names}
    telling = {name for name in names if is_telling(name)} - _borne_by_others(contact, names)
    return Marks(
        names=frozenset(telling),
        own_names=frozenset(names - telling | logins),
        addresses=frozenset(address.lower() for address in addresses if address),
        phones=frozenset(contact.phones.values_list("number", flat=True)),
    )


def own_rows(model: type[Model], person: Person) -> Q | None:
    """Which rows of a table have to do with this person; None where no way leads from it to a person."""
    ids: dict[type[Model], Iterable[int]] = {
        Contact: [person.contact.pk],
        User: [person.user_id] if person.user_id else [],
        Ticket: person.ticket_ids,
    }
    if model in ids:
        return Q(pk__in=ids[model])
    found = Q()
    for path, end in _ways(model):
        found |= Q(**{f"{path}__in": ids[end]})
    return found or None


def audit_of(contact: Contact) -> QuerySet[AuditValues]:
    """The values of the audit trail that are about this person or name them as who acted."""
    about = Q(entry__object_kind=CONTACT_KIND, entry__object_id=str(contact.pk))
    if contact.user_id is not None:
        about |= Q(entry__actor_id=contact.user_id)
        about |= Q(entry__object_kind=USER_KIND, entry__object_id=str(contact.user_id))
    return AuditValues.objects.filter(about)


def audit_lines(contact: Contact) -> QuerySet[AuditEntry]:
    """The same as lines, the oldest first."""
    return AuditEntry.objects.filter(personal__in=audit_of(contact)).select_related("personal").order_by("pk")


def _kept_names(contact: Contact) -> set[str]:
    names: set[str] = set()
    for model, link, column in _BY_CONTACT:
        rows = model._default_manager.filter(**{link: contact}).order_by()
        names |= set(rows.values_list(column, flat=True).distinct())
    if contact.user_id is not None:
        for model, link, column in _BY_USER:
            rows = model._default_manager.filter(**{f"{link}_id": contact.user_id}).order_by()
            names |= set(rows.values_list(column, flat=True).distinct())
    labels = AuditValues.objects.filter(
        entry__object_kind=CONTACT_KIND, entry__object_id=str(contact.pk)
    ).values_list("object_label", flat=True)
    return names | set(labels.distinct())


def _borne_by_others(contact: Contact, names: Iterable[str]) -> set[str]:
    """Those of the names that somebody or some organisation has, too."""
    lowered = {name.lower(): name for name in names}
    taken: set[str] = set()
    people = Contact.objects.filter(erased_at__isnull=True).exclude(pk=contact.pk)
    for rows in (people, Customer.objects.all()):
        taken |= set(
            rows.annotate(_low=Lower("name")).filter(_low__in=lowered).values_list("_low", flat=True)
        )
    for user in User.objects.exclude(pk=contact.user_id or 0).filter(_last_names(names)):
        taken.add(user.display_name.lower())
    return {name for low, name in lowered.items() if low in taken}


def _last_names(names: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for name in names:
        found |= Q(last_name__iexact=name.split()[-1]) | Q(first_name__iexact=name)
    return found


@cache
def _ways(model: type[Model]) -> tuple[tuple[str, type[Model]], ...]:
    """Paths of foreign keys from a table to a contact, a user or a ticket."""
    return tuple(_walk(model, "", MOST_STEPS))


def _walk(model: type[Model], before: str, steps: int) -> Iterable[tuple[str, type[Model]]]:
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, ForeignKey):
            continue
        target = field.related_model
        if target in (Contact, User, Ticket):
            yield f"{before}{field.name}", target
        elif steps > 1 and isinstance(target, type) and target not in (model, Customer):
            yield from _walk(target, f"{before}{field.name}__", steps - 1)
