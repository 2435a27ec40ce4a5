"""The admin pages of service hours, with the year of a calendar and its feed."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, Model, QuerySet
from django.forms import BaseModelForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import acting_user
from contracts.actions import hours as actions
from contracts.forms.hours import ServiceHoursForm, SpecialDaysForm
from contracts.models import ServiceHours, SpecialDays
from contracts.queries.hours_feeds import feed_address
from contracts.queries.hours_years import FIRST_YEAR, LAST_YEAR, year_page
from lib.admin import ActionAdmin, Button, Row, RowsInline
from lib.languages import page_language

_LINK = '<a class="font-medium text-primary-600 underline dark:text-primary-500" href="{}">{}</a>'


class SpecialDaysInline(RowsInline):
    """Days that differ, holidays among them."""

    model = SpecialDays
    form = SpecialDaysForm


@admin.register(ServiceHours)
class ServiceHoursAdmin(ActionAdmin):
    """Calendars of service hours. Changed hours move deadlines; those of the company are never deleted."""

    is_deletable = True
    form = ServiceHoursForm
    list_display = ("name", "is_default", "weekly", "holidays_of", "level_count", "to_year")
    search_fields = ("name", "weekly", "special_days__name")
    readonly_fields = ("to_year", "feed")
    inlines = (SpecialDaysInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceHours]:
        """Calendars with how many service levels name them."""
        rows: QuerySet[ServiceHours] = super().get_queryset(request)
        return rows.annotate(level_count=Count("levels"))

    def get_fieldsets(self, request: HttpRequest, obj: ServiceHours | None = None) -> Any:
        """Calendars that are being added have neither a year nor a feed yet."""
        asked = (
            (None, {"fields": (("name", "is_default"), "weekly", "time_zone")}),
            (_("Holidays"), {"fields": (("country", "region"), "has_assumption_day")}),
        )
        if obj is None:
            return asked
        return ((None, {"fields": ("to_year",)}), *asked, (_("Feed"), {"fields": ("feed",)}))

    def has_delete_permission(self, request: HttpRequest, obj: ServiceHours | None = None) -> bool:
        """The company always has hours."""
        return not (obj is not None and obj.is_default) and super().has_delete_permission(request, obj)

    @admin.display(description=_("holidays"))
    def holidays_of(self, hours: ServiceHours) -> str:
        """Whose holidays are observed."""
        return " ".join(filter(None, (hours.country, hours.region))) or gettext("none")

    @admin.display(description=_("service levels"), ordering="level_count")
    def level_count(self, hours: Any) -> int:
        """How many service levels name them; others go by the company's."""
        return int(hours.level_count)

    @admin.display(description=_("year"))
    def to_year(self, hours: ServiceHours) -> SafeString:
        """The way to this year, day by day."""
        year = timezone.localdate(timezone=hours.zone).year
        url = reverse("admin:contracts_servicehours_year", args=[hours.pk, year])
        return format_html(_LINK, url, gettext("The year {year}, day by day").format(year=year))

    @admin.display(description=_("address of the feed"))
    def feed(self, hours: ServiceHours) -> SafeString | str:
        """What to give to a calendar program."""
        address = feed_address(hours)
        return render_to_string("contracts/admin/feed.html", {"address": address})

    def buttons(self, row: ServiceHours | None) -> Sequence[Button]:
        """Open the feed, or change its address and withdraw it."""
        if row is None:
            return ()
        if row.feed_key is None:
            return (Button("open_feed", _("Save, open a feed"), "rss_feed"),)
        return (
            Button("open_feed", _("Save, new feed address"), "autorenew"),
            Button("close_feed", _("Save, withdraw the feed"), "link_off"),
        )

    def open_feed(self, request: HttpRequest, hours: ServiceHours) -> None:
        """Give it an address; the former one ends."""
        actions.open_feed(hours=hours, by=acting_user(request))
        messages.success(request, _("The feed has a new address. Former ones lead nowhere any more."))

    def close_feed(self, request: HttpRequest, hours: ServiceHours) -> None:
        """Take its address away."""
        actions.close_feed(hours=hours, by=acting_user(request))
        messages.success(request, _("The feed is withdrawn. Its address leads nowhere any more."))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With the year."""
        year = self.admin_site.admin_view(require_safe(self.year_view))
        ours = [path("<path:object_id>/year/<int:year>/", year, name="contracts_servicehours_year")]
        return [*ours, *super().get_urls()]

    def year_view(self, request: HttpRequest, object_id: str, year: int) -> HttpResponseBase:
        """A calendar's year: what is open, closed, a holiday or special, and how much that is."""
        hours = self.get_object(request, unquote(object_id))
        if hours is None or not FIRST_YEAR <= year <= LAST_YEAR or not self.has_view_permission(request):
            raise Http404
        return TemplateResponse(
            request,
            "contracts/admin/year.html",
            {
                **self.admin_site.each_context(request),
                "title": gettext("{name}: the year {year}").format(name=hours.name, year=year),
                "opts": self.opts,
                "original": hours,
                "page": year_page(hours, year, now=timezone.now(), language=page_language()),
            },
        )

    def write(
        self,
        *,
        form: BaseModelForm[ServiceHours],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Save the calendar with its special days; deadlines follow in the background."""
        actions.save_hours(
            hours=form.instance,
            by=acting_user(request),
            special_days=cast("list[actions.SpecialPeriod]", rows[SpecialDays]),
        )
        messages.info(request, _("Deadlines that go by these hours are reckoned anew in the background."))

    def remove(self, *, row: ServiceHours, request: HttpRequest) -> None:
        """Delete the calendar."""
        actions.delete_hours(hours=row, by=acting_user(request))
