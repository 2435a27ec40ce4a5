"""Filling in admin pages, as the tests of the admin do."""

import html
import re
from typing import Any

from django.test import Client


def inline(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The fields of one inline formset."""
    fields = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for index, row in enumerate(rows):
        fields |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return fields


def post(client: Client, url: str, fields: dict[str, Any]) -> Any:
    """Send an admin form that is expected to be accepted; where the admin asks first, say yes."""
    response = client.post(url, fields)
    if response.status_code == 200 and "question" in response.context:
        response = answer(client, url, response, "_confirmed")
    if response.status_code != 302:
        context = response.context
        rows = [one.formset.errors for one in context["inline_admin_formsets"]]
        raise AssertionError([context["adminform"].errors, *rows])
    return response


def answer(client: Client, url: str, page: Any, button: str) -> Any:
    """Press a button of the page that asks first: sends what it holds hidden, and nothing else."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    typed: dict[str, list[str]] = {}
    for name, value in hidden:
        if name != "csrfmiddlewaretoken":
            typed.setdefault(name, []).append(html.unescape(value))
    (value,) = re.findall(rf'name="{button}"\s+value="([^"]*)"', page.text)
    return client.post(url, {**typed, button: value})


def errors_of(response: Any) -> dict[str, list[str]]:
    """What the page says at its fields."""
    assert response.status_code == 200
    return dict(response.context["adminform"].errors)
