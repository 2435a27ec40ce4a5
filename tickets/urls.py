"""The agents' desk."""

from django.urls import path

from tickets.views import (
    agreements,
    articles,
    attainment,
    duty,
    estimates,
    files,
    filing,
    lists,
    mails,
    queue,
    ratings,
    targets,
    tickets,
)

app_name = "desk"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("peek/", queue.peek, name="peek"),
    path("next/", queue.take_next, name="next"),
    path("work/", lists.work, name="work"),
    path("waiting/", lists.waiting, name="waiting"),
    path("lost-mail/", lists.lost_mail, name="lost_mail"),
    path("starving/", lists.starving, name="starving"),
    path("ratings/", ratings.ratings, name="ratings"),
    path("estimates/", estimates.estimates, name="estimates"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/<slug:slug>/", agreements.agreement_act, name="agreement_act"),
    path("targets/", attainment.targets, name="targets"),
    path("targets/export/", attainment.export, name="targets_export"),
    path("new/", filing.new, name="new"),
    path("duty/", duty.duty, name="duty"),
    path("sidebar/", duty.sidebar, name="sidebar"),
    path("empty/", duty.empty, name="empty"),
    path("tickets/", lists.everything, name="tickets"),
    path("tickets/<slug:number>/", tickets.ticket, name="ticket"),
    path("tickets/<slug:number>/reply/", tickets.reply, name="reply"),
    path("tickets/<slug:number>/files/<str:key>/", files.file, name="file"),
    path("tickets/<slug:number>/mails/<int:pk>/retry/", mails.retry, name="retry_mail"),
    path("tickets/<slug:number>/targets/<int:pk>/justify/", targets.justify, name="justify"),
    path("tickets/<slug:number>/articles/", articles.articles, name="articles"),
    path("tickets/<slug:number>/articles/<int:pk>/", articles.insert, name="insert"),
    path("tickets/<slug:number>/<slug:slug>/", tickets.act, name="act"),
]
