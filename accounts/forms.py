"""What the admin pages ask about the company and teams, and how they say no."""

import struct
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from accounts.models import Company, Team
from lib import logos
from lib.phones import PhoneNumberField


class TeamForm(forms.ModelForm[Team]):
    """One team. Making it the one that takes new tickets takes that from the one before."""

    class Meta:
        model = Team
        fields = ("name", "slug", "is_default")

    def clean_is_default(self) -> bool:
        """New tickets need a team to arrive at."""
        is_default = bool(self.cleaned_data["is_default"])
        others = Team.objects.filter(is_default=True).exclude(pk=self.instance.pk)
        if not is_default and not others.exists():
            raise forms.ValidationError(_("New tickets need a team. Let another team take them instead."))
        return is_default

    def _get_validation_exclusions(self) -> set[str]:
        """Not "one default team", which the form would judge too early: the action moves that mark."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]


class LookForm(forms.Form):
    """Why an admin wants to look with a customer's eyes."""

    reason = forms.CharField(
        label=_("Why do you have to look?"),
        help_text=_("The person reads this afterwards."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


LOGO_REFUSALS = {
    "size": _("The file is larger than {limit} kB."),
    "kind": _("Choose an SVG drawing or a PNG picture."),
    "broken": _("The file is damaged or not what its name says."),
    "shape": _("Its size cannot be told, or it is more than ten times as wide, or five times as high."),
    "unsafe": _("The drawing holds {part}, which a logo may not: it could run, load or link something."),
}


class CompanyForm(forms.ModelForm[Company]):
    """The firm: what it is called, how it looks, where it is reached."""

    public_phone = PhoneNumberField(
        label=_("public phone number"),
        required=False,
        help_text=_("For everybody. Customers with a service agreement have a number of their own."),
    )
    officer_phone = PhoneNumberField(label=_("data-protection officer: phone"), required=False)
    new_logo = forms.FileField(
        label=_("new logo"),
        required=False,
        help_text=_("SVG or PNG, at most 300 kB. Dark pages show it on white."),
        widget=UnfoldAdminFileFieldWidget,
    )
    without_logo = forms.BooleanField(
        label=_("show no logo any more"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    class Meta:
        model = Company
        fields = (
            *("name", "language", "accent_light", "accent_dark", "welcome_title_de", "welcome_text_de"),
            *("welcome_title_en", "welcome_text_en", "footer_de", "footer_en", "imprint_url", "privacy_url"),
            *("public_phone", "support_address", "postal_address", "contract_requests_team"),
            *("officer_name", "officer_email", "officer_phone"),
        )

    def clean_new_logo(self) -> Any:
        """The logo as it will be kept."""
        file = self.cleaned_data["new_logo"]
        if not file:
            return None
        try:
            return logos.read_logo(file.read(logos.MAX_BYTES + 1))
        except logos.Refused as refused:
            said = str(LOGO_REFUSALS[refused.code])
            limit = logos.MAX_BYTES // 1000
            raise forms.ValidationError(said.format(limit=limit, part=refused.part)) from refused


class AskForLinkForm(forms.Form):
    """Asks where to send a link that signs in."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


def _code_field(help_text: Any = "") -> forms.CharField:
    shown = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(
        label=_("Code"), max_length=20, help_text=help_text, widget=forms.TextInput(attrs=shown)
    )


class _OnceOnly:
    """A code of an app holds for a while before and after its time, and no second time meanwhile."""

    def clean_code(self) -> str:
        """The code. Error: ValidationError, also for one that was used."""
        code = str(super().clean_code())  # type: ignore[misc]  # of the form that this is mixed into
        row: Authenticator = self.authenticator  # type: ignore[attr-defined]
        seconds = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
        mark = f"totp_used:{row.user_id}:{normalize_user_code(code)}"
        if row.type == Authenticator.Type.TOTP and not cache.add(mark, "y", timeout=seconds):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OnceOnly, AuthenticateForm):  # type: ignore[misc]  # allauth carries no types
    """The second step of signing in."""

    code = _code_field(_("Of your authenticator app, or one of your recovery codes."))


class ConfirmCodeForm(_OnceOnly, ReauthenticateForm):  # type: ignore[misc]
    """Who is signed in shows once more who they are."""

    code = _code_field(_("Of your authenticator app, or one of your recovery codes."))


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    code = _code_field()


_MALFORMED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    struct.error,
)
"""What the packages raise over an answer that no browser gives."""


class _Wellformed:
    """An answer that is none is refused like one that is wrong."""

    def clean_credential(self) -> Any:
        """The passkey that was shown. Error: ValidationError."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # of the form that this is mixed into
        except _MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(_Wellformed, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in by a passkey alone."""


class PasskeyStepForm(_Wellformed, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step of signing in."""


class ConfirmPasskeyForm(_Wellformed, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Who is signed in shows once more who they are."""


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, as the browser has made it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("By which you know the device it lies on."),
    )
    passwordless = None  # each of ours is: the page asks browsers for nothing else

    def clean(self) -> dict[str, Any]:
        """The passkey, checked. Error: ValidationError, also for an answer that is none."""
        try:
            return dict(super().clean())
        except _MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyNameForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(label=_("Name"), max_length=60)
