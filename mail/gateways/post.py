"""The way out: Django's mail backend, and what its failures mean for a mail.

Of SMTP we must know more than that it failed: whether the server had the whole mail already when the
connection broke. Then the mail may have arrived.
"""

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp

from lib.undelivered import PREFIX
from mail.rules.headers import server_answer

log = structlog.get_logger(__name__)

_DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_WATCHED_SMTP = "mail.gateways.post.WatchedBackend"
_TAKEN = 250
_GO_AHEAD = 354
_TEMPORARY = 400
_SERVICE_ENDS = 421
_PERMANENT = 500


class SendingFailed(Exception):
    """A mail was not sent. `error` is a code of `lib.undelivered` or the server's answer."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Away(SendingFailed):
    """The server cannot be reached or does not let us in: it fails every mail alike."""


class TryLater(SendingFailed):
    """The server did not take this mail now. `is_open`: whether it will talk about the next one."""

    def __init__(self, error: str, *, is_open: bool = True) -> None:
        super().__init__(error)
        self.is_open = is_open


class MayHaveArrived(SendingFailed):
    """The connection broke when the server had, or may have had, the whole mail."""


class Refused(SendingFailed):
    """The server will never take this mail."""


class _Watched:
    """Knows whether a mail's body is on its way: from the server's "go ahead" to its next clear answer.

    A stammer instead of one leaves open what became of the body, whatever is said later on this connection.
    """

    is_body_out = False
    _is_unclear = False

    def getreply(self) -> tuple[int, bytes]:
        """The server's next answer."""
        answer: tuple[int, bytes] = super().getreply()  # type: ignore[misc]  # smtplib.SMTP's
        code = answer[0]
        self._is_unclear |= self.is_body_out and code != _TAKEN and code < _TEMPORARY
        self.is_body_out = self._is_unclear or code == _GO_AHEAD
        return answer


class WatchedSMTP(_Watched, smtplib.SMTP):
    """Plain or with STARTTLS."""


class WatchedSMTPS(_Watched, smtplib.SMTP_SSL):
    """TLS from the start."""


class WatchedBackend(smtp.EmailBackend):
    """Django's, on the connections above."""

    @property
    def connection_class(self) -> Any:
        """What to connect with."""
        return WatchedSMTPS if self.use_ssl else WatchedSMTP

    @property
    def is_body_out(self) -> bool:
        """Whether the last mail's body was on its way when the connection broke."""
        return bool(getattr(self.connection, "is_body_out", False))


class Post:
    """A connection to the mail server, opened with the first mail and reused for the next ones."""

    def __init__(self) -> None:
        is_smtp = settings.EMAIL_BACKEND == _DJANGO_SMTP
        self._backend: Any = get_connection(_WATCHED_SMTP if is_smtp else settings.EMAIL_BACKEND)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, letter: EmailMultiAlternatives) -> None:
        """Hand one mail over. Errors: Away, TryLater, MayHaveArrived, Refused."""
        self._open()
        letter.connection = self._backend
        try:
            letter.send()
        except smtplib.SMTPException as error:
            self._fail(error)
        except OSError as error:
            raise self._broken_off() from error
        except ValueError as error:  # addresses that cannot be written, line ends in headers
            raise Refused(f"{PREFIX}bad_address") from error
        except Exception as error:  # another backend's own
            log.exception("mail_backend_failed")
            self._hang_up()
            raise TryLater(f"{PREFIX}backend_failed", is_open=False) from error

    def _open(self) -> None:
        try:
            self._backend.open()
        except smtplib.SMTPResponseException as error:
            raise Away(_said(error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Away(f"{PREFIX}unreachable") from error
        except Exception as error:  # another backend's own
            log.exception("mail_backend_failed")
            raise Away(f"{PREFIX}backend_failed") from error

    def _fail(self, error: smtplib.SMTPException) -> None:
        """Say what the failure means. Errors: TryLater, MayHaveArrived, Refused."""
        if self._is_body_out:
            raise self._broken_off() from error
        code: int
        text: bytes | str
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, text = next(iter(error.recipients.values()))
        elif isinstance(error, smtplib.SMTPResponseException):
            code, text = error.smtp_code, error.smtp_error
        elif isinstance(error, smtplib.SMTPNotSupportedError):  # an address this server cannot take
            raise Refused(f"{PREFIX}bad_address") from error
        else:
            raise self._broken_off() from error
        # Who may send here is about us, not about this mail: somebody will put the settings right.
        if isinstance(error, smtplib.SMTPSenderRefused) or code < _PERMANENT:
            is_open = code != _SERVICE_ENDS and not isinstance(error, smtplib.SMTPSenderRefused)
            if not is_open:
                self._hang_up()
            raise TryLater(_said(code, text), is_open=is_open) from error
        raise Refused(_said(code, text)) from error

    def _broken_off(self) -> SendingFailed:
        was_out = self._is_body_out
        self._hang_up()
        return MayHaveArrived(f"{PREFIX}cut_off") if was_out else TryLater(f"{PREFIX}cut_off", is_open=False)

    @property
    def _is_body_out(self) -> bool:
        return bool(getattr(self._backend, "is_body_out", False))

    def _hang_up(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._backend.close()


def _said(code: int, text: bytes | str) -> str:
    return server_answer(code, text.decode(errors="replace") if isinstance(text, bytes) else text)
