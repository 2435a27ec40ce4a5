"""A data-processing agreement as people read it: a page, a PDF with the signatures, a text file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from accounts.queries.company import brand, company_name, logo
from contracts.models import DpaSignature, ProcessingAgreement
from contracts.queries.dpa_offers import offered_text
from contracts.queries.standings import company_zone
from contracts.rules import dpa_text
from contracts.rules.dpa_paper_words import WORDS
from lib.markdown import for_page, to_html
from lib.pdf import pdf_of
from lib.reasons import say_moment
from lib.typeset import blocks_of

ACCENT = "#4330d6"
_LOGOS = {"image/png": "logo.png", "image/svg+xml": "logo.svg"}


@dataclass(frozen=True)
class Signed:
    """One party's signature in words; `moment` is empty while it is missing."""

    party: str
    company: str
    name: str = ""
    role: str = ""
    how: str = ""
    moment: str = ""
    ip: str = ""
    sha256: str = ""
    file_sha256: str = ""


@dataclass(frozen=True)
class Part:
    """The text in one language: for the page as HTML, for the PDF as blocks."""

    language: str
    html: str


def text_part(dpa: ProcessingAgreement, language: str) -> Part:
    """What is offered or was signed, in a language; the German part where there is no other."""
    text = offered_text(dpa)
    spoken = language[:2] if dpa_text.is_translated(text) else "de"
    return Part(spoken, for_page(to_html(dpa_text.part_of(text, spoken)), WORDS[spoken]["table"]))


def text_file(dpa: ProcessingAgreement) -> bytes:
    """The text word by word; its SHA-256 is the one that is signed."""
    return offered_text(dpa).encode()


def signatures_of(dpa: ProcessingAgreement, language: str) -> list[Signed]:
    """Both parties, the customer first, signed or not."""
    words = WORDS[language[:2]]
    given = {one.party: one for one in dpa.signatures.all()}
    companies = {"customer": dpa.customer.name, "firm": company_name()}
    return [
        _signed(given[party], company, words, language)
        if party in given
        else Signed(words[f"party.{party}"], company)
        for party, company in companies.items()
    ]


def dpa_pdf(dpa: ProcessingAgreement, language: str) -> bytes:
    """The PDF (PDF/UA-1): the German text and the signatures; for other readers the translation behind them.

    The same agreement in the same state gives the same bytes.
    """
    spoken, text = language[:2], offered_text(dpa)
    words = WORDS[spoken]
    signed = list(dpa.signatures.all())
    day = localtime(
        max([one.at for one in signed], default=dpa.offered_at or dpa.requested_at), company_zone()
    )
    translated = spoken != "de" and dpa_text.is_translated(text)
    data = {
        "language": spoken,
        "words": words,
        "reference": dpa.called,
        "firm": company_name(),
        "state": words["signed" if len(signed) == len(DpaSignature.Party) else "unsigned"],
        "sha256": dpa_text.digest(text),
        "blocks": blocks_of(dpa_text.part_of(text, "de")),
        "translation": blocks_of(dpa_text.part_of(text, "en")) if translated else [],
        "signatures": [asdict(one) for one in signatures_of(dpa, spoken)],
        "accent": brand().accent or ACCENT,
        "logo": "",
    }
    files: dict[str, bytes] = {}
    content, content_type, _digest = logo()
    if content_type in _LOGOS:
        data["logo"] = _LOGOS[content_type]
        files[_LOGOS[content_type]] = content
    return pdf_of("contracts/dpa.typ", data, day=day.date(), files=files)


def file_name(dpa: ProcessingAgreement, kind: str) -> str:
    """What a downloaded file is called."""
    return f"{dpa.called}.{kind}"


def _signed(one: DpaSignature, company: str, words: dict[str, str], language: str) -> Signed:
    return Signed(
        party=words[f"party.{one.party}"],
        company=company,
        name=one.name,
        role=one.role,
        how=words[f"how.{one.method}"],
        moment=moment_in_words(one.at, language),
        ip=one.ip or "",
        sha256=one.document_sha256,
        file_sha256=one.sha256,
    )


def moment_in_words(at: datetime, language: str) -> str:
    """Day and time in the company's zone, with the zone's short name."""
    local = localtime(at, company_zone())
    return f"{say_moment(local, language)} {local.tzname()}"


def signature_rows(signatures: Sequence[Signed], language: str) -> list[dict[str, Any]]:
    """Each signature as pairs of a word and what it says, for a page."""
    words = WORDS[language[:2]]
    names = ("name", "role", "how", "moment", "ip", "sha256", "file_sha256")
    return [
        {
            "party": one.party,
            "company": one.company,
            "is_signed": bool(one.moment),
            "facts": [
                {"name": name, "label": words[name], "value": getattr(one, name)}
                for name in names
                if getattr(one, name)
            ],
        }
        for one in signatures
    ]
