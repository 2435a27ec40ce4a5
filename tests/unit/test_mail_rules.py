"""Retrying, and what may stand in headers and bodies."""

from datetime import timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from mail.actions.delivering import LEASE
from mail.gateways.post import WatchedBackend, WatchedSMTP, WatchedSMTPS
from mail.rules.headers import body_text, header_text, references, server_answer
from mail.rules.retrying import MAX_ATTEMPTS, next_delay, spread


def test_delays_grow_and_end_after_some_three_days() -> None:
    delays = [next_delay(attempts, 0.5) for attempts in range(1, MAX_ATTEMPTS)]
    known = [delay for delay in delays if delay is not None]
    assert known == sorted(known)
    assert len(known) == MAX_ATTEMPTS - 1
    assert known[:3] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    assert timedelta(days=2.5) < sum(known, timedelta()) < timedelta(days=3.5)
    assert next_delay(MAX_ATTEMPTS, 0.5) is None


@given(st.floats(0, 1))
def test_luck_spreads_by_a_fifth_at_most(luck: float) -> None:
    assert timedelta(seconds=48) <= spread(timedelta(minutes=1), luck) <= timedelta(seconds=72)


@given(st.text(), st.integers(2, 60))
def test_a_header_is_one_bounded_line(text: str, limit: int) -> None:
    line = header_text(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert "=?" not in line
    assert line == line.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Drucker   brennt ", "Drucker brennt"),
        ("a\r\nBcc: b@c.example", "a Bcc: b@c.example"),
        ("\u202eabc\u2066", "abc"),
        ("Größe «ß» 😀", "Größe «ß» 😀"),
    ],
)
def test_what_a_header_keeps(text: str, expected: str) -> None:
    assert header_text(text) == expected


@given(st.text())
def test_a_body_keeps_every_word_and_nothing_that_a_terminal_obeys(text: str) -> None:
    body = body_text(text)
    assert not {each for each in body if ord(each) < 32 or 127 <= ord(each) < 160} - {"\n", "\t"}
    assert [each for each in body if each.isalnum()] == [each for each in text if each.isalnum()]


def test_a_long_thread_keeps_its_first_and_its_newest() -> None:
    ids = [f"<{number}@x>" for number in range(30)]
    assert references(ids).split() == [ids[0], *ids[-9:]]
    assert references(ids[:3]).split() == ids[:3]


def test_what_a_server_says_is_kept_without_addresses() -> None:
    said = "5.1.1 <anna.huber@customer.example>: Recipient\r\naddress rejected"
    assert server_answer(550, said) == "550 5.1.1 … Recipient address rejected"


def test_a_lease_lasts_longer_than_a_server_can_keep_us_with_one_mail() -> None:
    answers = 10  # greeting, EHLO, STARTTLS, EHLO, AUTH twice, MAIL, RCPT, DATA, the end of the body
    assert timedelta(seconds=answers * settings.EMAIL_TIMEOUT) < LEASE


@pytest.mark.parametrize(("use_ssl", "expected"), [(True, WatchedSMTPS), (False, WatchedSMTP)])
def test_both_ways_of_connecting_are_watched(expected: type, *, use_ssl: bool) -> None:
    assert WatchedBackend(use_ssl=use_ssl).connection_class is expected
    assert expected.getreply.__qualname__ == "_Watched.getreply"
