"""The story's directory of sub-processors: two versions, a change to come, what customers said to it."""

from datetime import date, datetime, timedelta

from django.db.models.functions import Coalesce

from accounts.actions import notices
from accounts.models import Notice, User
from contracts.actions import directory, directory_notices, processing_rights
from contracts.models import BreachNotice, ChangeNotice, DirectoryVersion, SubprocessorEntry, ToldContact
from contracts.queries.renewals import today_at
from contracts.queries.told import contacts_to_tell
from tickets.management.demo_story.replay import Cast

DAY = timedelta(days=1)
NOTICE_DAYS = 40
Told = tuple[str, str, str, str, str, int]
"""Name, service, data, place, safeguards, since which year; 0: since the version takes effect."""
FIRST: tuple[Told, ...] = (
    ("Hetzner Online GmbH", "Rechenzentrum für Helpdesk und Sicherungen",
     "Alle Inhalte von Tickets, Kontaktdaten", "Deutschland (Nürnberg, Falkenstein)", "", 2019),
    ("TeamViewer Germany GmbH", "Fernwartung", "Bildschirminhalte, Verbindungsdaten",
     "Deutschland (Göppingen)", "", 2018),
    ("mailbox.org (Heinlein Hosting GmbH)", "E-Mail", "E-Mails mit Anhängen, Adressen",
     "Deutschland (Berlin)", "", 2021),
    ("sipgate GmbH", "Telefonie", "Rufnummern, Verbindungsdaten", "Deutschland (Düsseldorf)", "", 2020),
)  # fmt: skip
SECOND: Told = (
    "DATEV eG", "Buchhaltung und Rechnungen", "Rechnungsdaten, Ansprechpartner", "Deutschland (Nürnberg)",
    "", 0,
)  # fmt: skip
COMING: Told = (
    "Cloudflare, Inc.", "Schutz des Kundenportals vor Überlastung",
    "IP-Adressen, verschlüsselter Datenverkehr", "EU, USA",
    "Standardvertragsklauseln, EU-US Data Privacy Framework", 0,
)  # fmt: skip
NOTE = (
    "Das Kundenportal war im Sommer zweimal durch Angriffe nicht erreichbar. Der Dienst davor filtert sie;"
    " Inhalte von Tickets bleiben verschlüsselt und liegen weiter in Deutschland."
)
OBJECTION = (
    "Unsere Mitarbeiter sollen das Portal nutzen können, ohne dass ihre IP-Adressen in die USA gelangen."
)
INSTRUCTION = (
    "Bitte löschen Sie Logfiles unserer Praxissoftware spätestens 14 Tage nach Ende eines Falls, auch aus den"
    " Sicherungen."
)


BREACH_TITLE = "Arbeitsliste per E-Mail an einen falschen Empfänger"
BREACH_TEXT = (
    "Ein Techniker hat am Vormittag eine Liste mit Namen, Telefonnummern und Terminen von 14 Ansprechpartnern"
    " an eine falsche Adresse bei einem unserer Lieferanten geschickt. Der Empfänger hat die E-Mail ungelesen"
    " gelöscht und das schriftlich bestätigt. Listen verschicken wir seither nur noch verschlüsselt.\n\n"
    "Fragen beantwortet unser Datenschutzbeauftragter: datenschutz@berger-it.example."
)


def begin_directory(cast: Cast, at: datetime) -> None:
    """The first version is older than the agreements: whoever signed them knew it."""
    lead, begun = cast.users["lead"], at - 60 * DAY
    draft = directory.begin_draft(by=lead, at=begun)
    for told in FIRST:
        _enter(draft, told, lead, begun)
    day = today_at(begun)
    directory.announce(version=draft, effective_on=day, objections_until_on=day, by=lead, at=begun)


def change_directory(cast: Cast, at: datetime) -> None:
    """The second version holds by now, and everybody has read of it; the third comes in some weeks."""
    lead, begun = cast.users["lead"], at - 100 * DAY
    draft = directory.begin_draft(by=lead, at=begun)
    _enter(draft, SECOND, lead, begun)
    _announce(draft, lead, begun, "")
    for notice in ChangeNotice.objects.filter(version=draft).select_related("customer"):
        for contact in contacts_to_tell([notice.customer_id])[notice.customer_id][:1]:
            if contact.user is not None:
                directory_notices.acknowledge(notice=notice, by=contact.user, at=begun + 2 * DAY)
    announced = at - 4 * DAY
    draft = directory.begin_draft(by=lead, at=announced)
    telephone = draft.entries.get(name="sipgate GmbH")
    telephone.data_categories = "Rufnummern, Verbindungsdaten, Sprachnachrichten"
    directory.save_entry(entry=telephone, by=lead, at=announced)
    directory.remove_entry(entry=draft.entries.get(name__startswith="mailbox.org"), by=lead, at=announced)
    _enter(draft, COMING, lead, announced)
    _announce(draft, lead, announced, NOTE)
    of = {one.customer_id: one for one in ChangeNotice.objects.filter(version=draft)}
    told = of.get(cast.customers["hofmann"].pk)
    by = cast.contacts["claudia-hofmann"].user
    if told is not None and by is not None:
        directory_notices.acknowledge(notice=told, by=by, at=at - 3 * DAY)
    told, by = of.get(cast.customers["brandl"].pk), cast.contacts["markus-brandl"].user
    if told is not None and by is not None:
        directory_notices.object_to(notice=told, text=OBJECTION, by=by, at=at - 2 * DAY)


def use_rights(cast: Cast, at: datetime) -> None:
    """The practice has instructed something; some months ago a mail went to the wrong address."""
    told = [cast.customers["hofmann"], cast.customers["northgate"], cast.customers["brandl"]]
    sent_at = at - 70 * DAY
    breach = processing_rights.report_breach(
        title=BREACH_TITLE, text=BREACH_TEXT, known_at=sent_at - timedelta(hours=3), customers=told,
        by=cast.users["lead"], at=sent_at,
    )  # fmt: skip
    for notice in BreachNotice.objects.filter(breach=breach).select_related("customer"):
        for contact in contacts_to_tell([notice.customer_id])[notice.customer_id][:1]:
            if contact.user is not None:
                processing_rights.acknowledge_breach(notice=notice, by=contact.user, at=sent_at + DAY)
    customer = cast.customers["hofmann"]
    for contact in contacts_to_tell([customer.pk])[customer.pk][:1]:
        if contact.user is not None:
            processing_rights.instruct(customer=customer, text=INSTRUCTION, by=contact.user, at=at - 6 * DAY)

    _have_been_sent(at)


def _enter(draft: DirectoryVersion, told: Told, by: User, at: datetime) -> None:
    name, service, data, place, safeguards, year = told
    entry = SubprocessorEntry(
        version=draft,
        name=name,
        service=service,
        data_categories=data,
        place=place,
        safeguards=safeguards,
        since_on=date(year, 1, 1) if year else today_at(at) + NOTICE_DAYS * DAY,
    )
    directory.save_entry(entry=entry, by=by, at=at)


def _announce(draft: DirectoryVersion, by: User, at: datetime, note: str) -> None:
    day = today_at(at) + NOTICE_DAYS * DAY
    directory.announce(
        version=draft, effective_on=day, objections_until_on=day - 10 * DAY, note=note, by=by, at=at
    )


def _have_been_sent(at: datetime) -> None:
    """The mail about it was read long before the story is loaded."""
    told_at = Coalesce("change_notice__announced_at", "breach_notice__sent_at")
    for row in ToldContact.objects.filter(sent_at__isnull=True).annotate(told_at=told_at):
        row.sent_at = row.told_at + timedelta(seconds=40)
        row.save(update_fields=["sent_at"])
    kinds = (Notice.Kind.DIRECTORY_CHANGE, Notice.Kind.OBJECTION, Notice.Kind.BREACH)
    notices.forget_told(kinds=kinds, by=None, at=at)
