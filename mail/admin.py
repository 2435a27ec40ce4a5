"""The outboxes in the admin: what went out, what waits, what was not delivered and why."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from accounts.actions import notices
from accounts.models import Notice
from lib.admin import LongListMixin, ReadOnlyAdmin
from lib.undelivered import in_words
from mail.queries.outboxes import Outbox, trouble
from tickets.actions import delivering
from tickets.models import Delivery


def troubled_notice(request: HttpRequest) -> str:
    """How many notices people should look at; nothing where there is none."""
    return _troubled(Notice)


def troubled_delivery(request: HttpRequest) -> str:
    """How many deliveries people should look at; nothing where there is none."""
    return _troubled(Delivery)


def _troubled(outbox: Outbox) -> str:
    return str(trouble(timezone.now(), [outbox]).total or "")


class StateFilter(admin.SimpleListFilter):
    """Waiting, sent or not delivered."""

    title = _("state")
    parameter_name = "state"
    STATES: ClassVar[dict[str, str]] = {
        "failed": "failed_at__isnull",
        "waiting": "next_attempt_at__isnull",
        "sent": "sent_at__isnull",
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In the order of urgency."""
        return [
            ("failed", gettext("not delivered")),
            ("waiting", gettext("waiting")),
            ("sent", gettext("sent")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The mails in the chosen state."""
        column = self.STATES.get(self.value() or "")
        return queryset.filter(**{column: False}) if column else queryset


class OutboxAdmin(LongListMixin, ReadOnlyAdmin):
    """Looked at here; sent again by an action."""

    actions = ("send_again",)
    ordering = ("-id",)

    def retry(self, *, row: Any, request: HttpRequest) -> None:
        """Call the action that sends one mail again. Error: the outbox's NotFailed."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without parameters, which may not be readable any more."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("params")

    @admin.action(description=_("Send again what was not delivered"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Have the chosen mails that were given up tried once more."""
        count = sum(self._is_retried(row, request) for row in queryset)
        text = ngettext("%(count)d mail is sent again.", "%(count)d mails are sent again.", count)
        messages.info(request, text % {"count": count})

    def _is_retried(self, row: Any, request: HttpRequest) -> bool:
        try:
            self.retry(row=row, request=request)
        except (notices.NotFailed, delivering.NotFailed):
            return False
        return True

    @admin.display(description=_("state"))
    def state(self, row: Any) -> str:
        """In words, with the reason where it did not work (yet)."""
        reason = in_words(row.error, get_language() or "en")
        if row.failed_at is not None:
            return f"{gettext('not delivered')}: {reason}"
        if row.sent_at is not None:
            return gettext("sent")
        return f"{gettext('waiting')}: {reason}" if reason else gettext("waiting")


@admin.register(Delivery)
class DeliveryAdmin(OutboxAdmin):
    """Mail of tickets."""

    list_display = ("created_at", "kind", "ticket", "contact", "state", "attempts")
    list_display_links = ("created_at", "kind")
    list_filter = (StateFilter, "kind")
    list_select_related = ("ticket", "contact")
    search_fields = ("ticket__number", "contact__name", "contact__email", "mail_id")
    fields: Iterable[Any] = (
        ("kind", "state"),
        ("at_the_desk", "contact"),
        ("created_at", "attempts"),
        ("next_attempt_at", "sent_at", "failed_at"),
        "mail_id",
    )
    readonly_fields = ("state", "at_the_desk", "mail_id")

    def retry(self, *, row: Delivery, request: HttpRequest) -> None:
        """Through the tickets' action."""
        delivering.retry(delivery=row, by=acting_user(request))

    @admin.display(description=_("ticket"))
    def at_the_desk(self, row: Delivery) -> SafeString:
        """The link to where it is worked on."""
        url = reverse("desk:ticket", args=[row.ticket.number])
        return format_html(
            '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>', url, row.ticket
        )


@admin.register(Notice)
class NoticeAdmin(OutboxAdmin):
    """Mail without a ticket."""

    list_display = ("created_at", "kind", "user", "address", "state", "attempts")
    list_display_links = ("created_at", "kind")
    list_filter = (StateFilter, "kind")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email", "address", "mail_id")
    fields: Iterable[Any] = (
        ("kind", "state"),
        ("user", "address", "language"),
        ("created_at", "attempts"),
        ("next_attempt_at", "sent_at", "failed_at"),
        "mail_id",
    )
    readonly_fields = ("state", "mail_id")

    def retry(self, *, row: Notice, request: HttpRequest) -> None:
        """Through the notices' action."""
        notices.retry(notice=row, by=acting_user(request))
