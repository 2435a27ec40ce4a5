"""What all views of the API have in common."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lib.api import filters
from lib.api.filters import Filter
from lib.api.idempotency import once
from lib.api.problems import Problem

Row = TypeVar("Row", bound=Model)

# Ids have as many digits as the database can hold; anything longer is simply not found.
ID = "[0-9]{1,18}"


class ApiViewSet(viewsets.GenericViewSet[Row]):
    """A resource: for whoever has a token, with a fixed list of filters and sort keys."""

    http_method_names = ["get", "post", "patch", "delete", "head"]
    lookup_value_regex = ID
    filters: ClassVar[Mapping[str, Filter]] = {}
    orderings: ClassVar[Mapping[str, tuple[str, ...]]] = {"id": ("id",)}

    @classmethod
    def as_view(cls, actions: Any = None, **options: Any) -> Any:
        """Django's view, marked like every other with who may call it."""
        view = super().as_view(actions, **options)
        view.guard = "token"  # type: ignore[attr-defined]  # the mark of accounts.access
        return view

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Read the address as UTF-8, whatever the headers say of the body."""
        request.encoding = "utf-8"
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As DRF does. Error: 411 for a body of unknown length, which no server hands on and nobody reads."""
        super().initial(request, *args, **kwargs)
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            raise Problem(HTTPStatus.LENGTH_REQUIRED, "length_required", _("Say how long the body is."))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As DRF does; a POST with an Idempotency-Key happens once."""
        if (handler := getattr(self, "post", None)) is not None:
            self.post = once(handler, self.catch_up)
        return super().dispatch(request, *args, **kwargs)

    def catch_up(self) -> None:
        """What has to be done ahead of a POST with a key, in transactions of its own."""

    def order_of(self, request: Request) -> tuple[str, ...]:
        """The order of the list that the request asks for."""
        return filters.order_of(request, self.orderings)

    def get_object(self) -> Row:
        """The row of the address, if the caller may see it. Error: 404."""
        rows: QuerySet[Row] = self.get_queryset()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet[Row]):
    """A resource that can be listed and read."""


class KeptViewSet(mixins.CreateModelMixin, ReadViewSet[Row]):
    """A resource that some of its readers may also create and change (`may_write`).

    The serializer's `create` and `update` call actions.
    """

    def may_write(self) -> bool:
        """Whether the caller may create and change rows."""
        raise NotImplementedError

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Create one. Error: 403 before anything else is looked at."""
        self._require_write()
        return super().create(request, *args, **kwargs)

    def get_success_headers(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Where the new one is."""
        return {"Location": f"{self.request.path}{data['id']}/"}

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change one. Errors: 404 for what is not seen, 403 for what is only seen."""
        row = self.get_object()
        self._require_write()
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = serializer.save()
        vars(changed).pop("_prefetched_objects_cache", None)  # as it was before the change
        return Response(self.get_serializer(changed).data)

    def _require_write(self) -> None:
        if not self.may_write():
            raise PermissionDenied


class Index(ApiViewSet[Any]):
    """What there is below this address. It reads nothing, so it also tells whether a token holds."""

    pagination_class = None
    serializer_class = serializers.Serializer
    names: Sequence[str] = ()

    @extend_schema(operation_id="index", responses={200: OpenApiTypes.OBJECT})
    def index(self, request: Request) -> Response:
        """The resources and their addresses."""
        here = request.build_absolute_uri(request.path)
        return Response({name: f"{here}{name}/" for name in self.names})


class NothingHere(APIView):
    """Any address below the API that is none: a problem document rather than a page."""

    authentication_classes = []
    permission_classes = []
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Error: 404, whatever the method."""
        super().initial(request, *args, **kwargs)
        raise NotFound
