"""Where monitoring systems send their alerts: each customer's with a secret of its own."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.parsers import FormParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import api_use
from accounts.models import ApiUse
from accounts.models.tokens import token_digest
from lib.api.parsing import StrictJSONParser
from lib.api.problems import invalid, too_large
from lib.api.views import ApiViewSet
from tickets.actions import alerts
from tickets.api.refusals import RefusalsInWords
from tickets.models import Alert, AlertSource
from tickets.rules.alert_shapes import BadShape, Report, read_alertmanager, read_checkmk

SCHEME = "Bearer"
MOST_BYTES = 256 * 1024
PER_MINUTE = 120
"""Calls of one source in a minute; beyond them it is asked to wait, and sends again."""

READERS: dict[str, Callable[[Any], list[Report]]] = {
    AlertSource.Shape.ALERTMANAGER: read_alertmanager,
    AlertSource.Shape.CHECKMK: read_checkmk,
}


class SourceAuthentication(BaseAuthentication):
    """`Authorization: Bearer <secret>` of an alert source, found by its digest."""

    def authenticate(self, request: Request) -> tuple[Any, AlertSource] | None:
        """The source; None without the header. Errors: 401 for a wrong secret, 429 where they are guessed."""
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        at = timezone.now()
        who = f"alerts:{_address(request)}"
        limit = settings.API_WRONG_TOKENS_PER_MINUTE
        wrong = ApiUse.objects.filter(who=who, window=ApiUse.window_of(at)).values_list("requests", flat=True)
        if limit and (wrong.first() or 0) >= limit:
            raise Throttled(60 - at.second)
        sources = AlertSource.objects.select_related("customer").filter(
            token_sha256=token_digest(secret.strip()), is_active=True, customer__is_active=True
        )
        source = sources.first()
        if source is None:
            api_use.count(by=None, who=[who], at=at)
            raise AuthenticationFailed
        return AnonymousUser(), source

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return SCHEME


class IsSource(BasePermission):
    """Lets in whoever came with a source's secret, for that source's own shape."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether it is a source, and not a person's token."""
        return isinstance(request.auth, AlertSource)


class AlertIntake(RefusalsInWords, ApiViewSet[Alert]):
    """The intake, one address for each shape."""

    queryset = Alert.objects.none()
    authentication_classes = [SourceAuthentication]
    permission_classes = [IsSource]
    throttle_classes = []
    parser_classes = [StrictJSONParser, FormParser]
    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As DRF does; an Idempotency-Key means nothing here, since fingerprints make repeats harmless."""
        return super(ApiViewSet, self).dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Errors, beside the usual: 429 for too many calls, 413 for more than is read."""
        super().initial(request, *args, **kwargs)
        at, who = timezone.now(), f"alerts:{request.auth.pk}"
        if api_use.count(by=None, who=[who], at=at)[who] > PER_MINUTE:
            raise Throttled(60 - at.second)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > MOST_BYTES:
            raise too_large()

    @extend_schema(exclude=True)
    def take_in(self, request: Request, shape: str) -> Response:
        """Take in what a source of this shape reports; the answer counts it."""
        source: Any = request.auth
        if source.shape != shape:
            raise invalid("shape", "other_shape", _("This source sends in another shape."))
        sent = request.data
        try:
            reports = READERS[shape](sent.dict() if hasattr(sent, "dict") else sent)
        except BadShape as error:
            raise invalid(error.field, "invalid", _("This is not what such a system sends.")) from error
        try:
            taken = alerts.take_in(source=source, reports=reports)
        except alerts.NotTheSource as error:
            raise AuthenticationFailed from error
        counted = {"opened": taken.opened, "repeated": taken.repeated, "resolved": taken.resolved}
        return Response(counted, status=HTTPStatus.OK)


def _address(request: Request) -> str:
    """Where a request comes from, as the sign-on sees it."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # a server that does not say
        return "unknown"
