"""Who looked with somebody's eyes."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from accounts.models import Impersonation, User

SHOWN = 20


def looks_at(person: User) -> list[Impersonation]:
    """The last looks at the portal as this person, newest first, once they are over."""
    return list(Impersonation.objects.filter(person=person, ended_at__isnull=False)[:SHOWN])


def look_link(person: User | None) -> str:
    """For pages of the admin: a link to look with somebody's eyes; a dash where nobody can."""
    if person is None or person.is_agent or not person.is_active:
        return "-"
    address, said = reverse("account_look", args=[person.pk]), gettext("Look with their eyes")
    return format_html('<a class="underline" href="{}">{}</a>', address, said)
