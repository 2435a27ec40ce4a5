"""The register of processing (Art. 30 (2) GDPR): for whom we process what, with whose help."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.timezone import localtime

from accounts.queries.company import brand, company_name
from contracts.models import DataReturn, DpaSignature, ProcessingAgreement, SubprocessorEntry
from contracts.queries.standings import company_zone
from contracts.rules.dpa_wording import TABLE, word
from contracts.rules.gate_wording import capability_name
from contracts.rules.gates import BY_CONSENT, Capability
from lib.reasons import say_day


def processors_by_version(current: int | None, today: date) -> dict[int, str]:
    """For each version of the directory its entries in a line: name, service, place, safeguards.

    Of the `current` one those that are still there.
    """
    found: dict[int, list[str]] = {}
    for entry in SubprocessorEntry.objects.select_related("version").order_by("version_id", "name", "pk"):
        if entry.version.number == current and entry.until_on is not None and entry.until_on < today:
            continue
        parts = [entry.name, entry.service, entry.place, entry.safeguards]
        found.setdefault(entry.version.number, []).append(", ".join(part for part in parts if part))
    return {number: "; ".join(lines) for number, lines in found.items()}


def our_details() -> str:
    """Who the processor is: name, address, where to write to, and the data-protection officer."""
    look = brand()
    return ", ".join(
        " ".join(one.split())
        for one in (company_name(), look.postal_address, look.support_address, look.officer)
        if one
    )


def kinds_of_processing(language: str) -> str:
    """The categories of processing that a data-processing agreement is about."""
    return ", ".join(capability_name(one, language) for one in Capability if one in BY_CONSENT)


def register_facts(
    dpa: ProcessingAgreement, processors: Mapping[int, str], language: str, *, current: int | None
) -> dict[str, str | datetime | None]:
    """One line of the register (customer, document, answers and signatures are loaded).

    `current`: the number of the directory that holds today; while one is in force those in it help us.
    """
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
        "processors": processors.get(
            (current if dpa.state == "in_force" else dpa.directory_version) or 0, ""
        ),
        "signed_customer": _signature(signed.get("customer")),
        "signed_firm": _signature(signed.get("firm")),
        "sha256": next((one.document_sha256 for one in signed.values()), ""),
        **_data_facts(getattr(dpa, "data_return", None), language),
        "cause": word("dpa_cause", dpa.ended_because, language) if dpa.ended_because else "",
    }


def _data_facts(row: DataReturn | None, language: str) -> dict[str, str]:
    """What became of the data after the end."""
    if row is None:
        return {"data_choice": "", "data_done": ""}
    chosen = [word("dpa_data", row.choice, language), row.chosen_by_name] if row.choice else []
    words = (("dpa_done.returned", row.returned_on), ("dpa_done.deleted", row.deleted_on))
    done = [f"{TABLE[name][language[:2]]} {say_day(day, language)}" for name, day in words if day]
    if row.kept:
        done.append(f"{TABLE['dpa_done.kept'][language[:2]]} {row.kept}")
    return {"data_choice": ", ".join(chosen), "data_done": "; ".join(done)}


def _signature(one: DpaSignature | None) -> str:
    if one is None:
        return ""
    local = localtime(one.at, company_zone())
    return f"{one.name}, {one.role}, {local:%Y-%m-%d %H:%M}"
