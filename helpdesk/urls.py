"""Every address, by room."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.branding import brand_logo, brand_styles
from accounts.views.gallery import gallery
from accounts.views.language import set_language
from contracts.feeds import hours_feed

handler400 = "helpdesk.refusing.bad_request"
handler500 = "helpdesk.refusing.server_error"

urlpatterns = [
    path("accounts/", include("customers.urls")),  # signing up, which knows customers
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("helpdesk.api")),
    path("branding.css", brand_styles, name="brand_styles"),
    path("branding/logo", brand_logo, name="brand_logo"),
    path("gallery/", gallery, name="gallery"),
    path("gallery/<slug:page>/", gallery, name="gallery"),
    path("hours/<str:token>.ics", hours_feed, name="hours_feed"),
    path("language/", set_language, name="set_language"),
    path("desk/kb/", include("knowledge.urls")),
    path("desk/dpa/", include("contracts.urls.dpas")),
    path("desk/", include("contracts.urls.rights")),
    path("desk/billing/", include("billing.urls")),
    path("calls/", include("calls.urls.pbx")),
    path("desk/calls/", include("calls.urls.desk")),
    path("", include("privacy.urls")),
    path("desk/", include("tickets.urls")),
    path("", include("contracts.urls")),
    path("", include("portal.urls")),
]
