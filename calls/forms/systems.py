"""What the admin page of a telephone system asks. Keys and passwords are written, never shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from calls.models import PhoneSystem
from calls.queries.said import in_words
from calls.rules import entries
from lib.reasons import reason

KEEPS = _("It is not shown. Empty: as it is.")
ASKS_AFTER_MUSIC = frozenset({PhoneSystem.Kind.TWIML, PhoneSystem.Kind.SIPGATE})
MUSIC = _(
    "Music (hold): a file of under 50 seconds; it is played again. Only at its end does the provider ask "
    "again, and a caller of whom nothing is heard for a minute loses their place."
)
UNSIGNED_FILES = _(
    "The files that Vorrang writes do not sign: with them every question is refused then. For a dialplan of "
    "your own that signs."
)
SCHEMES = {
    entries.HMAC: _("HMAC-SHA256 over time and body (X-Timestamp, X-Signature)"),
    "twilio": "Twilio",
    "signalwire": "SignalWire",
    "telnyx": "Telnyx",
    "sipgate": "sipgate",
    "placetel": "Placetel",
}
OVERLAPS = (
    (0, _("no longer")),
    (1, _("1 hour")),
    (24, _("1 day")),
    (7 * 24, _("7 days")),
    (30 * 24, _("30 days")),
)


class Unseen(UnfoldAdminPasswordWidget):  # type: ignore[misc]  # unfold carries no types
    """A field that is never filled in: neither by us nor by the browser."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password"}, render_value=False)


def _unseen(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=200, help_text=KEEPS, widget=Unseen())


class SystemForm(forms.ModelForm[PhoneSystem]):
    """One telephone system. What its kind has no use for is not asked (calls/admin/systems.py)."""

    scheme = forms.ChoiceField(
        label=_("Signs its requests"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Requests that are not signed so are refused then."),
    )
    key = forms.CharField(
        label=_("Key that signs"),
        required=False,
        max_length=4_000,
        strip=True,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=KEEPS,
    )
    new_ari_password = _unseen(_("password of ARI"))
    new_ami_password = _unseen(_("password of AMI"))
    recordings = forms.CharField(
        label=_("recordings"),
        required=False,
        max_length=10_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )
    overlap = forms.TypedChoiceField(
        label=_("After a new secret the former one holds"),
        choices=OVERLAPS,
        coerce=int,
        empty_value=None,
        initial=24,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("So that there is time to enter the new one at the telephone system."),
    )

    class Meta:
        model = PhoneSystem
        fields = (
            *("name", "kind", "is_active", "networks", "region", "area_code", "queue"),
            *("ari_url", "ari_user", "ami_host", "ami_port", "ami_user"),
        )
        widgets = {"networks": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance._state.adding:
            return
        kept = self.instance.signing_key
        schemes: Any = self.fields.get("scheme")
        if schemes:
            offered = entries.SCHEMES_OF.get(self.instance.kind, ())
            schemes.choices = [("", _("no")), *((each, SCHEMES[each]) for each in offered)]
            schemes.initial = kept.get("scheme", "") if isinstance(kept, dict) else ""
            if self.instance.kind == PhoneSystem.Kind.ASTERISK:
                schemes.help_text = UNSIGNED_FILES
        if "recordings" in self.fields:
            self.fields["recordings"].initial = entries.sounds_as_text(self.instance.sounds)
            self.fields["recordings"].help_text = MUSIC if self.instance.kind in ASKS_AFTER_MUSIC else ""

    def clean_name(self) -> str:
        """One line, without what a configuration could not hold."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_networks(self) -> str:
        """Error: ValidationError that names each line that is no network."""
        text = self.cleaned_data["networks"]
        self._complain(*entries.faulty_networks(text))
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())

    def clean_recordings(self) -> str:
        """Error: ValidationError that names each line that is no recording."""
        text: str = self.cleaned_data["recordings"]
        self._complain(*entries.faulty_sounds(text, kind=self.instance.kind))
        return text

    def clean_ari_url(self) -> str:
        """Error: ValidationError for what is neither http nor https, or holds a password."""
        url: str = self.cleaned_data["ari_url"].strip()
        self._complain(*(entries.faulty_address(url) if url else ()))
        return url

    def clean_ami_host(self) -> str:
        """Error: ValidationError for what is no machine."""
        host: str = self.cleaned_data["ami_host"].strip()
        if host and not entries.is_host(host):
            self._complain(reason("entry.host"))
        return host

    def clean_ari_user(self) -> str:
        """Error: ValidationError for what cannot stand in a configuration."""
        return self._login("ari_user")

    def clean_ami_user(self) -> str:
        """As that of ARI."""
        return self._login("ami_user")

    def clean_new_ami_password(self) -> str:
        """As a login: it is a line of AMI."""
        return self._login("new_ami_password")

    def clean(self) -> dict[str, Any]:
        """Keys and passwords: what is empty stays, unless it would reach somebody else then."""
        cleaned = super().clean() or {}
        for way, address in (("ari", "ari_url"), ("ami", "ami_host")):
            if address in cleaned:
                self._keep_password(way, cleaned[address], address)
        if "scheme" in cleaned:
            self._keep_key(cleaned["scheme"], cleaned.get("key", ""))
        if "recordings" in cleaned:
            self.instance.sounds = entries.sounds_in(cleaned["recordings"])
        return cleaned

    def _keep_password(self, way: str, address: str, field: str) -> None:
        """A password goes with its address: not to another one, and away with it."""
        typed = self.cleaned_data.get(f"new_{way}_password", "")
        if typed or not address:
            setattr(self.instance, f"{way}_password", typed if typed and address else None)
        elif getattr(self.instance, f"{way}_password") and field in self.changed_data:
            self.add_error(f"new_{way}_password", in_words(reason("entry.password_again")))

    def _keep_key(self, scheme: str, key: str) -> None:
        kept = self.instance.signing_key
        if not scheme:
            self.instance.signing_key = None
        elif key:
            faults = entries.faulty_key(scheme, key)
            if faults:
                self.add_error("key", in_words(*faults))
            else:
                self.instance.signing_key = {"scheme": scheme, "key": key}
        elif not isinstance(kept, dict) or kept.get("scheme") != scheme:
            self.add_error("key", in_words(reason("entry.key_missing")))

    def _login(self, name: str) -> str:
        text: str = self.cleaned_data[name].strip()
        if not entries.is_login(text):
            self._complain(reason("entry.login"))
        return text

    def _complain(self, *faults: Any) -> None:
        if faults:
            raise forms.ValidationError(in_words(*faults))
