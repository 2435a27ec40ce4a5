"""The audit trail as it is looked through: by whom, about whom, seen or changed."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from accounts.models import AuditEntry, AuditValues, User
from lib.sorting import german_sort_key

SEEN_VERBS = ("seen", "downloaded", "exported", "fetched", "proof_taken")
"""How verbs end that say that somebody saw something and changed nothing."""
SYSTEM = "system"


def seen(rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """The lines that say who saw something."""
    return rows.filter(_is_seen())


def changed(rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """All other lines."""
    return rows.exclude(_is_seen())


def _is_seen() -> Q:
    found = Q()
    for ending in SEEN_VERBS:
        found |= Q(verb__endswith=ending)
    return found


def by_whom(rows: QuerySet[AuditEntry], who: str) -> QuerySet[AuditEntry]:
    """The lines of one user (their id), or of the system itself."""
    return rows.filter(actor_id=None) if who == SYSTEM else rows.filter(actor_id=int(who))


def staff() -> list[tuple[str, str]]:
    """Everybody of the firm, left or not, by name: id and name."""
    people = [(str(user.pk), user.display_name) for user in User.objects.agents()]
    return sorted(people, key=lambda person: german_sort_key(person[1]))


def customer_called(pk: str) -> str:
    """How the trail knows a customer, or the number."""
    named = AuditValues.objects.filter(entry__object_kind="customers.customer", entry__object_id=pk).exclude(
        salt=""
    )
    return named.order_by("-entry_id").values_list("object_label", flat=True).first() or f"#{pk}"


def trail_link(**about: object) -> str:
    """For pages of the admin: a link to what the trail says about somebody; a dash where nobody is yet."""
    if None in about.values():
        return "-"
    address = reverse("admin:accounts_auditentry_changelist", query=about)
    said = gettext("Who saw or changed what")
    return format_html('<a class="underline" href="{}">{}</a>', address, said)
