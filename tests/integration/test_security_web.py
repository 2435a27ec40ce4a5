"""What every answer carries, where redirects lead, and how sessions end."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import users
from accounts.models import User
from accounts.tasks import forget_requests
from tests.factories.cast import Cast, make_cast, make_user
from tests.installation import ROOT

PASSWORD = "a long enough password"
BACKEND = "django.contrib.auth.backends.ModelBackend"
PRODUCTION = {
    "DEBUG": "false",
    "ALLOWED_HOSTS": "helpdesk.example.com",
    "SITE_URL": "https://helpdesk.example.com",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ENCRYPTION_KEYS": "b25seS1mb3ItdGhpcy1jaGVjay0wMTIzNDU2Nzg5YWI=",
}
"""What nobody can do without."""
POST = {"EMAIL_URL": "smtp+tls://mail.example.com:587"}
ELSEWHERE = [
    *(
        "//evil.example/",
        r"/\evil.example/",
        "https:evil.example",
        "https://evil.example/",
        "///evil.example",
    ),
    *(
        "javascript:alert(1)",
        "http:///evil.example",
        r"\\evil.example",
        "/%09/evil.example",
        "\t//evil.example",
    ),
    *("https://testserver@evil.example/", "https://testserver.evil.example/", "data:text/html,x"),
]


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A command of an installation as production sets it up."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "helpdesk.settings", **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def production(*names: str) -> dict[str, Any]:
    """Settings as production has them."""
    words = ", ".join(f"{name!r}: getattr(settings, {name!r})" for name in names)
    shown = manage(
        "shell", "-v0", "-c", f"import json; from django.conf import settings; print(json.dumps({{{words}}}))"
    )
    answer: dict[str, Any] = json.loads(shown.stdout.strip().splitlines()[-1])
    return answer


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(user: User) -> Client:
    """Signed in by the page, as people do it."""
    client = Client(headers={"Accept-Language": "en"})
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/").headers.get("Location") in {"/desk/", "/portal/"}


class TestProductionSettings:
    def test_the_deployment_checks_find_nothing(self) -> None:
        checked = manage("check", "--deploy", "--fail-level", "WARNING", **POST)
        assert checked.returncode == 0, checked.stderr

    @pytest.mark.parametrize(
        "environment",
        [
            *({"SECRET_KEY": "short"}, {"ENCRYPTION_KEYS": "not-a-key"}, {"HTTPS": "false"}),
            {"EMAIL_URL": "consolemail://"},
        ],
    )
    def test_they_find_what_is_wrong(self, environment: dict[str, str]) -> None:
        settings = {**POST, **environment}
        checked = manage("check", "--deploy", "--fail-level", "WARNING", **settings)
        assert checked.returncode != 0
        assert all(value not in checked.stderr for key, value in environment.items() if "KEY" in key)

    def test_secrets_and_hosts_have_no_defaults(self) -> None:
        for name in PRODUCTION:
            if name != "DEBUG":
                assert manage("check", **{name: ""}).returncode != 0, name

    def test_cookies_are_bound_to_this_host_and_https(self) -> None:
        kinds = ("SESSION", "CSRF", "LANGUAGE")
        names = [
            f"{kind}_COOKIE_{part}" for kind in kinds for part in ("NAME", "SECURE", "HTTPONLY", "SAMESITE")
        ]
        others = [f"{kind}_COOKIE_{part}" for kind in kinds for part in ("DOMAIN", "PATH")]
        found = production(*names, *others)
        for kind in kinds:
            assert found[f"{kind}_COOKIE_NAME"].startswith("__Host-")
            assert found[f"{kind}_COOKIE_SECURE"] is True
            assert found[f"{kind}_COOKIE_HTTPONLY"] is True
            assert found[f"{kind}_COOKIE_SAMESITE"] == "Lax"
            assert (found[f"{kind}_COOKIE_DOMAIN"], found[f"{kind}_COOKIE_PATH"]) == (None, "/")

    def test_https_is_demanded_and_nothing_of_a_client_is_believed(self) -> None:
        found = production(
            *(
                "SECURE_SSL_REDIRECT",
                "SECURE_HSTS_SECONDS",
                "USE_X_FORWARDED_HOST",
                "SECURE_PROXY_SSL_HEADER",
            ),
            *("ALLOWED_HOSTS", "DEMO_PASSWORDS_ALLOWED", "METRICS_TOKEN"),
        )
        assert found["SECURE_SSL_REDIRECT"] is True
        assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
        assert found["USE_X_FORWARDED_HOST"] is False
        assert found["SECURE_PROXY_SSL_HEADER"] is None
        assert found["ALLOWED_HOSTS"] == ["helpdesk.example.com"]
        assert found["DEMO_PASSWORDS_ALLOWED"] is False
        assert found["METRICS_TOKEN"] == ""


@pytest.mark.django_db
class TestHeaders:
    @pytest.mark.parametrize(
        "path", ["/accounts/login/", "/desk/", "/portal/", "/nothing/here/", "/api/v1/tickets/", "/admin/"]
    )
    def test_every_answer_carries_them(self, cast: Cast, path: str) -> None:
        client = Client()
        client.force_login(cast.admin, BACKEND)
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert not [name for name in headers if name.startswith("Access-Control-")]

    @pytest.mark.parametrize(
        "path", ["/desk/", "/desk/tickets/", "/admin/", "/api/v1/tickets/", "/nothing/here/"]
    )
    def test_what_people_see_while_signed_in_is_kept_nowhere(self, cast: Cast, path: str) -> None:
        client = Client()
        client.force_login(cast.admin, BACKEND)
        assert "no-store" in client.get(path).headers["Cache-Control"]

    def test_hsts_behind_tls(self, settings: Settings) -> None:
        settings.SECURE_HSTS_SECONDS = 31_536_000
        answer = Client().get("/accounts/login/", secure=True)
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")

    def test_no_method_but_those_that_are_meant(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.agent, BACKEND)
        for method in ("TRACE", "CONNECT", "PUT", "DELETE", "PROPFIND"):
            assert client.generic(method, "/desk/").status_code in {403, 405}
        assert client.get("/desk/next/").status_code == 405
        assert client.get("/accounts/logout/").status_code == 200  # asks first
        assert is_in(client)

    def test_a_form_from_elsewhere_is_refused(self, cast: Cast) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.agent, BACKEND)
        assert client.post("/desk/next/").status_code == 403
        assert client.post("/accounts/login/", {"login": "a", "password": "b"}).status_code == 403


@pytest.mark.django_db
class TestRedirects:
    @pytest.mark.parametrize("target", ELSEWHERE)
    def test_nobody_is_led_elsewhere(self, target: str) -> None:
        user = make_user("anna", password=PASSWORD)
        login = Client()
        answers = [
            login.post(
                "/accounts/login/?next=/x", {"login": user.username, "password": PASSWORD, "next": target}
            ),
            Client().post("/language/", {"language": "en", "next": target}),
            Client().post("/language/", {"language": "en"}, headers={"referer": target.strip()}),
            login.post("/accounts/logout/", {"next": target}),
            Client().post("/desk/next/", headers={"referer": target.strip()}),
        ]
        for answer in answers:
            location = answer.headers.get("Location", "/")
            assert location.startswith("/"), location
            assert not location.startswith(("//", "/\\")), location
            assert urlsplit(urljoin("http://testserver/", location)).netloc == "testserver"

    def test_a_target_of_ours_is_followed(self) -> None:
        make_user("anna", password=PASSWORD)
        form = {"login": "anna", "password": PASSWORD, "next": "/desk/tickets/"}
        assert Client().post("/accounts/login/", form).headers["Location"] == "/desk/tickets/"


@pytest.mark.django_db
class TestHostAndProxyHeaders:
    def test_a_foreign_host_is_refused(self) -> None:
        for host in (
            "evil.example",
            "localhost.evil.example",
            "localhost:80@evil.example",
            "evil.example:80",
        ):
            assert Client().get("/accounts/login/", headers={"host": host}).status_code == 400

    def test_headers_of_a_client_sign_nobody_in(self, cast: Cast) -> None:
        for name in (
            "X-Forwarded-User",
            "Remote-User",
            "X-Remote-User",
            "X-Auth-Request-User",
            "X-Forwarded-Email",
        ):
            answer = Client().get("/desk/", headers={name: cast.admin.username})
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/accounts/login/")

    def test_the_host_of_a_request_is_not_believed_when_a_proxy_names_another(self) -> None:
        answer = Client().get(
            "/desk/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        )
        assert "evil" not in answer.headers["Location"]
        assert not answer.wsgi_request.is_secure()


@pytest.mark.django_db
class TestSessions:
    def test_signing_in_makes_a_new_session(self) -> None:
        make_user("anna", password=PASSWORD)
        client = Client()
        client.cookies[project.SESSION_COOKIE_NAME] = "a" * 32  # as an attacker has set it
        client.get("/accounts/login/")
        client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
        assert is_in(client)
        assert client.cookies[project.SESSION_COOKIE_NAME].value != "a" * 32
        attacker = Client()
        attacker.cookies[project.SESSION_COOKIE_NAME] = "a" * 32
        assert not is_in(attacker)

    def test_signing_out_ends_the_session_itself(self) -> None:
        client = signed_in(make_user("anna", password=PASSWORD))
        copied = Client()
        copied.cookies[project.SESSION_COOKIE_NAME] = client.cookies[project.SESSION_COOKIE_NAME].value
        assert is_in(copied)
        client.post("/accounts/logout/")
        assert not is_in(copied)

    def test_a_new_password_ends_all_other_sessions_but_not_the_one_that_chose_it(self) -> None:
        user = make_user("anna", password=PASSWORD)
        here, elsewhere = signed_in(user), signed_in(user)
        words = {"password1": f"{PASSWORD} 2", "password2": f"{PASSWORD} 2"}
        here.post("/accounts/password/change/", {"oldpassword": PASSWORD, **words})
        assert is_in(here)
        assert not is_in(elsewhere)

    def test_a_password_changed_by_an_admin_ends_them_too(self) -> None:
        user = make_user("anna", password=PASSWORD)
        client = signed_in(user)
        users.set_password(user=user, password=f"{PASSWORD} 2", by=None)
        assert not is_in(client)

    def test_deactivation_ends_session_and_token_at_once(self) -> None:
        user = make_user("anna", password=PASSWORD)
        client, token = signed_in(user), users.create_token(user=user, by=None)
        caller = Client(headers={"Authorization": f"Bearer {token}"})
        assert is_in(client)
        assert caller.get("/api/v1/tickets/").status_code == 200
        users.deactivate(user=user, by=None)
        assert not is_in(client)
        assert caller.get("/api/v1/tickets/").status_code == 401

    def test_the_old_password_is_asked_for(self) -> None:
        client = signed_in(make_user("anna", password=PASSWORD))
        words = {"oldpassword": "", "password1": f"{PASSWORD} 2", "password2": f"{PASSWORD} 2"}
        client.post("/accounts/password/change/", words)
        assert User.objects.get(username="anna").check_password(PASSWORD)

    def test_a_role_that_was_taken_away_is_gone_with_the_next_page(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.lead, BACKEND)
        assert client.get("/desk/").status_code == 200
        cast.lead.role = User.Role.CONTACT
        users.save(user=cast.lead, by=None)
        assert client.get("/desk/").status_code == 404

    def test_what_an_old_secret_key_signed_stays_good_as_long_as_it_is_named(
        self, settings: Settings
    ) -> None:
        old = settings.SECRET_KEY
        text = signing.dumps("x")
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "y" * 60, [old]
        assert signing.loads(text) == "x"
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(signing.BadSignature):
            signing.loads(text)


@pytest.mark.django_db
def test_sessions_that_are_over_are_deleted(cast: Cast) -> None:
    for user in (cast.agent, cast.lead):
        Client().force_login(user, BACKEND)
    over = Session.objects.first()
    assert over is not None
    Session.objects.filter(pk=over.pk).update(expire_date=timezone.now() - timedelta(seconds=1))

    forget_requests()

    assert Session.objects.count() == 1
    assert not Session.objects.filter(pk=over.pk).exists()
