"""Service numbers: what is free, whose the others are, and why calls on them are not put through."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.forms import BaseInlineFormSet, BaseModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from calls.actions import numbers as actions
from calls.admin.frame import SaysWhyNot, badge, link_to, unbroken
from calls.forms.numbers import NumberForm
from calls.models import ServiceNumber
from calls.queries.numbers import NumberNow, number_now, numbers_of, rests_until, with_agreements
from calls.resources import NumberResource
from calls.rules.numbers_life import NumberState
from contracts.models import Agreement
from contracts.queries.renewals import today_at
from lib.admin import Button, Question, ReadOnlyInline, Row, show_beside
from lib.languages import page_language
from lib.phones import readable
from lib.sheets.pages import ImportPages

COLOURS = {
    NumberState.FREE.value: "info",
    NumberState.RESERVED.value: "primary",
    NumberState.IN_SERVICE.value: "success",
    NumberState.DORMANT.value: "warning",
    NumberState.RESTING.value: "default",
}


def _now(number: Any) -> NumberNow:
    """Asked once for each row: two columns say it."""
    if not hasattr(number, "now"):
        number.now = number_now(number, timezone.now(), page_language())
    found: NumberNow = number.now
    return found


class GivenFilter(admin.SimpleListFilter):
    """What can be said of a number without asking its agreement."""

    title = _("state")
    parameter_name = "given"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Free, given, resting, public."""
        return [
            ("free", gettext("free")),
            ("given", gettext("given to an agreement")),
            ("resting", gettext("resting")),
            ("public", gettext("public")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ServiceNumber]) -> QuerySet[ServiceNumber]:
        """The numbers of the chosen state."""
        rests = Q(quarantine_until__gte=today_at(timezone.now()))
        contract = Q(kind=ServiceNumber.Kind.CONTRACT)
        picked = {
            "free": contract & Q(agreement=None) & ~(Q(quarantine_until__isnull=False) & rests),
            "given": Q(agreement__isnull=False),
            "resting": rests,
            "public": ~contract,
        }
        chosen = picked.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


class ShowsState:
    """The columns that say where a number is in its life."""

    @badge(_("state"), COLOURS)
    def state(self, number: ServiceNumber) -> tuple[str, str]:
        """Its state, as a badge."""
        if number._state.adding:
            return "", ""
        now = _now(number)
        return now.state.value, now.words

    @admin.display(description=_("why"))
    def why(self, number: ServiceNumber) -> str:
        """Why it is not in service."""
        return "–" if number._state.adding else _now(number).why or "–"

    @admin.display(description=_("phone number"), ordering="number")
    def written(self, number: ServiceNumber) -> str:
        """In groups, as people read it."""
        return unbroken(readable(number.number))


@admin.register(ServiceNumber)
class ServiceNumberAdmin(ShowsState, ImportPages, SaysWhyNot):
    """Numbers are given by naming an agreement, and taken back by a button that asks first."""

    is_deletable = True
    form = NumberForm
    resource_class = NumberResource
    list_display = ("written", "state", "customer", "agreement_page", "why", "system")
    list_filter = (GivenFilter, "kind", "system")
    search_fields = ("number", "note", "agreement__reference", "agreement__customer__name")
    search_help_text = _("Digits of the number, customer, agreement or note.")
    autocomplete_fields = ("agreement",)
    ordering = ("number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceNumber]:
        """Numbers with what their state follows from."""
        return with_agreements()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ServiceNumber], search_term: str
    ) -> tuple[QuerySet[ServiceNumber], bool]:
        """However a number is written: its digits count."""
        digits = "".join(char for char in search_term if char.isdigit())
        is_number = bool(digits) and not any(char.isalpha() for char in search_term)
        term = digits.lstrip("0") if is_number else search_term
        found: tuple[QuerySet[ServiceNumber], bool] = super().get_search_results(request, queryset, term)
        return found

    def get_fieldsets(self, request: HttpRequest, obj: ServiceNumber | None = None) -> Any:
        """A new one; a public one, which is nobody's; one of a customer, or that may become one's."""
        place = (None, {"fields": ("number", ("kind", "system"), "note")})
        if obj is None:
            return (place, (_("Whose"), {"fields": ("agreement",), "description": GIVES}), DAYS)
        shown = (None, {"fields": (("written", "state"), "why", ("kind", "system"), "note")})
        if obj.kind == ServiceNumber.Kind.PUBLIC:
            return (shown, (_("What callers hear"), {"fields": ("announcement",)}))
        if obj.agreement_id:
            whose: tuple[Any, ...] = (("customer", "agreement_page"),)
        elif _rests(obj):
            whose = ("agreement", ("former_customer", "quarantine_until"), "reason")
        else:
            whose = ("agreement",)
        return (shown, (_("Whose"), {"fields": whose, "description": GIVES}), DAYS)

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceNumber | None = None) -> tuple[str, ...]:
        """The number and its kind stay; whom it is given to as long as it is."""
        shown = ("written", "state", "why", "customer", "agreement_page", "former_customer")
        return (*shown, "quarantine_until", "number", "kind") if obj else shown

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[BaseModelForm[Any]]:
        """Without the reason where nothing rests."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return form if obj is not None and _rests(obj) else type(form.__name__, (form,), {"reason": None})

    @admin.display(description=_("customer"), ordering="agreement__customer__sort_name")
    def customer(self, number: ServiceNumber) -> SafeString | str:
        """Whose it is; the public one is everybody's."""
        if number.kind == ServiceNumber.Kind.PUBLIC:
            return gettext("public")
        return link_to(number.agreement.customer if number.agreement else None)

    @admin.display(description=_("agreement"), ordering="agreement__reference")
    def agreement_page(self, number: ServiceNumber) -> SafeString | str:
        """What it is given to."""
        return link_to(number.agreement)

    def buttons(self, row: ServiceNumber | None) -> Sequence[Button]:
        """Taking it back, or ending its rest."""
        if row is None:
            return ()
        if row.agreement_id:
            return (Button("release", _("Save and release the number"), "link_off"),)
        return (Button("wake", _("Save and end its rest"), "alarm"),) if _rests(row) else ()

    def release(self, request: HttpRequest, row: ServiceNumber) -> None:
        """Take it from its agreement; it rests."""
        actions.release(number=row, by=acting_user(request))
        messages.success(request, gettext("{number} is released.").format(number=row))

    def wake(self, request: HttpRequest, row: ServiceNumber) -> None:
        """End its rest early."""
        actions.end_rest(number=row, reason_why=request.POST.get("reason", ""), by=acting_user(request))
        messages.success(request, gettext("{number} rests no longer.").format(number=row))

    def question_before_writing(
        self,
        *,
        form: BaseModelForm[ServiceNumber],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> Question | None:
        """What callers will notice: whom the number is given to, taken from, or opened for."""
        number = form.instance
        asked = _act(form, request)
        if asked is None:
            return None
        context = {
            "asked": asked,
            "number": str(number),
            "agreement": number.agreement,
            "rests_until": rests_until(number, timezone.now()) if asked == "release" else None,
            "former": number.former_customer,
            "until": number.quarantine_until,
        }
        digest = f"{asked}-{number.agreement_id}-{context['rests_until']}"
        return Question("calls/admin/number_asked.html", digest, context)

    def question_before_removing(
        self, *, rows: Sequence[ServiceNumber], request: HttpRequest
    ) -> Question | None:
        """That nobody can dial it afterwards."""
        return Question("calls/admin/number_removed.html", "removed", {"numbers": [str(row) for row in rows]})

    def write(
        self,
        *,
        form: BaseModelForm[ServiceNumber],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Enter it, or change it and give it to whom is named."""
        number, by = form.instance, acting_user(request)
        if number._state.adding:
            actions.add(number=number, by=by)
            return
        agreement = number.agreement if "agreement" in form.changed_data else None
        actions.change(number=number, by=by)
        if agreement is not None:
            actions.give(number=number, agreement=agreement, by=by)

    def remove(self, *, row: ServiceNumber, request: HttpRequest) -> None:
        """Delete it, as long as it is free."""
        actions.delete(number=row, by=acting_user(request))


GIVES = _(
    "It is given to a service agreement and to those that renew it. While that one is in force, calls are "
    "put through or busy at once; at all other times they wait as on the public number."
)
DAYS = (
    _("From when until when"),
    {"fields": (("valid_from", "valid_until"), "announcement"), "description": _("Empty: as the agreement.")},
)


def _rests(number: ServiceNumber) -> bool:
    until = number.quarantine_until
    return until is not None and today_at(timezone.now()) <= until


def _act(form: BaseModelForm[ServiceNumber], request: HttpRequest) -> str | None:
    """What beyond saving is asked for."""
    if "agreement" in form.changed_data and form.cleaned_data["agreement"]:
        return "give"
    return next((name for name in ("release", "wake") if name in request.POST), None)


class OfItsChain(BaseInlineFormSet):  # type: ignore[type-arg]  # its own type parameters are not subscriptable
    """The numbers of the agreement and of those that it renews or that renew it. They are only shown."""

    def is_valid(self) -> bool:
        """Nothing is taken in, so a form of the agreement need not say how many there are."""
        return True

    def get_queryset(self) -> QuerySet[ServiceNumber]:
        """Also those that were given to the agreement before it was renewed."""
        if not hasattr(self, "_of_chain"):
            self._of_chain = numbers_of(self.instance)
        return self._of_chain


class NumberInline(ShowsState, ReadOnlyInline):
    """On the page of an agreement: the numbers its customer dials."""

    model = ServiceNumber
    formset = OfItsChain
    verbose_name_plural = _("service numbers")
    fields = ("number_page", "state", "why", "valid_from", "valid_until")
    readonly_fields = ("number_page", "state", "why")

    @admin.display(description=_("phone number"))
    def number_page(self, number: ServiceNumber) -> SafeString | str:
        """The way to its own page."""
        return link_to(number)


show_beside(Agreement, NumberInline)
