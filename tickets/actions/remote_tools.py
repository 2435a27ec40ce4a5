"""The programs for remote sessions, and the links that start them."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from tickets.models import RemoteTool
from tickets.rules.remote_links import is_sound_template


class UnsoundLink(Exception):
    """The link leads to something else than a program for remote sessions or a page by https."""


@transaction.atomic
def save_tool(*, tool: RemoteTool, by: User | None, at: datetime | None = None) -> RemoteTool:
    """Create or change a program. Error: UnsoundLink."""
    if tool.link_template and not is_sound_template(tool.link_template):
        raise UnsoundLink
    verb = "remote_tool.changed" if tool.pk else "remote_tool.created"
    tool.save()
    details = {"link": tool.link_template, "is_active": tool.is_active}
    auditing.record(by=by, verb=verb, what=tool, at=at, details=details)
    return tool
