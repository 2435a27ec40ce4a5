"""The people of one customer and their portal access, for their company admin."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from accounts.queries.logins import Access, Login, logins_of
from customers.access import visible_colleagues
from customers.models import Contact


@dataclass(frozen=True)
class Colleague:
    """One person and how it stands with their access."""

    contact: Contact
    login: Login
    is_self: bool

    @property
    def state(self) -> str:
        """`none`, `new` (signed up, has no password yet), `invited`, `undelivered`, `active` or `closed`."""
        return {
            Access.NONE: "none",
            Access.NOT_INVITED: "new",
            Access.INVITED: "invited",
            Access.UNDELIVERED: "undelivered",
            Access.ACTIVE: "active",
            Access.WITHDRAWN: "closed",
        }[self.login.access]

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is an access to close; nobody closes their own."""
        return self.state not in {"none", "closed"} and not self.is_self


def colleagues_of(user: User) -> list[Colleague]:
    """Everybody whose access this person manages, by name."""
    return _with_logins(visible_colleagues(user), user)


def colleague_of(user: User, pk: int) -> Colleague | None:
    """One of them; None for somebody else's."""
    return next(iter(_with_logins(visible_colleagues(user).filter(pk=pk), user)), None)


def _with_logins(contacts: QuerySet[Contact], reader: User) -> list[Colleague]:
    rows = list(contacts.select_related("user").order_by("sort_name", "pk"))
    logins = logins_of([row.user for row in rows])
    return [
        Colleague(row, login, is_self=row.user_id == reader.pk)
        for row, login in zip(rows, logins, strict=True)
    ]


def company_admins_of(contact: Contact) -> QuerySet[Contact]:
    """The people who manage the access of this contact's customer and can sign in to do so."""
    return admins_of_company(contact.customer_id)


def admins_of_company(customer_id: int) -> QuerySet[Contact]:
    """The company admins of a customer who can sign in."""
    return Contact.objects.filter(
        customer=customer_id,
        is_company_admin=True,
        is_active=True,
        user__is_active=True,
        user__role=User.Role.CONTACT,
    )
