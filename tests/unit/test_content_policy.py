"""Pages run nothing inline and nothing from elsewhere."""

import pytest
from django.http import HttpRequest, HttpResponse

from lib.content_policy import content_policy, policy_for


@pytest.mark.parametrize("path", ["/", "/desk/", "/portal/", "/accounts/login/", "/api/v1/tickets/"])
def test_pages_run_only_our_own_scripts_and_styles(path: str) -> None:
    policy = policy_for(path)
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_only_the_admin_may_evaluate() -> None:
    assert "script-src 'self' 'unsafe-eval';" in policy_for("/admin/")
    assert "'unsafe-eval'" not in policy_for("/api/v1/docs/")
    assert "script-src 'self' 'unsafe-inline'" not in policy_for("/admin/")


def test_a_view_s_own_policy_stays() -> None:
    request = HttpRequest()
    request.path = "/"
    strict = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    assert content_policy(lambda _: strict)(request)["Content-Security-Policy"] == "sandbox"
    plain = HttpResponse()
    assert content_policy(lambda _: plain)(request)["Content-Security-Policy"] == policy_for("/")
