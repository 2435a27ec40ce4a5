"""Letting a ticket's contact into the portal."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.logins import login_of
from customers.actions import invitations
from customers.models import Contact
from customers.queries.inviting import why_not
from tickets.forms.acting import ActForm
from tickets.models import Ticket


def can_be_invited(contact: Contact | None, by: User) -> bool:
    """Whether an invitation by this person would help this contact."""
    if contact is None or not login_of(contact.user).can_be_invited:
        return False
    return not why_not(contact, by)


class InviteContact(ActForm):
    """Invite the contact to the portal."""

    slug, label, icon = "invite", _("Invite to the portal"), "envelope"
    hint = _(
        "The contact gets an e-mail with a link, chooses a password and follows their tickets in the portal."
    )
    button = _("Send the invitation")
    done = _("The invitation is on its way.")

    @classmethod
    def is_offered(cls, ticket: Ticket, user: User) -> bool:
        return can_be_invited(ticket.contact, user)

    def act(self) -> object:
        if self.ticket.contact is None:
            raise invitations.CannotInvite("no_address")
        return invitations.invite_contact(contact=self.ticket.contact, by=self.user)
