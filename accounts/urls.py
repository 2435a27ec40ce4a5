"""Signing in and out and what one signs in with: what the product uses of allauth, and pages of its own.

Accounts and their mail addresses are kept by the firm, so allauth's pages for them have no address here.
"""

from allauth.account import views
from allauth.mfa.base import views as codes
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from accounts.views import account, authenticators, links, looking

urlpatterns = [
    path("", account.home, name="account_home"),
    path("sessions/end/", account.end_session, name="account_end_session"),
    path("look/<int:pk>/", looking.begin, name="account_look"),
    path("look/end/", looking.end, name="account_look_end"),
    path("app/", authenticators.add_app, name="account_app_add"),
    path("app/remove/", authenticators.remove_app, name="account_app_remove"),
    path("passkeys/add/", authenticators.add_passkey, name="account_passkey_add"),
    path("passkeys/<int:pk>/", authenticators.rename_passkey, name="account_passkey_rename"),
    path("passkeys/<int:pk>/remove/", authenticators.remove_passkey, name="account_passkey_remove"),
    path("codes/", authenticators.codes, name="account_codes"),
    path("codes/file/", authenticators.codes_file, name="account_codes_file"),
    path("link/", links.ask, name="account_ask_link"),
    path("link/sent/", links.sent, name="account_link_sent"),
    path("link/<str:token>/", links.use, name="account_use_link"),
    # The second step, and showing once more who one is; the names are those that allauth leads to.
    path("code/", codes.authenticate, name="mfa_authenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", codes.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
    # Where allauth sends people without a password: they get their first one by mail, too.
    path("password/set/", views.password_reset, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
