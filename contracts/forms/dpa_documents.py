"""What the admin page of a DPA document asks."""

from typing import Any

from django import forms

from contracts.models import DpaDocument
from contracts.queries.dpa_offers import TEXTS, shipped_texts, unsound


class DpaDocumentForm(forms.ModelForm[DpaDocument]):
    """A draft. A new one begins with the newest version, or with the text that comes with the product."""

    class Meta:
        model = DpaDocument
        fields = ("version", *TEXTS)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance._state.adding:
            newest = DpaDocument.objects.order_by("-pk").first()
            texts = shipped_texts() if newest is None else {name: getattr(newest, name) for name in TEXTS}
            self.initial = {**texts, **self.initial}

    def clean(self) -> dict[str, Any]:
        """Refuse places that nobody fills in, and half a translation."""
        super().clean()
        cleaned: dict[str, Any] = self.cleaned_data
        drafted = DpaDocument(**{name: cleaned.get(name) or "" for name in TEXTS})
        for name, why in unsound(drafted).items():
            self.add_error(name, why)
        return cleaned
