"""Tickets in the admin: to look things up. They are worked on at the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lib.admin import LongListMixin, ReadOnlyAdmin
from lib.sheets.pages import ExportPages
from tickets.models import Ticket
from tickets.resources import TicketResource


@admin.register(Ticket)
class TicketAdmin(ExportPages, LongListMixin, ReadOnlyAdmin):
    """Read-only, with a link to the ticket's page at the desk."""

    resource_class = TicketResource
    list_display = (
        *("number", "subject", "customer", "team", "status"),
        *("severity", "level", "assignee", "arrived_at"),
    )
    list_filter = ("status", "severity", "team", "level", "channel")
    list_select_related = ("customer", "team", "level", "assignee")
    search_fields = ("number", "subject", "customer__name")
    ordering = ("-id",)
    fields = (
        "at_the_desk",
        ("number", "subject"),
        ("customer", "contact"),
        ("team", "assignee"),
        ("status", "channel"),
        ("severity", "reported_severity", "confirmed_severity"),
        ("level", "band"),
        ("arrived_at", "changed_at"),
        ("solved_at", "closed_at"),
        ("pinned_at", "pin_expires_at", "pin_reason"),
    )
    readonly_fields = ("at_the_desk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        """Tickets with what their page shows."""
        rows: QuerySet[Ticket] = super().get_queryset(request)
        return rows.select_related("customer", "contact", "team", "level", "assignee")

    @admin.display(description=_("At the desk"))
    def at_the_desk(self, ticket: Ticket) -> SafeString:
        """The link to where it is worked on."""
        return format_html(
            '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>',
            reverse("desk:ticket", args=[ticket.number]),
            gettext("Open the ticket"),
        )
