"""A real mail server that tests mistreat us with."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.installation import free_port

TAKEN = "250 OK"
DROP = "drop"
"""Instead of an answer: the connection breaks."""
STALL = "stall"
"""Instead of an answer: nothing, until `MailServer.go_on`."""
Answer = str


class MailServer:
    """Takes mail, or does not: `rcpt` and `data` are the next answers, after which everything is fine."""

    def __init__(self) -> None:
        self.rcpt: list[Answer] = []
        self.data: list[Answer] = []
        self.rcpt_of: dict[str, Answer] = {}
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.sessions = 0
        self.has_stalled = threading.Event()
        self.port = free_port()
        self._go_on = threading.Event()
        self._controller: Controller | None = None

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, whether or not we said so."""
        return [parsed(each) for each in self.raw]

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what arrived."""
        return [str(each["Message-ID"]).strip() for each in self.mails]

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(
            _Handler(self), hostname="127.0.0.1", port=self.port, ready_timeout=20, enable_SMTPUTF8=True
        )
        self._controller.start()

    def stop(self) -> None:
        """Be away."""
        self.go_on()
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def go_on(self) -> None:
        """End all stalling."""
        self._go_on.set()

    def answer_to_data(self) -> Answer:
        """The next answer to a mail's body."""
        return self.data.pop(0) if self.data else TAKEN

    def answer_to_rcpt(self, address: str) -> Answer:
        """The next answer to a recipient."""
        if address in self.rcpt_of:
            return self.rcpt_of[address]
        return self.rcpt.pop(0) if self.rcpt else TAKEN

    def wait_to_go_on(self) -> bool:
        """Whether stalling is over."""
        return self._go_on.is_set()


class _Handler:
    """What aiosmtpd calls."""

    def __init__(self, owner: MailServer) -> None:
        self._owner = owner

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._owner.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        answer = self._owner.answer_to_rcpt(address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
            return answer
        return await self._instead(server, answer)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._owner.answer_to_data()
        if not answer.startswith(("4", "5")):
            self._owner.raw.append(envelope.original_content or b"")
            self._owner.recipients += envelope.rcpt_tos
        return await self._instead(server, answer)

    async def _instead(self, server: SMTP, answer: Answer) -> str:
        if answer == STALL:
            self._owner.has_stalled.set()
            while not self._owner.wait_to_go_on():
                await asyncio.sleep(0.02)
        if answer == DROP and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return TAKEN if answer in (STALL, DROP) else answer


@contextmanager
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A server that listens, and settings that send to it."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1
    server.start()
    try:
        yield server
    finally:
        server.stop()


def parsed(raw: bytes) -> EmailMessage:
    """A mail as whoever receives it reads it."""
    return email.message_from_bytes(raw, policy=email.policy.default)
