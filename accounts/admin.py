"""The admin pages of the company, teams, API tokens and the audit trail. (Users: see `tickets`.)"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from operator import itemgetter
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Count, Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from accounts.actions import announcements as announcement_actions
from accounts.actions import auditing, notices
from accounts.actions import company as company_actions
from accounts.actions import teams as team_actions
from accounts.actions import users as user_actions
from accounts.forms import CompanyForm, TeamForm
from accounts.models import Announcement, ApiToken, AuditEntry, Company, Notice, Team
from accounts.models.tokens import token_digest
from accounts.queries import trail_lists, trials
from accounts.resources import AuditResource
from accounts.rules import wording
from lib.admin import ActionAdmin, Button, LongListMixin, ReadOnlyAdmin, Row
from lib.sheets.pages import ExportPages
from lib.undelivered import in_words

MOST_DIGITS = 18

admin.site.unregister(Group)  # roles decide, not groups
admin.site.unregister(EmailAddress)  # a user's address is the one on the user
admin.site.unregister(Authenticator)  # a person's own; the user's page says that there is one
admin.site.unregister(UserSession)  # the same


@admin.register(Company)
class CompanyAdmin(ActionAdmin):
    """The firm's one row: its name, how it looks, where it is reached, and whether its mail arrives."""

    form = CompanyForm
    fieldsets = (
        (None, {"fields": ("name", "language", "contract_requests_team", "mail_way", "last_trial")}),
        (
            _("Where people reach you"),
            {"fields": ("public_phone", "support_address", "postal_address", "imprint_url", "privacy_url")},
        ),
        (_("Data-protection officer"), {"fields": ("officer_name", "officer_email", "officer_phone")}),
        (
            _("How pages look"),
            {"fields": ("logo_shown", "new_logo", "without_logo", "accent_light", "accent_dark")},
        ),
        (
            _("Start page, for people who are not signed in"),
            {
                "fields": (
                    *("welcome_title_de", "welcome_text_de", "welcome_title_en", "welcome_text_en"),
                    *("footer_de", "footer_en"),
                )
            },
        ),
    )
    readonly_fields = ("mail_way", "last_trial", "logo_shown")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only where the first admin came by another way than the set-up, and there is no row yet."""
        return not Company.objects.exists() and bool(super().has_add_permission(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is nothing to choose from: straight to the one."""
        row = Company.objects.first()
        if row is None:
            return redirect("admin:accounts_company_add")
        return redirect("admin:accounts_company_change", row.pk)

    @admin.display(description=_("How mail goes out"))
    def mail_way(self, company: Company) -> SafeString:
        """The settings, without the password."""
        way = trials.mail_way()
        return render_to_string("components/mail_way.html", {"way": way})

    @admin.display(description=_("Last trial mail"))
    def last_trial(self, company: Company) -> str:
        """What became of it, with the server's words."""
        trial = trials.last_trial()
        return _trial_words(trial) if trial else gettext("none yet")

    @admin.display(description=_("logo"))
    def logo_shown(self, company: Company) -> SafeString | str:
        """As pages show it."""
        if not company.logo_digest:
            return gettext("none yet")
        address = reverse("brand_logo", query={"v": company.logo_digest[:12]})
        picture = '<img src="{}" alt="{}" width="{}" height="32">'
        return format_html(picture, address, company.name, company.logo_width)

    def buttons(self, row: Company | None) -> Sequence[Button]:
        """A trial mail to whoever asks for it."""
        return (Button("send_trial", _("Save and send me a trial mail"), "outgoing_mail"),) if row else ()

    def send_trial(self, request: HttpRequest, company: Company) -> None:
        """Lay a trial mail into the outbox; its outcome stands on this page."""
        user = acting_user(request)
        if not user.email:
            messages.error(request, _("To send one you need an e-mail address of your own."))
            return
        notices.send_trial(address=user.email, language=user.language or company.language, by=user)
        said = gettext("The trial mail is on its way to {address}.").format(address=user.email)
        messages.success(request, said)

    def write(
        self, *, form: BaseModelForm[Company], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the firm."""
        if form.cleaned_data["new_logo"] or form.cleaned_data["without_logo"]:
            form.instance.wear(form.cleaned_data["new_logo"])
        company_actions.save(company=form.instance, by=acting_user(request))


def _trial_words(trial: Notice) -> str:
    if trial.sent_at:
        said = gettext("sent {when} to {address}")
    elif trial.failed_at:
        said = gettext("given up {when}, to {address}")
    elif trial.error:
        said = gettext("waiting for the next attempt to {address}")
    else:
        said = gettext("waiting to be sent to {address}")
    when = date_format(
        localtime(trial.sent_at or trial.failed_at or trial.created_at), "SHORT_DATETIME_FORMAT"
    )
    words = said.format(when=when, address=trial.address)
    if trial.sent_at or not trial.error:
        return words
    return f"{words}: {in_words(trial.error, get_language() or 'en')}"


@admin.register(Announcement)
class AnnouncementAdmin(ActionAdmin):
    """What is said on top of pages, now, before and later."""

    is_deletable = True
    fields = ("kind", "text_de", "text_en", "audience", "starts_at", "ends_at")
    list_display = ("text_de", "kind", "audience", "starts_at", "ends_at")
    list_filter = ("kind", "audience")
    search_fields = ("text_de", "text_en")

    def write(
        self,
        *,
        form: BaseModelForm[Announcement],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Announce it."""
        announcement_actions.save(announcement=form.instance, by=acting_user(request))

    def remove(self, *, row: Announcement, request: HttpRequest) -> None:
        """Take it back."""
        announcement_actions.delete(announcement=row, by=acting_user(request))


@admin.register(Team)
class TeamAdmin(ActionAdmin):
    """Teams and who belongs to them."""

    form = TeamForm
    list_display = ("name", "slug", "is_default", "members")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Teams with the number of their members."""
        rows: QuerySet[Team] = super().get_queryset(request)
        return rows.annotate(member_count=Count("members"))

    @admin.display(description=_("members"), ordering="member_count")
    def members(self, team: Any) -> int:
        """How many belong to the team."""
        return int(team.member_count)

    def write(
        self, *, form: BaseModelForm[Team], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the team."""
        team_actions.save(team=form.instance, by=acting_user(request))


@admin.register(ApiToken)
class ApiTokenAdmin(ActionAdmin):
    """Tokens are created and revoked, never changed; the token itself is shown once."""

    is_deletable = True
    fields = ("user", "name")
    list_display = ("__str__", "user", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "user__email")
    autocomplete_fields = ("user",)
    ordering = ("-created_at",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No: a token that should differ is another token."""
        return False

    def write(
        self, *, form: BaseModelForm[ApiToken], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Create the token and show it."""
        row = form.instance
        token = user_actions.create_token(user=row.user, by=acting_user(request), name=row.name)
        row.pk = ApiToken.objects.get(digest=token_digest(token)).pk
        shown_once = gettext("The token is shown only this once: {token}").format(token=token)
        messages.warning(request, shown_once)

    def remove(self, *, row: ApiToken, request: HttpRequest) -> None:
        """Revoke the token."""
        user_actions.revoke_token(token=row, by=acting_user(request))


class ActFilter(admin.SimpleListFilter):
    """The audit trail by what was done, in words."""

    title = _("act")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every act that has words."""
        verbs = [code.removeprefix("audit.") for code in wording.TABLE if code.startswith("audit.")]
        return sorted(((verb, _act(verb)) for verb in verbs), key=itemgetter(1))

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The entries of the chosen act."""
        return queryset.filter(verb=self.value()) if self.value() else queryset


class SeenFilter(admin.SimpleListFilter):
    """Who saw, or who changed."""

    title = _("seen or changed")
    parameter_name = "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both."""
        return [("seen", _("seen")), ("changed", _("changed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The lines of one kind."""
        ways = {"seen": trail_lists.seen, "changed": trail_lists.changed}
        way = ways.get(self.value() or "")
        return way(queryset) if way else queryset


class WhoFilter(admin.SimpleListFilter):
    """The lines of one person of the firm."""

    title = _("person")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The system, and everybody by name."""
        return [(trail_lists.SYSTEM, gettext("the system")), *trail_lists.staff()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The lines of the chosen one; of nobody for what is no person."""
        who = self.value() or ""
        if not who:
            return queryset
        is_known = who == trail_lists.SYSTEM or (who.isdecimal() and len(who) <= MOST_DIGITS)
        return trail_lists.by_whom(queryset, who) if is_known else queryset.none()


class CustomerFilter(admin.SimpleListFilter):
    """What is about one customer, whose page leads here. Its name stands there, to be left again."""

    title = _("customer")
    parameter_name = "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The one that was asked for."""
        chosen = str(self.value() or "")
        return [(chosen, trail_lists.customer_called(chosen))] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The lines about this customer."""
        chosen = str(self.value() or "")
        if not chosen:
            return queryset
        is_known = chosen.isdecimal() and len(chosen) <= MOST_DIGITS
        return queryset.filter(customer_id=int(chosen)) if is_known else queryset.none()


@admin.register(AuditEntry)
class AuditEntryAdmin(ExportPages, LongListMixin, ReadOnlyAdmin):
    """Who saw or did what to what."""

    resource_class = AuditResource
    list_display = ("at", "who", "act", "object_label")
    list_filter = (SeenFilter, WhoFilter, CustomerFilter, ActFilter)
    list_select_related = ("personal",)
    search_fields = ("personal__actor_name", "personal__object_label", "object_id", "verb")
    date_hierarchy = "at"
    fields = (
        *("at", "who", "act", "object_label", ("object_kind", "object_id"), "customer_id", "details"),
        *("number", "hash"),
    )

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The lines as they are filtered; that somebody took them stands in the trail, too."""
        user = acting_user(request)
        answer = super().export_view(request, kind)
        if answer.status_code == HTTPStatus.OK:
            chosen = {name: request.GET[name] for name in request.GET}
            auditing.record(by=user, verb="audit_trail.exported", what=user, details={"filters": chosen})
        return answer

    @admin.display(description=_("object"))
    def object_label(self, entry: AuditEntry) -> str:
        """What it was done to."""
        return entry.object_label

    @admin.display(description=_("details"))
    def details(self, entry: AuditEntry) -> str:
        """What more was noted, as JSON."""
        return json.dumps(entry.details, indent=2, ensure_ascii=False) if entry.details else "-"

    @admin.display(description=_("actor"), ordering="personal__actor_name")
    def who(self, entry: AuditEntry) -> str:
        """The person, or the system itself."""
        return entry.actor_name or gettext("the system")

    @admin.display(description=_("act"), ordering="verb")
    def act(self, entry: AuditEntry) -> str:
        """What was done."""
        return _act(entry.verb)


def _act(verb: str) -> str:
    return wording.act_words(verb, get_language() or "en")
