"""A letter: what all mails have in common, from the words of one kind of mail to a message for the post."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import encoders
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import translation

from accounts.queries.company import company_name
from lib.undelivered import PREFIX
from mail.rules.headers import body_text, file_name, header_text

_PLAIN_TYPE = re.compile(r"(application|audio|font|image|video)/[\w.+-]+")
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class NotOwed(Exception):
    """What is true now forbids this mail; `error` is a code of `lib.undelivered`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.error = f"{PREFIX}{why}"


class AskedByNobody(Exception):
    """Somebody asked for a mail with an address that leads to nobody."""


class NotWanted(Exception):
    """Its reader does not want this mail any more: it is taken out of the outbox without a word."""


@dataclass(frozen=True)
class Said:
    """Somebody's words."""

    author: str
    at: datetime
    body: str

    @property
    def quoted(self) -> str:
        """As a plain text quotes."""
        return "\n".join(f"> {line}".rstrip() for line in self.body.split("\n"))


@dataclass(frozen=True)
class Enclosure:
    """A file that goes along."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Words:
    """What one mail says, in its reader's language, from top to bottom."""

    subject: str
    greeting: str
    lines: Sequence[str] = ()
    said: Said | None = None
    after: Sequence[str] = ()
    link: tuple[str, str] | None = None
    notes: Sequence[str] = ()
    quote: Said | None = None
    footer: str = ""
    has_reply_line: bool = False
    way_out: tuple[str, str] | None = None
    """Where its reader ends this kind of mail: what the link says, and its address."""


@dataclass(frozen=True)
class Letter:
    """One mail to one person."""

    address: str
    language: str
    mail_id: str
    words: Words
    headers: Mapping[str, str] = field(default_factory=dict)
    enclosures: Sequence[Enclosure] = ()

    def as_message(self) -> EmailMultiAlternatives:
        """Rendered: plain text first, the same as HTML. Error: NotOwed without a usable address."""
        _check(self.address)
        with translation.override(self.language):
            context = {"words": self.words, "company": company_name(), "language": self.language}
            text = render_to_string("mail/letter.txt", context)
            html = render_to_string("mail/letter.html", context)
        message = EmailMultiAlternatives(
            subject=header_text(self.words.subject),
            body=f"{text.strip()}\n",
            from_email=_sender(),
            to=[self.address],
            headers={"Message-ID": self.mail_id, **self.headers},
        )
        message.attach_alternative(html, "text/html")
        for enclosure in self.enclosures:
            message.attach(_enclosed(enclosure))
        return message


def said(author: str, at: datetime, body: str) -> Said:
    """Foreign words, harmless."""
    return Said(header_text(author, 100), at, body_text(body).strip("\n"))


def _check(address: str) -> None:
    if not address:
        raise NotOwed("no_address")
    try:
        validate_email(address)
    except ValidationError as error:
        raise NotOwed("bad_address") from error


def _sender() -> str:
    """The firm's name and address; nobody's own."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or header_text(company_name(), 100), address))


def _enclosed(enclosure: Enclosure) -> MIMEBase:
    """A part that is only ever a file, never a page or a mail within the mail."""
    known = _PLAIN_TYPE.fullmatch(enclosure.content_type)
    main, sub = (enclosure.content_type if known else "application/octet-stream").split("/", 1)
    part = MIMEBase(main, sub)
    part.set_payload(enclosure.content)
    encoders.encode_base64(part)
    name = file_name(enclosure.name)
    filename = name if name.isascii() else ("utf-8", "", name)
    part.add_header("Content-Disposition", "attachment", filename=filename)
    return part
