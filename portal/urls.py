"""Addresses of the front door and of the customer's portal."""

from django.urls import path

from portal.feeds import feed, sitemap
from portal.views import (
    approving,
    articles,
    contract,
    entering,
    feedback,
    filing,
    following,
    lists,
    mailing,
    people,
    prices,
    searching,
    service,
)

app_name = "portal"

urlpatterns = [
    path("", entering.home, name="home"),
    path("service/", service.service, name="service"),
    path("service.pdf", service.service_pdf, name="service_pdf"),
    path("robots.txt", service.robots, name="robots"),
    path("portal/", lists.tickets, name="tickets"),
    path("unsubscribe/<str:token>/", mailing.unsubscribe, name="unsubscribe"),
    path("approval/<str:token>/", approving.approval_link, name="approval_link"),
    path("portal/prices/", prices.prices, name="prices"),
    path("portal/approvals/", approving.approvals, name="approvals"),
    path("portal/tickets/<slug:number>/approvals/<int:pk>/", approving.approve, name="approve"),
    path("portal/notifications/", mailing.notifications, name="notifications"),
    path("portal/colleagues/", people.colleagues, name="colleagues"),
    path("portal/colleagues/new/", people.invite, name="colleague_new"),
    path("portal/colleagues/<int:pk>/", people.colleague, name="colleague"),
    path("portal/colleagues/<int:pk>/invite/", people.invite_again, name="colleague_invite"),
    path("portal/colleagues/<int:pk>/withdraw/", people.withdraw, name="colleague_withdraw"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("portal/kb/", articles.articles, name="articles"),
    path("portal/kb/found/<str:mark>/<int:article_id>/", searching.opened, name="found"),
    path("portal/kb/feed.xml", feed, name="article_feed"),
    path("portal/kb/files/<slug:key>/", articles.file, name="article_file"),
    path("portal/kb/c/<int:pk>/", articles.category_short, name="category_short"),
    path("portal/kb/<int:pk>/", articles.short, name="article_short"),
    path("portal/kb/<slug:language>/<int:pk>/feedback/", feedback.feedback, name="feedback"),
    path("portal/kb/<slug:language>/c/<int:pk>-<slug:slug>/", articles.category, name="category"),
    path("portal/kb/<slug:language>/<int:pk>-<slug:slug>/", articles.article, name="article"),
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
