"""The bell: topics that changed, published to every web process, which passes them to open pages.

An event says only that something changed. Pages then ask for what they show, with their own permissions.
"""

import json
from collections.abc import Iterable

import redis

CHANNEL = "vorrang:changes"
CALLS = "calls"
"""The calls and phones of everybody, as leads watch them."""


def queue_topic(team_id: int) -> str:
    """A team's queue changed."""
    return f"queue:{team_id}"


def ticket_topic(ticket_id: int) -> str:
    """A ticket changed: state, conversation or rank."""
    return f"ticket:{ticket_id}"


def note_topic(ticket_id: int) -> str:
    """Something happened on a ticket that its customer hears nothing of."""
    return f"note:{ticket_id}"


def work_topic(user_id: int) -> str:
    """What an agent has in hands changed."""
    return f"work:{user_id}"


def phone_topic(user_id: int) -> str:
    """An agent's phone, or the call on it, changed."""
    return f"phone:{user_id}"


def publish(client: redis.Redis | redis.client.Pipeline, topics: Iterable[str]) -> None:
    """Ring for these topics (a JSON list in one message)."""
    client.publish(CHANNEL, json.dumps(sorted(set(topics))))


def topics_of(message: str) -> set[str]:
    """Read a message that `publish` wrote."""
    return set(json.loads(message))
