"""Telling open pages, after commit, that a call or a phone changed. Pages ask for the rest themselves."""

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction

from calls.models import AgentPhone
from lib.compiled_sql import Rows
from lib.valkey import Unavailable, valkey
from tickets.gateways import events

_USER = Rows(
    lambda blank: AgentPhone.objects.filter(pk=blank.whole("phone")).order_by().values_list("user_id")
)


@lru_cache(maxsize=4096)
def _user_of(phone: int) -> int:
    """Whose phone it is, which never changes. Error: LookupError for one that was taken away."""
    found = _USER.first(phone=phone)
    if found is None:
        raise LookupError(phone)
    return int(found[0])


@dataclass(frozen=True)
class _Ring:
    """One ring of the bell; equal ones in one transaction are one."""

    phones: frozenset[int]

    def __call__(self) -> None:
        """Ring; where Valkey is away, pages poll by themselves."""
        topics = {events.CALLS}
        for phone in self.phones:
            with suppress(LookupError):
                topics.add(events.phone_topic(_user_of(phone)))
        with suppress(Unavailable), valkey() as client:
            events.publish(client, topics)


def changed(*phones: int | None) -> None:
    """Ring for the leads' board, and for the agents of these phones (their ids; None counts as none).

    It happens after the transaction (at once outside of one), takes one round trip and never fails.
    """
    ring = _Ring(frozenset(phone for phone in phones if phone is not None))
    connection = transaction.get_connection()
    if connection.in_atomic_block and ring in (entry[1] for entry in connection.run_on_commit):
        return
    transaction.on_commit(ring)
