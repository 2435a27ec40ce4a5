"""The admin page of users. What somebody holds goes back to the queue when they stop working."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from accounts.actions import notices
from accounts.actions import second_factors as factor_actions
from accounts.actions import users as user_actions
from accounts.models import User
from accounts.queries.logins import Access, login_of, login_words
from accounts.queries.looks import look_link
from accounts.queries.second_factors import factor_words, factors_of
from accounts.resources import UserResource
from lib.admin import ActionAdmin, Button, Question, Row
from lib.sheets.pages import ImportPages
from tickets.forms.users import UserForm
from tickets.queries.hands import in_hands_of


@admin.register(User)
class UserAdmin(ImportPages, ActionAdmin):
    """Users are deactivated, never deleted: what they did keeps its name."""

    form = UserForm
    resource_class = UserResource
    list_display = ("username", "display_name", "email", "role", "is_on_duty", "is_active", "last_login")
    list_display_links = ("username", "display_name")
    list_filter = ("role", "is_active", "is_on_duty", "teams")
    search_fields = ("username", "first_name", "last_name", "email")
    autocomplete_fields = ("teams",)
    readonly_fields = ("access", "second_factors", "eyes", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": (("username", "new_password"), ("first_name", "last_name"), "email", "language")}),
        (_("Work"), {"fields": ("role", "teams", "edits_articles", "is_on_duty", "is_active")}),
        (_("Sign-on"), {"fields": ("access", "second_factors", ("last_login", "date_joined"), "eyes")}),
    )

    @admin.display(description=_("name"), ordering="last_name")
    def display_name(self, user: User) -> str:
        """The full name."""
        return user.display_name

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: Any = None, **kwargs: Any
    ) -> type[BaseModelForm[User]]:
        """The form knows who is filling it in."""
        form: type[BaseModelForm[User]] = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"acting_user": acting_user(request)})

    @admin.display(description=_("access"))
    def access(self, user: User) -> str:
        """Whether this person can sign in, or was invited to."""
        return login_words(login_of(user if user.pk else None))

    @admin.display(description=_("second factor"))
    def second_factors(self, user: User) -> str:
        """What this person has beside the password."""
        return factor_words(factors_of(user)) if user.pk else gettext("none")

    @admin.display(description=_("portal"))
    def eyes(self, user: User) -> str:
        """The way to see the portal as this customer does."""
        return look_link(user if user.pk else None)

    def buttons(self, row: User | None) -> Sequence[Button]:
        """Inviting whoever has no password yet; taking away what somebody has lost."""
        return (*self._inviting(row), *self._resetting(row))

    def _resetting(self, row: User | None) -> Sequence[Button]:
        if row is None or not factors_of(row).has_any:
            return ()
        return (Button("remove_factors", _("Save and remove the second factors"), "no_encryption"),)

    def remove_factors(self, request: HttpRequest, user: User) -> None:
        """Take away the app, passkeys and codes of somebody who has lost them."""
        factor_actions.remove_all(user=user, by=acting_user(request))
        messages.success(request, _("The second factors were removed; the person is told by e-mail."))

    def _inviting(self, row: User | None) -> Sequence[Button]:
        if row is None:
            return (Button("invite", _("Save and send an invitation"), "outgoing_mail"),)
        access = login_of(row)
        if not row.is_active or not access.can_be_invited:
            return ()
        again = access.access is not Access.NOT_INVITED
        said = _("Save and send another invitation") if again else _("Save and send an invitation")
        return (Button("invite", said, "outgoing_mail"),)

    def invite(self, request: HttpRequest, user: User) -> None:
        """Send the link with which this person sets a password."""
        try:
            notices.invite(user=user, by=acting_user(request))
        except notices.CannotBeInvited:
            messages.error(request, _("An invitation needs an active user with an e-mail address."))
        else:
            said = gettext("The invitation is on its way to {address}.").format(address=user.email)
            messages.success(request, said)

    def question_before_writing(
        self, *, form: BaseModelForm[User], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> Question | None:
        """What this person loses, and the tickets that go back to the queue when they stop working."""
        user = form.instance
        returning = self._returning(user)
        if "remove_factors" not in request.POST or user.pk is None:
            return returning
        context = {"factors": factor_words(factors_of(user)), "name": user.display_name}
        held = returning.context if returning else {}
        return Question("tickets/admin/losing_factors.html", f"factors{bool(held)}", {**context, **held})

    def _returning(self, user: User) -> Question | None:
        if user.pk is None or (user.is_active and user.is_on_duty and user.is_agent):
            return None
        held = in_hands_of(user)
        if not held.count:
            return None
        context = {"held": held, "name": user.display_name}
        return Question("tickets/admin/returning.html", "returning", context)

    def write(
        self, *, form: BaseModelForm[User], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the user; a new one without a password cannot sign in."""
        user = form.instance
        returning = in_hands_of(user).count if user.pk else 0
        password = form.cleaned_data["new_password"] or (None if user.pk else "")
        user_actions.save(
            user=user, by=acting_user(request), teams=form.cleaned_data["teams"], password=password
        )
        if password and user.pk == acting_user(request).pk:
            update_session_auth_hash(request, user)
        if returning and not (user.is_active and user.is_on_duty and user.is_agent):
            said = ngettext(
                "{count} ticket goes back to the queue.", "{count} tickets go back to the queue.", returning
            )
            messages.warning(request, said.format(count=returning))
