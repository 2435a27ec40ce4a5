"""What the admin pages of price lists, own prices and standing approvals ask."""

from typing import Any

from django import forms
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext as _

from contracts.models import CustomerPrice, PriceItem, PriceList, StandingApproval


class PriceListForm(forms.ModelForm[PriceList]):
    """A draft of the price list; its prices are rows beside it."""

    class Meta:
        model = PriceList
        fields = ("name", "valid_from", "currency", "vat_percent", "rounding_minutes", "minimum_minutes")


class PriceItemForm(forms.ModelForm[PriceItem]):
    """One price."""

    class Meta:
        model = PriceItem
        fields = ("code", "service", "name_de", "name_en", "unit", "amount", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "position" in self.fields:  # a published price is only shown
            self.fields["position"].required = False

    def clean_position(self) -> int:
        """An empty field is the first place."""
        return self.cleaned_data["position"] or 0


class LooseItemForm(PriceItemForm):
    """One price on a page of its own, in a list that is a draft."""

    class Meta:
        model = PriceItem
        fields = ("price_list", *PriceItemForm.Meta.fields)

    def clean_price_list(self) -> PriceList:
        """Only drafts take prices."""
        price_list: PriceList = self.cleaned_data["price_list"]
        if price_list.published_at is not None:
            raise forms.ValidationError(
                _("A published price list stays as it is. Copy it as a new version that begins later.")
            )
        return price_list


class PriceItemRows(BaseInlineFormSet[PriceItem, PriceList, PriceItemForm]):
    """The prices of a list: a service is priced once per unit."""

    def clean(self) -> None:
        """Error: two rows for the same service and unit, which Django does not look for here."""
        super().clean()
        seen: set[tuple[int, str]] = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", {})
            service = row.get("service")
            if service is None or row.get("DELETE"):
                continue
            key = (service.pk, row.get("unit", ""))
            if key in seen:
                message = _("“%(service)s” has two prices of the same unit.") % {"service": service}
                form.add_error("service", message)
            seen.add(key)


class CustomerPriceForm(forms.ModelForm[CustomerPrice]):
    """What one customer pays instead."""

    class Meta:
        model = CustomerPrice
        fields = ("customer", "code", "amount", "currency", "valid_from", "valid_until")

    def clean_code(self) -> str:
        """A code that stands in a price list: a slip of the pen would price nothing."""
        code: str = self.cleaned_data["code"]
        if not PriceItem.objects.filter(code=code).exists():
            known = ", ".join(PriceItem.objects.order_by("code").values_list("code", flat=True).distinct())
            raise forms.ValidationError(
                _("No price list has this code. There are: %(known)s") % {"known": known}
            )
        return code


class StandingApprovalForm(forms.ModelForm[StandingApproval]):
    """A customer's word ahead of time."""

    class Meta:
        model = StandingApproval
        fields = (
            *("customer", "service", "ceiling", "currency", "starts_on", "ends_on"),
            *("granted_by", "evidence"),
        )
