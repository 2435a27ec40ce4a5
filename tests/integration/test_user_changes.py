"""Small changes of a user leave alone what others have changed since the user was read."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actions import users
from accounts.models import AuditEntry, User
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

CHANGES: list[Callable[[User], User]] = [
    lambda user: users.set_duty(user=user, is_on_duty=False, by=user),
    lambda user: users.set_language(user=user, language="en", by=user),
    lambda user: users.set_password(user=user, password="yet another password", by=user),
]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize("change", CHANGES)
def test_who_was_shut_out_meanwhile_stays_out(cast: Cast, change: Callable[[User], User]) -> None:
    read_before = User.objects.get(pk=cast.lead.pk)
    shut_out = User.objects.get(pk=cast.lead.pk)
    shut_out.role = User.Role.AGENT
    users.deactivate(user=users.save(user=shut_out, by=cast.admin), by=cast.admin)

    change(read_before)

    now = User.objects.get(pk=cast.lead.pk)
    assert not now.is_active
    assert now.role == User.Role.AGENT


@pytest.mark.parametrize("change", CHANGES[:2])
def test_a_password_that_was_replaced_meanwhile_stays(cast: Cast, change: Callable[[User], User]) -> None:
    read_before = User.objects.get(pk=cast.agent.pk)
    users.set_password(user=User.objects.get(pk=cast.agent.pk), password="brand new password", by=cast.agent)

    change(read_before)

    assert User.objects.get(pk=cast.agent.pk).check_password("brand new password")


def test_a_new_password_ends_other_sessions_and_is_in_the_audit_trail(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.agent, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/desk/").status_code == 200

    users.set_password(user=cast.agent, password="brand new password", by=cast.agent)

    assert browser.get("/desk/").status_code == 302
    assert AuditEntry.objects.filter(verb="user.changed", object_id=str(cast.agent.pk)).exists()
