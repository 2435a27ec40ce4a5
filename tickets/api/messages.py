"""The conversation of a ticket and its files."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from customers.access import contact_of
from lib.api.parsing import LimitedFormParser
from lib.api.problems import Problem
from lib.api.views import ApiViewSet
from lib.downloads import SIGNATURE, attachment_response, is_signed
from tickets import access
from tickets.actions import replying
from tickets.actions.messages import NewFile
from tickets.actions.seeing import note_seen
from tickets.api import inputs, shapes
from tickets.api.held import HeldMessageShape, held_message_as_json
from tickets.api.refusals import RefusalsInWords
from tickets.models import Attachment, Message, Ticket
from tickets.queries.held import readable_attachment

KEY = "[A-Za-z0-9_-]{1,43}"


class MessageViewSet(RefusalsInWords, ApiViewSet[Message]):
    """What was said on a ticket, oldest first; internal notes are for agents only."""

    queryset = Message.objects.none()
    serializer_class = shapes.MessageShape
    orderings = {"at": ("at", "id"), "-at": ("-at", "-id")}

    @extend_schema(responses=shapes.MessageShape(many=True))
    def list(self, request: Request, number: str) -> Response:
        """A page of the conversation as the caller may read it."""
        user = acting_user(request)
        ticket = access.get_ticket(user, number)
        page = self.paginate_queryset(self.filter_queryset(access.messages_of(user, ticket))) or []
        note_seen(ticket=ticket, by=user, door="api")
        return self.get_paginated_response(shapes.messages_as_json(page, number, user))

    @extend_schema(request=inputs.NewMessage, responses={201: shapes.MessageShape})
    def create(self, request: Request, number: str) -> Response:
        """Reply, or write an internal note."""
        user = acting_user(request)
        ticket = access.get_ticket(user, number)
        serializer = inputs.NewMessage(data=request.data)
        serializer.is_valid(raise_exception=True)
        message = _write(request, ticket, serializer.validated_data)
        (shown,) = shapes.messages_as_json([message], number, user)
        return Response(shown, status=HTTPStatus.CREATED)


class AttachmentViewSet(RefusalsInWords, ApiViewSet[Attachment]):
    """The files of a ticket's conversation."""

    queryset = Attachment.objects.none()
    serializer_class = shapes.AttachmentShape
    parser_classes = [LimitedFormParser]
    lookup_field = "key"
    lookup_value_regex = KEY

    @extend_schema(responses=shapes.AttachmentShape(many=True))
    def list(self, request: Request, number: str) -> Response:
        """A page of the files that the caller may read."""
        user = acting_user(request)
        ticket = access.get_ticket(user, number)
        files: QuerySet[Attachment] = access.attachments_of(user, ticket)
        page = self.paginate_queryset(self.filter_queryset(files)) or []
        note_seen(ticket=ticket, by=user, door="api")
        return self.get_paginated_response([shapes.attachment_as_json(file, number, user) for file in page])

    @extend_schema(
        request={"multipart/form-data": inputs.NewAttachment},
        responses={201: shapes.AttachmentShape, 202: HeldMessageShape},
    )
    def create(self, request: Request, number: str) -> Response:
        """Add a file, as a message of its own. 202: it looks like a log that may not be read, and is held."""
        user = acting_user(request)
        ticket = access.get_ticket(user, number)
        serializer = inputs.NewAttachment(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        message = _write(request, ticket, values, files=[values["file"]])
        attachment = message.attachments.first()
        if attachment is None:
            return Response(held_message_as_json(message), status=HTTPStatus.ACCEPTED)
        shown = shapes.attachment_as_json(attachment, number, user)
        return Response(shown, status=HTTPStatus.CREATED, headers={"Location": shown["url"]})

    @extend_schema(
        parameters=[OpenApiParameter(SIGNATURE, str, required=True, description="From the file's `url`.")],
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def retrieve(self, request: Request, number: str, key: str) -> HttpResponseBase:
        """The bytes, to be saved. The address stands in the file's `url` and holds for a while."""
        user = acting_user(request)
        file = readable_attachment(user, number, key, timezone.now())
        if not is_signed(request, key=key, user_id=user.pk):
            text = _("The link to the file is no longer valid. Read the file's entry again for a new one.")
            raise Problem(HTTPStatus.NOT_FOUND, "link_expired", text)
        return attachment_response(file.file.open("rb"), name=file.name, content_type=file.content_type)


def _write(
    request: Request, ticket: Ticket, values: dict[str, Any], files: list[NewFile] | None = None
) -> Message:
    """A message by whoever the token speaks for, through the action of their side."""
    user, body, files = acting_user(request), values["body"], files or []
    if user.is_agent:
        write = replying.note if values["internal"] else replying.reply
        return write(ticket=ticket, body=body, by=user, files=files)
    contact = contact_of(user)
    if contact is None or values["internal"]:
        raise access.Denied
    return replying.customer_reply(
        ticket=ticket, body=body, contact=contact, by=user, channel=Ticket.Channel.API, files=files
    )
