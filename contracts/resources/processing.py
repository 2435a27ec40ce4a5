"""The register of processing as a table: only exported, as Art. 30 (2) GDPR asks for it."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from contracts.models import ProcessingAgreement
from contracts.queries.dpa_register import (
    kinds_of_processing,
    our_details,
    processors_by_version,
    register_facts,
)
from contracts.queries.processing import directory_in_effect
from contracts.queries.renewals import today_at
from lib.sheets.columns import Column, Moment, Text
from lib.sheets.resources import ActionResource
from lib.sheets.writing import Cell


class DpaRegister(ActionResource):
    """The register of processing under Art. 30 (2) GDPR, a line for each data-processing agreement."""

    model = ProcessingAgreement

    reference = Column("reference", Text(), ("AV-Vertrag", "DPA"), is_shown_only=True)
    processor = Column(
        "processor", Text(), ("Auftragsverarbeiter (wir)", "Processor (we)"), is_shown_only=True
    )
    controller = Column("controller", Text(), ("Verantwortlicher", "Controller"), is_shown_only=True)
    controller_details = Column(
        "controller_details",
        Text(),
        ("Anschrift und Vertretung", "Address and representation"),
        is_shown_only=True,
    )
    contact_person = Column(
        "contact_person",
        Text(),
        ("Ansprechpartner Datenschutz", "Data protection contact"),
        is_shown_only=True,
    )
    purposes = Column(
        "purposes", Text(), ("Gegenstand und Zwecke", "Subject and purposes"), is_shown_only=True
    )
    processing = Column(
        "processing",
        Text(),
        ("Kategorien von Verarbeitungen", "Categories of processing"),
        is_shown_only=True,
    )
    data = Column("data", Text(), ("Daten und Betroffene", "Data and data subjects"), is_shown_only=True)
    special = Column("special", Text(), ("Besondere Kategorien", "Special categories"), is_shown_only=True)
    said_state = Column("said_state", Text(), ("Stand", "State"), is_shown_only=True)
    in_force_at = Column("in_force_at", Moment(), ("In Kraft seit", "In force since"), is_shown_only=True)
    ends_at = Column("ends_at", Moment(), ("In Kraft bis", "In force until"), is_shown_only=True)
    cause = Column("cause", Text(), ("Ende durch", "Ended by"), is_shown_only=True)
    data_choice = Column(
        "data_choice",
        Text(),
        ("Daten nach dem Ende (Wahl)", "Data after the end (choice)"),
        is_shown_only=True,
    )
    data_done = Column(
        "data_done", Text(), ("Rückgabe und Löschung", "Return and deletion"), is_shown_only=True
    )
    review_due_at = Column(
        "review_due_at", Moment(), ("Prüfung fällig seit", "Due for review"), is_shown_only=True
    )
    version = Column(
        "version", Text(), ("Fassung (mit Maßnahmen)", "Version (with measures)"), is_shown_only=True
    )
    directory = Column("directory", Text(), ("Fassung Verzeichnis", "Directory version"), is_shown_only=True)
    processors = Column(
        "processors",
        Text(),
        ("Unterauftragsverarbeiter, Ort, Garantien", "Sub-processors, place, safeguards"),
        is_shown_only=True,
    )
    signed_customer = Column(
        "signed_customer", Text(), ("Unterschrift des Kunden", "Customer’s signature"), is_shown_only=True
    )
    signed_firm = Column("signed_firm", Text(), ("Unsere Unterschrift", "Our signature"), is_shown_only=True)
    sha256 = Column("sha256", Text(), ("SHA-256 des Textes", "SHA-256 of the text"), is_shown_only=True)

    def export_set(self, rows: QuerySet[ProcessingAgreement]) -> QuerySet[ProcessingAgreement]:
        """With whoever and whatever a line names."""
        return rows.select_related("customer", "document", "data_return").prefetch_related(
            "signatures", "review_items"
        )

    def rows_of(self, queryset: QuerySet[ProcessingAgreement]) -> Iterator[list[Cell]]:
        """The lines, with what the register reads from review, directory and signatures."""
        now, language = timezone.now(), get_language() or "en"
        current = directory_in_effect(now)
        processors = processors_by_version(current, today_at(now))
        same = {"processor": our_details(), "processing": kinds_of_processing(language)}
        for dpa in self.iter_queryset(self.export_set(queryset)):
            for name, value in {**same, **register_facts(dpa, processors, language, current=current)}.items():
                setattr(dpa, name, value)
            yield self.export_resource(dpa)
