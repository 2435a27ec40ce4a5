"""The admin pages of users, teams and tokens."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, AuditEntry, AuditValues, Team, User
from accounts.models.tokens import token_digest
from tests.admin_pages import errors_of, post
from tests.factories.cast import (
    PASSWORD,
    Cast,
    make_cast,
    make_ticket,
)
from tickets.actions import assigning
from tickets.tasks import sweep_queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


def user_fields(user: User, **fields: Any) -> dict[str, Any]:
    form = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "role": user.role,
        "language": user.language,
        "teams": [team.pk for team in user.teams.all()] if user.pk else [],
        "new_password": "",
        "is_on_duty": "on",
        "is_active": "on",
    }
    return {name: value for name, value in {**form, **fields}.items() if value is not None}


@pytest.mark.parametrize(("field", "how"), [("is_active", "deactivated"), ("is_on_duty", "off_duty")])
def test_whoever_stops_working_gives_their_tickets_back(
    as_admin: Client, cast: Cast, field: str, how: str
) -> None:
    ticket = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)

    url = reverse("admin:accounts_user_change", args=[cast.agent.pk])
    post(as_admin, url, user_fields(cast.agent, **{field: None}))
    sweep_queue()

    ticket.refresh_from_db()
    assert ticket.is_waiting
    assert ticket.assignments.get().ended_how == how
    entry = AuditEntry.objects.filter(verb="user.changed", actor_id=cast.admin.pk).latest("pk")
    assert entry.details == {"fields": [field]}


def test_a_new_agent_signs_in_with_the_given_password(as_admin: Client, cast: Cast) -> None:
    fields = user_fields(User(username="neu", email="Neu@Firm.Example", role="agent"), teams=[cast.team.pk])
    post(as_admin, reverse("admin:accounts_user_add"), {**fields, "new_password": "a long enough word"})

    user = User.objects.get(username="neu")
    assert user.email == "neu@firm.example"
    assert list(user.teams.all()) == [cast.team]
    assert not user.is_staff
    assert Client().login(username="neu", password="a long enough word")


def test_without_a_password_a_new_user_cannot_sign_in_and_an_old_one_keeps_theirs(
    as_admin: Client, cast: Cast
) -> None:
    post(as_admin, reverse("admin:accounts_user_add"), user_fields(User(username="neu", role="agent")))
    post(
        as_admin,
        reverse("admin:accounts_user_change", args=[cast.agent.pk]),
        user_fields(cast.agent, first_name="Renamed"),
    )

    assert not User.objects.get(username="neu").has_usable_password()
    agent = User.objects.get(pk=cast.agent.pk)
    assert agent.first_name == "Renamed"
    assert agent.check_password(PASSWORD)


def test_becoming_an_admin_opens_the_admin_and_ceasing_closes_it(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.lead.pk])
    visitor = Client()

    post(as_admin, url, user_fields(cast.lead, role="admin"))
    visitor.force_login(cast.lead)
    assert visitor.get("/admin/").status_code == 200

    post(as_admin, url, user_fields(cast.lead, role="lead"))
    assert visitor.get("/admin/").status_code == 404


def test_an_admin_keeps_the_session_over_a_new_password_of_their_own(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.admin.pk])

    post(as_admin, url, user_fields(cast.admin, new_password="another long word"))

    assert as_admin.get("/admin/").status_code == 200
    assert User.objects.get(pk=cast.admin.pk).check_password("another long word")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"new_password": "short"}, "new_password"),
        ({"email": "AGENT@firm.example"}, "email"),
        ({"is_active": None}, "is_active"),
        ({"role": "lead"}, "role"),
        ({"role": "contact"}, "role"),
        ({"username": "agent"}, "username"),
    ],
)
def test_refusals_about_oneself_and_others_are_explained(
    as_admin: Client, cast: Cast, fields: dict[str, Any], field: str
) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.admin.pk])

    response = as_admin.post(url, user_fields(cast.admin, **fields))

    assert list(errors_of(response)) == [field]
    assert User.objects.get(pk=cast.admin.pk).role == User.Role.ADMIN


def test_contacts_belong_to_no_team(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.agent.pk])

    response = as_admin.post(url, user_fields(cast.agent, role="contact"))

    assert list(errors_of(response)) == ["teams"]


def test_the_mark_for_new_tickets_moves_but_never_vanishes(as_admin: Client, cast: Cast) -> None:
    other = reverse("admin:accounts_team_change", args=[cast.other_team.pk])
    fields = {"name": "Network", "slug": "network"}

    post(as_admin, other, {**fields, "is_default": "on"})
    assert Team.objects.get(is_default=True) == cast.other_team

    response = as_admin.post(other, fields)
    assert list(errors_of(response)) == ["is_default"]
    assert Team.objects.get(is_default=True) == cast.other_team


def test_a_token_is_shown_once_and_can_be_revoked(as_admin: Client, cast: Cast) -> None:
    add = reverse("admin:accounts_apitoken_add")
    listing = reverse("admin:accounts_apitoken_changelist")

    post(as_admin, add, {"user": cast.agent.pk, "name": "monitoring"})
    row = ApiToken.objects.get()
    said = [str(message).split()[-1] for message in as_admin.get(listing).context["messages"]]
    (token,) = [word for word in said if token_digest(word) == row.digest]

    assert token not in as_admin.get(listing).content.decode()
    assert as_admin.post(reverse("admin:accounts_apitoken_change", args=[row.pk]), {}).status_code == 403
    as_admin.post(reverse("admin:accounts_apitoken_delete", args=[row.pk]), {"post": "yes"})
    assert not ApiToken.objects.exists()
    verbs = set(AuditEntry.objects.filter(actor_id=cast.admin.pk).values_list("verb", flat=True))
    assert {"token.created", "token.revoked"} <= verbs
    assert token not in str(list(AuditValues.objects.values_list("details", flat=True)))
