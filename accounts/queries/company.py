"""Which firm runs this installation, how it looks, and whether it is set up at all.

Every page asks, so each process remembers the answer for a moment, and that it is set up for good.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from accounts.models import Company, User
from accounts.rules.brand import style_sheet

KEPT_SECONDS = 10.0


@dataclass(frozen=True)
class Brand:
    """How the firm looks and where it is reached, besides its name; what is empty is not shown.

    `welcome_titles`, `welcome_texts` and `footers` are by language; `styles` is a style sheet, and each
    digest stands for what it is the address of; `accent` is the colour on white. `logo_width` is in CSS
    pixels at the height of our pages. `officer`: the data-protection officer, in a line.
    """

    logo_digest: str = ""
    logo_width: int = 0
    accent: str = ""
    styles: str = ""
    styles_digest: str = ""
    welcome_titles: Mapping[str, str] = field(default_factory=dict)
    welcome_texts: Mapping[str, str] = field(default_factory=dict)
    footers: Mapping[str, str] = field(default_factory=dict)
    imprint_url: str = ""
    privacy_url: str = ""
    phone: str = ""
    support_address: str = ""
    postal_address: str = ""
    officer: str = ""


@dataclass(frozen=True)
class Firm:
    """The firm as pages and mail show it."""

    name: str
    language: str
    is_set_up: bool
    brand: Brand = Brand()


class _Memory:
    """What this process last read."""

    def __init__(self) -> None:
        self._firm: Firm | None = None
        self._holds_until = 0.0

    def firm(self) -> Firm:
        """What was read lately, or now."""
        kept = self._firm
        if kept is None or time.monotonic() >= self._holds_until:
            kept = _read(was_set_up=kept is not None and kept.is_set_up)
            self.keep(kept)
        return kept

    def keep(self, firm: Firm, seconds: float = KEPT_SECONDS) -> None:
        """Answer this for a while, without asking."""
        self._firm, self._holds_until = firm, time.monotonic() + (seconds if firm.is_set_up else 0.0)

    @property
    def last_name(self) -> str:
        """The name that was read last, however long ago."""
        return self._firm.name if self._firm else ""

    def forget(self) -> None:
        """Read again next time, and judge anew whether it is set up."""
        self._firm = None


memory = _Memory()


def firm() -> Firm:
    """The firm, at most ten seconds old. Before it has a row, its name is the one of the settings."""
    return memory.firm()


def company_name() -> str:
    """The firm's name. Never fails: error pages show it, too."""
    try:
        return firm().name
    except (DatabaseError, InterfaceError):
        return memory.last_name or _provisional_name()


def is_set_up() -> bool:
    """Whether people may use this installation. Once true it stays so and costs nothing any more."""
    return firm().is_set_up


def brand() -> Brand:
    """How the firm looks. Never fails: what cannot be read is not shown."""
    try:
        return firm().brand
    except (DatabaseError, InterfaceError):
        return Brand()


def logo() -> tuple[bytes, str, str]:
    """The logo, its content type and its digest; all empty where there is none."""
    row = Company.objects.values_list("logo", "logo_type", "logo_digest").first()
    return (bytes(row[0]), row[1], row[2]) if row else (b"", "", "")


def _read(*, was_set_up: bool) -> Firm:
    row = Company.objects.defer("logo").first()
    return Firm(
        name=row.name if row else _provisional_name(),
        language=row.language if row else str(settings.LANGUAGE_CODE),
        is_set_up=was_set_up or _is_done(row),
        brand=_brand(row) if row else Brand(),
    )


def _brand(row: Company) -> Brand:
    styles = style_sheet(row.accent_light, row.accent_dark)
    return Brand(
        logo_digest=row.logo_digest,
        logo_width=row.logo_width,
        accent=row.accent_light,
        styles=styles,
        styles_digest=hashlib.sha256(styles.encode()).hexdigest()[:12] if styles else "",
        welcome_titles={"de": row.welcome_title_de, "en": row.welcome_title_en},
        welcome_texts={"de": row.welcome_text_de, "en": row.welcome_text_en},
        footers={"de": row.footer_de, "en": row.footer_en},
        imprint_url=row.imprint_url,
        privacy_url=row.privacy_url,
        phone=row.public_phone,
        support_address=row.support_address,
        postal_address=row.postal_address,
        officer=" · ".join(one for one in (row.officer_name, row.officer_email, row.officer_phone) if one),
    )


def _provisional_name() -> str:
    return str(settings.COMPANY_NAME) or "Vorrang"


def _is_done(row: Company | None) -> bool:
    """The last step was taken, or there is an admin whom these steps did not make.

    The latter in one statement: between two, the first admin could be made and look like another one.
    """
    if row is not None and row.set_up_at is not None:
        return True
    made_here = Company.objects.filter(first_admin__isnull=False).values("first_admin")
    return User.objects.filter(role=User.Role.ADMIN).exclude(pk__in=made_here).exists()
