"""The product around a telephone system: its web server on the test database, who is at the phones, what is
seen on the pages, and what is written into the log.
"""

import html
import os
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Company, User
from accounts.models.tokens import token_digest
from calls.models import AgentPhone, Call, CallChore, CallStep, PhoneSystem
from calls.rules.wording import words
from contracts.models import Agreement
from customers.models import Customer
from helpdesk.children import Child, commands
from tests.background import database_url
from tests.factories.cast import make_agreement, make_customer, make_level, make_team, make_user
from tests.factories.phones import make_number, make_system, open_always, set_policy
from tests.installation import free_port
from tests.telephony.asterisk import ARI_PASSWORD
from tests.telephony.pbx import Caller, Heard, Pbx

SYSTEM, SECRET = "test", "secret-of-the-tests"
GOLD, UNKNOWN = "+4930555001", "+4930555999"
AGENTS = tuple(f"agent{number}" for number in range(1, 6))
REGISTERING = "agent9"
AT_ONCE = float(os.environ.get("CALLS_AT_ONCE_MS", "2000"))
"""Milliseconds; to ask in vain takes longer. `make calls` insists on 500, which needs an idle machine."""
QUICK = {"wrap_up": 0, "contract_hold": 0, "poll_seconds": 1, "ring_seconds": 2, "offer_after": 600}
"""As few seconds as each rule can be shown in."""


def until(is_so: Callable[[], Any], seconds: float = 20.0, what: str = "it") -> None:
    """Waits until it is so. Error: AssertionError when it is not in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what} never came to be"
        time.sleep(0.05)


class Web:
    """The web server as the supervisor starts it, on the test database."""

    def __init__(self) -> None:
        self.port = free_port()
        environment = {
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DATA_DIR": str(settings.DATA_DIR),
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
        }
        words = [f"{name}={value}" for name, value in environment.items()]
        self._child = Child("web", ["env", *words, *commands("127.0.0.1", self.port)["web"]])

    @property
    def address(self) -> str:
        """Where its pages are, and where the telephone system asks."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and waits until each of its processes has served a page: the first takes longer."""
        self._child.start()
        until(self._answers, 60, "the web server")
        for _ in range(8):
            with closing(urllib.request.urlopen(f"{self.address}/accounts/login/", timeout=20)) as page:
                page.read()

    def kill(self) -> None:
        """Ends it and its processes at once, whatever they do."""
        self._child.kill()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Its processes stand still until the block ends."""
        family = self._family()
        for process in family:
            process.suspend()
        try:
            yield
        finally:
            for process in family:
                process.resume()

    def _family(self) -> list[psutil.Process]:
        parent = psutil.Process(self._child._process.pid)  # type: ignore[union-attr]
        return [parent, *parent.children(recursive=True)]

    def get(self, path: str, by: User) -> str:
        """A page as somebody sees it, without its markup. Error: HTTPError."""
        return seen(self._sent(path, session_of(by))[0])

    def post(self, path: str, by: User, fields: dict[str, str]) -> None:
        """Send a form as a browser does that has seen the page before. Error: HTTPError."""
        session = session_of(by)
        page, cookies = self._sent(path, session)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        form = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        self._sent(path, f"{session}; {cookies}", form)

    def _sent(self, path: str, cookies: str, form: bytes | None = None) -> tuple[str, str]:
        """A page, and the cookies that come with it."""
        request = urllib.request.Request(f"{self.address}{path}", form, {"Cookie": cookies})
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert form or answer.url == request.full_url, f"sent to {answer.url}"
            got = [cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie", [])]
            return answer.read().decode(), "; ".join(got)

    def _answers(self) -> bool:
        try:
            with closing(urllib.request.urlopen(f"{self.address}/healthz", timeout=3)) as answer:
                return int(answer.status) == 200
        except OSError:
            return False


def session_of(user: User) -> str:
    """The cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def seen(page: str) -> str:
    """What is to be read on a page, on one line."""
    without = re.sub(r"(?s)<(script|style|template)\b.*?</\1>|<[^>]+>", " ", page)
    return " ".join(html.unescape(without).split())


def configuration(web: Web, ari_port: int, folder: Path) -> dict[str, str]:
    """What `manage.py telephony_config` writes for this firm, by the files' names. Leaves its rows behind."""
    system = make_house_system(ari_port)
    make_number(system, GOLD, make_agreement(make_customer(), make_level()))
    for name in (*AGENTS, REGISTERING):
        AgentPhone.objects.create(user=make_user(name), system=system, dial_target=name)
    words = ["telephony_config", "--system", SYSTEM, "--out", str(folder), "--url", web.address]
    asked, sys.stdin = sys.stdin, StringIO(SECRET)
    try:
        call_command(*words, "--secret", "-", stdout=StringIO())
    finally:
        sys.stdin = asked
    return {path.name: path.read_text() for path in folder.iterdir()}


def make_house_system(ari_port: int) -> PhoneSystem:
    """The telephone system as an admin entered it."""
    return make_system(
        SYSTEM,
        secret_sha256=token_digest(SECRET),
        ari_url=f"http://127.0.0.1:{ari_port}",
        ari_user="vorrang",
        ari_password=ARI_PASSWORD,
    )


@dataclass
class House:
    """One test's firm: a gold customer with a service number, the public number, agents as the test needs.

    It is open day and night.
    """

    web: Web
    pbx: Pbx
    system: PhoneSystem = field(init=False)
    lead: User = field(init=False)
    gold: Customer = field(init=False)
    agreement: Agreement = field(init=False)
    calls: list["Dialled"] = field(default_factory=list)
    _dialled: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        Company.objects.create(pk=1, name="Berger IT", language="en", set_up_at=timezone.now())
        self.lead = make_user("lead", User.Role.LEAD, make_team("Workplace", is_default=True))
        User.objects.update(language="en")
        open_always()
        self.rules()
        self.system = make_house_system(self.pbx.ari_port)
        self.gold = make_customer("Aigner Bau")
        self.agreement = make_agreement(self.gold, make_level("Gold"))
        make_number(self.system, GOLD, self.agreement)

    def rules(self, **fields: Any) -> None:
        """The rules of the phone; seconds."""
        set_policy(**{**QUICK, **fields})

    def agent(self, target: str = "agent1", *, answers: str = "at_once", **fields: Any) -> AgentPhone:
        """An agent on duty and present, and their phone on the line."""
        user = make_user(target, User.Role.AGENT)
        User.objects.filter(pk=user.pk).update(is_on_duty=True, language="en")
        self.pbx.phone(target, answers=answers)
        told = {"user": user, "system": self.system, "dial_target": target, "presence": "on", **fields}
        return AgentPhone.objects.create(**told)

    def dial(self, to: str = GOLD, *, caller: str = "", **how: Any) -> "Dialled":
        """Somebody calls, from a number of their own."""
        number = caller or f"+49891230{next(self._dialled):04}"
        call = Dialled(self, number, self.pbx.call(to, caller=number, **how))
        self.calls.append(call)
        return call

    def page(self, path: str, by: User | None = None) -> str:
        """What is to be read there."""
        return self.web.get(path, by or self.lead)

    def says(self, phone: AgentPhone, presence: str) -> None:
        """The agent says on the desk: "free", "paused:break" or "off"."""
        self.web.post("/desk/calls/presence/", phone.user, {"presence": presence})

    def board(self) -> str:
        """What leads see of the phone at this moment."""
        return self.page("/desk/calls/board/")

    def all_is_over(self) -> bool:
        """Whether the telephone system has no call, and we neither."""
        return not self.pbx.channels() and not Call.objects.exclude(state=Call.State.ENDED).exists()

    def settle(self, seconds: float = 30.0) -> None:
        """Waits for the end of every call and of every caller."""
        for call in self.calls:
            call.heard(seconds)
        until(self.all_is_over, seconds, "the end of all calls")

    def claims(self) -> list[str]:
        """Dial targets of the phones that calls hold."""
        held = AgentPhone.objects.filter(claimed_call__isnull=False)
        return sorted(held.values_list("dial_target", flat=True))

    def chores(self) -> list[str]:
        """What calls left to be done, oldest first."""
        return list(CallChore.objects.order_by("pk").values_list("kind", flat=True))


@dataclass
class Dialled:
    """A call: what its caller hears, and what we keep of it."""

    house: House
    number: str
    caller: Caller

    def heard(self, seconds: float = 60.0) -> Heard:
        """Waits for what the caller got."""
        return self.caller.result(seconds)

    @property
    def row(self) -> Call:
        """Its row. Error: Call.DoesNotExist as long as nobody asked."""
        return Call.objects.get(from_text=self.number)

    @property
    def taken_at(self) -> datetime:
        """When somebody answered. Error: AssertionError as long as nobody has."""
        moment = self.row.answered_at
        assert moment is not None
        return moment

    @property
    def over_at(self) -> datetime:
        """When it ended. Error: AssertionError as long as it has not."""
        moment = self.row.ended_at
        assert moment is not None
        return moment

    @property
    def agent(self) -> str:
        """The dial target that rings, or talked last; "" for none."""
        phone = self.row.phone
        return phone.dial_target if phone else ""

    def end(self) -> None:
        """The other side hangs up."""
        self.house.pbx.hang_up(self.row.external_id)

    def is_known(self) -> bool:
        """Whether the telephone system has asked about it."""
        return Call.objects.filter(from_text=self.number).exists()

    def is_(self, state: str) -> bool:
        """Whether it has come so far."""
        return self.is_known() and self.row.state == state

    def until(self, state: str, seconds: float = 20.0) -> Self:
        """Waits until it has come so far."""
        until(lambda: self.is_(state), seconds, f"{state} of {self.number}")
        return self

    @property
    def log(self) -> list[str]:
        """Its decision log: each step as "event action rule", events by their name alone. Waiting on is left
        out when nothing changes.
        """
        rows = CallStep.objects.filter(call=self.row).order_by("at", "id")
        lines = [" ".join(filter(None, (row.event, row.response.get("action"), row.rule))) for row in rows]
        return [line for place, line in enumerate(lines) if place == 0 or line != lines[place - 1]]

    @property
    def places(self) -> list[int]:
        """The places in the queue that it was told, without repetitions."""
        told = CallStep.objects.filter(call=self.row, response__action="wait").order_by("at", "id")
        places = [row.response["position"] for row in told]
        return [place for index, place in enumerate(places) if index == 0 or place != places[index - 1]]

    def explained(self) -> str:
        """What the decision log's page says of it: each rule that decided, in words, and how it went."""
        row = self.row
        page = self.house.page(f"/desk/calls/log/{row.pk}/")
        for rule in CallStep.objects.filter(call=row).exclude(rule="").values_list("rule", flat=True):
            assert words("rule", rule, "en").rpartition(": ")[2] in page, rule
        with translation.override("en"):
            assert f"Outcome {row.get_outcome_display()}" in page
        assert row.external_id in page
        return page

    def page(self) -> str:
        """What agents see of it."""
        return self.house.page(f"/desk/calls/{self.row.pk}/")

    def ended(self) -> tuple[str, str]:
        """Its state and outcome, once the telephone system told its end."""
        self.until("ended")
        until(lambda: CallStep.objects.filter(call=self.row, event="hangup").exists(), what="the hangup")
        return self.row.state, self.row.outcome
