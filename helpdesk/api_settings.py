"""How the API reads, answers and describes itself: constants, part of `helpdesk.settings`."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lib.api.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "lib.api.parsing.OneAnswer",
    "DEFAULT_PAGINATION_CLASS": "lib.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["lib.api.filters.FixedFilters"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.UseThrottle"],
    "EXCEPTION_HANDLER": "lib.api.problems.problem_handler",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Vorrang",
    "DESCRIPTION": (
        "Tickets, ranked by contract. Send `Authorization: Bearer <token>`; refusals are problem documents"
        " (RFC 9457). A contact's token sees what the contact sees in the portal. How to call all this,"
        " with examples: docs/api.md."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "lib.api.schema.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "SeverityName": ["critical", "high", "normal", "low"],
        "TicketStatus": "tickets.models.Ticket.Status",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
