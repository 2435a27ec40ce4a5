"""Telephone systems: who may ask, how they prove it, and whether they do."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from shlex import quote
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from calls.actions import reconciling
from calls.actions import systems as actions
from calls.admin.frame import SaysWhyNot, badge
from calls.forms.systems import SystemForm
from calls.models import PhoneSystem
from calls.queries.systems import SystemNow, has_former, open_calls, system_now, with_counts
from calls.rules.entries import SCHEMES_OF, SOUNDS
from calls.rules.signatures import asks_for_password
from lib.admin import Button, Question, Row
from lib.languages import page_language

Kind = PhoneSystem.Kind
COLOURS = {"off": "default", "new": "info", "trouble": "warning", "fine": "success"}
UNSEEN = ("scheme", "key", "new_ari_password", "new_ami_password", "recordings", "overlap")
"""Fields of the form beyond the model's."""
COMMAND = "manage.py telephony_config --system {name} --out ./pbx --secret - < secret.txt"
NEW = (
    (None, {"fields": (("name", "kind"),)}),
    (
        _("Local numbers"),
        {
            "fields": (("region", "area_code"),),
            "description": _("Where it stands: what callers send without a country code is read so."),
        },
    ),
    (_("Where it asks from"), {"fields": ("networks",)}),
)
REACH = (
    _("Where Vorrang reaches it"),
    {
        "fields": (
            "ari_url",
            ("ari_user", "new_ari_password"),
            ("ami_host", "ami_port"),
            ("ami_user", "new_ami_password"),
        ),
        "description": _(
            "Over ARI calls are compared, recordings fetched and calls begun; over AMI it is sent the "
            "service numbers for the time in which it cannot ask. Neither has to be open to the internet."
        ),
    },
)


def _now(system: PhoneSystem) -> SystemNow:
    return system_now(system, timezone.now(), page_language())


@admin.register(PhoneSystem)
class PhoneSystemAdmin(SaysWhyNot):
    """A telephone system is switched off, never deleted: its calls keep its name."""

    form = SystemForm
    list_display = ("name", "kind", "state", "trouble", "seen_at", "alone")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhoneSystem]:
        """Telephone systems with what hangs on them."""
        return with_counts(timezone.now())

    def get_fieldsets(self, request: HttpRequest, obj: PhoneSystem | None = None) -> Any:
        """What is asked depends on the kind; a new one first gets its secret."""
        if obj is None:
            return NEW
        proves = ["networks", "overlap"]
        if SCHEMES_OF.get(obj.kind):
            proves[1:1] = [("scheme", "key")]  # type: ignore[list-item]
        return (
            (None, {"fields": (("name", "kind"), "is_active", "as_it_stands", "to_do")}),
            NEW[1],
            (_("How it proves who it is"), {"fields": tuple(proves)}),
            *_of_kind(obj.kind),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: PhoneSystem | None = None) -> tuple[str, ...]:
        """The kind stays: address, signature and fields follow from it."""
        return ("kind", "as_it_stands", "to_do") if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[BaseModelForm[Any]]:
        """Without what is not on the page: an empty field would say that something is to go."""
        form = super().get_form(request, obj, change=change, **kwargs)
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return type(form.__name__, (form,), {name: None for name in UNSEEN if name not in shown})

    @badge(_("state"), COLOURS)
    def state(self, system: PhoneSystem) -> tuple[str, str]:
        """In one word, as a badge."""
        now = _now(system)
        return now.state.value, now.words

    @admin.display(description=_("what to look at"))
    def trouble(self, system: PhoneSystem) -> str:
        """The gravest of its troubles."""
        return next(iter(_now(system).troubles), "–")

    @admin.display(description=_("decided alone in 7 days"), ordering="alone")
    def alone(self, system: Any) -> int:
        """How many calls it decided without us."""
        return int(system.alone)

    @admin.display(description=_("state"))
    def as_it_stands(self, system: PhoneSystem) -> SafeString:
        """What it does, when it was last heard of, and what to look at."""
        context = {
            "system": system,
            "now": _now(system),
            "open_calls": open_calls(system),
            "has_former": has_former(system, timezone.now()),
        }
        return render_to_string("calls/admin/system_state.html", context)

    @admin.display(description=_("what to do"))
    def to_do(self, system: PhoneSystem) -> SafeString:
        """What is entered at the telephone system, step by step."""
        paths = {name: f"{settings.SITE_URL}{reverse(f'pbx:{name}')}" for name in ("step", "event")}
        own = reverse("pbx:provider", args=[system.kind, system.pk])
        host = settings.SITE_URL.partition("://")
        context = {
            "system": system,
            "command": COMMAND.format(name=quote(system.name)),
            "header": f"Authorization: Bearer {gettext('SECRET')}",
            "paths": paths,
            "address": f"{settings.SITE_URL}{own}",
            "with_secret": f"{host[0]}://pbx:{gettext('SECRET')}@{host[2]}{own}",
            "sounds": SOUNDS,
            "with_password": asks_for_password(system.signing_key),
            "is_keyed": bool(system.signing_key),
        }
        return render_to_string("calls/admin/system_to_do.html", context)

    def buttons(self, row: PhoneSystem | None) -> Sequence[Button]:
        """A new secret, the end of the former one, and a trial."""
        if row is None:
            return ()
        found = [Button("rotate", _("Save and give it a new secret"), "key")]
        if has_former(row, timezone.now()):
            found.append(Button("end_former", _("Save and end the former secret"), "key_off"))
        if reconciling.can_be_asked(row) or (row.kind == Kind.ASTERISK and row.ami_host):
            found.append(Button("try_it", _("Save and try the connection"), "cable"))
        return found

    def rotate(self, request: HttpRequest, row: PhoneSystem) -> None:
        """A new secret; the former one holds for as long as was chosen."""
        hours = int(request.POST.get("overlap") or 0)
        secret = actions.rotate(system=row, by=acting_user(request), overlap=timedelta(hours=hours))
        self._show(request, secret)

    def end_former(self, request: HttpRequest, row: PhoneSystem) -> None:
        """Whoever still has the former secret is refused from now on."""
        actions.end_former(system=row, by=acting_user(request))
        messages.success(request, _("The former secret holds no longer."))

    def try_it(self, request: HttpRequest, row: PhoneSystem) -> None:
        """Ask it over each way that is entered; once all is kept, so that nobody waits for its answers."""
        transaction.on_commit(partial(_try, request, row.pk))

    def question_before_writing(
        self,
        *,
        form: BaseModelForm[PhoneSystem],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> Question | None:
        """What switching off and a new secret do to the next caller."""
        system = form.instance
        if system._state.adding:
            return None
        asked = [name for name in ("rotate", "end_former") if name in request.POST]
        if "is_active" in form.changed_data and not system.is_active:
            asked.append("off")
        if not asked:
            return None
        hours = form.cleaned_data.get("overlap") or 0
        context = {"asked": asked, "system": system, "hours": hours, "open_calls": open_calls(system)}
        return Question("calls/admin/system_asked.html", f"{'+'.join(asked)}-{hours}", context)

    def write(
        self,
        *,
        form: BaseModelForm[PhoneSystem],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Add it and show its secret, or change it."""
        system, by = form.instance, acting_user(request)
        if system.pk:
            actions.change(system=system, by=by)
        else:
            self._show(request, actions.create(system=system, by=by))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """To its page, which says what to do next."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            answer: HttpResponse = super().response_add(request, obj, post_url_continue)
            return answer
        return redirect("admin:calls_phonesystem_change", obj.pk)

    def _show(self, request: HttpRequest, secret: str) -> None:
        shown_once = gettext("The secret is shown only this once: {secret}").format(secret=secret)
        messages.warning(request, shown_once)


def _try(request: HttpRequest, pk: int) -> None:
    """Say how each way to it answers."""
    for way in reconciling.try_connection(PhoneSystem.objects.get(pk=pk)):
        say = messages.success if way.ok else messages.warning
        say(request, f"{way.what}: {way.words}")


def _of_kind(kind: str) -> tuple[Any, ...]:
    """The fields that only some kinds have."""
    if kind == Kind.ASTERISK:
        return (REACH,)
    if kind == Kind.EVENTS:
        return ()
    names = ", ".join(SOUNDS)
    said = _(
        "One to a line: the name, a blank, the address of a WAV file that the provider can reach (Placetel: "
        "the number of the prompt). Names: %(names)s, and those of announcements at the numbers."
    )
    fields = ("recordings", "queue") if kind == Kind.PLACETEL else ("recordings",)
    return ((_("What callers hear"), {"fields": fields, "description": said % {"names": names}}),)
