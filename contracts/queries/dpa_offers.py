"""The text of a data-processing agreement as it would be offered now, or was."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries.company import brand, company_name
from contracts.models import DirectoryVersion, DpaDocument, ProcessingAgreement, SubprocessorEntry
from contracts.queries.renewals import today_at
from contracts.rules import dpa_text
from contracts.rules.dpa_text import Entry, Offer
from contracts.rules.dpa_wording import question

STATED = ("purposes", "data_subjects", "special_categories")
"""What the controller says in the review and what becomes part of the agreement (Annex 3)."""
_SHIPPED = "templates/contracts/dpa"
TEXTS = ("body_de", "measures_de", "body_en", "measures_en")
"""The columns of a document, in the order in which its SHA-256 is of them."""


def offered_text(dpa: ProcessingAgreement) -> str:
    """What both sides sign, word by word. Empty while nothing is offered."""
    if dpa.offered_text or dpa.document is None:
        return dpa.offered_text
    return compose_offer(dpa, dpa.document, dpa.directory_version)


def offered_sha256(dpa: ProcessingAgreement) -> str:
    """What stands for that text. Empty while nothing is offered."""
    text = offered_text(dpa)
    return dpa_text.digest(text) if text else ""


def compose_offer(dpa: ProcessingAgreement, document: DpaDocument, directory: int | None) -> str:
    """The text as it would be offered to this customer now. `directory`: the number of its version."""
    answers = {item.code: item.note for item in dpa.review_items.all() if item.party == "customer"}
    version = DirectoryVersion.objects.filter(number=directory).first() if directory else None
    look = brand()
    offer = Offer(
        reference=dpa.called,
        version=document.version,
        customer=dpa_text.party(dpa.customer.name, answers.get("controller", "")),
        firm=dpa_text.party(company_name(), look.postal_address),
        firm_contact=" · ".join(part for part in (look.support_address, look.phone) if part)
        or company_name(),
        officer=look.officer,
        texts={
            "de": (document.body_de, document.measures_de),
            "en": (document.body_en, document.measures_en),
        },
        directory=(version.number, version.effective_on) if version else None,
        entries=_entries(version, dpa.offered_at or timezone.now()),
        stated={
            language: [(question("customer", code, language), answers.get(code, "")) for code in STATED]
            for language in ("de", "en")
        },
    )
    return dpa_text.compose(offer)


def shipped_texts() -> dict[str, str]:
    """The text that comes with the product, by the columns of a document. A lawyer should read it first."""
    folder = Path(settings.BASE_DIR) / _SHIPPED
    names = ("body", "measures")
    return {
        f"{name}_{language}": dpa_text.normal((folder / f"{name}.{language}.md").read_text("utf-8"))
        for name in names
        for language in ("de", "en")
    }


def unsound(document: DpaDocument) -> dict[str, str]:
    """What is wrong with the texts, by column; empty when they can be published."""
    errors = {
        name: _("Nobody fills in: %(places)s") % {"places": ", ".join(f"{{{{{one}}}}}" for one in unknown)}
        for name in TEXTS
        if (unknown := dpa_text.unknown_places(getattr(document, name)))
    }
    if bool(document.body_en) != bool(document.measures_en):
        errors["measures_en"] = _("A translation has the text and the measures, or there is none.")
    return errors


def _entries(version: DirectoryVersion | None, at: datetime) -> Sequence[Entry]:
    """Whom Annex 2 lists at a moment: not those whose last day is over by then."""
    if version is None:
        return ()
    there = Q(until_on__isnull=True) | Q(until_on__gte=today_at(at))
    rows = SubprocessorEntry.objects.filter(there, version=version).order_by("name", "pk")
    return [Entry(row.name, row.service, row.data_categories, row.place, row.safeguards) for row in rows]
