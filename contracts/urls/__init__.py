"""Addresses of the set-up, and of the page that follows it."""

from django.urls import path

from contracts.views import setting_up

app_name = "setup"

urlpatterns = [
    path("setup/", setting_up.start, name="start"),
    path("setup/company/", setting_up.company, name="company"),
    path("setup/admin/", setting_up.admin, name="admin"),
    path("setup/team/", setting_up.team, name="team"),
    path("setup/levels/", setting_up.levels, name="levels"),
    path("setup/mail/", setting_up.mail, name="mail"),
    path("setup/finish/", setting_up.finish, name="finish"),
    path("first-steps/", setting_up.first_steps, name="first_steps"),
]
