"""Addresses of the front door and of the customer's portal."""

from django.urls import path

from portal.views import contract, entering, filing, following, lists, mailing

app_name = "portal"

urlpatterns = [
    path("", entering.home, name="home"),
    path("portal/", lists.tickets, name="tickets"),
    path("unsubscribe/<str:token>/", mailing.unsubscribe, name="unsubscribe"),
    path("portal/notifications/", mailing.notifications, name="notifications"),
    path("portal/new/", filing.new, name="new"),
    path("portal/new/articles/", filing.articles, name="new_articles"),
    path("portal/contract/", contract.contract, name="contract"),
    path("portal/contract/offer/", contract.offer, name="offer"),
    path("portal/tickets/<slug:number>/", following.ticket, name="ticket"),
    path("portal/tickets/<slug:number>/filed/", filing.filed, name="filed"),
    path("portal/tickets/<slug:number>/reply/", following.reply, name="reply"),
    path("portal/tickets/<slug:number>/rate/", following.rate, name="rate"),
    path("portal/tickets/<slug:number>/mail/", mailing.ticket_mail, name="ticket_mail"),
    path("portal/tickets/<slug:number>/close/", following.close, name="close"),
    path("portal/tickets/<slug:number>/reopen/", following.reopen, name="reopen"),
    path("portal/tickets/<slug:number>/files/<slug:key>/", following.file, name="file"),
]
