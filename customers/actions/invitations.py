"""Letting a contact into the portal, and out again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import notices
from accounts.actions import users as user_actions
from accounts.models import User
from customers import access
from customers.actions import customers as customer_actions
from customers.models import Contact
from customers.queries.inviting import why_not

_WORDS = {
    "inactive": _("Not invited: this contact or their customer is not active."),
    "no_address": _("Not invited: an invitation needs an e-mail address."),
    "desk": _("This user works at the desk and cannot be a portal login."),
    "address_taken": _("Not invited: another user has this e-mail address already."),
    "other_address": _("Not invited: the login has another address than the contact. An admin can help."),
    "withdrawn": _("Not invited: the access was closed. An admin can open it again."),
}


class CannotInvite(Exception):
    """This contact cannot get a login.

    `why` is ``no_address``, ``address_taken``, ``inactive``, or ``desk``: the login is a colleague's by now;
    and to all but admins ``other_address``: the login has another address than the contact, or
    ``withdrawn``: it was closed, which is not for an agent to undo.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    @property
    def words(self) -> str:
        """The reason for people of the firm, in the language of the page."""
        return str(_WORDS[self.why])


@transaction.atomic
def invite_contact(*, contact: Contact, by: User | None, at: datetime | None = None) -> User:
    """Give a contact a login and send the invitation; one who has a login is sent another invitation.

    Errors: CannotInvite; NotTheirs for whoever may invite nobody there.
    """
    contact = locked(contact)
    if by is not None and not access.may_invite(by, contact):
        raise access.NotTheirs
    why = why_not(contact, by)
    if why:
        raise CannotInvite(why)
    user = give_login(contact=contact, by=by, at=at)
    notices.invite(user=user, by=by, at=at)
    return user


def locked(contact: Contact) -> Contact:
    """The contact as it is now, for as long as the transaction lasts."""
    rows = Contact.objects.select_for_update(of=("self",)).select_related("customer", "user")
    return rows.get(pk=contact.pk)


def give_login(*, contact: Contact, by: User | None, at: datetime | None = None) -> User:
    """The login of a locked contact who may have one: open, with the contact's address, new if need be."""
    user = contact.user or User(username=_free_name(contact.email), role=User.Role.CONTACT)
    is_new = user.pk is None
    if is_new or user.email != contact.email or not user.is_active:
        user.email, user.is_active = contact.email, True
        if is_new:
            user.language = contact.language
            user.first_name, _space, user.last_name = (part[:150] for part in contact.name.rpartition(" "))
        user_actions.save(user=user, by=by, password="" if is_new else None, at=at)
    if is_new:
        contact.user = user
        customer_actions.save_contact(contact=contact, by=by, at=at)
    return user


@transaction.atomic
def withdraw(*, contact: Contact, by: User | None, at: datetime | None = None) -> None:
    """Close a contact's login. The contact and their tickets stay."""
    contact = Contact.objects.select_for_update(of=("self",)).select_related("user").get(pk=contact.pk)
    if contact.user is not None and contact.user.is_active:
        user_actions.deactivate(user=contact.user, by=by, at=at)


def _free_name(email: str) -> str:
    """A user name that nobody has: the address, and a number where that is taken."""
    wanted = email[:140]
    like_it = User.objects.filter(username__istartswith=wanted).values_list("username", flat=True)
    taken = {name.lower() for name in like_it}  # who signs in need not mind small letters and capitals
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name.lower() not in taken)
