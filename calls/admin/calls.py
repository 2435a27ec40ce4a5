"""Calls, their steps, voicemails and tasks: to look things up. Calls are worked on at the desk."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from calls.actions import retrying
from calls.admin.frame import LINK, badge, link_to, unbroken
from calls.models import Call, CallChore, CallStep, Voicemail
from calls.rules.wording import cause_words, words
from lib.admin import LongListMixin, ReadOnlyAdmin, ReadOnlyInline
from lib.languages import page_language
from lib.phones import readable
from lib.spans import exact_length
from tickets.models import Ticket

OUTCOMES = {
    "answered": "success",
    "busy": "warning",
    "abandoned": "warning",
    "voicemail": "info",
    "announced": "default",
    "lost": "danger",
    "fallback": "warning",
}

VOICEMAILS = {"stored": "success", "missing": "danger", "expected": "info"}
CHORES = {"done": "success", "failed": "danger", "waiting": "info"}


def _ticket(ticket: Ticket | None) -> SafeString | str:
    if ticket is None:
        return "–"
    return format_html(LINK, reverse("desk:ticket", args=[ticket.number]), ticket.number)


class StepInline(ReadOnlyInline):
    """What the telephone system asked or told, what we answered, and by which rule."""

    model = CallStep
    verbose_name_plural = _("steps")
    fields = ("at", "said_event", "said_answer", "said_rule", "asked", "answered")
    readonly_fields = ("said_event", "said_answer", "said_rule", "asked", "answered")

    @admin.display(description=_("event"))
    def said_event(self, step: CallStep) -> str:
        """In words."""
        return words("event", step.event, page_language())

    @admin.display(description=_("answer"))
    def said_answer(self, step: CallStep) -> str:
        """In words; a dash for what was only told."""
        action = str(step.response.get("action", ""))
        return words("action", action, page_language()) if action else "–"

    @admin.display(description=_("rule"))
    def said_rule(self, step: CallStep) -> str:
        """Why, in words."""
        return words("rule", step.rule, page_language(), position=step.response.get("position") or None)

    @admin.display(description=_("as asked"))
    def asked(self, step: CallStep) -> str:
        """The fields as they came."""
        return _compact(step.request)

    @admin.display(description=_("as answered"))
    def answered(self, step: CallStep) -> str:
        """The fields as they went."""
        return _compact(step.response)


def _compact(fields: dict[str, Any]) -> str:
    """What is not empty, in one line."""
    return json.dumps({name: value for name, value in fields.items() if value not in ("", None, 0)})


@admin.register(Call)
class CallAdmin(LongListMixin, ReadOnlyAdmin):
    """Calls with their steps. Why one was busy is told at the desk, where it can be decided again."""

    list_display = (
        *("arrived_at", "caller", "dialled", "customer_page", "outcome_now", "agent"),
        *("waited", "talked", "alone"),
    )
    list_filter = ("outcome", "line", "direction", "via_fallback", "system", "arrived_at")
    list_select_related = ("customer", "phone__user", "system")
    search_fields = ("from_number", "to_number", "external_id", "customer__name", "holder__name")
    ordering = ("-arrived_at", "-id")
    inlines = (StepInline,)
    fieldsets = (
        (
            None,
            {"fields": (("at_the_desk", "ticket_page"), ("caller", "dialled"), ("direction", "system_page"))},
        ),
        (_("Whose"), {"fields": (("customer_page", "contact_page"), ("match", "number"))}),
        (
            _("What became of it"),
            {"fields": (("state", "outcome_now"), ("line", "line_said"), ("cause_said", "via_fallback"))},
        ),
        (
            _("When"),
            {
                "fields": (
                    ("arrived_at", "answered_at", "ended_at"),
                    ("waited_seconds", "talked_seconds", "in_hours"),
                    ("external_id", "agent"),
                )
            },
        ),
    )
    readonly_fields = (
        *("at_the_desk", "ticket_page", "caller", "dialled", "outcome_now", "line_said", "cause_said"),
        *("agent", "customer_page", "contact_page", "system_page"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """Calls with what their page shows."""
        rows: QuerySet[Call] = super().get_queryset(request)
        return rows.select_related("customer", "contact", "number", "phone__user", "system", "ticket")

    @admin.display(description=_("caller"), ordering="from_number")
    def caller(self, call: Call) -> str:
        """The number, else what was sent in its place."""
        return unbroken(readable(call.from_number) or call.from_text or gettext("unknown"))

    @admin.display(description=_("dialled"), ordering="to_number")
    def dialled(self, call: Call) -> str:
        """In groups."""
        return unbroken(readable(call.to_number))

    @badge(_("outcome"), OUTCOMES, ordering="outcome")
    def outcome_now(self, call: Call) -> tuple[str, str]:
        """As a badge; of a call that is not over its state."""
        return call.outcome, call.get_outcome_display() or call.get_state_display()

    @admin.display(description=_("agent"), ordering="phone__user__username")
    def agent(self, call: Call) -> str:
        """Whose phone rang or talked last."""
        return call.phone.user.display_name if call.phone else "–"

    @admin.display(description=_("customer"), ordering="customer__sort_name")
    def customer_page(self, call: Call) -> SafeString | str:
        """Whom the caller is taken for."""
        return link_to(call.customer)

    @admin.display(description=_("contact"))
    def contact_page(self, call: Call) -> SafeString | str:
        """The person, where the number is one person's."""
        return link_to(call.contact)

    @admin.display(description=_("telephone system"))
    def system_page(self, call: Call) -> SafeString | str:
        """Which one asked."""
        return link_to(call.system)

    @admin.display(description=_("waited"), ordering="waited_seconds")
    def waited(self, call: Call) -> str:
        """Minutes and seconds."""
        return exact_length(call.waited_seconds)

    @admin.display(description=_("talked"), ordering="talked_seconds")
    def talked(self, call: Call) -> str:
        """Minutes and seconds; a dash for none."""
        return exact_length(call.talked_seconds) if call.talked_seconds else "–"

    @badge(_("alone"), {"alone": "warning"}, ordering="via_fallback")
    def alone(self, call: Call) -> tuple[str, str]:
        """Whether the telephone system decided it without us."""
        return "alone", gettext("yes") if call.via_fallback else ""

    @admin.display(description=_("why"))
    def line_said(self, call: Call) -> str:
        """Why a number was not treated as what it is."""
        return words("why", call.line_why, page_language()) or "–"

    @admin.display(description=_("cause"))
    def cause_said(self, call: Call) -> str:
        """Why it ended."""
        return cause_words(call.cause, page_language()) or "–"

    @admin.display(description=_("At the desk"))
    def at_the_desk(self, call: Call) -> SafeString:
        """The link to where it is worked on."""
        return format_html(LINK, reverse("calls:call", args=[call.pk]), gettext("Open the call"))

    @admin.display(description=_("ticket"))
    def ticket_page(self, call: Call) -> SafeString | str:
        """The ticket that it stands on."""
        return _ticket(call.ticket)


@admin.register(Voicemail)
class VoicemailAdmin(LongListMixin, ReadOnlyAdmin):
    """Voicemails; they are listened to on their ticket."""

    list_display = ("created_at", "call_page", "state_now", "seconds", "ticket_page", "error")
    list_filter = ("state", "created_at")
    list_select_related = ("call", "ticket")
    search_fields = ("recording", "ticket__number", "call__from_number")
    ordering = ("-created_at", "-id")
    fields = (
        ("call_page", "ticket_page"),
        ("state_now", "created_at"),
        ("seconds", "recording"),
        "error",
        "sha256",
    )
    readonly_fields = ("call_page", "ticket_page", "state_now")

    @badge(_("state"), VOICEMAILS, ordering="state")
    def state_now(self, voicemail: Voicemail) -> tuple[str, str]:
        """As a badge."""
        return voicemail.state, voicemail.get_state_display()

    @admin.display(description=_("call"))
    def call_page(self, voicemail: Voicemail) -> SafeString | str:
        """The call that left it."""
        return link_to(voicemail.call)

    @admin.display(description=_("ticket"))
    def ticket_page(self, voicemail: Voicemail) -> SafeString | str:
        """The ticket that it stands on."""
        return _ticket(voicemail.ticket)


class ChoreFilter(admin.SimpleListFilter):
    """Given up, waiting or done."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In the order of urgency."""
        return [("failed", gettext("given up")), ("waiting", gettext("waiting")), ("done", gettext("done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CallChore]) -> QuerySet[CallChore]:
        """The tasks in the chosen state."""
        open_ = queryset.filter(done_at__isnull=True)
        chosen = {
            "failed": open_.filter(failed_at__isnull=False),
            "waiting": open_.filter(failed_at__isnull=True),
            "done": queryset.filter(done_at__isnull=False),
        }
        return chosen.get(self.value() or "", queryset)


@admin.register(CallChore)
class CallChoreAdmin(LongListMixin, ReadOnlyAdmin):
    """What calls left to be done. What was given up can be tried again."""

    list_display = ("call_page", "kind", "state_now", "due_at", "tries", "error")
    list_display_links = ("kind",)
    list_filter = (ChoreFilter, "kind")
    list_select_related = ("call",)
    search_fields = ("call__external_id", "error")
    ordering = ("-due_at", "-id")
    actions = ("retry",)
    fields = (("call_page", "kind"), ("state_now", "tries"), ("due_at", "done_at", "failed_at"), "error")
    readonly_fields = ("call_page", "state_now")

    @badge(_("state"), CHORES)
    def state_now(self, chore: CallChore) -> tuple[str, str]:
        """As a badge."""
        if chore.done_at:
            return "done", gettext("done")
        return ("failed", gettext("given up")) if chore.failed_at else ("waiting", gettext("waiting"))

    @admin.display(description=_("call"))
    def call_page(self, chore: CallChore) -> SafeString | str:
        """The call that left it."""
        return link_to(chore.call)

    @admin.action(description=_("Try again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[CallChore]) -> None:
        """Have the chosen ones tried once more; what is done is left alone."""
        chosen = list(queryset.values_list("pk", flat=True))
        count = retrying.retry(chosen=chosen, by=acting_user(request))
        said = ngettext("{count} task is tried again.", "{count} tasks are tried again.", count)
        messages.success(request, said.format(count=count))
