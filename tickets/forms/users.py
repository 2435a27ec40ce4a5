"""What the admin page of a user asks, and how it says no."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from accounts.models import User


class UserForm(forms.ModelForm[User]):
    """One user; the password is only ever replaced, never shown."""

    acting_user: User | None = None

    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: stays as it is. A new user without a password cannot sign in."),
    )

    class Meta:
        model = User
        fields = (
            *("username", "first_name", "last_name", "email", "language"),
            *("role", "teams", "edits_articles", "is_on_duty", "is_active"),
        )

    def clean_email(self) -> str:
        """Two users cannot share an address, however it is written."""
        email = str(self.cleaned_data["email"]).strip().lower()
        others = User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk)
        if email and others.exists():
            raise forms.ValidationError(_("Another user has this e-mail address already."))
        return email

    def clean(self) -> dict[str, Any]:
        """An admin cannot lock themselves out, and only agents have teams."""
        cleaned = super().clean() or {}
        role = cleaned.get("role")
        if self.acting_user is not None and self.instance.pk == self.acting_user.pk:
            if not cleaned.get("is_active"):
                self.add_error("is_active", _("You cannot deactivate yourself."))
            if role != User.Role.ADMIN:
                self.add_error("role", _("You cannot take your own admin role away."))
        if role == User.Role.CONTACT and cleaned.get("teams"):
            self.add_error("teams", _("Customer contacts belong to no team."))
        return cleaned

    def _post_clean(self) -> None:
        """Judge the password when the user it belongs to is known (it must not resemble the name)."""
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, as its user forms use it
        password = self.cleaned_data.get("new_password")
        if password:
            try:
                password_validation.validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("new_password", error)
