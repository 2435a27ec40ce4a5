"""The API against its own document: whoever sends whatever, no answer is undocumented or an error of ours.

`make fuzz` sends far more, and shrinks what fails.
"""

import pytest
from pytest_django import Settings

from tests.factories.cast import Cast, make_cast
from tests.schema_runs import Run, furnish, known_to, undisturbed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of werkzeug's client, see `undisturbed`
    pytest.mark.filterwarnings("ignore:Exception ignored in. <_io.FileIO"),
]

MAY = {
    "admin": {
        "POST /api/v1/tickets/",
        "POST /api/v1/agreements/",
        "POST /api/v1/contacts/",
        "POST /api/v1/queue/next/",
        "PATCH /api/v1/tickets/{number}/",
        "POST /api/v1/tickets/{number}/messages/",
        "POST /api/v1/tickets/{number}/attachments/",
        "GET /api/v1/tickets/{number}/attachments/{key}/",
        "GET /api/v1/customers/{id}/",
    },
    "lead": {"GET /api/v1/queue/", "GET /api/v1/tickets/{number}/", "GET /api/v1/contacts/{id}/"},
    "agent": {"GET /api/v1/queue/", "GET /api/v1/tickets/{number}/", "POST /api/v1/queue/next/"},
    "contact": {"GET /api/v1/tickets/", "GET /api/v1/tickets/{number}/", "GET /api/v1/me/"},
    "anonymous": set(),
}
"""Some of what each role is answered as asked at least once: a run that only meets refusals shows little."""


@pytest.fixture
def cast(settings: Settings) -> Cast:
    """Nobody is slowed down here (see test_api_throttles.py)."""
    settings.API_REQUESTS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 0
    settings.API_WRONG_TOKENS_PER_MINUTE = 0
    cast = make_cast()
    furnish(cast)
    return cast


@pytest.mark.parametrize("role", MAY)
def test_no_answer_is_undocumented(cast: Cast, role: str) -> None:
    people = {"admin": cast.admin, "lead": cast.lead, "agent": cast.agent, "contact": cast.owner.user}
    who = people.get(role)
    run = Run(who, known_to(cast, who), is_thorough=role == "admin")

    with undisturbed():
        run.everything()

    answered = {label for (label, status) in run.answered if status < 300}
    assert answered >= MAY[role], MAY[role] - answered
    if role == "anonymous":
        assert {status for (_, status) in run.answered} <= {401, 404, 405}
