"""ARI as it should not be: slow, mute, lying, endless. Recordings come whole or not at all."""

import time
from base64 import b64encode
from collections.abc import Iterator

import pytest

from calls.gateways import ari
from calls.models import PhoneSystem
from tests.factories.asterisk_links import Ari, Exchange, Respond, ari_on_loopback

pytestmark = pytest.mark.django_db
SOUND = bytes(range(256)) * 1000
Link = tuple[Ari, PhoneSystem]


@pytest.fixture
def link() -> Iterator[Link]:
    with ari_on_loopback() as given:
        yield given


def test_a_recording_comes_as_it_lies_there_and_is_deleted(link: Link) -> None:
    there, system = link
    there.recordings["vm-test-1763900000.12"] = SOUND
    assert ari.recording(system, "vm-test-1763900000.12") == SOUND
    ari.delete_recording(system, "vm-test-1763900000.12")
    assert there.recordings == {}
    assert there.keys == {"Basic " + b64encode("vorrang:Schlüssel".encode()).decode()}
    with pytest.raises(ari.NotThere):
        ari.recording(system, "vm-test-1763900000.12")


@pytest.mark.parametrize(
    "name", ["", "../../asterisk.conf", "a/b", ".hidden", "a..b", "a b", "a\r\nX: y", "ä"]
)
def test_a_name_that_could_lead_elsewhere_is_not_asked_for(link: Link, name: str) -> None:
    there, system = link
    with pytest.raises(ari.NotThere):
        ari.recording(system, name)
    assert there.asked == []


def test_what_is_too_large_is_not_taken_whether_it_says_so_or_not(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, system = link
    monkeypatch.setattr(ari, "LONGEST_RECORDING", 1000)
    there.recordings["a"] = bytes(1001)
    with pytest.raises(ari.TooLarge):
        ari.recording(system, "a")
    there.recordings["a"] = bytes(1000)
    assert len(ari.recording(system, "a")) == 1000
    there.instead = _endless
    with pytest.raises(ari.TooLarge):
        ari.recording(system, "a")


def _endless(to: Exchange) -> None:
    to.handler.send_response(200)
    to.handler.end_headers()  # no length: until the connection ends
    while True:
        to.handler.wfile.write(bytes(1000))


def _drips(to: Exchange) -> None:
    to.handler.send_response(200)
    to.handler.flush_headers()
    while not to.over.wait(0.02):
        to.handler.wfile.write(b"X-Slow: 1\r\n")


def _drips_sound(to: Exchange) -> None:
    to.handler.send_response(200)
    to.handler.end_headers()
    while not to.over.wait(0.02):
        to.handler.wfile.write(b"x")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda to: to.over.wait(20), "timeout"),
        (_drips, "timeout"),
        (_drips_sound, "timeout"),
        (lambda to: to.answer(200, b"RIFF", Content_Length="4000"), "unreachable"),
        (lambda to: to.answer(401, b"{}"), "refused"),
        (lambda to: to.answer(403, b"{}"), "refused"),
        (lambda to: to.answer(500, b"{}"), "failed"),
        (lambda to: to.answer(302, b"", Location="http://127.0.0.1:9/"), "failed"),
        (lambda to: to.handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n"), "garbage"),
        (lambda to: to.handler.connection.close(), "unreachable"),
    ],
)
def test_whatever_it_does_instead_ends_in_time_with_a_reason(
    link: Link, monkeypatch: pytest.MonkeyPatch, answer: Respond, why: str
) -> None:
    there, system = link
    monkeypatch.setattr(ari, "SECONDS_OF_SOUND", 0.3)
    there.instead = answer
    began = time.monotonic()
    with pytest.raises(ari.Unreachable) as failed:
        ari.recording(system, "a")
    assert failed.value.why == why
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[1]", b'[{"name": "x"}]', b'[{"id": "a", "caller": 5}]', b"[" * 100_000]
)
def test_what_is_no_list_of_channels_is_never_taken_for_an_empty_one(link: Link, body: bytes) -> None:
    there, system = link
    there.instead = lambda to: to.answer(200, body)
    with pytest.raises(ari.Unreachable) as failed:
        ari.channels(system)
    assert failed.value.why == "garbage"


def test_what_speaks_no_tls_is_not_told_the_password(link: Link) -> None:
    there, system = link
    system.ari_url = system.ari_url.replace("http:", "https:")
    with pytest.raises(ari.Unreachable) as failed:
        ari.channels(system)
    assert failed.value.why == "certificate"
    assert there.keys == set()


def test_ari_may_lie_behind_a_path(link: Link) -> None:
    there, system = link
    system.ari_url += "/ari/"
    assert ari.channels(system) == []
    assert [path for _method, path, _body in there.asked] == ["/ari/channels"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("file:///etc/passwd", "address"),
        ("127.0.0.1:8088", "address"),
        ("http://", "address"),
        ("http://127.0.0.1:99999", "address"),
        ("http://[::1", "address"),
        ("http://127.0.0.1:9", "unreachable"),
    ],
)
def test_an_address_that_is_none_is_said(address: str, why: str) -> None:
    system = PhoneSystem(ari_url=address, ari_user="vorrang")
    with pytest.raises(ari.Unreachable) as failed:
        ari.channels(system)
    assert failed.value.why == why
