"""Recordings that a provider keeps are fetched from that provider, over https, and from nowhere else."""

import ssl
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from calls.gateways import recordings
from calls.gateways.recordings import NotThere, NotToBeHad, TryLater, over_https, public_address
from calls.models import PhoneSystem
from tests.factories.sounds import wav

HOST = "api.twilio.com"
SOUND = wav(1.5)
PLACE = f"https://{HOST}/2010-04-01/Accounts/AC1/Recordings"
FURTHER = {
    "further": f"{PLACE}/RE1",
    "outside": "https://internal.example/secret",
    "plain": f"http://{HOST}/RE1",
    "round": f"{PLACE}/round",
}


@dataclass
class Provider:
    """What answers instead of the provider, and what it was asked with."""

    port: int
    trusted: ssl.SSLContext
    asked: list[Any]

    def get(self, address: str, system: PhoneSystem | None = None) -> bytes:
        """The recording at an address, as if the provider's name led here."""
        return over_https(
            system or twilio(),
            address,
            trusted=self.trusted,
            resolve=lambda _host: ("127.0.0.1", self.port),
        )


def twilio(scheme: str = "twilio") -> PhoneSystem:
    key: Any = {"scheme": scheme, "key": "token"}
    return PhoneSystem(kind=PhoneSystem.Kind.TWIML, signing_key=key)


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    signed = made.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    asked: list[Any] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers))
            name = self.path.rpartition("/")[2]
            if name in FURTHER:
                self.send_response(302)
                self.send_header("Location", FURTHER[name])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = {"RE1": SOUND, "large": b"x" * 5000}.get(name, b"")
            self.send_response(200 if body else 404 if name == "gone" else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    folder = tmp_path_factory.mktemp("provider")
    cert, key = certificate(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Provider(server.server_port, ssl.create_default_context(cafile=str(cert)), asked)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["RE1", "further"])
def test_the_provider_sends_its_recording_to_whoever_has_the_accounts_token(
    provider: Provider, name: str
) -> None:
    assert provider.get(f"{PLACE}/{name}") == SOUND
    assert provider.asked[-1]["Authorization"] == "Basic " + b64encode(b"AC1:token").decode()


def test_nobody_but_twilio_is_told_the_token(provider: Provider) -> None:
    with pytest.raises(TryLater):  # the certificate is another host's: nothing was said to it
        provider.get("https://media.signalwire.com/Accounts/AC1/RE1", twilio("signalwire"))
    before = len(provider.asked)
    with pytest.raises(NotToBeHad):
        provider.get(f"{PLACE}/outside")
    assert len(provider.asked) == before + 1


@pytest.mark.parametrize(
    ("address", "error"),
    [
        (f"{PLACE}/outside", "host"),
        (f"{PLACE}/plain", "address"),
        (f"{PLACE}/round", "sent_on"),
        (f"http://{HOST}/RE1", "address"),
        (f"https://{HOST}:8443/RE1", "address"),
        (f"https://user@{HOST}/RE1", "address"),
        (f"https://{HOST}@internal.example/RE1", "address"),
        ("https://eviltwilio.com/RE1", "host"),
        ("https://api.twilio.com.evil.example/RE1", "host"),
        ("https://169.254.169.254/latest/meta-data", "host"),
        ("https://localhost/RE1", "host"),
        ("https://[::1", "address"),
        ("file:///etc/passwd", "address"),
    ],
)
def test_an_address_leads_nowhere_but_to_the_provider(provider: Provider, address: str, error: str) -> None:
    with pytest.raises(NotToBeHad, match=f"^{error}$"):
        provider.get(address)


def test_telnyx_keeps_recordings_in_its_own_bucket_alone(provider: Provider) -> None:
    for place in (
        "another-bucket/RE1",
        "telephony-recorder-prod/../another-bucket/RE1",
        "telephony-recorder-prod",
    ):
        with pytest.raises(NotToBeHad, match="host"):
            provider.get(f"https://s3.amazonaws.com/{place}", twilio("telnyx"))
    with pytest.raises(TryLater):  # this one is asked; here another host's certificate answers
        provider.get(
            "https://s3.amazonaws.com/telephony-recorder-prod/RE1?X-Amz-Expires=600", twilio("telnyx")
        )


def test_a_system_that_no_provider_signs_for_has_no_hosts(provider: Provider) -> None:
    with pytest.raises(NotToBeHad, match="host"):
        provider.get(f"{PLACE}/RE1", PhoneSystem(kind=PhoneSystem.Kind.TWIML))


def test_a_name_that_leads_into_our_own_network_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in (["127.0.0.1"], ["10.0.0.5"], ["93.184.215.14", "192.168.1.1"], ["::1"], ["fd00::1"]):
        monkeypatch.setattr(
            recordings,
            "getaddrinfo",
            lambda *_, found=found, **__: [(0, 0, 0, "", (one, 443)) for one in found],
        )
        with pytest.raises(NotToBeHad, match="private_address"):
            public_address(HOST)
    monkeypatch.setattr(recordings, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.215.14", 443))])
    assert public_address(HOST) == ("93.184.215.14", 443)


def test_what_is_missing_away_or_too_large_says_so(provider: Provider, settings: Any) -> None:
    with pytest.raises(NotThere):
        provider.get(f"{PLACE}/gone")
    with pytest.raises(TryLater, match="status_503"):
        provider.get(f"{PLACE}/away")
    settings.ATTACHMENT_MAX_MEGABYTES = 0.001
    with pytest.raises(NotToBeHad, match="too_large"):
        provider.get(f"{PLACE}/large")


def test_a_certificate_that_nobody_vouches_for_ends_it(provider: Provider) -> None:
    with pytest.raises(TryLater):
        over_https(twilio(), f"{PLACE}/RE1", resolve=lambda _host: ("127.0.0.1", provider.port))


def test_only_asterisk_is_asked_by_name() -> None:
    for system in (PhoneSystem(kind="sipgate"), PhoneSystem(kind="asterisk")):
        with pytest.raises(NotToBeHad, match="nobody_to_ask"):
            recordings.fetch(system, "vm-1")
