"""The language of the page that is being made."""

from django.conf import settings
from django.utils import translation


def page_language() -> str:
    """The two letters of the active language, the installation's own where none is: ``de`` or ``en``."""
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]
