"""What the admin page of the rules of the phone asks."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext, gettext_lazy

from calls.models import CallPolicy
from calls.queries.said import in_words
from lib.reasons import reason


class PolicyForm(forms.ModelForm[CallPolicy]):
    """The one row. Each field says its range."""

    class Meta:
        model = CallPolicy
        fields = (
            *("ring_seconds", "poll_seconds", "offer_after", "offer_again", "contract_hold", "reserve"),
            *("wrap_up", "hard_limit", "contract_gains_on_public", "callback_tickets", "unknown_callers"),
            *("quarantine_days", "keep_days", "keep_step_days"),
        )
        help_texts = {
            "offer_after": gettext_lazy("On the public number, from the beginning of the call."),
            "contract_hold": gettext_lazy(
                "Service numbers never wait, so the queue would take every agent who becomes free."
            ),
            "hard_limit": gettext_lazy("Its phone is free again then, whatever the telephone system says."),
            "unknown_callers": gettext_lazy("Empty: a customer for them is added when it is needed first."),
            "quarantine_days": gettext_lazy("Until then only its former customer may have it back."),
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, field in self.fields.items():
            lowest, highest = _limit(name, MinValueValidator), _limit(name, MaxValueValidator)
            if lowest is not None and highest is not None:
                field.widget.attrs |= {"min": lowest, "max": highest, "inputmode": "numeric"}
                said = gettext("{lowest} to {highest}.").format(lowest=lowest, highest=highest)
                field.help_text = f"{said} {field.help_text}".strip()

    def clean(self) -> dict[str, Any]:
        """Decisions are kept no longer than their calls."""
        cleaned = super().clean() or {}
        calls, steps = cleaned.get("keep_days"), cleaned.get("keep_step_days")
        if calls is not None and steps is not None and steps > calls:
            self.add_error("keep_step_days", in_words(reason("refused.keep_order")))
        return cleaned


def _limit(name: str, kind: type[MinValueValidator] | type[MaxValueValidator]) -> int | None:
    """What the model says; None for what is no number."""
    column: Any = CallPolicy._meta.get_field(name)
    return next((int(each.limit_value) for each in column.validators if type(each) is kind), None)
