"""Data protection: the desk's pages for admins, and each contact's own page in the portal."""

from django.urls import path

from privacy.views import contacts, jobs, own, retention

app_name = "privacy"

urlpatterns = [
    path("desk/privacy/", jobs.overview, name="overview"),
    path("desk/privacy/jobs/<int:pk>/", jobs.job, name="job"),
    path("desk/privacy/jobs/<int:pk>/file/", jobs.fetch, name="fetch"),
    path("desk/privacy/contacts/<int:pk>/", contacts.contact, name="contact"),
    path("desk/privacy/contacts/<int:pk>/export/", contacts.export, name="export"),
    path("desk/privacy/contacts/<int:pk>/hold/", contacts.hold, name="hold"),
    path("desk/privacy/contacts/<int:pk>/erase/", contacts.erase, name="erase"),
    path("desk/privacy/retention/", retention.rules, name="retention"),
    path("desk/privacy/retention/run/", retention.run, name="retention_run"),
    path("portal/privacy/", own.own, name="own"),
    path("portal/privacy/export/", own.export, name="own_export"),
    path("portal/privacy/export/<int:pk>/", own.fetch, name="own_fetch"),
    path("portal/privacy/ask/", own.ask, name="own_ask"),
]
