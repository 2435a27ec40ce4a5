"""The steps of the set-up: which are done, which comes next, and who may take them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions.setting_up import AlreadySetUp, StepMissing
from accounts.models import Company, Team, User
from accounts.queries import setting_up
from accounts.queries.company import is_set_up
from contracts.models import Agreement, ServiceLevel
from customers.models import Customer
from lib.htmx import render_page

SESSION_KEY = "set_up_code"
ADMIN_KEY = "set_up_admin"
STEPS: dict[str, Promise] = {
    "company": _("Company"),
    "admin": _("First admin"),
    "team": _("First team"),
    "levels": _("Service levels"),
    "mail": _("Trial mail"),
}

View = Callable[[HttpRequest, "State"], HttpResponse]


@dataclass(frozen=True)
class State:
    """What there is already."""

    company: Company | None
    admin: User | None
    team: Team | None
    levels: list[ServiceLevel]

    @property
    def next_step(self) -> str:
        """The first step that was not taken yet."""
        taken = {
            "company": self.company is not None,
            "admin": self.admin is not None,
            "team": self.team is not None,
            "levels": bool(self.levels),
        }
        return next((step for step, is_taken in taken.items() if not is_taken), "mail")


def state_now() -> State:
    """Read how far the set-up has come."""
    company = setting_up.company_row()
    return State(
        company=company,
        admin=company.first_admin if company else None,
        team=setting_up.first_team(),
        levels=list(ServiceLevel.objects.all()),
    )


def with_code(view: View) -> Callable[..., HttpResponse]:
    """Let in whoever entered the code that holds now; once all is set up there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if is_set_up():
            raise Http404
        if not has_code(request):
            return redirect("setup:start")
        step, state = view.__name__, state_now()
        if step in STEPS and _is_ahead(step, state.next_step):
            return redirect(f"setup:{state.next_step}")
        try:
            return view(request, state)
        except AlreadySetUp:
            raise Http404 from None
        except StepMissing:
            return redirect("setup:start")

    guarded.guard = "set_up_code"  # type: ignore[attr-defined]
    return guarded


def has_code(request: HttpRequest) -> bool:
    """Whether the code that this browser entered still holds."""
    digest = request.session.get(SESSION_KEY, "")
    return bool(digest) and setting_up.is_open(digest, timezone.now())


def by_whom(request: HttpRequest) -> User | None:
    """The first admin, in the browser that made them; before that nobody is known."""
    key = request.session.get(ADMIN_KEY)
    return User.objects.filter(pk=key).first() if key is not None else None


def first_counts() -> dict[str, int]:
    """How much there is of what a new installation needs first."""
    return {
        "customers": Customer.objects.count(),
        "agreements": Agreement.objects.count(),
        "agents": User.objects.agents().filter(is_active=True).count(),
    }


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was filled in with; None where it is only looked at."""
    return request.POST if request.method == "POST" else None


def show(request: HttpRequest, step: str, state: State, **context: Any) -> HttpResponse:
    """A step's page, or the part of it that was asked for; 422 where its form was refused."""
    number = list(STEPS).index(step) + 1
    before = list(STEPS)[number - 2] if number > 1 else None
    context |= {
        "step_number": number,
        "step_count": len(STEPS),
        "step_name": STEPS[step],
        "steps": _listed(step, state),
        "before": reverse(f"setup:{before}") if before else None,
    }
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return render_page(request, f"setup/{step}.html", context, fragment="outcome", status=status)


def _is_ahead(step: str, next_step: str) -> bool:
    order = list(STEPS)
    return order.index(step) > order.index(next_step)


def _listed(current: str, state: State) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "url": "" if _is_ahead(step, state.next_step) else reverse(f"setup:{step}"),
            "is_current": step == current,
            "is_done": _is_ahead(state.next_step, step),
        }
        for step, name in STEPS.items()
    ]
