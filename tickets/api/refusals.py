"""How each refusal of an action reads to a caller of the API. The one place that maps them."""

from http import HTTPStatus

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from lib.api.problems import Problem, invalid
from lib.api.views import ApiViewSet
from tickets.access import Denied
from tickets.actions import refusals, sweeping
from tickets.actions.consent_refusals import ConsentRefused
from tickets.actions.gating import GateClosed, LogInText
from tickets.forms.consent_refusals import consent_refusal
from tickets.forms.gate_refusals import gate_refusal, log_refusal
from tickets.models import Ticket
from tickets.rules.lifecycle import NotAllowed
from tickets.rules.wording import sentence


class RefusalsInWords(APIView):
    """A view of this room: refusals of its actions become problem documents."""

    def catch_up(self) -> None:
        """What is due by the clock is applied in transactions of its own, before the one that holds locks."""
        sweeping.apply_due()

    def handle_exception(self, exc: Exception) -> Response:
        """As DRF does, after wording what an action refused."""
        return super().handle_exception(_as_problem(exc) or exc)


class TicketsViewSet(RefusalsInWords, ApiViewSet[Ticket]):
    """A resource whose rows are tickets."""


def _as_problem(error: Exception) -> Exception | None:
    if isinstance(error, Denied):
        return PermissionDenied()
    if isinstance(error, NotAllowed):
        text = sentence(error.reason, get_language() or "de")
        return Problem(HTTPStatus.CONFLICT, error.reason.code, text)
    if isinstance(error, refusals.NotStored):
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "not_stored", str(error))
    if isinstance(error, refusals.CannotOpen):
        return Problem(HTTPStatus.BAD_REQUEST, "contradiction", str(error))
    if isinstance(error, GateClosed):
        return Problem(HTTPStatus.FORBIDDEN, "gate_closed", gate_refusal(error.gate))
    return _of_field(error) or _of_state(error)


def _of_field(error: Exception) -> Problem | None:
    if isinstance(error, ConsentRefused):
        return invalid(error.field or "capabilities", error.code, consent_refusal(error))
    if isinstance(error, LogInText):
        return invalid(error.field, "looks_like_log", log_refusal())
    if isinstance(error, refusals.ReasonRequired):
        return invalid("reason", "reason_required", _("This needs a reason."))
    if isinstance(error, refusals.EmptyMessage):
        return invalid("body", "empty", _("Please write something or add a file."))
    if isinstance(error, refusals.PinNeedsFuture):
        return invalid("expires_at", "not_in_future", _("A pin expires at a moment in the future."))
    return _of_approval(error)


def _of_approval(error: Exception) -> Problem | None:
    """What is wrong with a request for approval."""
    if isinstance(error, refusals.NoPrice):
        return invalid("service", "no_price", _("The price list in force has no price for this service."))
    if isinstance(error, refusals.CeilingNeeded):
        return invalid("ceiling", "not_positive", _("Please give an amount above zero."))
    if isinstance(error, refusals.TextNeeded):
        return invalid("text", "required", _("Please say what will be done. The customer reads it."))
    if isinstance(error, refusals.EvidenceNeeded):
        text = _("Please say who gave the answer and where that can be seen.")
        return invalid("evidence", "required", text)
    return None


def _of_state(error: Exception) -> Problem | None:
    if isinstance(error, refusals.OffDuty):
        return Problem(HTTPStatus.CONFLICT, "off_duty", _("This agent is off duty."))
    if isinstance(error, refusals.NotWaiting):
        return Problem(HTTPStatus.CONFLICT, "not_waiting", _("The ticket is not in the queue any more."))
    if isinstance(error, refusals.AlreadyAnswered):
        text = _("Somebody was faster: the request is not open any more.")
        return Problem(HTTPStatus.CONFLICT, "already_answered", text)
    if isinstance(error, refusals.Outdated):
        return Problem(
            HTTPStatus.PRECONDITION_FAILED,
            "outdated",
            _("The ticket changed since you read it. Read it again."),
        )
    return None
