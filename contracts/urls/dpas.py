"""Data-processing agreements, below the desk."""

from django.urls import path

from contracts.views import dpa_steps, dpas

app_name = "dpa"

urlpatterns = [
    path("", dpas.dpas, name="dpas"),
    path("new/", dpas.new, name="new"),
    path("ask/<int:pk>/", dpas.ask, name="ask"),
    path("<int:pk>/", dpas.dpa, name="dpa"),
    path("<int:pk>/document.pdf", dpas.paper, name="paper"),
    path("<int:pk>/signatures/<int:signature>.pdf", dpas.signed_file, name="signed_file"),
    path("<int:pk>/questions/<int:item>/", dpa_steps.settle, name="settle"),
    path("<int:pk>/<slug:slug>/", dpa_steps.act, name="act"),
]
