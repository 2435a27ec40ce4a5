"""Deciding about a charge, and entering one by hand."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from billing.actions.deciding import BY_HAND
from contracts.models import PriceItem
from contracts.queries.prices import list_in_force
from customers.models import Customer
from lib.languages import page_language
from lib.money import say_money
from lib.reasons import say_day
from tickets.models import Ticket

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Why; it stands on the statement where something is waived."""

    reason = forms.CharField(label=_("Reason"), max_length=250)


class ItemField(forms.ModelChoiceField[PriceItem]):
    """An item with its price."""

    def label_from_instance(self, item: PriceItem) -> str:
        """Such as "Travel: €0.70 per kilometre · 1 January 2026", the day from which the list holds."""
        language = page_language()
        price = say_money(item.amount, item.price_list.currency, language)
        since = say_day(item.price_list.valid_from, language)
        return f"{item.name_in(language)}: {price} {item.get_unit_display()} · {since}"


class ChargeForm(forms.Form):
    """Something of the price list that needs no time entry. The day decides which version holds."""

    day = forms.DateField(label=_("Day"), widget=DAY)
    item = ItemField(label=_("Price"), queryset=PriceItem.objects.none())
    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=9,
        decimal_places=2,
        localize=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    ticket = forms.CharField(label=_("Ticket number"), required=False, max_length=20)
    text = forms.CharField(label=_("Text for the customer"), required=False, max_length=500)

    def __init__(self, *arguments: Any, of: Customer, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer = of
        items = PriceItem.objects.filter(price_list__published_at__isnull=False, unit__in=BY_HAND)
        field: Any = self.fields["item"]
        field.queryset = items.select_related("price_list").order_by("-price_list__valid_from", "position")

    def clean_ticket(self) -> Ticket | None:
        """A ticket of this customer. Error: ValidationError for any other."""
        number = self.cleaned_data["ticket"].strip()
        if not number:
            return None
        ticket = Ticket.objects.filter(customer=self.customer, number=number).first()
        if ticket is None:
            raise ValidationError(_("This customer has no ticket with this number."))
        return ticket

    def clean(self) -> dict[str, Any]:
        """The item has to be of the list that holds on the day."""
        cleaned = super().clean() or {}
        day, item = cleaned.get("day"), cleaned.get("item")
        if day and item and item.price_list != list_in_force(day):
            self.add_error(
                "item", _("This price does not hold on this day. Choose one of the list in force.")
            )
        return cleaned
