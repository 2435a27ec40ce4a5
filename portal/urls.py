"""Addresses of the front door and of the customer's portal."""

from django.urls import path

from portal.views import entering, filing, following

app_name = "portal"

urlpatterns = [
    path("", entering.home, name="home"),
    path("portal/", following.tickets, name="tickets"),
    path("portal/new/", filing.new, name="new"),
    path("portal/tickets/<slug:number>/", following.ticket, name="ticket"),
    path("portal/tickets/<slug:number>/filed/", filing.filed, name="filed"),
    path("portal/tickets/<slug:number>/reply/", following.reply, name="reply"),
    path("portal/tickets/<slug:number>/close/", following.close, name="close"),
    path("portal/tickets/<slug:number>/reopen/", following.reopen, name="reopen"),
    path("portal/tickets/<slug:number>/files/<slug:key>/", following.file, name="file"),
]
