"""What is sent: the address of a row's door, filled in with its thing, and the fields of its deed."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import model_to_dict
from django.test import RequestFactory
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from billing.queries.worklist import month_of
from contracts.models import PriceItem
from contracts.queries import company_zone
from lib.downloads import SIGNATURE, signed
from tests.factories.cast import LONG_AGO, PASSWORD
from tests.matrix.dpas import SIGNER, scan
from tests.matrix.exports import RULES
from tests.matrix.table import Row
from tests.matrix.world import Thing, World
from tests.url_map import Door, sample_of

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Letter:
    """A request that is not yet addressed to anybody's account."""

    method: str
    address: str
    fields: Fields
    is_json: bool

    @property
    def spellings(self) -> list[str]:
        """How an answer may repeat the address, longest first."""
        asked = f"?{urlencode(self.fields)}" if self.method == "GET" and self.fields else ""
        path = self.address.partition("?")[0]
        ways = {self.address + asked, escape(self.address + asked), quote(self.address + asked), path}
        return sorted(ways, key=len, reverse=True)

    def environ(self) -> dict[str, Any]:
        """For a WSGI handler."""
        factory = RequestFactory(headers={"Accept-Language": "en"})
        if self.method == "GET":
            return _environ(factory.get(self.address, self.fields))
        if self.is_json:
            body = json.dumps(self.fields, default=str)
            return _environ(factory.generic(self.method, self.address, body, "application/json"))
        return _environ(factory.generic(self.method, self.address, *_as_form(factory, self.fields)))


def _environ(request: Any) -> dict[str, Any]:
    return dict(request.environ)


def _as_form(factory: RequestFactory, fields: Fields) -> tuple[bytes, str]:
    request = factory.post("/", fields)
    return request.read(), request.META["CONTENT_TYPE"]


def letter_for(row: Row, door: Door, thing: Thing, world: World, by: User | None) -> Letter:
    """The row's request by somebody about this thing, which may be another than the row's own."""
    parts = {"slug": row.deed, "page": "page", "app_label": "accounts", **thing.parts}
    address = door.address_with(lambda name: str(parts.get(name) or sample_of(name)))
    address += "nothing/" if door.name == "api:" else ""
    sent = dict(_fields(row, thing, world))
    query = sent.pop("?", {})
    if row.deed.startswith("signed"):
        reader = world.users["A1"] if row.deed == "signed for A1" else by
        key = str(thing.parts["key"])
        query[SIGNATURE] = signed("", key=key, user_id=reader.pk if reader else 0).partition("=")[2]
    if query:
        address += "?" + urlencode(query)
    is_json = row.door.startswith("api:") and not any(
        isinstance(value, SimpleUploadedFile) for value in sent.values()
    )
    return Letter(row.method, address, sent, is_json)


def _fields(row: Row, thing: Thing, world: World) -> Fields:
    """The most particular entry of `SENT` that fits: with the deed, else without."""
    for key in (f"{row.method} {row.door} {row.deed}", f"{row.method} {row.door}"):
        if key in SENT:
            return SENT[key](thing, world)
    return {}


def soon() -> str:
    """A moment tomorrow, as forms and documents write it."""
    return (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("sent.txt", b"sent", "text/plain")


def _inline(*prefixes: str) -> Fields:
    """Inline formsets of the admin without rows."""
    counts = ("TOTAL_FORMS", "INITIAL_FORMS")
    return {f"{prefix}-{count}": 0 for prefix in prefixes for count in counts}


def _user_fields(thing: Thing, _world: World) -> Fields:
    user = thing.row or User(username="matrix-new", role=User.Role.AGENT)
    return {
        "username": user.username, "first_name": "Renamed", "last_name": "", "email": "", "language": "",
        "role": user.role, "new_password": "", "is_on_duty": "on", "is_active": "on",
    }  # fmt: skip


_SOURCE = {"name": "Renamed", "shape": "checkmk", "is_active": "on"}
_CONTACT = {
    "name": "Renamed", "email": "", "language": "de", "mail_steps": "everything", "is_active": "on",
    **_inline("phones"),
}  # fmt: skip
_ROWS_OF_CUSTOMER = _inline("domains", "phones", "agreements", "contacts")
_CUSTOMER = {"name": "Renamed", "is_active": "on", "note": "", **_ROWS_OF_CUSTOMER}
_HOURS = {"weekly": "Mon-Fri 08:00-16:00", "country": "AT", "region": "", **_inline("special_days")}
_NEW_TICKET = {"subject": "s", "body": "b"}
_TEXT = {"do": "save", "title": "t", "body": "b"}
_CATEGORY = {"name_de": "de", "name_en": "en", "visibility": 4, "position": 1}


def _agreement_fields(_thing: Thing, world: World) -> Fields:
    """One that changes nothing about precedence: else the page would ask first."""
    whose = {"customer": world.customers["A"].pk, "kind": "service", "level": world.levels["A"].pk}
    return {**whose, "reference": "R", "starts_on": LONG_AGO, **_inline("suspensions")}


def _chosen(thing: Thing, _world: World) -> Fields:
    return {"action": "delete_selected", "_selected_action": [thing.parts.get("pk", 0)], "post": "yes"}


def _same(**fields: Any) -> Callable[[Thing, World], Fields]:
    return lambda _thing, _world: fields


def _last_month(_thing: Thing, _world: World) -> Fields:
    return {"month": str(month_of("", timezone.now()))}


ROW_OF_MODEL = {
    "billing_billingparty": "billing address of A",
    "billing_charge": "row of a charge",
    "billing_seller": "seller",
    "billing_statement": "row of a statement",
    "accounts_announcement": "announcement",
    "accounts_company": "company",
    "accounts_notice": "mail without a ticket",
    "tickets_delivery": "mail of A1's ticket",
    "tickets_recalculation": "recalculation",
    "accounts_user": "user other",
    "accounts_team": "team of the agent",
    "accounts_apitoken": "token of the agent",
    "tickets_alertsource": "alert source of A",
    "tickets_remotetool": "program for remote sessions",
    "accounts_auditentry": "audit entry",
    "customers_contact": "contact A1",
    "customers_customer": "customer A",
    "contracts_agreement": "agreement of C",
    "contracts_servicelevel": "level of nobody",
    "contracts_escalation": "escalation",
    "contracts_service": "service of nobody",
    "contracts_allowance": "allowance of nobody",
    "contracts_allowanceentry": "line of the ledger",
    "contracts_servicehours": "hours of nobody",
    "contracts_dpadocument": "draft of the DPA text",
    "contracts_pricelist": "draft of prices",
    "contracts_priceitem": "price of the draft",
    "contracts_customerprice": "own price of B",
    "contracts_standingapproval": "standing approval of B",
    "contracts_processingagreement": "line of A's DPA",
    "calls_phonesystem": "telephone system",
    "calls_servicenumber": "free number",
    "calls_agentphone": "phone of the agent",
    "calls_oncall": "phone on call",
    "calls_callpolicy": "rules of the phone",
    "calls_call": "row of a call",
    "calls_voicemail": "row of a voicemail",
    "calls_callchore": "row of a task",
    "tickets_ticket": "A1's ticket",
    "knowledge_article": "draft",
    "knowledge_category": "category",
}
"""What "a row" of each model's admin pages is."""

_ANNOUNCEMENT = {
    **dict.fromkeys(["text_de", "text_en"], "Renamed"),
    "kind": "info",
    "audience": "everybody",
    "starts_at_0": "2036-01-01",
    "starts_at_1": "08:00",
}
_ALLOWANCE = {"unit": "minutes", "amount": 90, "period": "month", "overrun": "ask"}
_BILLED = {"legal_name": "Renamed", "country": "DE", "language": "de"}
_PRICES = {
    "name": "Renamed", "currency": "EUR", "vat_percent": "19", "rounding_minutes": 15, "minimum_minutes": 0,
    **_inline("items"),
}  # fmt: skip


_SUBPROCESSOR = {
    "name": "Renamed", "service": "s", "data_categories": "d", "place": "p", "since_on": "2026-01-01",
}  # fmt: skip


def _in_months() -> str:
    """Late enough for a change that is announced after another one."""
    return (timezone.localdate() + timedelta(days=200)).isoformat()


def _item(_thing: Thing, world: World) -> Fields:
    names = {"code": "new", "name_de": "Neu", "name_en": "New", "unit": "piece", "amount": "5.00"}
    return {**names, "price_list": world.things["draft of prices"].parts["pk"]}


def _own_price(_thing: Thing, world: World) -> Fields:
    return {
        "customer": world.customers["A"].pk, "code": "remote", "amount": "80.00", "currency": "EUR",
        "valid_from": "2026-01-01",
    }  # fmt: skip


def _standing(_thing: Thing, world: World) -> Fields:
    return {
        "customer": world.customers["B"].pk, "ceiling": "500.00", "currency": "EUR",
        "starts_on": "2039-01-01", "granted_by": "somebody", "evidence": "Renamed",
    }  # fmt: skip


def _permitted() -> Fields:
    """A consent as it is typed; the ticket is as young as this very minute."""
    now = timezone.localtime(timezone=company_zone()).strftime("%Y-%m-%dT%H:%M")
    return {"capabilities": ["remote_session"], "how": "mail", "given_at": now, "evidence": "mail"}


SENT: dict[str, Callable[[Thing, World], Fields]] = {
    # Signing in and out
    "POST account_look": _same(reason="to see what they see"),
    "POST account_login": _same(login="nobody-at-all", password="wrong-password-here"),
    "POST account_login right": lambda t, w: {"login": w.users["A1"].username, "password": PASSWORD},
    "POST account_login of who left": lambda t, w: {"login": w.users["left"].username, "password": PASSWORD},
    "POST account_change_password": _same(
        oldpassword=PASSWORD, password1="a quite new word", password2="a quite new word"
    ),
    "POST account_reset_password": lambda t, w: {"email": w.users["A1"].email},
    "POST account_reset_password unknown address": _same(email="nobody@nowhere.example"),
    "POST account_ask_link": lambda t, w: {"email": w.users["A1"].email},
    "POST account_ask_link unknown address": _same(email="nobody@nowhere.example"),
    "POST account_set_password": lambda t, w: {"email": w.users["A1"].email},
    "POST account_reset_password_from_key": _same(password1="a quite new word", password2="a quite new word"),
    "POST account_signup": _same(name="Intruder", email="i@x.example", language="en"),
    "POST set_language": _same(language="en"),
    # Portal
    "POST portal:colleague_new": _same(name="New", email="new@a-zq.example", language="en", sees="own"),
    "POST portal:colleague": _same(sees="all"),
    "GET portal:tickets all": _same(state="all"),
    "GET portal:ticket position": _same(fragment="position"),
    "POST portal:new": _same(**_NEW_TICKET, severity=3),
    "POST portal:new somebody else's": lambda t, w: {
        **_NEW_TICKET, "severity": 3, "customer": t.parts["pk"], "contact": w.contacts["B"].pk,
    },
    "POST portal:reply": _same(body="more"),
    "POST portal:rate": _same(verdict="good", comment="fine"),
    "POST portal:offer": _same(message="please", phone=""),
    "POST portal:dpa_review": _same(seen=""),
    "POST portal:dpa_sign": lambda t, w: {**SIGNER, "document_sha256": t.parts.get("sha256", "none")},
    "POST portal:dpa_upload": lambda t, w: {
        **SIGNER, "document_sha256": t.parts.get("sha256", "none"), "file": scan(),
    },
    "POST portal:dpa_data": _same(choice="delete"),
    "POST portal:dpa_withdraw": _same(reason="why"),
    "GET portal:article_feed": _same(lang="de"),
    "POST portal:feedback": _same(kind="outdated", comment="x"),
    "GET portal:new_articles its subject": lambda t, w: {"subject": t.word},
    "POST portal:notifications": _same(mail_steps="answers", language="en"),
    "POST portal:ticket_mail": _same(mail="off"),
    "POST portal:unsubscribe": _same(mail="off"),
    "POST portal:approval_link": _same(answer="approve"),
    "POST portal:approve": _same(answer="decline", note="no"),
    "POST portal:unsubscribe one click": lambda t, w: {"List-Unsubscribe": "One-Click"},
    # Desk
    "GET desk:queue other team": lambda t, w: {"team": w.teams["other"].slug},
    "GET desk:queue own team": lambda t, w: {"team": w.teams["agent"].slug},
    "GET desk:queue search": lambda t, w: {"q": t.word},
    "GET desk:tickets search": lambda t, w: {"q": t.word},
    "GET desk:agreements over": _same(show="over"),
    "POST desk:agreement_act notice": lambda t, w: {"on": timezone.localdate().isoformat()},
    "POST desk:agreement_act renew": lambda t, w: {"until": "2036-12-31", "level": t.row.level_id},
    "POST portal:subprocessors_object": _same(text="no"),
    "POST portal:instruct": _same(instruction="do"),
    "POST portal:ask_audit": _same(subject="all"),
    "GET rights:registers audits": _same(show="audits"),
    "GET rights:registers breaches": _same(show="breaches"),
    "POST rights:announce": lambda t, w: {"effective_on": _in_months(), "objections_until_on": _in_months()},
    "POST rights:entry_new": _same(**_SUBPROCESSOR),
    "POST rights:entry": _same(**_SUBPROCESSOR),
    "POST rights:drop": _same(reason="why"),
    "POST rights:objection": _same(outcome="resolved", note="so"),
    "POST rights:enter": lambda t, w: {
        "customer": w.customers["B"].pk, "given_by_name": "somebody", "text": "Renamed",
    },
    "POST rights:settle": _same(outcome="Renamed"),
    "POST rights:report": lambda t, w: {
        "title": "t", "text": "t", "known_at": "2026-01-01T08:00", "customers": [w.customers["B"].pk],
    },
    "POST rights:breach": lambda t, w: {"customer": w.customers["C"].pk},
    "GET dpa:dpas open": _same(show="open"),
    "GET dpa:dpas held": _same(show="in_force"),
    "GET dpa:new": lambda t, w: {"q": t.word},
    "POST dpa:settle": _same(note="so", is_done="1"),
    "POST dpa:act refuse": _same(reason="no"),
    "POST dpa:act data-choice": _same(choice="delete", chosen_by_name="Owner"),
    "POST dpa:act data-done": _same(deleted_on="2020-01-01"),
    "POST dpa:act terminate": _same(reason="no"),
    "POST dpa:act sign": _same(name="L", role="CEO"),
    "POST dpa:act sign-customer": lambda t, w: {"name": "C", "role": "CEO", "file": scan()},
    "GET desk:waiting teams": _same(whose="teams"),
    "GET desk:peek": lambda t, w: {"number": t.parts["number"]},
    "GET desk:new search": lambda t, w: {"q": t.word},
    "GET desk:new": lambda t, w: {"customer": t.parts["pk"]} if t.parts else {},
    "POST desk:new": lambda t, w: {
        "?": {"customer": t.parts["pk"]}, **_NEW_TICKET,
        "severity": 3, "team": w.teams["agent"].pk, "channel": "phone",
    },
    "POST desk:new for another's contact": lambda t, w: {
        **SENT["POST desk:new"](t, w), "contact": w.contacts["B"].pk,
    },
    "GET calls:calls all": _same(show="all"),
    "POST calls:presence": _same(presence="off"),
    "POST calls:dial": lambda t, _w: {"ticket": t.parts["number"], "number": "+491701234567"},
    "POST calls:take_over": lambda _t, w: {"ticket": w.things["A1's ticket"].parts["number"]},
    "POST calls:attach": lambda _t, w: {"ticket": w.things["A1's ticket"].parts["number"]},
    "POST calls:set_aside": _same(why="Wrong number"),
    "POST calls:note": _same(body="more", work_kind="advice"),
    "POST calls:new_ticket": lambda _t, w: {
        "subject": "New", "body": "Body", "severity": "3", "team": w.teams["agent"].pk,
    },
    "POST desk:duty": _same(is_on_duty="0"),
    "POST desk:duty for sure": _same(is_on_duty="0", is_confirmed="1"),
    "POST desk:next other team": lambda t, w: {"team": w.teams["other"].slug},
    "POST desk:insert": _same(language="de", kind="text"),
    "POST desk:insert confirmed": _same(language="de", kind="text", is_confirmed="on"),
    "POST desk:reply": _same(is_internal="0", body="more"),
    "POST desk:reply note": _same(is_internal="1", body="more"),
    "GET desk:time": _same(since="2019-06-01", until="2019-06-30"),
    "GET desk:time_export": _same(since="2019-06-01", until="2019-06-30"),
    "POST desk:time_enter": _same(work_kind="advice", minutes=20, text="more"),
    "POST desk:time_override": _same(outcome="covered", reason="why"),
    "POST desk:time_void": _same(reason="why"),
    "POST desk:checklist": _same(**{"step-text": "more", "step-work_kind": "advice"}),
    "POST desk:consents": _same(name="more"),
    "POST desk:consent_list": _same(is_complete="1"),
    "POST desk:consent_record": lambda t, w: {
        f"subject-{t.parts['pk']}-{name}": value for name, value in _permitted().items()
    },
    "POST desk:consent_withdraw": lambda t, w: {f"consent-{t.parts['pk']}-evidence": "she called"},
    "POST desk:act remote": lambda t, w: {
        "tool": w.things["program for remote sessions"].parts["pk"], "confirmed_by": "somebody",
    },
    "POST portal:consent": _same(capabilities=["remote_session"]),
    "POST api:consent-list": lambda t, w: {
        "name": "more", **_permitted(), "given_at": timezone.now().isoformat(),
    },
    "POST api:consent-withdraw": _same(note="she called"),
    "POST desk:act": _same(reason="why"),
    "POST desk:act call": _same(
        called_at="2026-01-05T09:00", minutes=5, direction="in", work_kind="advice", body="more"
    ),
    "POST desk:act approval": _same(service="remote", ceiling="10", text="more", contact="", days=7),
    "POST desk:act approval-record": lambda t, w: {
        "request": t.parts["request"], "answer": "approve", "name": "somebody", "evidence": "phone",
    },
    "POST desk:act approval-withdraw": lambda t, w: {"request": t.parts["request"], "reason": "why"},
    "POST desk:act severity": _same(severity=1, reason="why"),
    "POST desk:act assign": lambda t, w: {"to": w.users["lead"].pk, "reason": "why"},
    "POST desk:act team": lambda t, w: {"team": w.teams["other"].pk, "reason": "why"},
    "POST desk:act schedule": lambda t, w: {"until": soon(), "reason": "why"},
    "POST desk:act pin": lambda t, w: {"reason": "why", "expires_at": soon()},
    "POST desk:act customer": lambda t, w: {"customer": w.customers["B"].name},
    # Data protection
    "POST privacy:hold": _same(reason="why"),
    "POST privacy:erase": lambda t, w: {"name": t.row.name if t.row else ""},
    "POST privacy:retention": _same(**RULES),
    "POST privacy:own_ask": _same(kind="erasure", text="please"),
    # Billing
    "POST billing:close_month": _last_month,
    "POST billing:hand_over": _last_month,
    "POST billing:close": _last_month,
    "POST billing:customer": lambda t, w: {
        "day": timezone.localdate().isoformat(),
        "item": PriceItem.objects.get(code="setup").pk,
        "quantity": "1",
    },
    "POST billing:decide": _same(reason="why"),
    "POST admin:billing_billingparty_add": lambda t, w: {**_BILLED, "customer": w.customers["D"].pk},
    "POST admin:billing_billingparty_change": _same(**_BILLED),
    "POST admin:billing_seller_change": _same(name="Renamed", country="DE", payment_days=7),
    # Editors
    "GET editors:find": lambda t, w: {"q": t.word},
    "POST editors:preview": _same(body="b"),
    "POST editors:new": lambda t, w: {
        **_TEXT, "category": w.things["category"].parts["pk"], "visibility": 1, "language": "de",
    },
    "POST editors:article": _same(**_TEXT, based_on=1),
    "POST editors:searches": _same(words="copier, duplicator"),
    "POST editors:new_category": _same(**_CATEGORY),
    "POST editors:category": _same(**_CATEGORY),
    "POST editors:place": lambda t, w: {"category": w.things["category"].parts["pk"], "visibility": 4},
    "POST editors:related": lambda t, w: {"other": w.things["another draft"].parts["pk"]},
    "POST editors:upload": lambda t, w: {"files_to_add": _file()},
    # API
    "GET api:ticket-list of B": lambda t, w: {"customer": w.customers["B"].pk},
    "GET api:ticket-list of A": lambda t, w: {"customer": w.customers["A"].pk},
    "GET api:contact-list search": lambda t, w: {"search": t.word},
    "GET api:customer-list search": lambda t, w: {"search": t.word},
    "GET api:queue-list other team": lambda t, w: {"team": w.teams["other"].slug},
    "POST api:customer-list": _same(name="New"),
    "POST api:processing-agreement-list": lambda t, w: {"customer": t.parts["pk"]},
    "PATCH api:customer-detail": _same(name="Renamed"),
    "POST api:contact-list": lambda t, w: {"name": "New", "customer": w.customers["A"].pk},
    "PATCH api:call-detail": lambda t, w: {"ticket": w.things["A1's ticket"].row.number},
    "POST calls:set_phone": _same(presence="paused"),
    "PATCH api:presence": _same(presence="paused"),
    "PATCH api:contact-detail": _same(name="Renamed"),
    "POST api:service-level-list": _same(name="New", rank=9),
    "PATCH api:service-level-detail": _same(rank=9),
    "POST api:agreement-list": lambda t, w: {
        "customer": w.customers["A"].pk, "kind": "update", "starts_on": "2026-01-01",
    },
    "PATCH api:agreement-detail": _same(reference="new"),
    "POST api:ticket-list": _same(**_NEW_TICKET),
    "POST api:ticket-list for this customer": lambda t, w: {**_NEW_TICKET, "customer": t.parts["pk"]},
    "POST api:ticket-list for this contact": lambda t, w: {**_NEW_TICKET, "contact": t.parts["pk"]},
    "POST api:ticket-list into a team": lambda t, w: {
        **_NEW_TICKET, "customer": w.customers["A"].pk, "team": w.teams["other"].slug,
    },
    "POST api:ticket-list backdated": lambda t, w: {
        **_NEW_TICKET, "customer": t.parts["pk"], "arrived_at": "2026-01-01T00:00:00Z",
    },
    "PATCH api:ticket-detail": _same(subject="Renamed"),
    "PATCH api:ticket-detail severity": _same(severity="critical", reason="why"),
    "PATCH api:ticket-detail customer": lambda t, w: {"customer": w.customers["B"].pk},
    "PATCH api:ticket-detail agent of the other team": lambda t, w: {"assignee": w.users["other"].pk},
    "PATCH api:ticket-detail contact as agent": lambda t, w: {"assignee": w.users["A2"].pk},
    "PATCH api:ticket-detail who left": lambda t, w: {"assignee": w.users["left"].pk},
    "POST api:ticket-transitions": _same(to="closed"),
    "POST api:ticket-transitions solve": _same(to="solved"),
    "POST api:ticket-pin": lambda t, w: {"reason": "why", "expires_at": soon() + ":00Z"},
    "POST api:message-list": _same(body="more"),
    "POST api:message-list note": _same(body="more", internal=True),
    "POST api:attachment-list": lambda t, w: {"file": _file()},
    "POST api:attachment-list note": lambda t, w: {"file": _file(), "internal": "true"},
    "POST api:ticket-time-list": lambda t, w: {
        "work_kind": "advice", "started_at": "2026-01-05T09:00:00Z", "ended_at": "2026-01-05T09:20:00Z",
    },
    "POST api:approval-list": _same(service="remote", ceiling="10.00", text="more", contact=None),
    "POST api:approval-answer": _same(approved=True),
    "POST api:approval-answer told": _same(approved=True, name="somebody", evidence="phone"),
    "POST api:approval-withdraw": _same(reason="why"),
    "GET api:time-entry-list flagged": _same(is_flagged="true"),
    "POST api:time-entry-override": _same(outcome="covered", reason="why"),
    "POST api:time-entry-void": _same(reason="why"),
    "POST api:queue-next other team": lambda t, w: {"team": w.teams["other"].slug},
    "POST api:queue-next decline": lambda t, w: {"decline": t.parts["number"], "reason": "why"},
    # Admin
    "GET admin:search": lambda t, w: {"s": t.word, "extended": 1},
    "GET admin:autocomplete": _same(
        app_label="customers", model_name="contact", field_name="customer", term="zq"
    ),
    "POST admin:accounts_user_add": _user_fields,
    "POST admin:accounts_user_change": _user_fields,
    "POST admin:accounts_team_add": _same(name="New", slug="new"),
    "POST admin:accounts_team_change": _same(name="Renamed", slug="renamed", is_default="on"),
    "POST admin:accounts_apitoken_add": lambda t, w: {"user": w.users["agent"].pk, "name": "new"},
    "POST admin:customers_contact_add": lambda t, w: {**_CONTACT, "customer": w.customers["A"].pk},
    "POST admin:customers_contact_change": lambda t, w: {**_CONTACT, "customer": w.customers["A"].pk},
    "POST admin:customers_customer_add": _same(**_CUSTOMER),
    "POST admin:customers_customer_change": _same(**_CUSTOMER),
    "POST admin:tickets_alertsource_add": lambda t, w: {**_SOURCE, "customer": w.customers["A"].pk},
    "POST admin:tickets_alertsource_change": lambda t, w: {**_SOURCE, "customer": w.customers["A"].pk},
    "POST admin:tickets_remotetool_add": _same(name="New"),
    "POST admin:tickets_remotetool_change": _same(name="Renamed"),
    "POST admin:contracts_agreement_add": _agreement_fields,
    "POST admin:contracts_agreement_change": _agreement_fields,
    "POST desk:justify": _same(text="why"),
    "POST admin:contracts_servicehours_add": _same(**_HOURS, name="New"),
    "POST admin:contracts_servicehours_change": _same(**_HOURS, name="Renamed"),
    "POST admin:contracts_dpadocument_add": _same(version="Renamed", body_de="b", measures_de="m"),
    "POST admin:contracts_dpadocument_change": _same(version="Renamed", body_de="b", measures_de="m"),
    "POST admin:contracts_pricelist_add": _same(**_PRICES, valid_from="2041-01-01"),
    "POST admin:contracts_pricelist_change": _same(**_PRICES, valid_from="2040-01-01"),
    "POST admin:contracts_priceitem_add": _item,
    "POST admin:contracts_priceitem_change": _item,
    "POST admin:contracts_customerprice_add": _own_price,
    "POST admin:contracts_customerprice_change": _own_price,
    "POST admin:contracts_standingapproval_add": _standing,
    "POST admin:contracts_standingapproval_change": _standing,
    "POST admin:contracts_escalation_add": _same(severity=2, at_percent=90, tells="leads"),
    "POST admin:contracts_escalation_change": _same(severity=1, at_percent=80, tells="team"),
    "POST admin:contracts_service_add": _same(code="new", name_de="Neu", name_en="New"),
    "POST admin:contracts_service_change": _same(code="unused", name_de="Neu", name_en="Renamed"),
    "POST admin:contracts_allowance_add": lambda t, w: {
        **_ALLOWANCE,
        "agreement": w.things["agreement of C"].row.pk,
    },
    "POST admin:contracts_allowance_change": lambda t, w: {
        **_ALLOWANCE,
        "level": w.things["level of nobody"].row.pk,
    },
    "POST admin:contracts_allowanceentry_add": lambda t, w: {
        "agreement": w.things["agreement of B"].row.pk,
        "day": timezone.localdate(timezone=company_zone()).isoformat(),
        "units": 5,
        "note": "why",
    },
    "POST admin:contracts_servicelevel_add": _same(name="New", rank=9),
    "POST admin:contracts_servicelevel_change": _same(name="Renamed", rank=9),
    "POST admin:calls_phonesystem_add": _same(name="New", kind="sipgate", region="DE"),
    "POST admin:calls_phonesystem_change": _same(name="Renamed", region="DE", is_active="on", overlap=24),
    "POST admin:calls_servicenumber_add": lambda t, w: {
        "number": "+49305550198", "kind": "contract", "system": w.things["provider"].row.pk,
    },
    "POST admin:calls_servicenumber_change": lambda t, w: {
        "system": w.things["provider"].row.pk, "note": "Renamed",
    },
    "POST admin:calls_agentphone_add": lambda t, w: {
        "user": w.users["other"].pk, "system": w.things["provider"].row.pk, "dial_target": "+49891000197",
    },
    "POST admin:calls_agentphone_change": lambda t, w: {
        "system": w.things["provider"].row.pk, "dial_target": "+49891000196",
    },
    "POST admin:calls_oncall_add": lambda t, w: {
        "level": w.things["level of nobody"].row.pk, "dial_target": "201", "ring_seconds": 30,
    },
    "POST admin:calls_oncall_change": lambda t, w: {
        "level": w.levels["A"].pk, "dial_target": "202", "ring_seconds": 40,
    },
    "POST admin:calls_callpolicy_change": lambda t, w: {
        **{name: value for name, value in model_to_dict(t.row).items() if type(value) is int},
        "ring_seconds": 30,
    },
    "POST admin:accounts_announcement_add": _same(**_ANNOUNCEMENT),
    "POST admin:accounts_announcement_change": _same(**_ANNOUNCEMENT),
    "POST admin:accounts_company_change": _same(name="Renamed", language="de"),
    **{f"POST admin:{model}_delete": _same(post="yes") for model in ROW_OF_MODEL},
    **{f"POST admin:{model}_changelist": _chosen for model in ROW_OF_MODEL},
}  # fmt: skip
"""By method, door and (where there are several) deed."""

WITHOUT_TEXT = re.compile(
    "(portal:ticket|api:ticket)[- ]position|admin:.*_(history|template)"
    "|admin:(accounts_(auditentry|notice)|tickets_delivery)_.*"
)
"""Answers about a thing that do not name it: who gets one at all was let in."""


def thing_of(row: Row, world: World) -> Thing:
    """The thing a row speaks of. Error: AssertionError for a name that the world does not know."""
    if row.thing in ("", "–"):
        return Thing({})
    if row.thing == "a row":
        model = max((name for name in ROW_OF_MODEL if name in row.door.replace("/", "_")), key=len)
        return world.things[ROW_OF_MODEL[model]]
    assert row.thing in world.things, f"{row}: “{row.thing}” is none of {sorted(world.things)}"
    return world.things[row.thing]
