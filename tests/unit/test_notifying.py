"""Which mail is owed: every step of the lifecycle, every message, every reader; never one for a note."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from customers.models import Contact
from tickets.models import Delivery
from tickets.rules.lifecycle import TRANSITIONS, Actor, Verb
from tickets.rules.notifying import (
    MAX_RECEIPTS,
    NEWS,
    TAKEN_AFTER,
    TAKEN_AGAIN,
    TAKEN_UNTIL,
    Holding,
    Mail,
    Reader,
    Wish,
    is_old_news,
    is_wanted,
    owed_for_approval,
    owed_for_holding,
    owed_for_message,
    owed_for_opening,
    owed_for_severity,
    owed_for_step,
)

READERS = [Reader(one, other, third) for one, other, third in product((True, False), repeat=3)]
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


def test_after_many_receipts_within_an_hour_none_is_owed() -> None:
    def owed(receipts_lately: int) -> Mail | None:
        return owed_for_opening(TOLD, channel="mail", is_old=False, receipts_lately=receipts_lately)

    assert owed(MAX_RECEIPTS - 1) == Mail.RECEIPT
    assert owed(MAX_RECEIPTS) is None


@pytest.mark.parametrize("reader", READERS)
def test_another_severity_is_owed_and_a_confirmed_one_is_not(reader: Reader) -> None:
    can = reader.has_address and reader.is_active
    assert (owed_for_severity(reader, before=3, after=1) == Mail.SEVERITY) is can
    assert owed_for_severity(reader, before=3, after=3) is None


SECOND = timedelta(seconds=1)
LONG_AGO = NOW - TAKEN_AGAIN
HOLDINGS: list[tuple[str, timedelta, Holding, bool]] = [
    ("too soon", TAKEN_AFTER - SECOND, Holding(NOW, NOW), False),
    ("soon enough", TAKEN_AFTER, Holding(NOW, NOW), True),
    ("late", TAKEN_UNTIL, Holding(NOW, NOW), True),
    ("too late", TAKEN_UNTIL + SECOND, Holding(NOW, NOW), False),
    ("we wrote since", TAKEN_AFTER, Holding(NOW, NOW, is_heard_since=True), False),
    ("told lately", TAKEN_AFTER, Holding(NOW, NOW, told_at=LONG_AGO + SECOND), False),
    ("told long ago", TAKEN_AFTER, Holding(NOW, NOW, told_at=LONG_AGO), True),
    ("imported", TAKEN_AFTER, Holding(NOW, NOW + timedelta(minutes=2)), False),
]


@pytest.mark.parametrize(("name", "after", "holding", "is_owed"), HOLDINGS, ids=[one[0] for one in HOLDINGS])
def test_that_somebody_took_it_is_owed_once_and_late(
    name: str, after: timedelta, holding: Holding, *, is_owed: bool
) -> None:
    assert (owed_for_holding(TOLD, holding, NOW + after) == Mail.TAKEN) is is_owed
    assert owed_for_holding(Reader(has_address=False, is_active=True), holding, NOW + after) is None


WANTED: dict[Wish, set[str]] = {
    Wish.EVERYTHING: {
        *(mail.value for mail in Mail if mail not in (Mail.STATUS, Mail.APPROVAL)),
        *(verb.value for verb in NEWS),
    },
    Wish.ANSWERS: {Mail.RECEIPT, Mail.REPLY, Verb.WAIT_CUSTOMER, Verb.SOLVE},
    Wish.NOTHING: set(),
}
"""By wish: every kind of mail, changes of status by their step."""


@pytest.mark.parametrize(("wish", "is_muted"), list(product(Wish, (True, False))))
def test_every_kind_of_mail_by_wish_and_mute(wish: Wish, *, is_muted: bool) -> None:
    # Whether work may begin at its price is asked whatever somebody chose.
    expected = {"approval"} | (set() if is_muted else {str(one) for one in WANTED[wish]})
    reader = Reader(has_address=True, is_active=True, wish=wish, is_muted=is_muted)
    found = {
        owed_for_opening(reader, channel="portal", is_old=False),
        owed_for_message(reader, is_internal=False, is_from_customer=False),
        owed_for_severity(reader, before=3, after=1),
        owed_for_approval(reader),
        owed_for_holding(reader, Holding(NOW, NOW), NOW + TAKEN_AFTER),
        *(verb for verb in Verb if owed_for_step(reader, verb)),
    } - {None}

    assert {str(one) for one in found} == expected
    asked = {
        str(mail) for mail in Mail if mail != Mail.STATUS and is_wanted(mail, wish=wish, is_muted=is_muted)
    }
    asked |= {str(verb) for verb in NEWS if is_wanted(Mail.STATUS, verb, wish=wish, is_muted=is_muted)}
    assert asked == expected


def test_the_rules_and_the_rows_speak_of_the_same() -> None:
    assert set(Mail) == set(Delivery.Kind.values)
    assert set(Wish) == set(Contact.MailSteps.values)
