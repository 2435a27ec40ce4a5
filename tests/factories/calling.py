"""Calling the API as somebody, as a program outside would."""

from collections.abc import Mapping
from typing import Any

from django.test import Client

from accounts.actions.users import create_token
from accounts.models import User
from customers.models import Contact
from tickets.models import Ticket

API = "/api/v1/"
Answer = Any  # what the test client gives: a response with `json()` and the like


class Caller:
    """One person's token, with the verbs of HTTP. Paths are below `/api/v1/`."""

    def __init__(self, who: User | Contact | None = None, *, token: str = "", language: str = "en") -> None:
        user = who.user if isinstance(who, Contact) else who
        token = token or (create_token(user=user, by=None) if user else "")
        headers = {"Accept-Language": language}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = Client(headers=headers, raise_request_exception=True)

    def get(self, path: str, **query: Any) -> Answer:
        """Read."""
        return self._client.get(_address(path), query)

    def post(self, path: str, document: Any = None, **headers: str) -> Answer:
        """Send a document."""
        return self._client.post(_address(path), document or {}, "application/json", headers=_spelt(headers))

    def patch(self, path: str, document: Any, **headers: str) -> Answer:
        """Change something."""
        return self._client.patch(_address(path), document, "application/json", headers=_spelt(headers))

    def delete(self, path: str) -> Answer:
        """Take something away."""
        return self._client.delete(_address(path))

    def upload(self, path: str, headers: Mapping[str, str] | None = None, **parts: Any) -> Answer:
        """Send a form with files."""
        return self._client.post(_address(path), parts, headers=_spelt(headers or {}))


def path_of(ticket: Ticket, below: str = "") -> str:
    """Where a ticket, or something below it, is."""
    return f"tickets/{ticket.number}/{below}"


def rows(response: Answer) -> list[Any]:
    """The rows of a page."""
    assert response.status_code == 200, response.content
    return list(response.json()["results"])


def refused(response: Answer, status: int, code: str = "", field: str = "") -> dict[str, Any]:
    """Assert that the answer is a problem document; returns it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    codes = {problem["code"], *(error["code"] for error in problem.get("errors", []))}
    assert not code or code in codes, problem
    assert not field or field in {error["field"] for error in problem["errors"]}, problem
    return problem


def _address(path: str) -> str:
    return path if path.startswith("http") else API + path


def _spelt(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
