"""What is true, asked by the API as the lead: for what a test needs to know beside what people see."""

import json
import urllib.request
from typing import Any

from tests.installation import Installation


class Api:
    """The API with the token of one user."""

    def __init__(self, installation: Installation, username: str) -> None:
        self._address = f"{installation.address}/api/v1"
        created = installation.manage("api_token", username)
        assert created.returncode == 0, created.stderr
        self._token = created.stdout.split()[-1]

    def call(self, method: str, path: str, **body: Any) -> Any:
        """The answer to one request."""
        request = urllib.request.Request(
            f"{self._address}{path}",
            data=None if method == "GET" else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def queue(self, team: str = "") -> list[dict[str, Any]]:
        """The waiting tickets in their order, the best 200."""
        path = "/queue/?page_size=200" + (f"&team={team}" if team else "")
        rows: list[dict[str, Any]] = self.call("GET", path)["results"]
        return rows

    def ticket(self, number: str) -> dict[str, Any]:
        """One ticket."""
        found: dict[str, Any] = self.call("GET", f"/tickets/{number}/")
        return found

    def file(self, customer: str, subject: str, severity: str, team: str = "workplace") -> str:
        """File a ticket for a customer; returns its number."""
        known = {one["name"]: one["id"] for one in self.call("GET", "/customers/")["results"]}
        body = {"subject": subject, "body": f"{subject}.", "severity": severity, "team": team}
        return str(self.call("POST", "/tickets/", customer=known[customer], **body)["number"])

    def put_back(self, number: str) -> None:
        """Take a ticket out of its agent's hands."""
        self.call("PATCH", f"/tickets/{number}/", assignee=None, reason="for a test")

    def empty_hands(self) -> None:
        """Put every open ticket back into its queue."""
        for ticket in self.call("GET", "/tickets/?status=open&page_size=200")["results"]:
            if ticket["assignee"] is not None:
                self.put_back(ticket["number"])
