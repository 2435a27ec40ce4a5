"""A person whose every trace bears marks that stand nowhere else, laid by the doors and in every column."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from accounts.actions import notices
from accounts.actions import users as user_actions
from accounts.models import Announcement, Impersonation, User
from calls.models import Call
from contracts.models import (
    AuditRequest,
    Breach,
    BreachNotice,
    ChangeNotice,
    DataReturn,
    DirectoryVersion,
    DpaEvent,
    DpaReviewItem,
    Instruction,
    PriceItem,
    ProcessingAgreement,
    Suspension,
    ToldContact,
)
from customers.models import Contact
from knowledge.actions.searches import note_search
from knowledge.models import ArticleFile, Feedback
from lib.crypto import Sealed, encrypted_columns
from privacy.actions import holds
from privacy.queries.columns import Field, Model
from tests.factories.articles import make_article
from tests.factories.billing import make_charge
from tests.factories.cast import PASSWORD, Cast, make_contact, make_ticket, make_user
from tests.factories.gates import consent, make_dpa, name_subjects
from tests.factories.phones import PUBLIC, Line, make_phone, make_system
from tests.factories.prices import make_price_list, make_standing_approval
from tests.factories.promises import make_targets
from tests.factories.work import enter
from tickets.actions import assigning, progressing, replying
from tickets.models import (
    AlertSource,
    ApprovalRequest,
    Attachment,
    CallNote,
    ChecklistItem,
    Decline,
    HeldFile,
    Message,
    Rating,
    RemoteSession,
    RemoteTool,
    Ticket,
    TicketMute,
)
from tickets.models.held_files import held_name
from tickets.rules.lifecycle import Verb

FIRST, LAST, LOGIN = "Zyxandra", "Quorvemont", "zquorve77"
NAME = f"{FIRST} {LAST}"
ADDRESS = "z.quorvemont@aigner-mark.example"
PHONE = "+4989771234567"
WRITTEN, SENT = "wrote-grimbelflax", b"sent-hundelbrock"
SOUND = f"RIFF, here speaks {LAST}".encode()
MARKS = (FIRST, LAST, LOGIN, "quorvemont@", "771234567")
SAID = f"Guten Tag Frau {LAST}, {NAME} ({ADDRESS}, 089 / 77 12 345-67) hat {LAST}, {FIRST} gemeldet."
"""How others write of this person, on a ticket of theirs."""
ELSEWHERE = f"{NAME} ({ADDRESS}, 089 / 77 12 345-67) hat {LAST}, {FIRST} gemeldet."
"""The same where a "Frau Quorvemont" could be somebody else."""


def make_person(cast: Cast) -> Contact:
    """A contact with a login, whom the doors and every table know by now."""
    make_price_list()
    make_targets(cast.gold, response=60)
    user = make_user(LOGIN, User.Role.CONTACT, password=PASSWORD)
    user.first_name, user.last_name, user.email = FIRST, LAST, ADDRESS
    user_actions.save(user=user, by=None)
    contact = make_contact(cast.gold_customer, NAME, user=user, email=ADDRESS)
    contact.phones.create(number=PHONE)
    ticket = _by_doors(cast, contact)
    _by_rows(cast, contact, ticket)
    return contact


def _by_doors(cast: Cast, contact: Contact) -> Ticket:
    """What the person and the firm do on pages, by the API and by mail."""
    user, browser = contact.user, Client()
    assert user is not None
    browser.post("/accounts/login/", {"login": LOGIN, "password": "wrong"})
    browser.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(user.pk)
    token = user_actions.create_token(user=user, by=user, name=f"{FIRST}s Skript")
    filed = Client().post(
        "/api/v1/tickets/",
        json.dumps({"subject": f"{NAME} kann nicht drucken", "body": WRITTEN, "severity": "normal"}),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}", "idempotency-key": "once-only-1"},
    )
    assert filed.status_code == 201, filed.content
    ticket = Ticket.objects.get(contact=contact)
    file = ContentFile(SENT, name=f"{LAST}.txt")
    written = {"body": f"{WRITTEN} {SAID}", "attachments": file}
    assert browser.post(f"/portal/tickets/{ticket.number}/reply/", written).status_code == 302
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead, reason=SAID[:250])
    replying.reply(ticket=ticket, body=SAID, by=cast.agent)
    replying.note(ticket=ticket, body=SAID, by=cast.agent)
    replying.note(ticket=make_ticket(cast.bronze_customer), body=ELSEWHERE, by=cast.lead)
    notices.ask_for_password(address=ADDRESS, language="de")
    notices.tell_change(user=user, change="password_changed")
    note_search(text=NAME, language="de", found=0)
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)
    rated = {"verdict": "bad", "comment": f"{WRITTEN} {NAME}"}
    assert browser.post(f"/portal/tickets/{ticket.number}/rate/", rated).status_code == 302
    return ticket


def _by_rows(cast: Cast, contact: Contact, ticket: Ticket) -> None:
    """What is written elsewhere: one row at least of every kind that may name somebody."""
    now, user, owner = timezone.now(), contact.user, cast.owner.user
    message = Message.objects.filter(contact=contact, body__contains=WRITTEN).first()
    assert message is not None
    assert user is not None
    assert owner is not None
    article = make_article("Drucken", f"{NAME} hat gefragt.")
    Feedback.objects.create(text=article, kind="missing", comment=f"{WRITTEN} {NAME}", by=user, at=now)
    ArticleFile.objects.create(
        article=article.article, key="k" * 43, file="articles/kk", name=f"{NAME}.png", size=1, added_at=now
    )
    entry = enter(ticket, cast.agent)
    dpa = ProcessingAgreement.objects.filter(customer=contact.customer).first() or make_dpa(contact.customer)
    (subject,) = name_subjects(ticket, [NAME])
    subject.contact = contact
    subject.save()
    consent(subject)
    Rating.objects.filter(contact=contact).update(comment=f"{WRITTEN} {NAME}")
    make_standing_approval(contact.customer, granted_by=NAME, evidence=ELSEWHERE)
    _rows_of_ticket(cast, contact, ticket, message, entry)
    _rows_of_rights(cast, contact, dpa)
    _calls(contact, ticket)
    LogEntry.objects.create(
        user=cast.admin, object_id="1", object_repr=NAME, change_message="", action_flag=2
    )
    Impersonation.objects.create(
        person=owner,
        admin=cast.admin,
        admin_name="Admin",
        reason=ELSEWHERE[:300],
        began_at=now,
        ends_at=now,
    )
    Announcement.objects.create(
        kind="info", text_de=ELSEWHERE, text_en=ELSEWHERE, audience="all", starts_at=now, changed_at=now
    )
    holds.hold(contact=contact, reason=ELSEWHERE, by=cast.admin)
    holds.release(contact=contact, by=cast.admin)


def _rows_of_ticket(cast: Cast, contact: Contact, ticket: Ticket, message: Message, entry: Any) -> None:
    now = timezone.now()
    item = PriceItem.objects.get(code="remote")
    ApprovalRequest.objects.create(
        ticket=ticket,
        service=entry.service,
        price_list=item.price_list,
        price_item=item,
        rate=1,
        ceiling=1,
        currency="EUR",
        text=SAID,
        contact=contact,
        asked_at=now,
        expires_at=now,
        answered_contact=contact,
        answered_by_name=NAME,
        answer_note=WRITTEN,
    )
    make_charge(ticket, text=SAID)
    Decline.objects.create(ticket=ticket, agent=cast.agent, reason=SAID[:250], at=now)
    tool = RemoteTool.objects.first() or RemoteTool.objects.create(name="RustDesk")
    RemoteSession.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        agent=cast.agent,
        tool=tool,
        partner_id=LOGIN,
        confirmed_by=NAME,
        done=SAID,
        started_at=now,
        ended_at=now,
    )
    ChecklistItem.objects.create(ticket=ticket, text=SAID[:250], created_at=now)
    note = Message.objects.create(
        ticket=ticket,
        author_name="Agent",
        author=cast.agent,
        body=SAID,
        is_internal=True,
        channel="phone",
        at=now,
    )
    CallNote.objects.create(message=note, contact=contact, called_at=now)
    AlertSource.objects.create(
        customer=ticket.customer,
        name=f"{NAME} Checkmk"[:120],
        shape="checkmk",
        token_sha256="0" * 64,
        created_at=now,
    )
    TicketMute.objects.create(ticket=ticket, contact=contact, at=now)
    held = HeldFile(
        ticket=ticket,
        message=message,
        customer=ticket.customer,
        kind="file",
        key="h" * 43,
        size=9,
        sealed={"name": f"{LAST}.log", "key": "x"},  # type: ignore[misc]  # the field encrypts it
        held_at=now,
        delete_at=now + timedelta(days=9),
    )
    held.file.save(held_name(held, ""), ContentFile(SENT), save=True)


def _rows_of_rights(cast: Cast, contact: Contact, dpa: ProcessingAgreement) -> None:
    now, customer = timezone.now(), contact.customer
    DpaEvent.objects.create(processing_agreement=dpa, at=now, by=contact.user, by_name=NAME, code="requested")
    DpaReviewItem.objects.create(
        processing_agreement=dpa, party="customer", code="q", note=ELSEWHERE, done_by_name=NAME
    )
    DataReturn.objects.create(processing_agreement=dpa, chosen_by=contact, chosen_by_name=NAME, kept=SAID)
    held = {"customer": customer, "processing_agreement": dpa}
    Instruction.objects.create(
        given_by_name=NAME, given_by=contact, given_at=now, text=SAID, outcome=SAID, **held
    )
    AuditRequest.objects.create(
        asked_by_name=NAME, asked_by=contact, asked_at=now, subject=SAID, outcome=SAID, **held
    )
    breach = Breach.objects.create(title=ELSEWHERE[:200], text=ELSEWHERE, known_at=now, created_at=now)
    told = BreachNotice.objects.create(
        breach=breach, customer=customer, sent_at=now, acknowledged_by=contact, acknowledged_by_name=NAME
    )
    version = DirectoryVersion.objects.create(number=7, effective_on=now.date(), created_at=now)
    ChangeNotice.objects.create(
        version=version,
        announced_at=now,
        acknowledged_by=contact,
        objected_by=contact,
        objected_at=now,
        objection=f"{WRITTEN} {SAID}",
        outcome_note=SAID,
        objections_until_on=now.date(),
        **held,
    )
    ToldContact.objects.create(breach_notice=told, contact=contact, name=NAME, address=ADDRESS)
    agreement = customer.agreements.first()
    assert agreement is not None
    Suspension.objects.create(agreement=agreement, starts_on=now.date(), reason=ELSEWHERE[:200])


def _calls(contact: Contact, ticket: Ticket) -> None:
    """The firm called them; then they called, and left a voicemail. The newest of each table is theirs."""
    system = make_system()
    out = Line(system, PHONE, caller=PUBLIC)
    out.tells("outgoing", direction="out")
    out.tells("hangup", cause="16")
    make_phone(system)
    Call.objects.filter(pk=out.call.pk).update(contact=contact)
    line = Line(system, PUBLIC, caller="089 77 12 345 67")
    line.rings()
    line.asks("voicemail_recorded", after=9, recording="vm-1")
    assert line.call.contact == contact
    said = Message.objects.create(
        ticket=ticket, author_name="", body="Voicemail", channel="phone", at=timezone.now()
    )
    sound = Attachment(
        message=said, key="v" * 43, name="voicemail.wav", size=9, content_type="audio/wav", sha256="5" * 64
    )
    sound.file.save("vm", ContentFile(SOUND), save=True)
    left = line.call.voicemail
    left.attachment, left.state, left.sha256, left.seconds = sound, "stored", "5" * 64, 2
    left.save()


def fill(columns: list[tuple[Model, Field]]) -> list[str]:
    """Write the marks into every column of these that has a row; returns those that have none."""
    empty = []
    for model, field in columns:
        row = model._base_manager.order_by("-pk").first()
        if row is None:
            empty.append(f"{model._meta.label}.{field.name}")
            continue
        if isinstance(field, models.FileField) or _names(getattr(row, field.attname)):
            continue
        model._base_manager.filter(pk=row.pk).update(**{field.attname: _marked(field)})
    return empty


def _marked(field: Field) -> Any:
    if isinstance(field, models.JSONField):
        return {"who": NAME, "more": [ELSEWHERE, {"mail": ADDRESS}]}
    longest = getattr(field, "max_length", None) or 10_000
    return ELSEWHERE if len(ELSEWHERE) <= longest else NAME if len(NAME) <= longest else PHONE[:longest]


def _names(value: Any) -> bool:
    return any(mark.lower() in str(value).lower() for mark in MARKS)


def traces(marks: tuple[str, ...] = MARKS) -> Iterator[str]:
    """Where the marks still are: every table of the database, decrypted, too; files; Valkey."""
    yield from _in_tables(marks)
    yield from _in_sealed(marks)
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        content = path.read_bytes().lower() if path.is_file() else b""
        yield from (f"file {path.name}: {mark}" for mark in marks if mark.lower().encode() in content)
        yield from (f"file name: {mark}" for mark in marks if mark.lower() in path.name.lower())
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter("*", count=1_000):
            kept = (key + (client.dump(key) or b"")).lower()
            yield from (f"valkey {key!r}: {mark}" for mark in marks if mark.lower().encode() in kept)


def _in_tables(marks: tuple[str, ...]) -> Iterator[str]:
    """Row by row as JSON, whatever the columns are called and whoever made the table."""
    wanted = [f"%{mark}%" for mark in marks]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            rows = f'SELECT r::text FROM (SELECT to_jsonb(t) AS r FROM "{table}" t) s'
            cursor.execute(f"{rows} WHERE r::text ILIKE ANY(%s)", [wanted])
            yield from (f"{table}: {row}" for (row,) in cursor.fetchall())


def _in_sealed(marks: tuple[str, ...]) -> Iterator[str]:
    for model, field in encrypted_columns():
        for value in model._base_manager.values_list(field.attname, flat=True):
            text = "" if value is None or isinstance(value, Sealed) else json.dumps(value)
            yield from (
                f"{model._meta.label} (sealed): {mark}" for mark in marks if mark.lower() in text.lower()
            )
