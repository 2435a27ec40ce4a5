"""What a page may load and run: nothing inline, nothing from elsewhere; and what of the device it may use."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_STRICT: Mapping[str, str] = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_INLINE_STYLES = {"style-src": "'self' 'unsafe-inline'"}
# No page of ours asks for any of it, so whoever smuggles something in cannot either. Passkeys are made and
# asked for by our own pages, in no frame.
_PERMISSIONS = ", ".join(
    (
        *(
            f"{feature}=()"
            for feature in (
                *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
                *("microphone", "midi", "payment", "screen-wake-lock", "usb"),
            )
        ),
        *(f"publickey-credentials-{verb}=(self)" for verb in ("create", "get")),
    )
)
_BY_PREFIX: Mapping[str, Mapping[str, str]] = {
    # The admin's Alpine evaluates the expressions in its attributes; only staff get here.
    "/admin/": {**_STRICT, **_INLINE_STYLES, "script-src": "'self' 'unsafe-eval'"},
    # Swagger UI writes style attributes.
    "/api/v1/docs/": {**_STRICT, **_INLINE_STYLES},
}


def content_policy(get_response: GetResponse) -> GetResponse:
    """Send each answer with its policies, unless the view set a stricter one of its own."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy_for(request.path))
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return respond


def policy_for(path: str) -> str:
    """The header's value for a path."""
    chosen = next((rules for prefix, rules in _BY_PREFIX.items() if path.startswith(prefix)), _STRICT)
    return "; ".join(f"{directive} {sources}" for directive, sources in chosen.items())
