"""The admin pages of contacts. The customer's own page shows its standing and is found in `contracts`."""

from collections.abc import Mapping, Sequence

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from accounts.queries.logins import Access, login_of, login_words
from accounts.queries.looks import look_link
from accounts.queries.trail_lists import trail_link
from customers.actions import customers as customer_actions
from customers.actions import invitations
from customers.forms import ContactForm, ContactPhoneForm
from customers.models import Contact, ContactPhone
from customers.resources import ContactResource
from lib.admin import ActionAdmin, Button, Row, RowsInline
from lib.sheets.pages import ImportPages


class ContactPhoneInline(RowsInline):
    """The contact's phone numbers."""

    model = ContactPhone
    form = ContactPhoneForm


@admin.register(Contact)
class ContactAdmin(ImportPages, ActionAdmin):
    """People at customers. They are set inactive, never deleted: their tickets keep their name."""

    form = ContactForm
    resource_class = ContactResource
    list_display = (
        *("name", "customer", "email", "user", "sees_company_tickets"),
        *("is_company_admin", "is_active"),
    )
    list_filter = (
        "is_active",
        ("user", admin.EmptyFieldListFilter),
        "sees_company_tickets",
        "is_company_admin",
        "language",
        "mail_steps",
    )
    list_select_related = ("customer", "user")
    search_fields = ("name", "sort_name", "email", "customer__name", "phones__number")
    autocomplete_fields = ("customer", "user")
    readonly_fields = ("access", "eyes", "trail")
    fieldsets = (
        (None, {"fields": ("customer", ("name", "email"), ("language", "mail_steps"), "is_active")}),
        (
            _("Portal"),
            {"fields": (("access", "eyes"), "trail", "user", ("sees_company_tickets", "is_company_admin"))},
        ),
    )
    inlines = (ContactPhoneInline,)

    def has_change_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        """Nothing is written of a person who was erased."""
        return bool(super().has_change_permission(request, obj)) and (obj is None or obj.erased_at is None)

    @admin.display(description=_("access"))
    def access(self, contact: Contact) -> str:
        """Whether this person can sign in to the portal, or was invited to."""
        return login_words(login_of(contact.user if contact.pk else None))

    @admin.display(description=_("portal"))
    def eyes(self, contact: Contact) -> str:
        """The way to see the portal as this person does."""
        return look_link(contact.user if contact.pk else None)

    @admin.display(description=_("audit trail"))
    def trail(self, contact: Contact) -> str:
        """The way to who saw or changed what about this person."""
        return trail_link(object_kind__exact="customers.contact", object_id__exact=contact.pk)

    def buttons(self, row: Contact | None) -> Sequence[Button]:
        """Inviting to the portal, and closing the door again."""
        login = login_of(row.user if row else None)
        found = []
        if login.can_be_invited:
            again = login.access in {Access.INVITED, Access.UNDELIVERED, Access.WITHDRAWN}
            said = _("Save and send another invitation") if again else _("Save and invite to the portal")
            found.append(Button("invite", said, "outgoing_mail"))
        if login.access not in {Access.NONE, Access.WITHDRAWN}:
            found.append(Button("withdraw", _("Save and withdraw the login"), "block"))
        return found

    def invite(self, request: HttpRequest, contact: Contact) -> None:
        """Give the contact a login and send the invitation."""
        try:
            user = invitations.invite_contact(contact=contact, by=acting_user(request))
        except invitations.CannotInvite as refusal:
            messages.error(request, refusal.words)
        else:
            said = gettext("The invitation is on its way to {address}.").format(address=user.email)
            messages.success(request, said)

    def withdraw(self, request: HttpRequest, contact: Contact) -> None:
        """Close the contact's login."""
        invitations.withdraw(contact=contact, by=acting_user(request))
        messages.success(request, _("The login is withdrawn. The contact and their tickets stay."))

    def write(
        self, *, form: BaseModelForm[Contact], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the contact and the phone numbers."""
        customer_actions.save_contact(
            contact=form.instance,
            by=acting_user(request),
            phone_numbers=[row["number"] for row in rows[ContactPhone]],
        )
