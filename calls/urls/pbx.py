"""Where telephone systems ask and tell."""

from django.urls import path

from calls.views import pbx, providers

app_name = "pbx"

urlpatterns = [
    path("v1/step", pbx.step, name="step"),
    path("v1/event", pbx.event, name="event"),
    path("v1/<slug:kind>/<int:pk>", providers.provider, name="provider"),
]
