"""The sub-processor directory and the rights beside it: B reads it, C was told of a change."""

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import User
from contracts.actions import directory, directory_notices, processing_rights
from contracts.models import AuditRequest, Breach, BreachNotice, Instruction
from customers.models import Customer
from tests.factories.directory import change_directory, make_directory, make_entry, notice_of
from tests.factories.gates import make_dpa

if TYPE_CHECKING:
    from tests.matrix.companies import Companies
    from tests.matrix.world import Thing, World


def reported(text: str, lead: User, *customers: Customer) -> Breach:
    """A breach with this text, of which these were told."""
    return processing_rights.report_breach(
        title=text, text=text, known_at=timezone.now(), customers=customers, by=lead
    )


def add_directory(world: "World") -> None:
    """After the agreements: one version in effect, one announced, a draft; registers with lines of B."""
    from tests.matrix.world import Thing

    lead, entries = world.users["lead"], "entries of the directory"
    make_directory(lead, world.keep(entries, "subprocessor-zq"))
    world.things["sub-processor"] = Thing({"version": 1, "number": 1}, "subprocessor-zq")
    make_dpa(world.customers["B"])
    coming = world.keep("coming entries of the directory", "coming-zq")
    version = change_directory(lead, add=coming)
    world.things["change of the directory"] = Thing({"version": 2, "number": 2}, coming, version)
    _answers(world)
    draft = directory.begin_draft(by=lead)
    entry = make_entry(draft, world.keep("draft of the directory", "drafted-zq"), lead)
    world.things["draft of the directory"] = Thing({"pk": draft.pk}, entry.name, draft)
    world.things["entry of the draft"] = Thing({"pk": entry.pk}, entry.name, entry)


def _answers(world: "World") -> None:
    """What B said and was told."""
    from tests.matrix.world import Thing

    lead, by, customer = world.users["lead"], world.users["B"], world.customers["B"]
    said = {name: world.keep("rights used by B", f"{name}-b-zq") for name in ("instruction", "audit")}
    given = processing_rights.instruct(customer=customer, text=said["instruction"], by=by)
    wish = processing_rights.ask_audit(customer=customer, text=said["audit"], by=by)
    world.things["instruction of B"] = _matter("instructions", given, said["instruction"])
    world.things["audit request of B"] = _matter("audits", wish, said["audit"])
    breach = reported(world.keep("breach told to B", "breach-b-zq"), lead, customer)
    notice = BreachNotice.objects.get(breach=breach)
    world.things["notice of a breach to B"] = Thing({"pk": notice.pk}, breach.text, notice)
    world.things["breach"] = Thing({"pk": breach.pk}, breach.text, breach)
    other = world.customers["C"]
    version = world.things["change of the directory"].row
    text = world.keep("objection of C", "objection-c-zq")
    told = notice_of(version, other)
    objected = directory_notices.object_to(notice=told, text=text, by=world.users["C"])
    world.things["change told to B"] = Thing({"version": 2}, "", notice_of(version, customer))
    world.things["objection of C"] = Thing({"pk": objected.pk, "version": 2}, objected.objection, objected)


def _matter(kind: str, row: Instruction | AuditRequest, text: str) -> "Thing":
    from tests.matrix.world import Thing

    return Thing({"pk": row.pk, "kind": kind}, text, row)


def directory_of_companies(made: "Companies", lead: User) -> None:
    """Both were told of a breach and of a change, and have instructed something."""
    from tests.matrix.companies import answers

    make_directory(lead, "Hetzner")
    for mine, title, whose in (("owner", "ours", ("owner", "gone")), ("other", "others", ("other",))):
        customer = made.contacts[mine].customer
        make_dpa(customer)
        text = made.keep(f"{title}-breach-zq", answers, mine)
        notice = BreachNotice.objects.get(breach=reported(text, lead, customer))
        by = made.contacts["admin" if mine == "owner" else mine].user
        assert by is not None
        said = made.keep(f"{title}-instruction-zq", answers, mine)
        given = processing_rights.instruct(customer=customer, text=said, by=by)
        for one in whose:
            made.put("breach notice", one, notice, text)
            made.put("instruction", one, given, said)
    version = change_directory(lead)
    for mine, whose in (("owner", ("owner", "gone")), ("other", ("other",))):
        told = notice_of(version, made.contacts[mine].customer)
        for one in whose:
            made.put("change", one, told, version=version.number, number=version.number)
