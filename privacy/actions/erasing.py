"""Erasing a person: a list of steps that each commit by themselves and may each run again.

The person is let out first, so that nobody writes as them any more; then every table is gone through; last
the contact's own row loses its name, in the transaction that ends the first look. What was being written
meanwhile is found by a second look (`SETTLES` later), for which the marks are kept, encrypted, until then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, Q

from accounts.actions import auditing
from accounts.models import ApiToken, AuditValues, Notice, User
from calls.actions import forgetting
from contracts.models import ChangeNotice, DpaEvent, DpaSignature
from customers.models import Contact, Customer
from knowledge.models import Feedback
from lib.sorting import german_sort_key
from privacy.actions import scrubbing
from privacy.gateways import journal
from privacy.models import PrivacyJob
from privacy.queries.columns import treated
from privacy.queries.finding import finders
from privacy.queries.people import USER_KIND, Person, audit_of, person_of
from privacy.rules.erasing import Part, instead, name_after
from privacy.rules.inventory import IN_PLACE
from privacy.rules.marks import Marks
from tickets.models import ApprovalRequest, Attachment, Delivery, HeldFile, Message, Rating, Ticket

DONE = "contact.erased"
"""The verb of the line that stays: that it was done, when, and who wanted it."""
Step = Callable[[], dict[str, int]]
"""Does its part and says how much, by kind."""


@dataclass(frozen=True)
class Case:
    """One erasure at work: whose, what is looked for, what is chosen, and as of when."""

    person: Person
    marks: Marks
    parts: frozenset[str]
    job: PrivacyJob
    at: datetime

    @property
    def word(self) -> str:
        """What stands in place of the person."""
        return instead(settings.LANGUAGE_CODE)


def case_of(job: PrivacyJob, at: datetime) -> Case:
    """The case of a job that has begun (its marks are sealed in it)."""
    kept = job.sealed
    contact = Contact.objects.select_related("user", "customer").get(pk=job.subject_id)
    person = person_of(contact)
    person = Person(contact, kept["user"], person.ticket_ids)
    return Case(person, Marks.from_json(kept), frozenset(job.choices.get("parts", [])), job, at)


def first_look(case: Case) -> list[Step]:
    """Everything, ending with the person's own row."""
    return [partial(_let_out, case), *_sweeps(case), partial(_finish, case)]


def second_look(case: Case) -> list[Step]:
    """The same tables once more."""
    return _sweeps(case)


def _sweeps(case: Case) -> list[Step]:
    steps: list[Step] = [partial(_contents, case), partial(_held_files, case), partial(_files, case)]
    steps += [partial(_calls, case)]
    steps += [partial(_replace, case, number) for number in range(len(treated(*IN_PLACE)))]
    return [*steps, partial(_emptied, case), partial(_rows, case), partial(_caches, case)]


@transaction.atomic
def _let_out(case: Case) -> dict[str, int]:
    """Close every door to the person; mail that waits for them is not sent."""
    contact, user_id = case.person.contact, case.person.user_id
    Customer.objects.select_for_update(no_key=True).get(pk=contact.customer_id)
    Contact.objects.filter(pk=contact.pk).update(is_active=False, is_company_admin=False)
    User.objects.filter(pk=user_id or 0, role=User.Role.CONTACT).update(is_active=False)
    ApiToken.objects.filter(user_id=user_id or 0).delete()
    mail, _by = Delivery.objects.waiting().filter(contact=contact).delete()
    notices, _by = Notice.objects.waiting().filter(user_id=user_id or 0).delete()
    sessions = scrubbing.end_sessions(user_id=user_id)
    return {"mail": mail + notices, "sessions": sessions}


@transaction.atomic
def _contents(case: Case) -> dict[str, int]:
    """What the person wrote, where that was chosen."""
    if Part.BODIES not in case.parts:
        return {}
    contact, user_id, word = case.person.contact, case.person.user_id, case.word
    messages = Message.objects.filter(contact=contact).exclude(body=word).update(body=word)
    Ticket.objects.filter(contact=contact).exclude(subject=word).update(subject=word)
    Rating.objects.filter(contact=contact).exclude(comment="").update(comment="")
    ApprovalRequest.objects.filter(answered_contact=contact).exclude(answer_note="").update(answer_note="")
    ChangeNotice.objects.filter(objected_by=contact).exclude(objection="").update(objection=word)
    if user_id is not None:
        Feedback.objects.filter(by_id=user_id).exclude(comment="").update(comment=word)
    return {"bodies": messages}


def _held_files(case: Case) -> dict[str, int]:
    return {"held_files": scrubbing.drop_held_files(person=case.person, delete=partial(_drop_held, case.at))}


@transaction.atomic
def _drop_held(at: datetime, found: HeldFile) -> None:
    """The bytes first: a crash in between leaves a row that is found again.

    Under its lock: what a gate that opens releases meanwhile is a file they sent, and no held one.
    """
    row = HeldFile.objects.held().select_for_update(of=("self",)).filter(pk=found.pk).first()
    if row is None:
        return
    row.file.delete(save=False)
    HeldFile.objects.filter(pk=row.pk).update(sealed=None, file="", deleted_at=at)


def _files(case: Case) -> dict[str, int]:
    """The files they sent, where that was chosen (the file first, as above); else the name in their names."""
    sent = list(Attachment.objects.filter(message__contact=case.person.contact).order_by("pk"))
    if Part.FILES not in case.parts:
        return {"file_names": sum(_rename(each, case) for each in sent)}
    for attachment in sent:
        attachment.file.delete(save=False)
        Attachment.objects.filter(pk=attachment.pk).delete()
    return {"attachments": len(sent)}


def _rename(attachment: Attachment, case: Case) -> int:
    """A file's name holds the person's in any spelling: "huber_lebenslauf.pdf"."""
    name = case.marks.without_names(attachment.name, case.word)
    if name == attachment.name:
        return 0
    return Attachment.objects.filter(pk=attachment.pk).update(name=name)


def _calls(case: Case) -> dict[str, int]:
    """Their numbers in calls, and what they said after the tone; the room of the calls does it."""
    anywhere, own = finders(case.marks, case.word)
    whose = forgetting.Whose(case.person.contact.pk, case.marks.phones, anywhere.needle, own.replaced_in)
    return forgetting.forget_person(whose=whose, at=case.at)


def _replace(case: Case, number: int) -> dict[str, int]:
    model, field = treated(*IN_PLACE)[number]
    found = finders(case.marks, case.word)
    count = scrubbing.replace(model=model, field=field, person=case.person, found=found)
    return {model._meta.label: count} if count else {}


@transaction.atomic
def _emptied(case: Case) -> dict[str, int]:
    """Rows that never change, but for the name of who did it; with the proof of agreements where chosen."""
    user_id, steps, signed = case.person.user_id, 0, 0
    names = case.marks.names | case.marks.own_names
    if user_id is not None:
        steps = DpaEvent.objects.filter(by_id=user_id).update(by=None, by_name="")
    of_customer = {"processing_agreement__customer": case.person.contact.customer_id, "by__isnull": True}
    steps += DpaEvent.objects.filter(by_name__in=names, **of_customer).update(by_name="")
    if Part.PROOF in case.parts:
        signed = empty_signatures(of=case.person, names=names)
    return {"dpa_steps": steps, "signatures": signed}


def empty_signatures(*, of: Person, names: frozenset[str]) -> int:
    """Let go who signed for the customer, and the scan: that it was signed, when and what, stays."""
    rows = DpaSignature.objects.filter(
        party=DpaSignature.Party.CUSTOMER, processing_agreement__customer=of.contact.customer_id
    )
    mine = [row for row in rows if row.name in names or (of.user_id and row.user_id == of.user_id)]
    for row in mine:
        if row.file:
            row.file.delete(save=False)
        DpaSignature.objects.filter(pk=row.pk).update(user=None, name="", role="", ip=None, file="")
    return len(mine)


def _rows(case: Case) -> dict[str, int]:
    """Rows that go, what is encrypted, and the person's names in the audit trail."""
    found = finders(case.marks, case.word)
    audit, _by = audit_of(case.person.contact).exclude(entry__verb=DONE).delete()
    if case.person.user_id is not None:
        audit += _audit_of_user(case.person.user_id)
    rows = scrubbing.remove_rows(person=case.person, found=found)
    rows += scrubbing.open_sealed(person=case.person, found=found)
    return {"audit": audit, "rows": rows}


def _audit_of_user(user_id: int) -> int:
    """Once the login is gone, the contact does not lead to it any more."""
    theirs = Q(entry__actor_id=user_id) | Q(entry__object_kind=USER_KIND, entry__object_id=str(user_id))
    deleted, _by = AuditValues.objects.filter(theirs).delete()
    return deleted


def _caches(case: Case) -> dict[str, int]:
    found = finders(case.marks, case.word)
    scrubbing.end_sessions(user_id=case.person.user_id)
    scrubbing.forget_attempts(user_id=case.person.user_id, found=found)
    exports = PrivacyJob.objects.filter(
        kind=PrivacyJob.Kind.EXPORT, subject_id=case.person.contact.pk
    ).exclude(file="")
    gone = 0
    for job in exports:
        job.file.delete(save=False)
        gone += PrivacyJob.objects.filter(pk=job.pk).update(file="", sha256="")
    return {"exports": gone}


def _finish(case: Case) -> dict[str, int]:
    """Note it outside of the database, then let the person's own rows go."""
    contact = case.person.contact
    journal.note(journal.Line(contact.pk, case.at.isoformat(), tuple(sorted(case.parts))))
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=contact.customer_id)
        row = Contact.objects.select_for_update().get(pk=contact.pk)
        if row.erased_at is not None:
            return {}
        row.name = name_after(settings.LANGUAGE_CODE, row.pk)
        row.sort_name, row.email, row.user, row.erased_at = german_sort_key(row.name), "", None, case.at
        row.is_active = row.is_company_admin = row.sees_company_tickets = False
        row.save()
        phones, _by = row.phones.all().delete()
        users = _remove_user(case.person.user_id)
        auditing.record(by=case.job.asked_by, verb=DONE, what=row, at=case.at)
    return {"person": 1, "phones": phones, "login": users}


def _remove_user(user_id: int | None) -> int:
    """Delete a customer's login; one that something else needs keeps its row and nothing in it."""
    user = User.objects.filter(pk=user_id or 0, role=User.Role.CONTACT).first() if user_id else None
    if user is None:
        return 0
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        user.username, user.first_name, user.last_name, user.email = f"erased-{user.pk}", "", "", ""
        user.is_active = False
        user.set_unusable_password()
        user.save()
    return 1
