"""What each address of the portal and the API takes, and who gets it: the table of the isolation matrix.

A new address is a line here: the kind of thing that it takes in its path, its body or its query (kinds are
made in tests/matrix/companies.py), and who gets it. An address that takes nothing of anybody's is a line,
too: whatever it answers is searched for what is not the reader's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.matrix.companies import (
    Rule,
    answers,
    anybody,
    contacts,
    holds,
    is_billed,
    is_same_company,
    is_self,
    manages,
    nobody,
    reads,
)
from tests.matrix.dpas import SIGNER, scan
from tests.matrix.world import Thing

Fields = Callable[[Thing], Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """One kind of request.

    `kind`: of the thing it takes; empty for none. `may`: who gets an answer that is no refusal. `knows`: who
    is told that it is not for them (403). All others are told `refused`. `shows`: who finds the thing's own
    text in a list that everybody may ask for. `sends`: the fields. `signs`: for files with signed links.
    """

    kind: str = ""
    may: Rule = nobody
    knows: Rule = nobody
    refused: int = 404
    shows: Rule | None = None
    sends: Fields = lambda _thing: {}
    signs: bool = False


def _same(**fields: Any) -> Fields:
    return lambda _thing: fields


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("sent.txt", b"sent", "text/plain")


def _of_ticket(kind: str = "ticket", **more: Any) -> Route:
    return Route(kind, may=reads, **more)


def _listed(kind: str, shows: Rule, sends: Fields | None = None) -> Route:
    """A list that every contact may ask for."""
    return Route(kind, may=contacts, refused=200, shows=shows, sends=sends or _same())


def _agents(kind: str = "", knows: Rule = contacts, **more: Any) -> Route:
    """What no contact does; who may know of the thing is told so."""
    return Route(kind, knows=knows, **more)


_CONSENT = {
    "name": "more",
    "capabilities": ["remote_session"],
    "how": "mail",
    "evidence": "mail",
    "given_at": "2026-01-01T00:00:00Z",
}
_NEW = {"subject": "s", "body": "b"}
_READ_BY_ANYBODY = (Route(may=anybody),)
_OPEN_FORM = (Route(may=contacts),)


def _answering(who: str, _whose: str) -> bool:
    """Who answers for their own customer, whatever they name."""
    return who in ("admin", "other")


PORTAL: dict[str, tuple[Route, ...]] = {
    "GET portal:home": _READ_BY_ANYBODY,
    "GET portal:service": _READ_BY_ANYBODY,
    "GET portal:service_pdf": _READ_BY_ANYBODY,
    "GET portal:robots": _READ_BY_ANYBODY,
    "GET portal:sitemap": _READ_BY_ANYBODY,
    "GET portal:articles": _READ_BY_ANYBODY,
    "GET portal:article_feed": _READ_BY_ANYBODY,
    "GET portal:article": (Route("article", may=anybody),),
    "GET portal:article_short": (Route("article", may=anybody),),
    "GET portal:category": (Route("category", may=anybody),),
    "GET portal:category_short": (Route("category", may=anybody),),
    "GET portal:found": (Route("article", may=anybody),),
    "GET portal:article_file": (Route("file"),),  # by the key of a ticket's file
    "GET portal:feedback": (Route("article", may=anybody),),
    "POST portal:feedback": (Route("article", may=anybody, sends=_same(kind="helpful", comment="")),),
    "GET portal:tickets": (
        _listed("ticket", reads),
        _listed("finished ticket", reads, _same(state="all")),
        _listed("ticket", reads, lambda thing: {"q": thing.word, "state": "all"}),
    ),
    "GET portal:new": _OPEN_FORM,
    "POST portal:new": (
        Route("customer", may=contacts, sends=lambda t: {**_NEW, "severity": 3, "customer": t.parts["pk"]}),
        Route("contact", may=contacts, sends=lambda t: {**_NEW, "severity": 3, "contact": t.parts["pk"]}),
    ),
    "GET portal:new_articles": (_listed("ticket", reads, lambda thing: {"subject": thing.word}),),
    "GET portal:prices": _OPEN_FORM,
    "GET portal:approvals": (_listed("approval", reads),),
    "POST portal:approve": (_of_ticket("approval", sends=_same(answer="approve")),),
    "POST portal:consent": (Route("consent", may=is_self, sends=_same(capabilities=["remote_session"])),),
    "POST portal:consent_withdraw": (Route("consent", may=is_self),),
    "GET portal:approval_link": (Route("approval link", may=holds),),
    "POST portal:approval_link": (Route("approval link", may=holds, sends=_same(answer="approve")),),
    "GET portal:contract": (_listed("agreement", is_same_company),),
    "POST portal:offer": (Route(may=contacts, sends=_same(message="please", phone="")),),
    "GET portal:dpa": (_listed("dpa", is_same_company),),
    "GET portal:dpa_document": (Route("dpa", may=is_same_company),),
    "GET portal:dpa_paper": (Route("dpa text", may=is_billed),),
    "GET portal:dpa_signed_paper": (Route("signed paper", may=is_billed),),
    "POST portal:dpa_ask": (Route(may=lambda who, _: who == "admin"),),
    "POST portal:dpa_review": (Route("dpa", may=is_billed, sends=_same(seen="")),),
    "POST portal:dpa_sign": (
        Route(
            "dpa", may=is_billed, sends=lambda t: {**SIGNER, "document_sha256": t.parts.get("sha256", "none")}
        ),
    ),
    "POST portal:dpa_upload": (
        Route(
            "dpa",
            may=is_billed,
            sends=lambda t: {**SIGNER, "document_sha256": t.parts.get("sha256", "none"), "file": scan()},
        ),
    ),
    "POST portal:dpa_data": (Route("dpa", may=is_billed, sends=_same(choice="delete")),),
    "POST portal:dpa_withdraw": (Route("dpa", may=is_billed, sends=_same(reason="why")),),
    "GET portal:subprocessors": _OPEN_FORM,
    "GET portal:subprocessors_version": (Route("change", may=contacts),),
    "GET portal:subprocessors_change": (Route("change", may=contacts),),
    "POST portal:subprocessors_acknowledge": (Route("change", may=_answering),),
    "POST portal:subprocessors_object": (Route("change", may=_answering, sends=_same(text="no")),),
    "GET portal:rights": (
        Route("breach notice", may=_answering),
        Route("instruction", may=_answering, shows=answers),
    ),
    "POST portal:instruct": (Route(may=_answering, sends=_same(instruction="do")),),
    "POST portal:ask_audit": (Route(may=_answering, sends=_same(subject="all")),),
    "GET portal:breach": (Route("breach notice", may=answers),),
    "POST portal:acknowledge_breach": (Route("breach notice", may=answers),),
    "GET portal:ticket": (
        _of_ticket(),
        _of_ticket("finished ticket"),
        _of_ticket(sends=_same(fragment="live")),
    ),
    "GET portal:filed": (_of_ticket(),),
    "POST portal:reply": (_of_ticket(sends=_same(body="more")),),
    "POST portal:rate": (_of_ticket("finished ticket", sends=_same(verdict="good", comment="fine")),),
    "POST portal:close": (_of_ticket(),),
    "POST portal:reopen": (_of_ticket("finished ticket"),),
    "GET portal:sound": (_of_ticket("file"), Route("file of a note")),
    "GET portal:file": (_of_ticket("file", signs=True), Route("file of a note", signs=True)),
    "POST portal:ticket_mail": (Route("ticket", may=is_self, sends=_same(mail="off")),),
    "GET portal:notifications": _OPEN_FORM,
    "POST portal:notifications": (Route(may=contacts, sends=_same(mail_steps="answers", language="en")),),
    "GET portal:unsubscribe": (Route("way out", may=anybody),),
    "POST portal:unsubscribe": (Route("way out", may=anybody, sends=_same(mail="off")),),
    "GET privacy:own": _OPEN_FORM,
    "POST privacy:own_export": _OPEN_FORM,
    "POST privacy:own_ask": (Route(may=contacts, sends=_same(kind="erasure", text="please")),),
    "POST privacy:own_fetch": (Route("access export", may=is_self),),
    "GET portal:statements": (Route("listed statement", may=lambda who, _: who == "admin", shows=is_billed),),
    "GET portal:statement": (Route("statement", may=is_billed),),
    "GET portal:statement_file": (Route("statement", may=is_billed),),
    "GET portal:statement_link": (Route("statement link", may=anybody),),
    "GET portal:colleagues": (Route("contact", may=lambda who, _: who == "admin", shows=manages),),
    "GET portal:colleague_new": (Route(may=lambda who, _: who == "admin"),),
    "POST portal:colleague_new": (
        Route(
            may=lambda who, _: who == "admin",
            sends=_same(name="New", email="new@ours.example", language="en", sees="own"),
        ),
    ),
    "GET portal:colleague": (Route("contact", may=manages),),
    "POST portal:colleague": (Route("contact", may=manages, sends=_same(sees="all")),),
    "POST portal:colleague_invite": (Route("contact", may=manages),),
    "GET portal:colleague_withdraw": (Route("contact", may=manages),),
    "POST portal:colleague_withdraw": (Route("contact", may=manages),),
}

API: dict[str, tuple[Route, ...]] = {
    "GET api:index": (Route(may=contacts, refused=200),),
    "GET api:schema": _READ_BY_ANYBODY,
    "GET api:docs": _READ_BY_ANYBODY,
    "GET api:me-list": (Route(may=contacts, refused=200),),
    "GET api:customer-list": (
        _listed("customer", is_same_company),
        _listed("customer", is_same_company, lambda thing: {"search": thing.word}),
    ),
    "POST api:customer-list": (_agents(refused=403, sends=_same(name="New")),),
    "GET api:customer-detail": (Route("customer", may=is_same_company),),
    "PATCH api:customer-detail": (_agents("customer", is_same_company, sends=_same(name="Renamed")),),
    "GET api:contact-list": (
        _listed("contact", is_self),
        _listed("contact", is_self, lambda thing: {"search": thing.row.name.removesuffix("-zq")}),
    ),
    "POST api:contact-list": (
        _agents("customer", refused=403, sends=lambda t: {"name": "New", "customer": t.parts["pk"]}),
    ),
    "GET api:contact-detail": (Route("contact", may=is_self),),
    "PATCH api:contact-detail": (_agents("contact", is_self, sends=_same(name="Renamed")),),
    "GET api:service-level-list": (_listed("level", is_same_company),),
    "POST api:service-level-list": (_agents(refused=403, sends=_same(name="New", rank=9)),),
    "GET api:service-level-detail": (Route("level", may=is_same_company),),
    "PATCH api:service-level-detail": (_agents("level", is_same_company, sends=_same(rank=9)),),
    "GET api:agreement-list": (
        _listed("agreement", is_same_company),
        _listed("agreement", is_same_company, lambda thing: {"customer": thing.row.customer_id}),
    ),
    "POST api:agreement-list": (
        _agents(
            "customer",
            refused=403,
            sends=lambda t: {"customer": t.parts["pk"], "kind": "update", "starts_on": "2026-01-01"},
        ),
    ),
    "GET api:agreement-detail": (Route("agreement", may=is_same_company),),
    "PATCH api:agreement-detail": (_agents("agreement", is_same_company, sends=_same(reference="new")),),
    "GET api:processing-agreement-list": (_listed("dpa", is_same_company),),
    "POST api:processing-agreement-list": (
        Route(
            "customer",
            may=is_billed,
            knows=is_same_company,
            refused=400,
            sends=lambda t: {"customer": t.parts["pk"]},
        ),
    ),
    "GET api:processing-agreement-detail": (Route("dpa", may=is_same_company),),
    "GET api:subprocessor-list": (Route(may=contacts, refused=403),),
    "GET api:subprocessor-detail": (Route("change", may=contacts, refused=403),),
    "GET api:ticket-list": (
        _listed("ticket", reads),
        _listed("finished ticket", reads, lambda thing: {"customer": thing.row.customer_id}),
    ),
    "POST api:ticket-list": (
        Route(
            "customer",
            may=is_same_company,
            refused=400,
            sends=lambda t: {**_NEW, "customer": t.parts["pk"]},
        ),
        Route("contact", may=is_self, refused=400, sends=lambda t: {**_NEW, "contact": t.parts["pk"]}),
    ),
    "GET api:ticket-detail": (_of_ticket(), _of_ticket("finished ticket")),
    "PATCH api:ticket-detail": (
        _agents("ticket", reads, sends=_same(subject="Renamed")),
        _agents("ticket", reads, sends=_same(severity="critical", reason="why")),
    ),
    "POST api:ticket-pin": (
        _agents("ticket", reads, sends=_same(reason="why", expires_at="2099-01-01T00:00:00Z")),
    ),
    "DELETE api:ticket-pin": (_agents("ticket", reads),),
    "GET api:ticket-position": (_of_ticket(),),
    "POST api:ticket-transitions": (_of_ticket(sends=_same(to="closed")),),
    "GET api:consent-list": (Route("consent", may=reads, shows=is_self),),
    "GET api:consent-detail": (Route("consent", may=is_self),),
    "POST api:consent-list": (_agents("ticket", reads, sends=_same(**_CONSENT)),),
    "POST api:consent-withdraw": (Route("consent", may=is_self, sends=_same(note="x")),),
    "GET api:approval-list": (_of_ticket("approval"),),
    "POST api:approval-list": (
        _agents("ticket", reads, sends=_same(service="remote", ceiling="10.00", text="more")),
    ),
    "POST api:approval-answer": (_of_ticket("approval", sends=_same(approved=True)),),
    "POST api:approval-withdraw": (_agents("approval", reads),),
    "GET api:message-list": (_of_ticket(), _of_ticket("finished ticket")),
    "POST api:message-list": (
        _of_ticket(sends=_same(body="more")),
        _agents("ticket", reads, sends=_same(body="more", internal=True)),
    ),
    "GET api:attachment-list": (_of_ticket(),),
    "POST api:attachment-list": (_of_ticket(sends=lambda _: {"file": _file()}),),
    "GET api:attachment-detail": (_of_ticket("file", signs=True), Route("file of a note", signs=True)),
    "GET api:statement-list": (_listed("listed statement", is_billed),),
    "GET api:statement-detail": (Route("statement", may=is_billed),),
    "GET api:call-list": (_listed("call", nobody), _listed("call", nobody, lambda t: {"number": t.text})),
    "GET api:call-detail": (Route("call"),),
    "PATCH api:call-detail": (Route("call", sends=_same(ticket=None)),),
    "GET api:service-number-list": (_listed("service number", is_same_company),),
    "GET api:service-number-detail": (Route("service number", may=is_same_company),),
    "GET api:presence": (Route(),),
    "PATCH api:presence": (Route(sends=_same(presence="on")),),
    "GET api:ticket-time-list": (_of_ticket("work"), _of_ticket()),
    "POST api:ticket-time-list": (
        _agents(
            "ticket",
            reads,
            sends=_same(
                work_kind="remote", started_at="2026-01-05T09:00:00Z", ended_at="2026-01-05T09:20:00Z"
            ),
        ),
    ),
    "GET api:time-entry-list": (
        _listed("work", reads),
        _listed("work", reads, lambda thing: {"customer": thing.row.customer_id}),
    ),
    "GET api:time-entry-detail": (Route("work", may=reads),),
    "POST api:time-entry-override": (_agents("work", reads, sends=_same(outcome="covered", reason="why")),),
    "POST api:time-entry-void": (_agents("work", reads, sends=_same(reason="why")),),
    "GET api:article-list": (Route(may=contacts, refused=200),),
    "GET api:article-detail": (Route("article", may=contacts, refused=200),),
    "GET api:queue-list": (_agents(refused=403),),
    "POST api:alerts_alertmanager": (Route(refused=401),),
    "POST api:alerts_checkmk": (Route(refused=401),),
    "POST api:queue-next": (
        _agents(refused=403),
        _agents("ticket", refused=403, sends=lambda t: {"decline": t.parts["number"], "reason": "why"}),
    ),
}

ROUTES = PORTAL | API
"""By method and name of the URL map."""
