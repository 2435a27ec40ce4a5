"""What the admin pages ask about agreements and service levels; the models say what is wrong."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from contracts.models import Agreement, Service, ServiceLevel, Suspension
from contracts.queries.promised import promises_of
from contracts.queries.services import default_services
from contracts.rules.targets import parse_percents, say_percents
from lib.languages import page_language
from tickets.forms.targets import TargetsField


class AgreementForm(forms.ModelForm[Agreement]):
    """One agreement; its suspensions are rows beside it."""

    class Meta:
        model = Agreement
        fields = (
            *("customer", "kind", "level", "reference", "starts_on", "ends_on", "terminated_on"),
            *("renewal_months", "notice_days", "notice_given_on"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["notice_days"].required = False

    def clean_notice_days(self) -> int:
        """An empty field is no period of notice."""
        return self.cleaned_data["notice_days"] or 0


class SuspensionForm(forms.ModelForm[Suspension]):
    """One period in which an agreement does not count."""

    class Meta:
        model = Suspension
        fields = ("starts_on", "ends_on", "reason")


class ServicesField(forms.ModelMultipleChoiceField[Service]):
    """Services to tick, in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """How it is called."""
        return str(obj.name_in(page_language()))


class ServiceLevelForm(forms.ModelForm[ServiceLevel]):
    """One service level with its targets and what it includes."""

    services = ServicesField(
        queryset=Service.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        label=_("included services"),
        help_text=_("What is not included is billed by the price list."),
    )

    targets = TargetsField(
        label=_("Targets"),
        required=False,
        help_text=_(
            "How long until the first answer, the next one, and the solution: 30 min, 2 h, 1 h 30. An empty "
            "cell promises nothing. Days (1 d is 24 hours) only around the clock."
        ),
    )

    class Meta:
        model = ServiceLevel
        fields = (
            "name",
            "rank",
            "description",
            "hours",
            "grace_minutes",
            "warn_at",
            "pauses_for_third_party",
            "services",
            "rounding_minutes",
            "minimum_minutes",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["targets"] = promises_of(self.instance)
        for name in ("grace_minutes", "rounding_minutes", "minimum_minutes"):
            self.fields[name].required = False
        self._offer_services()

    def _offer_services(self) -> None:
        """Those that are rendered, and those the level has; a new level begins with the usual ones."""
        services = Service.objects.filter(is_active=True)
        if self.instance.pk:
            services = (services | Service.objects.filter(levels=self.instance)).distinct()
        else:
            self.initial["services"] = default_services()
        cast("ServicesField", self.fields["services"]).queryset = services

    def clean_rounding_minutes(self) -> int:
        """An empty field rounds to the minute."""
        return self.cleaned_data["rounding_minutes"] or 1

    def clean_minimum_minutes(self) -> int:
        """An empty field is no minimum."""
        return self.cleaned_data["minimum_minutes"] or 0

    def clean_grace_minutes(self) -> int:
        """An empty field is no grace."""
        return self.cleaned_data["grace_minutes"] or 0

    def clean_warn_at(self) -> str:
        """In order, each once; what cannot be read is for the model to refuse."""
        try:
            return say_percents(parse_percents(self.cleaned_data["warn_at"]))
        except ValueError:
            return str(self.cleaned_data["warn_at"])
