"""Every door behind which a gate guards something real, and how to knock there.

A knock does what a user or a program would, and tells from what is stored whether the gate was open. A new
door of this kind is a line in `DOORS` (tests/integration/test_gate_matrix.py says when one is missing).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contracts.models import DirectoryVersion
from contracts.rules.gates import Capability
from customers.models import Contact, Customer
from tests.factories.calling import Caller, path_of
from tests.factories.cast import Cast
from tests.factories.directory import make_directory
from tests.factories.prices import make_service
from tickets.actions import alert_sources
from tickets.models import (
    AlertSource,
    ApprovalRequest,
    Attachment,
    CallNote,
    ChecklistItem,
    HeldFile,
    Rating,
    RemoteSession,
    RemoteTool,
    Ticket,
    TimeEntry,
    WorkKind,
)

MARKER = "marker-7f3a9c"
LOG = "".join(
    f"2026-11-20T16:40:{second:02}.123Z ERROR worker-{second} {MARKER} connection to 10.0.0.{second} lost\n"
    for second in range(60)
)


SHORT_LOG = "".join(LOG.splitlines(keepends=True)[:20])
"""One that fits into a comment."""


@dataclass(frozen=True)
class Case:
    """Whose gate it is: a ticket of a customer, a contact there, and the firm's people."""

    cast: Cast
    customer: Customer
    contact: Contact
    ticket: Ticket

    def page(self, who: User | Contact) -> Client:
        """Somebody's browser."""
        client = Client(headers={"Accept-Language": "en"})
        user = who.user if isinstance(who, Contact) else who
        assert user is not None
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    @property
    def customer_page(self) -> Client:
        """The contact's browser."""
        return self.page(self.contact)

    @property
    def agent_page(self) -> Client:
        """The agent's browser."""
        return self.page(self.cast.agent)

    def desk(self, below: str = "") -> str:
        """The ticket's address at the desk."""
        return f"/desk/tickets/{self.ticket.number}/{below}"


Knock = Callable[[Case], bool]


@dataclass(frozen=True)
class GateDoor:
    """A door, what its gate is called, and whether consents for a case can open it."""

    name: str
    capability: Capability
    knock: Knock
    is_of_case: bool = True


def done(response: Any) -> bool:
    """Whether it was done (202: taken, and held). Neither yes nor a refusal is a fault of the product."""
    assert response.status_code in {200, 201, 202, 204, 302, 303, 400, 403, 404, 409, 422}, response.content
    return response.status_code in {201, 202, 204, 302, 303}


# Log files and pasted logs


def log_file() -> SimpleUploadedFile:
    """What every administrator sends first."""
    return SimpleUploadedFile("server.log", LOG.encode(), content_type="text/plain")


def _was_filed(case: Case, response: Any) -> bool:
    """Whether the newest log file became a file of the ticket, rather than being held."""
    assert done(response), response.content
    held = HeldFile.objects.filter(customer=case.customer).held().exists()
    filed = Attachment.objects.filter(message__ticket__customer=case.customer).exists()
    assert held != filed, "A log is either held or filed."
    return filed


def _was_pasted(case: Case, response: Any) -> bool:
    """Whether the pasted log stands in the message, rather than being cut out and held."""
    assert done(response), response.content
    messages = [one.body for ticket in case.customer.tickets.all() for one in ticket.messages.all()]
    stands = any(MARKER in body for body in messages)
    assert stands != HeldFile.objects.filter(customer=case.customer, kind="text").held().exists()
    return stands


WORDS = {"subject": "Server hangs", "body": "See the file.", "severity": "2"}


def _portal_new(case: Case) -> bool:
    response = case.customer_page.post("/portal/new/", {**WORDS, "attachments": log_file()})
    return _was_filed(case, response)


def _portal_paste(case: Case) -> bool:
    return _was_pasted(case, case.customer_page.post("/portal/new/", {**WORDS, "body": f"Look:\n\n{LOG}"}))


def _portal_reply(case: Case) -> bool:
    path = f"/portal/tickets/{case.ticket.number}/reply/"
    return _was_filed(case, case.customer_page.post(path, {"body": "Here", "attachments": log_file()}))


def _portal_reply_paste(case: Case) -> bool:
    path = f"/portal/tickets/{case.ticket.number}/reply/"
    return _was_pasted(case, case.customer_page.post(path, {"body": f"Look:\n\n{LOG}"}))


def _desk_new(case: Case) -> bool:
    path = f"/desk/new/?customer={case.customer.pk}"
    typed = {**WORDS, "contact": case.contact.pk, "team": case.cast.team.pk, "channel": "phone"}
    return _was_filed(case, case.agent_page.post(path, {**typed, "attachments": log_file()}))


def _desk_note(case: Case) -> bool:
    typed = {"body": "From the customer", "is_internal": "1", "attachments": log_file()}
    return _was_filed(case, case.agent_page.post(case.desk("reply/"), typed))


def _api_file(case: Case) -> bool:
    path = path_of(case.ticket, "attachments/")
    return _was_filed(case, Caller(case.contact).upload(path, file=log_file(), body="See"))


def _api_file_of_agent(case: Case) -> bool:
    path = path_of(case.ticket, "attachments/")
    return _was_filed(case, Caller(case.cast.agent).upload(path, file=log_file(), body="See"))


def _api_message(case: Case) -> bool:
    path = path_of(case.ticket, "messages/")
    return _was_pasted(case, Caller(case.contact).post(path, {"body": f"Look:\n\n{LOG}"}))


def _api_new(case: Case) -> bool:
    document = {"customer": case.customer.pk, "subject": "Server hangs", "body": f"Look:\n\n{LOG}"}
    return _was_pasted(case, Caller(case.contact).post("tickets/", document))


def _import(case: Case) -> bool:
    document = {
        "customer": case.customer.pk,
        "contact": case.contact.pk,
        "subject": "Old case",
        "body": f"Look:\n\n{LOG}",
        "arrived_at": (timezone.now() - timedelta(days=400)).isoformat(),
    }
    return _was_pasted(case, Caller(case.cast.admin).post("tickets/", document))


# Work


def _stretch() -> tuple[datetime, datetime]:
    """A quarter of an hour until now, in whole minutes."""
    until = timezone.localtime().replace(second=0, microsecond=0)
    return until - timedelta(minutes=15), until


def _entered(case: Case, kind: WorkKind) -> bool:
    return TimeEntry.objects.filter(ticket=case.ticket, work_kind=kind).exists()


def _time_page(kind: WorkKind) -> Knock:
    def knock(case: Case) -> bool:
        since, until = _stretch()
        typed = {"work_kind": kind, "text": "Done", "remark": ""}
        typed |= {"started_at": f"{since:%Y-%m-%dT%H:%M}", "ended_at": f"{until:%Y-%m-%dT%H:%M}"}
        response = case.agent_page.post(case.desk("time/"), typed)
        assert done(response) == _entered(case, kind), response.content
        return _entered(case, kind)

    return knock


def _time_api(kind: WorkKind) -> Knock:
    def knock(case: Case) -> bool:
        since, until = _stretch()
        document = {"work_kind": kind, "started_at": since.isoformat(), "ended_at": until.isoformat()}
        response = Caller(case.cast.agent).post(path_of(case.ticket, "time-entries/"), document)
        assert done(response) == _entered(case, kind), response.content
        return _entered(case, kind)

    return knock


def _rating(case: Case) -> bool:
    """A log in what the customer says of the work."""
    Ticket.objects.filter(pk=case.ticket.pk).update(status="solved")
    path = f"/portal/tickets/{case.ticket.number}/rate/"
    response = case.customer_page.post(path, {"verdict": "bad", "comment": SHORT_LOG})
    is_kept = Rating.objects.filter(comment__contains=MARKER).exists()
    assert (response.status_code == 302) == is_kept, response.content
    return is_kept


def _time_text(case: Case) -> bool:
    """A log in what was done, or in the remark: on the page and by the API."""
    since, until = _stretch()
    typed = {"work_kind": "advice", "text": SHORT_LOG, "remark": ""}
    typed |= {"started_at": f"{since:%Y-%m-%dT%H:%M}", "ended_at": f"{until:%Y-%m-%dT%H:%M}"}
    response = case.agent_page.post(case.desk("time/"), typed)
    is_kept = TimeEntry.objects.filter(text__contains=MARKER).exists()
    assert done(response) == is_kept, response.content
    return is_kept


def _time_remark_api(case: Case) -> bool:
    since, until = _stretch()
    document = {"work_kind": "advice", "started_at": since.isoformat(), "ended_at": until.isoformat()}
    path = path_of(case.ticket, "time-entries/")
    response = Caller(case.cast.agent).post(path, {**document, "remark": SHORT_LOG})
    is_kept = TimeEntry.objects.filter(remark__contains=MARKER).exists()
    assert done(response) == is_kept, response.content
    return is_kept


def _session_done(case: Case) -> bool:
    """A log in what was done in a session that runs."""
    tool, _is_new = RemoteTool.objects.get_or_create(name="RustDesk")
    session = RemoteSession.objects.create(
        ticket=case.ticket,
        customer=case.customer,
        agent=case.cast.agent,
        tool=tool,
        confirmed_by=case.contact.name,
        started_at=_stretch()[0],
    )
    case.agent_page.post(case.desk("remote-end/"), {"done_text": SHORT_LOG})
    session.refresh_from_db()
    assert (session.ended_at is not None) == (MARKER in session.done)
    return session.ended_at is not None


def _approval_text(case: Case) -> bool:
    """A log in what the customer is asked to approve."""
    make_service("remote")
    document = {"service": "remote", "ceiling": "100.00", "text": SHORT_LOG, "contact": None}
    response = Caller(case.cast.agent).post(path_of(case.ticket, "approvals/"), document)
    is_kept = ApprovalRequest.objects.filter(text__contains=MARKER).exists()
    assert done(response) == is_kept, response.content
    return is_kept


def _step_added(kind: WorkKind) -> Knock:
    def knock(case: Case) -> bool:
        response = case.agent_page.post(
            case.desk("checklist/"), {"step-text": "Do it", "step-work_kind": kind}
        )
        is_there = ChecklistItem.objects.filter(ticket=case.ticket, work_kind=kind).exists()
        assert done(response) == is_there, response.content
        return is_there

    return knock


def _step_ticked(kind: WorkKind) -> Knock:
    """A step that was written down while the gate was open."""

    def knock(case: Case) -> bool:
        step = ChecklistItem.objects.create(
            ticket=case.ticket, text="Do it", work_kind=kind, created_at=timezone.now()
        )
        case.agent_page.post(case.desk(f"checklist/{step.pk}/tick/"))
        return ChecklistItem.objects.get(pk=step.pk).done_at is not None

    return knock


def _call(kind: WorkKind) -> Knock:
    def knock(case: Case) -> bool:
        since, _until = _stretch()
        typed = {"called_at": f"{since:%Y-%m-%dT%H:%M}", "minutes": "15", "direction": "in", "body": "Talked"}
        response = case.agent_page.post(case.desk("call/"), {**typed, "contact": "", "work_kind": kind})
        is_noted = CallNote.objects.filter(message__ticket=case.ticket, work_kind=kind).exists()
        assert done(response) == is_noted, response.content
        return is_noted

    return knock


# Alerts

ALERT = {
    "status": "firing",
    "labels": {"alertname": "DiskFull"},
    "annotations": {},
    "startsAt": "2026-11-23T05:00:00Z",
}
ALERTS: dict[str, dict[str, Any]] = {
    "alertmanager": {"version": "4", "alerts": [ALERT]},
    "checkmk": {
        "NOTIFICATIONTYPE": "PROBLEM",
        "WHAT": "HOST",
        "HOSTNAME": "srv-7",
        "HOSTSTATE": "DOWN",
    },
}


def _alert(shape: str) -> Knock:
    def knock(case: Case) -> bool:
        source = AlertSource(customer=case.customer, name="Monitoring", shape=shape)
        caller = Caller(token=alert_sources.create(source=source, by=None))
        response = caller.post(f"alerts/{shape}/", ALERTS[shape])
        is_filed = case.customer.tickets.filter(channel="monitoring").exists()
        assert (response.status_code == 200) == is_filed, response.content
        assert response.status_code in {200, 403}
        return is_filed

    return knock


# Remote sessions, and what only entitled customers read


def _remote_session(case: Case) -> bool:
    tool, _is_new = RemoteTool.objects.get_or_create(name="RustDesk")
    typed = {"tool": tool.pk, "confirmed_by": case.contact.name, "partner_id": "123 456 789"}
    response = case.agent_page.post(case.desk("remote/"), typed)
    is_running = RemoteSession.objects.running().filter(ticket=case.ticket).exists()
    assert done(response) == is_running, response.content
    return is_running


SUBPROCESSOR = "Hetzner Online GmbH"


def _directory(read: Callable[[Case], Any]) -> Knock:
    def knock(case: Case) -> bool:
        if not DirectoryVersion.objects.exists():
            make_directory(case.cast.admin, SUBPROCESSOR)
        response = read(case)
        is_read = SUBPROCESSOR in response.content.decode()
        assert (response.status_code == 200) == is_read, response.content
        assert response.status_code in {200, 403, 404}
        return is_read

    return knock


DIRECTORIES: dict[str, Callable[[Case], Any]] = {
    "portal: the directory": lambda case: case.customer_page.get("/portal/subprocessors/"),
    "portal: a version of the directory": lambda case: case.customer_page.get("/portal/subprocessors/1/"),
    "API: the directory": lambda case: Caller(case.contact).get("subprocessors/"),
    "API: a version of the directory": lambda case: Caller(case.contact).get("subprocessors/1/"),
}

WORKS = {
    WorkKind.REMOTE: Capability.REMOTE_SESSION,
    WorkKind.LOG_ANALYSIS: Capability.LOG_ANALYSIS,
    WorkKind.INSTALLATION: Capability.INSTALLATION,
    WorkKind.MONITORING: Capability.MONITORING,
    WorkKind.ON_SITE: Capability.ON_SITE,
}
"""The kinds of work that a gate may forbid, written out here a second time on purpose."""

UPLOADS = {
    "portal: a new ticket with a log": (_portal_new, False),
    "portal: a log pasted into a new ticket": (_portal_paste, False),
    "portal: a log with a reply to an old ticket": (_portal_reply, True),
    "portal: a log pasted into a reply": (_portal_reply_paste, True),
    "desk: an agent files a log on behalf": (_desk_new, False),
    "desk: an agent's note with a log": (_desk_note, True),
    "API: a contact's file": (_api_file, True),
    "API: an agent's file": (_api_file_of_agent, True),
    "API: a log pasted into a message": (_api_message, True),
    "API: a log pasted into a new ticket": (_api_new, False),
    "import: an old case with a log": (_import, False),
}

TEXTS = {
    "portal: a log in a rating": _rating,
    "desk: a log in a time entry": _time_text,
    "API: a log in the remark of a time entry": _time_remark_api,
    "desk: a log in what a session did": _session_done,
    "API: a log in a question for approval": _approval_text,
}

DOORS = (
    *(GateDoor(name, Capability.LOG_ANALYSIS, knock) for name, knock in TEXTS.items()),
    *(GateDoor(name, Capability.LOG_ANALYSIS, knock, of) for name, (knock, of) in UPLOADS.items()),
    *(GateDoor(f"desk: time, {kind}", needs, _time_page(kind)) for kind, needs in WORKS.items()),
    *(GateDoor(f"API: time, {kind}", needs, _time_api(kind)) for kind, needs in WORKS.items()),
    *(GateDoor(f"desk: a new step, {kind}", needs, _step_added(kind)) for kind, needs in WORKS.items()),
    *(GateDoor(f"desk: a step done, {kind}", needs, _step_ticked(kind)) for kind, needs in WORKS.items()),
    *(GateDoor(f"desk: a call, {kind}", needs, _call(kind)) for kind, needs in WORKS.items()),
    GateDoor("desk: start a remote session", Capability.REMOTE_SESSION, _remote_session),
    *(
        GateDoor(name, Capability.DIRECTORY, _directory(read), is_of_case=False)
        for name, read in DIRECTORIES.items()
    ),
    *(
        GateDoor(f"alerts: {shape}", Capability.MONITORING, _alert(shape), is_of_case=False)
        for shape in ALERTS
    ),
)
