"""The register of processing (Art. 30 (2) GDPR): for whom we process what, with whose help."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.timezone import localtime

from contracts.models import DpaSignature, ProcessingAgreement, SubprocessorEntry
from contracts.queries.standings import company_zone
from contracts.rules.dpa_wording import word


def processors_by_version() -> dict[int, str]:
    """For each version of the directory its entries in a line: name, service, place, safeguards."""
    found: dict[int, list[str]] = {}
    for entry in SubprocessorEntry.objects.select_related("version").order_by("version_id", "name", "pk"):
        parts = [entry.name, entry.service, entry.place, entry.safeguards]
        found.setdefault(entry.version.number, []).append(", ".join(part for part in parts if part))
    return {number: "; ".join(lines) for number, lines in found.items()}


def register_facts(
    dpa: ProcessingAgreement, processors: Mapping[int, str], language: str
) -> dict[str, str | datetime | None]:
    """One line of the register (customer, document, answers and signatures are loaded)."""
    answers = {item.code: item.note for item in dpa.review_items.all() if item.party == "customer"}
    signed = {one.party: one for one in dpa.signatures.all()}
    return {
        "reference": dpa.called,
        "controller": dpa.customer.name,
        "controller_details": answers.get("controller", ""),
        "contact_person": answers.get("contact_person", ""),
        "purposes": answers.get("purposes", ""),
        "data": answers.get("data_subjects", ""),
        "special": answers.get("special_categories", ""),
        "said_state": word("dpa_state", dpa.state, language),
        "version": dpa.document.version if dpa.document else "",
        "directory": str(dpa.directory_version or ""),
        "processors": processors.get(dpa.directory_version or 0, ""),
        "signed_customer": _signature(signed.get("customer")),
        "signed_firm": _signature(signed.get("firm")),
        "sha256": next((one.document_sha256 for one in signed.values()), ""),
        "cause": word("dpa_cause", dpa.ended_because, language) if dpa.ended_because else "",
    }


def _signature(one: DpaSignature | None) -> str:
    if one is None:
        return ""
    local = localtime(one.at, company_zone())
    return f"{one.name}, {one.role}, {local:%Y-%m-%d %H:%M}"
