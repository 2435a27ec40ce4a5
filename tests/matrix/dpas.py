"""Data-processing agreements in the matrices: one to sign for A, one of B under review, a draft text."""

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from contracts.actions import dpa_documents, processing
from contracts.models import DpaDocument, ProcessingAgreement
from contracts.queries.dpa_offers import offered_sha256
from customers.models import Customer

if TYPE_CHECKING:
    from tests.matrix.companies import Companies
    from tests.matrix.world import World

SIGNER = {"name": "Renamed", "role": "Signer", "is_entitled": "on"}


def scan(text: str = "") -> SimpleUploadedFile:
    """A signed paper."""
    return SimpleUploadedFile("signed.pdf", b"%PDF-1.7\n" + text.encode(), "application/pdf")


def published() -> DpaDocument:
    """A version that can be offered."""
    draft = DpaDocument(version="Version-zq", body_de="Vertrag", measures_de="Schlösser")
    return dpa_documents.publish_document(
        document=dpa_documents.save_document(document=draft, by=None), by=None
    )


def under_review(customer: Customer, answer: str, lead: User) -> ProcessingAgreement:
    """One whose customer has answered one question with this."""
    dpa = processing.request(customer=customer, source="agent", by=lead)
    dpa = processing.begin_review(dpa=dpa, by=lead)
    item = dpa.review_items.get(party="customer", code="purposes")
    processing.settle_item(item=item, note=answer, is_done=True, by=lead)
    return dpa


def offered(
    customer: Customer, answer: str, lead: User, document: DpaDocument, paper: str
) -> ProcessingAgreement:
    """One with this answer in its text, and the firm's signature on paper."""
    dpa = under_review(customer, answer, lead)
    for item in dpa.review_items.filter(is_done=False):
        processing.settle_item(item=item, note="", is_done=True, by=lead)
    dpa = processing.offer(dpa=dpa, document=document, by=lead)
    return processing.sign(
        dpa=dpa, party="firm", method="upload", name="Firm", role="CEO", file=scan(paper), by=lead
    )


def add_dpas(world: "World") -> None:
    """Create them through the actions."""
    from tests.matrix.world import Thing

    lead, document = world.users["lead"], published()
    texts = {name: world.keep(f"data-processing agreement of {name}", f"dpa-{name}-zq") for name in "AB"}
    paper = world.keep("signed papers of A", "paper-A-zq")
    mine = offered(world.customers["A"], texts["A"], lead, document, paper)
    others = under_review(world.customers["B"], texts["B"], lead)
    parts = {"pk": mine.pk, "object_id": mine.pk, "sha256": offered_sha256(mine)}
    world.things["DPA of A"] = Thing(parts, texts["A"], mine)
    world.things["DPA of B"] = Thing({"pk": others.pk, "object_id": others.pk}, texts["B"], others)
    world.things["text file of A's DPA"] = Thing({**parts, "kind": "txt"}, texts["A"], mine)
    world.things["signed paper of A"] = Thing({**parts, "party": "firm"}, paper, mine)
    parts = {"pk": document.pk, "object_id": document.pk}
    world.things["published DPA text"] = Thing(parts, document.version, document)
    draft = DpaDocument(version="Draft-zq", body_de="Vertrag", measures_de="Schlösser")
    dpa_documents.save_document(document=draft, by=None)
    world.things["draft of the DPA text"] = Thing(
        {"pk": draft.pk, "object_id": draft.pk}, draft.version, draft
    )


def dpas_of_companies(made: "Companies", lead: User) -> None:
    """One that can be signed for each company; who is gone left a company that has one."""
    from tests.matrix.companies import is_billed, is_same_company
    from tests.matrix.world import Thing

    document = published()
    for mine, title, whose in (("owner", "ours", ("owner", "gone")), ("other", "others", ("other",))):
        text = made.keep(f"{title}-dpa-zq", is_same_company, mine)
        paper = made.keep(f"{title}-signedpaper-zq", is_billed, mine)
        dpa = offered(made.contacts[mine].customer, text, lead, document, paper)
        for one in whose:
            made.put("dpa", one, dpa, text, sha256=offered_sha256(dpa))
            file = Thing({"pk": dpa.pk, "kind": "txt"}, text, dpa)
            made.things.setdefault("dpa text", {})[one] = file
            made.put("signed paper", one, dpa, paper, party="firm")
