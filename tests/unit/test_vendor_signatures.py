"""Requests are believed only with their vendor's signature: the vendors' own vectors, and all that is not."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from calls.rules.signatures import (
    SCHEMES,
    Received,
    is_placetel,
    is_signalwire,
    is_signed,
    is_sipgate,
    is_telnyx,
    is_twilio,
)
from tests.factories import vendors

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TELNYX = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TELNYX_KEY = base64.b64encode(TELNYX.public_key().public_bytes_raw()).decode()


def telnyx_signature(timestamp: str, body: bytes) -> str:
    return base64.b64encode(TELNYX.sign(timestamp.encode() + b"|" + body)).decode()


@pytest.mark.parametrize(
    ("url", "form", "signature"),
    [
        (vendors.TWILIO_URL, vendors.TWILIO_FORM, vendors.TWILIO_SIGNATURE),
        (vendors.TWILIO_URL, vendors.TWILIO_REPEATED_FORM, vendors.TWILIO_REPEATED_SIGNATURE),
        (vendors.TWILIO_MIXED_CASE[0], vendors.TWILIO_FORM, vendors.TWILIO_MIXED_CASE[1]),
        (vendors.TWILIO_OWN_PORT[0], vendors.TWILIO_FORM, vendors.TWILIO_OWN_PORT[1]),
        # signed without the usual port, seen with it
        (vendors.TWILIO_URL.replace(".com/", ".com:443/"), vendors.TWILIO_FORM, vendors.TWILIO_SIGNATURE),
    ],
)
def test_twilio_is_believed_with_the_signatures_of_its_own_libraries(
    url: str, form: dict[str, list[str]], signature: str
) -> None:
    assert is_twilio(url=url, form=form, signature=signature, token=vendors.TWILIO_TOKEN)
    assert not is_twilio(url=url, form=form, signature=signature, token="another")
    assert not is_twilio(url=url + "&x=1", form=form, signature=signature, token=vendors.TWILIO_TOKEN)
    assert not is_twilio(
        url=url, form=form | {"To": ["+49110"]}, signature=signature, token=vendors.TWILIO_TOKEN
    )


def test_signalwire_signs_documents_and_forms() -> None:
    known = {"url": vendors.SIGNALWIRE_URL, "key": vendors.SIGNALWIRE_KEY}
    signature = vendors.SIGNALWIRE_SIGNATURE
    assert is_signalwire(**known, body=vendors.SIGNALWIRE_BODY, form={}, signature=signature)
    assert not is_signalwire(**known, body=vendors.SIGNALWIRE_BODY + b" ", form={}, signature=signature)
    assert is_signalwire(
        url=vendors.TWILIO_URL,
        body=b"whatever the form was sent as",
        form=vendors.TWILIO_FORM,
        signature=vendors.TWILIO_SIGNATURE,
        key=vendors.TWILIO_TOKEN,
    )


@pytest.mark.parametrize(
    ("seconds", "is_believed"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_telnyx_is_believed_while_it_is_fresh(seconds: int, is_believed: bool) -> None:
    timestamp = str(int(NOW.timestamp()) - seconds)
    signature = telnyx_signature(timestamp, b"CallSid=v3%3A1")
    seen = {"timestamp": timestamp, "signature": signature, "public_key": TELNYX_KEY, "now": NOW}
    assert is_telnyx(body=b"CallSid=v3%3A1", **seen) is is_believed  # type: ignore[arg-type]
    assert not is_telnyx(body=b"CallSid=v3%3A2", **seen)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("timestamp", "public_key"),
    [("", TELNYX_KEY), ("soon", TELNYX_KEY), ("²", TELNYX_KEY), ("9" * 40, TELNYX_KEY)]
    + [(str(int(NOW.timestamp())), key) for key in ("", "AAAA", "no key", TELNYX_KEY[:-4] + "AAA=")],
)
def test_telnyx_is_not_believed_with_a_broken_time_or_key(timestamp: str, public_key: str) -> None:
    signature = telnyx_signature(str(int(NOW.timestamp())), b"")
    assert not is_telnyx(body=b"", timestamp=timestamp, signature=signature, public_key=public_key, now=NOW)


def test_sipgate_is_believed_with_the_signature_of_its_own_library() -> None:
    body, signature, key = (
        vendors.SIPGATE_SIGNED_BODY,
        vendors.SIPGATE_SIGNATURE,
        vendors.SIPGATE_PUBLIC_KEY,
    )
    assert is_sipgate(body=body, signature=signature, public_key=key)
    assert not is_sipgate(body=body.replace(b"TestUser", b"Another"), signature=signature, public_key=key)
    assert not is_sipgate(body=body, signature=signature, public_key="")
    assert not is_sipgate(body=body, signature="", public_key=key)


def test_placetel_is_believed_with_the_example_of_its_document() -> None:
    body, signature, secret = (
        vendors.PLACETEL_SIGNED_BODY,
        vendors.PLACETEL_SIGNATURE,
        vendors.PLACETEL_SECRET,
    )
    assert is_placetel(body=body, signature=signature, secret=secret)
    assert not is_placetel(body=body + b"&", signature=signature, secret=secret)
    assert not is_placetel(body=body, signature=signature, secret="")


VERIFIERS: dict[str, Callable[[str, str], bool]] = {
    "twilio": lambda text, key: is_twilio(url=text, form={"a": [text]}, signature=text, token=key),
    "signalwire": lambda text, key: is_signalwire(
        url=text, body=text.encode(errors="replace"), form={}, signature=text, key=key
    ),
    "telnyx": lambda text, key: is_telnyx(body=b"", timestamp=text, signature=text, public_key=key, now=NOW),
    "sipgate": lambda text, key: is_sipgate(
        body=b"", signature=text, public_key=key or vendors.SIPGATE_PUBLIC_KEY
    ),
    "placetel": lambda text, key: is_placetel(body=b"", signature=text, secret=key),
}


@pytest.mark.parametrize("vendor", sorted(VERIFIERS))
@given(text=st.text(), key=st.sampled_from(["", "secret", TELNYX_KEY]))
def test_no_text_is_taken_for_a_signature_or_breaks_its_check(vendor: str, text: str, key: str) -> None:
    assert VERIFIERS[vendor](text, key) is False


def signed_requests() -> dict[str, tuple[Received, str]]:
    """For each scheme a request that is truly signed, and its key."""
    timestamp = str(int(NOW.timestamp()))
    telnyx = {
        "telnyx-timestamp": timestamp,
        "telnyx-signature-ed25519": telnyx_signature(timestamp, b"a=1"),
    }
    twilio = Received(
        vendors.TWILIO_URL, b"", vendors.TWILIO_FORM, {"x-twilio-signature": vendors.TWILIO_SIGNATURE}
    )
    signalwire = {"x-signalwire-signature": vendors.SIGNALWIRE_SIGNATURE}
    sipgate = {"x-sipgate-signature": vendors.SIPGATE_SIGNATURE}
    placetel = {"x-placetel-signature": vendors.PLACETEL_SIGNATURE}
    url = "https://help.example/calls/v1/x/7"
    return {
        "twilio": (twilio, vendors.TWILIO_TOKEN),
        "signalwire": (
            Received(vendors.SIGNALWIRE_URL, vendors.SIGNALWIRE_BODY, {}, signalwire),
            vendors.SIGNALWIRE_KEY,
        ),
        "telnyx": (Received(url, b"a=1", {"a": ["1"]}, telnyx), TELNYX_KEY),
        "sipgate": (Received(url, vendors.SIPGATE_SIGNED_BODY, {}, sipgate), vendors.SIPGATE_PUBLIC_KEY),
        "placetel": (Received(url, vendors.PLACETEL_SIGNED_BODY, {}, placetel), vendors.PLACETEL_SECRET),
    }


@pytest.mark.parametrize("vendor", sorted(SCHEMES))
def test_a_request_is_believed_as_its_own_vendors_only(vendor: str) -> None:
    received, key = signed_requests()[vendor]
    believed = {scheme for scheme in SCHEMES if is_signed(received, scheme=scheme, key=key, now=NOW)}
    # SignalWire took Twilio's way of signing over, its header included
    assert believed == ({"twilio", "signalwire"} if vendor == "twilio" else {vendor})
    bare = Received(received.url, received.body, received.form, {})
    assert not is_signed(bare, scheme=vendor, key=key, now=NOW)
    assert not is_signed(received, scheme=vendor, key="", now=NOW)
    assert not is_signed(received, scheme="", key=key, now=NOW)


def test_a_public_key_does_not_sign_anything() -> None:
    """Whoever knows Telnyx's public key signs with it as if it were Twilio's secret."""
    url, form = "https://help.example/calls/v1/twiml/7", {"To": ["+4930555001"]}
    digest = hmac.new(TELNYX_KEY.encode(), f"{url}To+4930555001".encode(), hashlib.sha1).digest()
    forged = Received(url, b"", form, {"x-twilio-signature": base64.b64encode(digest).decode()})
    assert is_signed(forged, scheme="twilio", key=TELNYX_KEY, now=NOW)  # the forgery itself is sound
    assert not is_signed(forged, scheme="telnyx", key=TELNYX_KEY, now=NOW)
