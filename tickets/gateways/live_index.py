"""The live index: one sorted set per team in Valkey, whose members are the waiting tickets' rank keys.

All scores are 0, so that members stand in the order of their bytes, which is the order of the queue: a
position is one ZRANK, a count of who is ahead and why one ZLEXCOUNT. PostgreSQL stays the truth; whatever
this module cannot answer is Unavailable and read from there.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, cast

import redis

from lib.valkey import Unavailable, valkey
from tickets.gateways import events

# Holds the run id of the server the index was built on: gone after FLUSHALL, another one after a restart.
BUILT = "vorrang:index:built"
# Becomes BUILT when a rebuild is through, unless the server lost its data in the middle of it.
BUILDING = "vorrang:index:building"
QUEUE_PREFIX = "vorrang:queue:"
BATCH = 5_000
# Building and applying are background work; nobody waits for them on a page.
PATIENCE_SECONDS = 20.0


class Entry(NamedTuple):
    """One waiting ticket's place: its team's queue and its rank key there."""

    team_id: int
    rank_key: str


class Span(NamedTuple):
    """A stretch ``[low, high)`` of rank keys in one team's queue."""

    team_id: int
    low: str
    high: str


def queue_key(team_id: int) -> str:
    """The name of a team's sorted set."""
    return f"{QUEUE_PREFIX}{team_id}"


def read(ranks: Sequence[Entry] = (), spans: Sequence[Span] = ()) -> tuple[list[int | None], list[int]]:
    """Return the 0-based rank of each entry (None: not in the index) and the count in each span.

    One round trip. Error: Unavailable when Valkey is away or holds no built index.
    """
    with valkey() as client:
        pipe = client.pipeline(transaction=False)
        pipe.exists(BUILT)
        for entry in ranks:
            pipe.zrank(queue_key(entry.team_id), entry.rank_key)
        for span in spans:
            pipe.zlexcount(queue_key(span.team_id), f"[{span.low}", f"({span.high}")
        built, *answers = pipe.execute()
    if not built:
        raise Unavailable
    return answers[: len(ranks)], answers[len(ranks) :]


def is_built() -> bool:
    """Whether the index is whole as far as the server can tell. Error: Unavailable."""
    with valkey() as client:
        return client.get(BUILT) == _run_id(client)


def apply(*, removals: Iterable[Entry], additions: Iterable[Entry], topics: Iterable[str]) -> None:
    """Bring entries up to date and ring the bell for open pages. Applying twice equals once.

    Error: Unavailable; nothing is lost then, the caller keeps its outbox rows.
    """
    with valkey(PATIENCE_SECONDS) as client:
        pipe = client.pipeline(transaction=False)
        for team_id, members in _by_team(removals).items():
            pipe.zrem(queue_key(team_id), *members)
        _add(pipe, additions)
        events.publish(pipe, topics)
        pipe.execute()


def rebuild(entries: Iterable[Entry]) -> int:
    """Replace the whole index. Returns how many entries it holds. Error: Unavailable.

    The caller holds the lock of the live index. Readers fall back to PostgreSQL meanwhile.
    """
    count = 0
    with valkey(PATIENCE_SECONDS) as client:
        client.delete(BUILT, *_queue_keys(client))
        client.set(BUILDING, _run_id(client))
        for batch in _batches(entries):
            pipe = client.pipeline(transaction=False)
            _add(pipe, batch)
            pipe.execute()
            count += len(batch)
        client.rename(BUILDING, BUILT)
    return count


def entries(team_id: int) -> Iterator[str]:
    """All rank keys of a team's queue in order, for verification. Error: Unavailable."""
    with valkey(PATIENCE_SECONDS) as client:
        start = 0
        while batch := client.zrange(queue_key(team_id), start, start + BATCH - 1):
            yield from cast("list[str]", batch)
            start += BATCH


def team_ids() -> set[int]:
    """The teams that have a sorted set. Error: Unavailable."""
    with valkey(PATIENCE_SECONDS) as client:
        names = {key.removeprefix(QUEUE_PREFIX) for key in _queue_keys(client)}
    return {int(name) for name in names if name.isascii() and name.isdigit()}


def _add(pipe: redis.client.Pipeline, entries: Iterable[Entry]) -> None:
    for team_id, members in _by_team(entries).items():
        pipe.zadd(queue_key(team_id), members)


def _queue_keys(client: redis.Redis) -> list[str]:
    """Every sorted set there is, as the server knows it: a list of our own could miss one."""
    return list(client.scan_iter(match=f"{QUEUE_PREFIX}*", count=1_000))


def _run_id(client: redis.Redis) -> str:
    return str(client.info("server")["run_id"])


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    iterator = iter(entries)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _by_team(entries: Iterable[Entry]) -> dict[int, dict[str, int]]:
    """Members with their scores (all 0), by team."""
    members: dict[int, dict[str, int]] = {}
    for entry in entries:
        members.setdefault(entry.team_id, {})[entry.rank_key] = 0
    return members
