"""The story’s data-processing agreements: most hold, two are asked for anew, one is due, one is over."""

from datetime import datetime, timedelta

from contracts.actions import dpa_documents, processing, processing_stock
from contracts.models import DpaDocument, ProcessingAgreement
from contracts.queries import standings_of
from contracts.queries.dpa_offers import shipped_texts
from customers.models import Customer
from tickets.management.demo_story.directory import begin_directory, change_directory, use_rights
from tickets.management.demo_story.replay import Cast

WITHOUT = frozenset({"reiter"})
"""Who has a service agreement and nothing more: on the worklist."""

DUE = "seeblick"
"""Whose service agreement ended yesterday: their DPA is due for review."""
OVER = "harbour"
"""Whose DPA was terminated when their service agreement was suspended."""

HELD_FOR = timedelta(days=200)
ANSWERS = {
    "controller": "{name}",
    "purposes": "Fernwartung, Logfile-Analyse und Updates für alle Arbeitsplätze und Server",
    "data_subjects": "Mitarbeiter, Kunden und Lieferanten: Kontaktdaten, Protokolldaten, Dateiinhalte",
    "special_categories": "keine",
    "contact_person": "die Firmenadmins im Portal",
}
ANSWERS_OF = {"hofmann": {"special_categories": "Gesundheitsdaten der Patienten (§ 203 StGB)"}}
IN_ENGLISH = {
    "controller": "Northgate Biotech GmbH\nAm Klopferspitz 19, 82152 Martinsried",
    "purposes": "Remote support and log analysis for all workplaces and lab computers",
}
Source = ProcessingAgreement.Source


def protect(cast: Cast, at: datetime) -> None:
    """Put them in force as if they had been for long, so that the story's remote work was allowed."""
    since = at - HELD_FOR
    document = _published("1.0", since - timedelta(days=30))
    standings = standings_of([one.pk for one in cast.customers.values()], at)
    begin_directory(cast, since)
    for key, customer in cast.customers.items():
        if key in {DUE, OVER} or (key not in WITHOUT and standings[customer.pk].in_force):
            _in_force(cast, key, customer, document, since)
    _end_one(cast, at - timedelta(days=40))
    change_directory(cast, at)
    use_rights(cast, at)
    _offer_anew(cast, _published("1.1", at - timedelta(days=9)), at)
    _review_anew(cast, at)
    processing.sweep(at=at)


def _published(version: str, at: datetime) -> DpaDocument:
    draft = DpaDocument(version=version, **shipped_texts())
    dpa_documents.save_document(document=draft, by=None, at=at)
    return dpa_documents.publish_document(document=draft, by=None, at=at)


def _in_force(cast: Cast, key: str, customer: Customer, document: DpaDocument, since: datetime) -> None:
    signer = customer.contacts.order_by("-is_company_admin", "pk").first()
    answers = {**ANSWERS, **ANSWERS_OF.get(key, {})}
    processing_stock.enter_concluded(
        customer=customer,
        document=document,
        answers={code: said.format(name=customer.name) for code, said in answers.items()},
        signers={
            "customer": (signer.name if signer else customer.name, "Geschäftsleitung"),
            "firm": (cast.users["admin"].display_name, "Geschäftsführung"),
        },
        by=None,
        at=since,
    )


def _end_one(cast: Cast, at: datetime) -> None:
    dpa = ProcessingAgreement.objects.get(customer=cast.customers[OVER])
    why = "Der Servicevertrag ruht; Projektdaten werden bis auf Weiteres nicht mehr verarbeitet."
    processing.terminate(dpa=dpa, reason=why, by=cast.users["lead"], at=at)


def _offer_anew(cast: Cast, document: DpaDocument, at: datetime) -> None:
    """Brandl has asked for a new version, and it is ready to be signed."""
    asked_at = at - timedelta(days=8)
    lead, me, source = cast.users["lead"], cast.contacts["markus-brandl"].user, Source.PORTAL
    dpa = processing.request(customer=cast.customers["brandl"], source=source, by=me, at=asked_at)
    dpa = processing.begin_review(dpa=dpa, by=lead, at=asked_at + timedelta(days=1))
    for item in dpa.review_items.all():
        is_theirs = item.party == "customer"
        said = ANSWERS[item.code] if is_theirs else ""
        said = said.format(name="Brandl Maschinenbau\nIndustriestraße 3, 85567 Grafing")
        by = me if is_theirs else lead
        processing.settle_item(item=item, note=said, is_done=True, by=by, at=asked_at + timedelta(days=3))
    processing.offer(dpa=dpa, document=document, by=lead, at=at - timedelta(days=1))


def _review_anew(cast: Cast, at: datetime) -> None:
    """Northgate has asked, too, and is still to answer some of its questions."""
    customer, me = cast.customers["northgate"], cast.contacts["rachel-whitmore"].user
    asked_at = at - timedelta(days=2)
    dpa = processing.request(customer=customer, source=Source.PORTAL, by=me, at=asked_at)
    dpa = processing.begin_review(dpa=dpa, by=cast.users["lead"], at=asked_at + timedelta(days=1))
    for item in dpa.review_items.filter(party="customer", code__in=IN_ENGLISH):
        said = IN_ENGLISH[item.code]
        processing.settle_item(item=item, note=said, is_done=True, by=me, at=at - timedelta(hours=3))
