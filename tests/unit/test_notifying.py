"""Which mail is owed: every step of the lifecycle, every message, every reader; never one for a note."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tickets.rules.lifecycle import TRANSITIONS, Actor, Verb
from tickets.rules.notifying import (
    NEWS,
    Mail,
    Reader,
    is_old_news,
    owed_for_message,
    owed_for_opening,
    owed_for_step,
)

READERS = [Reader(*facts) for facts in product((True, False), repeat=3)]
TOLD = Reader(has_address=True, is_active=True)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("is_from_customer", [True, False])
def test_a_note_owes_nobody_anything(reader: Reader, *, is_from_customer: bool) -> None:
    assert owed_for_message(reader, is_internal=True, is_from_customer=is_from_customer) is None


@pytest.mark.parametrize("reader", READERS)
def test_a_reply_is_owed_to_whoever_can_be_told(reader: Reader) -> None:
    can = reader.has_address and reader.is_active
    assert (owed_for_message(reader, is_internal=False, is_from_customer=False) == Mail.REPLY) is can
    assert owed_for_message(reader, is_internal=False, is_from_customer=True) is None


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("verb", Verb)
def test_a_step_is_owed_when_it_is_news_and_not_their_own(reader: Reader, verb: Verb) -> None:
    expected = verb in NEWS and reader.has_address and reader.is_active and not reader.did_it
    assert (owed_for_step(reader, verb) == Mail.STATUS) is expected


def test_what_only_goes_back_to_our_work_is_no_news() -> None:
    assert set(Verb) - NEWS == {Verb.RESUME, Verb.CUSTOMER_REPLIED, Verb.SCHEDULED_DUE}
    only_theirs = {row.verb for row in TRANSITIONS if row.actors == (Actor.CUSTOMER,)}
    assert not NEWS & only_theirs


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("channel", ["portal", "phone", "desk", "api", "mail", "monitoring"])
@pytest.mark.parametrize("is_old", [True, False])
def test_an_arrival_owes_a_receipt(reader: Reader, channel: str, *, is_old: bool) -> None:
    expected = reader.has_address and reader.is_active and channel != "monitoring" and not is_old
    assert (owed_for_opening(reader, channel=channel, is_old=is_old) == Mail.RECEIPT) is expected


def test_an_arrival_is_old_after_an_hour() -> None:
    assert not is_old_news(NOW - timedelta(hours=1), NOW)
    assert is_old_news(NOW - timedelta(hours=1, seconds=1), NOW)
