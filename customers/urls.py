"""Signing up for the portal. The names are beside allauth's, whose sign-in page asks for the first."""

from django.urls import path

from customers.views import signing_up

urlpatterns = [
    path("signup/", signing_up.sign_up, name="account_signup"),
    path("signup/sent/", signing_up.sent, name="account_signup_sent"),
    path("signup/confirm/<str:token>/", signing_up.confirm, name="account_signup_confirm"),
]
