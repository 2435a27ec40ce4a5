"""API v1: one router over the rooms' resources, the OpenAPI document and its page."""

from django.urls import path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.access import public
from accounts.api.callers import MeViewSet
from billing.api import StatementViewSet
from calls.api.calls import CallViewSet
from calls.api.numbers import ServiceNumberViewSet
from calls.api.presence import PresenceViewSet
from contracts.api.agreements import AgreementViewSet, ServiceLevelViewSet
from contracts.api.customers import CustomerViewSet
from contracts.api.processing import ProcessingAgreementViewSet
from contracts.api.subprocessors import SubprocessorViewSet
from customers.api import ContactViewSet
from knowledge.api import ArticleViewSet
from lib.api.views import Index, NothingHere
from tickets.api.alerts import AlertIntake
from tickets.api.approvals import ApprovalViewSet
from tickets.api.consents import ConsentViewSet
from tickets.api.messages import AttachmentViewSet, MessageViewSet
from tickets.api.queue import QueueViewSet
from tickets.api.tickets import NUMBER, TicketViewSet
from tickets.api.time_entries import TicketTimeViewSet, TimeEntryViewSet
from tickets.models import AlertSource

app_name = "api"

router = SimpleRouter()
router.register("me", MeViewSet, basename="me")
router.register("customers", CustomerViewSet, basename="customer")
router.register("contacts", ContactViewSet, basename="contact")
router.register("service-levels", ServiceLevelViewSet, basename="service-level")
router.register("agreements", AgreementViewSet, basename="agreement")
router.register("processing-agreements", ProcessingAgreementViewSet, basename="processing-agreement")
router.register("subprocessors", SubprocessorViewSet, basename="subprocessor")
router.register("tickets", TicketViewSet, basename="ticket")
router.register(f"tickets/(?P<number>{NUMBER})/messages", MessageViewSet, basename="message")
router.register(f"tickets/(?P<number>{NUMBER})/attachments", AttachmentViewSet, basename="attachment")
router.register(f"tickets/(?P<number>{NUMBER})/time-entries", TicketTimeViewSet, basename="ticket-time")
router.register(f"tickets/(?P<number>{NUMBER})/approvals", ApprovalViewSet, basename="approval")
router.register(f"tickets/(?P<number>{NUMBER})/consents", ConsentViewSet, basename="consent")
router.register("time-entries", TimeEntryViewSet, basename="time-entry")
router.register("articles", ArticleViewSet, basename="article")
router.register("statements", StatementViewSet, basename="statement")
router.register("queue", QueueViewSet, basename="queue")
router.register("calls", CallViewSet, basename="call")
router.register("service-numbers", ServiceNumberViewSet, basename="service-number")

RESOURCES = [prefix for prefix, *_ in router.registry if "/" not in prefix]

_page = SpectacularSwaggerSplitView.as_view(url_name="api:schema")

urlpatterns = [
    path("", Index.as_view({"get": "index"}, names=RESOURCES), name="index"),
    path(
        "alerts/alertmanager/",
        AlertIntake.as_view({"post": "take_in"}),
        {"shape": AlertSource.Shape.ALERTMANAGER.value},
        name="alerts_alertmanager",
    ),
    path(
        "alerts/checkmk/",
        AlertIntake.as_view({"post": "take_in"}),
        {"shape": AlertSource.Shape.CHECKMK.value},
        name="alerts_checkmk",
    ),
    path("me/presence/", PresenceViewSet.as_view({"get": "read", "patch": "set"}), name="presence"),
    path("schema/", public(SpectacularJSONAPIView.as_view()), name="schema"),
    path("docs/", public(require_safe(_page)), name="docs"),
    *router.urls,
    re_path("^", public(NothingHere.as_view())),
]
