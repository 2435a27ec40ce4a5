"""Every address, by room."""

from django.contrib import admin
from django.urls import include, path

from helpdesk import health

urlpatterns = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]
