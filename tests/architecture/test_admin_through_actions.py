"""Whatever the admin writes, an action writes it.

The walk drives every registered model through adding, changing, deleting, importing and every button beside
"Save", with the rows beside it, and watches the database: a statement that writes a table of ours without
an action on the stack is a violation.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.test import RequestFactory
from django.utils import timezone

from accounts.actions import notices
from accounts.admin import TeamAdmin
from accounts.models import User
from calls.models import Call, CallChore
from contracts.admin import CustomerAdmin
from customers.actions import customers
from customers.admin import ContactAdmin
from customers.resources import CustomerResource
from lib.admin import CONFIRMED, ReadOnlyInline
from lib.sheets.pages import ImportPages
from tests.architecture.product import ROOMS
from tests.factories.admin_samples import Sample, samples
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.phones import make_system
from tickets.admin.agreements import AgreementAdmin

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
ACTIONS = tuple(f"{ROOT / room / 'actions'}/" for room in ROOMS)
SENT_AGAIN = {"accounts.Notice": {"send_again"}, "tickets.Delivery": {"send_again"}}
DRIVEN_BELOW = {**SENT_AGAIN, "calls.CallChore": {"retry"}}
"""Bulk actions of single models, each with a test of its own that watches it."""
OWN_PAGES = {"changelist", "add", "history", "delete", "change"}
OUR_PAGES = {"import", "template", "export", "year"}
"""The first is walked; two answer with files (tests/integration/test_admin_export.py), a year is only read
(tests/integration/test_service_hours.py)."""


# Watching


def tables() -> set[str]:
    """The tables of the rooms, those between many and many included."""
    return {model._meta.db_table for room in ROOMS for model in apps.get_app_config(room).get_models(True)}


def is_in_an_action() -> bool:
    """Whether a function of a room's actions is on the stack."""
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]  # ends with None
        if frame.f_code.co_filename.startswith(ACTIONS):
            return True
    return False


@dataclass
class Watch:
    """Notes the statements that write our tables, and those among them that no action sent."""

    tables: set[str] = field(default_factory=tables)
    written: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: Any, *arguments: Any) -> Any:
        """See `django.db.connection.execute_wrapper`."""
        verb, *rest = str(sql).replace('"', "").split(maxsplit=3)
        if verb.upper() in {"INSERT", "UPDATE", "DELETE"}:
            table = rest[0] if verb.upper() == "UPDATE" else rest[1]
            if table in self.tables:
                self.written.add(table)
                if not is_in_an_action():
                    self.violations.append(f"{verb} {table}")
        return execute(sql, *arguments)


# Driving


@dataclass
class Driver:
    """Fills in one model's admin pages."""

    pages: Any
    sample: Sample
    by: User

    def drive(self) -> None:
        """Add a row, change it with the rows beside it, delete it in both ways, as far as the pages allow."""
        model, request = self.pages.model, self.request("get", {})
        if self.pages.has_add_permission(request):
            row = self.added()
        if self.pages.has_change_permission(request):
            self.send(row, {**self.sample.fields, **self.sample.changes, **self.rows(row)})
            row.refresh_from_db()
            for name, value in self.sample.changes.items():
                assert getattr(row, name) == value
            self.press(row)
            row.refresh_from_db()
        if self.pages.has_delete_permission(request):
            if not self.pages.has_delete_permission(request, row):  # a button made it stay
                row = self.added()
            self.delete(row)
            self.send(None, {**self.sample.fields, **self.rows(None)})
            self.delete_from_list(model._default_manager.latest("pk"))
        if isinstance(self.pages, ImportPages):
            self.import_sheet()

    def added(self) -> Any:
        """Send the form for a new row, and return the row."""
        rows = self.pages.model._default_manager
        before = set(rows.values_list("pk", flat=True))
        self.send(None, {**self.sample.fields, **self.rows(None)})
        (pk,) = set(rows.values_list("pk", flat=True)) - before
        return rows.get(pk=pk)

    def press(self, row: Any) -> None:
        """Every button beside "Save", as long as there is one that was not pressed."""
        pressed: set[str] = set()
        while left := [each for each in self.pages.buttons(row) if each.action_name not in pressed]:
            name = left[0].action_name
            pressed.add(name)
            login = {"user": row.user_id} if getattr(row, "user_id", None) else {}
            self.send(
                row, {**self.sample.fields, **self.sample.changes, **self.rows(row), **login, name: "1"}
            )
            row = type(row)._default_manager.get(pk=row.pk)

    def import_sheet(self) -> None:
        """Look at what a file would do, then let it."""
        file = SimpleUploadedFile("table.csv", self.sample.sheet.encode())
        looking = self.request("post", {"file": file})
        page: Any = self.pages.import_view(looking)
        outcome = page.context_data["outcome"]
        assert [line.errors for line in outcome.of("wrong")] == []
        assert len(outcome.of("new")) == len(outcome.of("changed")) == 1
        doing = self.request("post", {"_upload": page.context_data["agreed"]})
        doing.session = looking.session
        assert self.pages.import_view(doing).status_code == 302

    def request(self, method: str, fields: dict[str, Any]) -> HttpRequest:
        """A request by the admin, as the middleware would hand it on."""
        request: Any = getattr(RequestFactory(), method)("/admin/", fields)
        request.user, request.session = self.by, {}
        request._dont_enforce_csrf_checks = True
        request._messages = FallbackStorage(request)
        return request  # type: ignore[no-any-return]

    def send(self, row: Model | None, fields: dict[str, Any]) -> None:
        """Send the form for a new row or for one that is there, and agree to what the page asks first."""
        pk = str(row.pk) if row else None
        answer: Any = self.pages.changeform_view(self.request("post", fields), pk)
        asked = (getattr(answer, "context_data", None) or {}).get("question")
        if asked:
            agreed = {**fields, CONFIRMED: asked.digest}
            answer = self.pages.changeform_view(self.request("post", agreed), pk)
        if answer.status_code != 302:
            shown = [one.formset.errors for one in answer.context_data["inline_admin_formsets"]]
            raise AssertionError(f"{self.pages}: {answer.context_data['adminform'].errors} {shown}")

    def rows(self, row: Model | None) -> dict[str, Any]:
        """Two new rows for each inline; or one changed, one deleted and one new."""
        page: Any = self.pages.changeform_view(self.request("get", {}), str(row.pk) if row else None)
        fields: dict[str, Any] = {}
        for one in page.context_data["inline_admin_formsets"]:
            formset, is_writable = one.formset, one.has_add_permission
            wanted = list(self.inline_rows(formset, row)) if is_writable else []
            fields[f"{formset.prefix}-TOTAL_FORMS"] = len(wanted)
            fields[f"{formset.prefix}-INITIAL_FORMS"] = sum("id" in each for each in wanted)
            for index, each in enumerate(wanted):
                fields |= {f"{formset.prefix}-{index}-{name}": value for name, value in each.items()}
        return fields

    def inline_rows(self, formset: Any, row: Model | None) -> Iterator[dict[str, Any]]:
        """The rows of one inline; every one that can be written needs a sample."""
        make = self.sample.rows[formset.prefix]
        if row is None:
            yield from (make(1), make(2))
            return
        first, second = formset.queryset.order_by("pk")
        yield {**make(3), "id": first.pk, formset.fk.name: row.pk}
        yield {**make(2), "id": second.pk, formset.fk.name: row.pk, "DELETE": "on"}
        yield make(4)

    def delete(self, row: Model) -> None:
        """Delete on the row's own page."""
        answer = self.pages.delete_view(self.request("post", {"post": "yes"}), str(row.pk))
        self.must_be_gone(row, answer)

    def delete_from_list(self, row: Model) -> None:
        """Delete as one of the chosen rows of the list."""
        fields = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        self.must_be_gone(row, self.pages.changelist_view(self.request("post", fields)))

    def must_be_gone(self, row: Model, answer: HttpResponseBase) -> None:
        """The pages did what they were asked for, so the watch saw it."""
        assert answer.status_code == 302
        assert not type(row)._default_manager.filter(pk=row.pk).exists()


def walk(pages: Any, sample: Sample, by: User) -> Watch:
    """Drive one model's pages and return what was seen."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        Driver(pages, sample, by).drive()
    return watch


def is_read_only(pages: Any, request: HttpRequest) -> bool:
    """Whether not even an admin can write this model here."""
    return not (
        pages.has_add_permission(request)
        or pages.has_change_permission(request)
        or pages.has_delete_permission(request)
    )


# The walk


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def registered() -> list[Any]:
    """The admin pages of each model, by the model's label."""
    return [pytest.param(pages, id=model._meta.label) for model, pages in admin.site._registry.items()]


@pytest.mark.parametrize("pages", registered())
def test_every_model_is_written_by_actions_or_only_read(pages: Any, cast: Cast) -> None:
    known = samples(cast)
    label = pages.model._meta.label
    if is_read_only(pages, Driver(pages, Sample({}), cast.admin).request("get", {})):
        assert label not in known
        return
    assert label in known, f"{label} can be written in the admin: tell the walk how, in `samples`"

    watch = walk(pages, known[label], cast.admin)

    assert watch.violations == []
    beside = {inline.model for inline in pages.inlines if not issubclass(inline, ReadOnlyInline)}
    assert {model._meta.db_table for model in (pages.model, *beside)} <= watch.written


@pytest.mark.parametrize("pages", registered())
def test_no_page_escapes_the_walk(pages: Any, cast: Cast) -> None:
    """Pages, bulk actions and editable lists beyond Django's own would write unseen."""
    prefix = f"{pages.model._meta.app_label}_{pages.model._meta.model_name}_"
    names = {pattern.name.removeprefix(prefix) for pattern in pages.get_urls() if pattern.name}
    request = Driver(pages, Sample({}), cast.admin).request("get", {})

    assert names <= OWN_PAGES | OUR_PAGES
    assert set(pages.get_actions(request)) <= {
        "delete_selected",
        *DRIVEN_BELOW.get(pages.model._meta.label, ()),
    }
    assert not pages.list_editable


def test_tickets_and_the_audit_trail_are_only_read(cast: Cast) -> None:
    request = Driver(None, Sample({}), cast.admin).request("get", {})
    read_only = {m._meta.label for m, pages in admin.site._registry.items() if is_read_only(pages, request)}

    assert read_only == {
        *("accounts.AuditEntry", "accounts.Notice", "tickets.Delivery", "tickets.Ticket"),
        *("tickets.Recalculation", "contracts.ProcessingAgreement"),
        *("knowledge.Article", "knowledge.Category"),
        *("billing.Charge", "billing.Statement"),
        *("calls.Call", "calls.CallChore", "calls.Voicemail"),
    }


@pytest.mark.parametrize("label", SENT_AGAIN)
def test_mail_is_sent_again_by_actions(cast: Cast, label: str) -> None:
    make_ticket(cast.gold_customer, contact=cast.owner)
    notices.invite(user=cast.agent, by=None)
    model = apps.get_model(label)
    model._default_manager.update(next_attempt_at=None, failed_at=timezone.now())
    row, watch = model._default_manager.get(), Watch()
    fields = {"action": "send_again", "_selected_action": [row.pk]}

    with connection.execute_wrapper(watch):
        request = Driver(None, Sample({}), cast.admin).request("post", fields)
        admin.site._registry[model].changelist_view(request)

    assert watch.violations == []
    assert model._meta.db_table in watch.written
    row.refresh_from_db()
    assert row.is_waiting


def test_tasks_of_calls_are_tried_again_by_an_action(cast: Cast) -> None:
    call = Call.objects.create(
        system=make_system(), external_id="walked", arrived_at=timezone.now(), seen_at=timezone.now()
    )
    given_up = {"tries": 9, "failed_at": timezone.now(), "error": "unreachable"}
    chore = CallChore.objects.create(call=call, kind="timeline", due_at=timezone.now(), **given_up)
    watch = Watch()
    fields = {"action": "retry", "_selected_action": [chore.pk]}

    with connection.execute_wrapper(watch):
        request = Driver(None, Sample({}), cast.admin).request("post", fields)
        admin.site._registry[CallChore].changelist_view(request)

    assert watch.violations == []
    assert CallChore._meta.db_table in watch.written
    chore.refresh_from_db()
    assert (chore.tries, chore.failed_at) == (0, None)


# The walk notices


class SavesItself(TeamAdmin):
    """Django's own way of saving."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        form.save_m2m()


class SavesRowsItself(ContactAdmin):
    """The row through the action, what hangs on it past it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        customers.save_contact(contact=form.instance, by=None)
        for formset in formsets:
            formset.save()


class UpdatesBehind(TeamAdmin):
    """A direct update after a proper save."""

    def write(self, *, form: Any, rows: Any, request: HttpRequest) -> None:
        super().write(form=form, rows=rows, request=request)
        type(form.instance)._default_manager.filter(pk=form.instance.pk).update(slug="behind")


class DeletesItself(AgreementAdmin):
    """Deleting on the row's page."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.delete()


class DeletesChosenItself(AgreementAdmin):
    """Deleting from the list."""

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        queryset.delete()


class WritesItself(CustomerResource):
    """Rows of an import."""

    def write(self, instance: Any) -> None:
        instance.save()


class ImportsItself(CustomerAdmin):
    """Importing past the action."""

    resource_class = WritesItself


class InvitesItself(ContactAdmin):
    """A button that writes."""

    def withdraw(self, request: HttpRequest, contact: Any) -> None:
        contact.user.is_active = False
        contact.user.save()


@pytest.mark.parametrize(
    ("offender", "violation"),
    [
        (SavesItself, "INSERT accounts_team"),
        (SavesItself, "UPDATE accounts_team"),
        (SavesRowsItself, "INSERT customers_contactphone"),
        (SavesRowsItself, "DELETE customers_contactphone"),
        (UpdatesBehind, "UPDATE accounts_team"),
        (DeletesItself, "DELETE contracts_agreement"),
        (DeletesChosenItself, "DELETE contracts_suspension"),
        (ImportsItself, "INSERT customers_customer"),
        (ImportsItself, "UPDATE customers_customer"),
        (InvitesItself, "UPDATE accounts_user"),
    ],
)
def test_the_walk_notices_a_write_past_the_actions(offender: Any, violation: str, cast: Cast) -> None:
    (model,) = [m for m, pages in admin.site._registry.items() if type(pages) in offender.__mro__]
    sample = samples(cast)[model._meta.label]
    if offender is SavesItself:
        sample.fields.pop("is_default")  # two teams cannot have that mark, and only the action moves it

    watch = walk(offender(model, admin.site), sample, cast.admin)

    assert violation in watch.violations
