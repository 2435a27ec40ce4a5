"""Text that is kept as it was typed: nothing trimmed, nothing replaced."""

from typing import Any

from django import forms


class VerbatimField(forms.CharField):
    """A text field that stores what was typed, white space at both ends included.

    Where something is required, white space alone says nothing and is refused.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def validate(self, value: Any) -> None:
        """Error: required, also for white space alone."""
        super().validate(value if str(value or "").strip() else "")
