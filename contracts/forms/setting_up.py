"""What the set-up asks, step by step, and how it says no."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Team, User
from contracts.actions.setting_up import Tier
from contracts.models import ServiceLevel

TIER_ROWS = 5
LONGEST_CODE = 60


class CodeForm(forms.Form):
    """The code that somebody read in the terminal."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "set-up-code",
            }
        ),
        help_text=_("Four groups of five characters. Small letters and missing hyphens do not matter."),
    )


class CompanyForm(forms.ModelForm[Company]):
    """The firm's name and language."""

    name = forms.CharField(
        label=_("Name of your company"),
        max_length=120,
        help_text=_("Customers read it in the portal and as the sender of mail. It can be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=User.Language.choices,
        widget=forms.RadioSelect,
        help_text=_("Of these pages, and of mail to people who have chosen none of their own."),
    )

    class Meta:
        model = Company
        fields = ("name", "language")


class FirstAdminForm(forms.ModelForm[User]):
    """The first admin; the password is asked for twice, since nobody else could give them a new one."""

    first_name = forms.CharField(
        label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("For a forgotten password, and for the trial mail in a moment."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "username", "email")
        widgets = {"username": forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"})}
        help_texts = {"username": _("To sign in with; the e-mail address does as well.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        if self.instance.pk:
            for name in ("password", "password_again"):
                self.fields[name].required = False
            self.fields["password"].help_text = gettext("Empty: stays as it is.")
        else:
            self.fields["password"].help_text = gettext("At least ten characters, none of the usual ones.")

    def clean_email(self) -> str:
        """Two users cannot share an address, however it is written."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another user has this e-mail address already."))
        return email

    def _post_clean(self) -> None:
        """Judge the password when the user it belongs to is known (it must not resemble the name)."""
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, as its user forms use it
        password = self.cleaned_data.get("password", "")
        if password != self.cleaned_data.get("password_again", ""):
            self.add_error("password_again", _("The two passwords are not the same."))
        if password:
            try:
                password_validation.validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)


class FirstTeamForm(forms.ModelForm[Team]):
    """The team that takes new tickets."""

    class Meta:
        model = Team
        fields = ("name",)
        labels = {"name": _("Name of the team")}


class LevelsForm(forms.Form):
    """One rank for all, or several tiers; only the rows of what was chosen count."""

    ONE, SEVERAL = "one", "several"

    kind = forms.ChoiceField(
        label=_("How many groups of customers with a service agreement are there?"),
        choices=[
            (ONE, _("One rank: whoever has a service agreement comes first")),
            (SEVERAL, _("Several tiers: the better agreement comes first")),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("What this service level is called"), max_length=60, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in range(1, TIER_ROWS + 1):
            label = {"row": row}
            self.fields[f"name_{row}"] = forms.CharField(
                label=gettext("Name of tier %(row)s") % label, max_length=60, required=False
            )
            self.fields[f"rank_{row}"] = forms.IntegerField(
                label=gettext("Rank of tier %(row)s") % label, min_value=1, max_value=99, required=False
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each tier."""
        return [(self[f"name_{row}"], self[f"rank_{row}"]) for row in range(1, TIER_ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        """Every named tier needs a rank and a name of its own; there must be one."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == self.ONE:
            if not cleaned.get("name"):
                self.add_error("name", gettext_lazy("The service level needs a name."))
        elif cleaned.get("kind") == self.SEVERAL:
            self._check_tiers(cleaned)
        return cleaned

    def _check_tiers(self, cleaned: dict[str, Any]) -> None:
        seen: set[str] = set()
        for row in range(1, TIER_ROWS + 1):
            name, rank = cleaned.get(f"name_{row}"), cleaned.get(f"rank_{row}")
            if name and name.casefold() in seen:
                self.add_error(f"name_{row}", _("Two tiers cannot have the same name."))
            if name and rank is None and f"rank_{row}" not in self.errors:
                self.add_error(f"rank_{row}", _("This tier needs a rank."))
            if rank is not None and not name and f"name_{row}" not in self.errors:
                self.add_error(f"name_{row}", _("This rank needs a name, or empty both fields."))
            seen.add((name or "").casefold())
        if seen <= {""} and not self.errors:
            self.add_error("name_1", _("At least one tier is needed."))

    def tiers(self) -> list[Tier]:
        """What was chosen."""
        cleaned = self.cleaned_data
        if cleaned["kind"] == self.ONE:
            return [Tier(cleaned["name"], 1)]
        rows = ((cleaned[f"name_{row}"], cleaned[f"rank_{row}"]) for row in range(1, TIER_ROWS + 1))
        return [Tier(name, rank) for name, rank in rows if name]


def company_suggested(language: str) -> dict[str, str]:
    """What the first step begins with."""
    return {"name": str(settings.COMPANY_NAME), "language": language}


def team_suggested() -> dict[str, str]:
    """What the third step begins with."""
    return {"name": gettext("Support")}


def levels_shown(levels: list[ServiceLevel]) -> dict[str, Any]:
    """What the fourth step begins with: the levels there are, or suggestions for both choices."""
    tiers = [(gettext("Gold"), 1), (gettext("Silver"), 2), (gettext("Bronze"), 3)]
    initial: dict[str, Any] = {"kind": LevelsForm.ONE, "name": gettext("Service agreement")}
    if len(levels) == 1:
        initial["name"] = levels[0].name
    elif levels:
        initial["kind"] = LevelsForm.SEVERAL
        tiers = [(level.name, level.rank) for level in levels]
    for row, (name, rank) in enumerate(tiers[:TIER_ROWS], start=1):
        initial |= {f"name_{row}": name, f"rank_{row}": rank}
    return initial
