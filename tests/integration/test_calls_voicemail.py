"""What callers say after the tone becomes one ticket, ranked by who is called, with the very same sound."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from calls.actions import chores, voicemail
from calls.gateways.recordings import TryLater
from calls.models import Call, CallChore, PhoneSystem, Voicemail
from customers.models import ContactPhone, CustomerPhone
from lib import wave
from tests.factories.cast import PASSWORD, Cast, make_cast, make_ticket
from tests.factories.phones import PUBLIC, Line, make_number, make_system, open_always
from tests.factories.sounds import coded, wav
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db

NUMBER = "+4930555001"
MINE, UNKNOWN = "+49301234567", "+4915112345678"
SOUND = wav(3.0)
deleted: list[str] = []
"""What Asterisk was asked to delete."""


@pytest.fixture(scope="module")
def asterisk() -> Iterator[str]:
    """A server that has recordings, as ARI serves them."""

    class Ari(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/ari/recordings/stored/").removesuffix("/file")
            found = {"vm-spoken": SOUND, "vm-text": b"no sound at all", "vm-short": wav(0.4)}.get(name)
            is_ours = self.headers["Authorization"] == "Basic dm9ycmFuZzpzZWNyZXQ="
            self.send_response(401 if not is_ours else 200 if found else 404)
            self.send_header("Content-Length", str(len(found or b"")))
            self.end_headers()
            self.wfile.write(found or b"")

        def do_DELETE(self) -> None:
            """Is asked once the recording is kept."""
            deleted.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ari)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def cast() -> Cast:
    open_always()
    deleted.clear()
    made = make_cast()
    ContactPhone.objects.create(contact=made.owner, number=MINE)
    return made


@pytest.fixture
def system(cast: Cast, asterisk: str) -> PhoneSystem:
    made = make_system(ari_url=asterisk, ari_user="vorrang", ari_password="secret")
    make_number(made, NUMBER, cast.gold_customer.agreements.get())
    return made


def leave(system: PhoneSystem, caller: str = MINE, to: str = PUBLIC, name: str = "spoken") -> Line:
    """Wait, press a key, speak."""
    line = Line(system, to, caller, start=timezone.now() - timedelta(minutes=10), id=name)
    line.rings()
    if to == PUBLIC:
        assert line.asks(after=200)["action"] == "offer_voicemail"
    assert line.asks("voicemail_offer", after=210, result="1")["action"] == "record"
    return line


def spoken(system: PhoneSystem, caller: str = MINE, to: str = PUBLIC, name: str = "spoken") -> Line:
    line = leave(system, caller, to, name)
    line.asks("voicemail_recorded", after=230, result="HANGUP")
    return line


def closed() -> None:
    open_always("Mon 00:00-00:01")


def signed_in(user_name: str) -> Client:
    client = Client()
    assert client.login(username=user_name, password=PASSWORD)
    return client


def test_a_message_on_the_public_number_is_ranked_by_who_left_it(cast: Cast, system: PhoneSystem) -> None:
    public = make_ticket(cast.plain_customer, at=timezone.now() - timedelta(hours=1))
    spoken(system)
    assert chores.work_off() == 2
    ticket = Ticket.objects.exclude(pk=public.pk).get()
    assert (ticket.customer, ticket.contact, ticket.level) == (cast.gold_customer, cast.owner, cast.gold)
    assert list(Ticket.objects.waiting().in_rank_order()) == [ticket, public]
    assert ticket.subject == f"Voicemail: {cast.owner.name}"
    body = Message.objects.get(ticket=ticket).body
    assert "0:03 Minuten" in body
    assert "Rückrufnummer: +49 30 1234567 (ungeprüft" in body
    assert Voicemail.objects.get().state == Voicemail.State.STORED
    assert deleted == ["/ari/recordings/stored/vm-spoken"]
    assert Call.objects.get().ticket == ticket


def test_the_recording_is_kept_byte_by_byte_and_heard_by_whoever_sees_the_ticket(
    cast: Cast, system: PhoneSystem
) -> None:
    spoken(system)
    chores.work_off()
    sound, ticket = Attachment.objects.get(), Ticket.objects.get()
    assert sound.sha256 == hashlib.sha256(SOUND).hexdigest() == Voicemail.objects.get().sha256
    at_desk = reverse("desk:sound", args=[ticket.number, sound.key])
    in_portal = reverse("portal:sound", args=[ticket.number, sound.key])
    for who, url in (("agent", at_desk), ("owner", in_portal)):
        page = signed_in(who).get(url)
        assert page.status_code == 200
        assert page.content == SOUND
        assert page["Content-Type"] == "audio/x-wav"
        assert page["Content-Disposition"].startswith("attachment")
        assert page["Cache-Control"] == "private, no-store"
    part = signed_in("agent").get(at_desk, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, SOUND[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{len(SOUND)}"
    assert signed_in("agent").get(at_desk, headers={"Range": "bytes=9999999-"}).status_code == 416
    download: Any = signed_in("agent").get(page_links(signed_in("agent"), ticket)[0])
    assert b"".join(download.streaming_content) == SOUND


def page_links(client: Client, ticket: Ticket) -> list[str]:
    """The downloads on the ticket's page at the desk."""
    page = client.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    return [part.split('"')[0] for part in page.split('class="attachment" href="')[1:]]


@pytest.mark.parametrize(
    ("who", "door"),
    [("stranger", "portal"), ("colleague", "portal"), ("other_agent", "desk"), ("owner", "desk")],
)
def test_nobody_else_hears_it(cast: Cast, system: PhoneSystem, who: str, door: str) -> None:
    spoken(system)
    chores.work_off()
    url = reverse(f"{door}:sound", args=[Ticket.objects.get().number, Attachment.objects.get().key])
    assert signed_in(who).get(url).status_code == 404


def test_a_file_that_is_no_recording_has_no_player(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    message = Message.objects.get()
    file = Attachment.objects.create(message=message, key="k" * 43, name="x.wav", size=1, sha256="0" * 64)
    url = reverse("desk:sound", args=[ticket.number, file.key])
    assert signed_in("agent").get(url).status_code == 404


def test_the_page_has_a_player_in_the_readers_language(cast: Cast, system: PhoneSystem) -> None:
    spoken(system)
    chores.work_off()
    ticket = Ticket.objects.get()
    for who, view, words in (
        ("agent", "desk:ticket", "Voicemail anhören, 0:03 Minuten"),
        ("owner", "portal:ticket", "Voicemail anhören, 0:03 Minuten"),
    ):
        page = signed_in(who).get(reverse(view, args=[ticket.number])).content.decode()
        assert "<audio controls" in page
        assert f'aria-label="{words}"' in page
        assert '<path d="M' in page


def test_a_message_outside_the_hours_is_that_of_the_dialled_number(cast: Cast, system: PhoneSystem) -> None:
    closed()
    spoken(system, UNKNOWN, NUMBER)
    chores.work_off()
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.contact, ticket.level) == (cast.gold_customer, None, cast.gold)
    assert ticket.subject == "Voicemail: +49 1511 2345678"


def test_a_customers_own_number_names_the_customer(cast: Cast, system: PhoneSystem) -> None:
    CustomerPhone.objects.create(customer=cast.plain_customer, number=UNKNOWN)
    spoken(system, UNKNOWN)
    chores.work_off()
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.contact) == (cast.plain_customer, None)
    assert ticket.subject == f"Voicemail: {cast.plain_customer.name}"


def test_a_stranger_is_filed_below_all_contracts(cast: Cast, system: PhoneSystem) -> None:
    spoken(system, UNKNOWN)
    spoken(system, "anonymous", name="other")
    assert chores.work_off(fetcher=lambda _system, name: wav(2.0 + len(name))) == 2 * 2
    tickets = list(Ticket.objects.all())
    assert {ticket.customer.name for ticket in tickets} == {"Unbekannte Anrufer"}
    assert not any(ticket.has_contract for ticket in tickets)


def test_who_hangs_up_while_speaking_has_left_a_message(cast: Cast, system: PhoneSystem) -> None:
    line = leave(system)
    line.tells("hangup", after=225, recording="vm-spoken", cause="0")
    call = line.call
    assert (call.state, call.outcome) == (Call.State.ENDED, Call.Outcome.VOICEMAIL)
    chores.work_off()
    assert Ticket.objects.get().messages.get().attachments.get().sha256 == hashlib.sha256(SOUND).hexdigest()


@pytest.mark.parametrize("order", ["step first", "hangup first"])
def test_both_ways_of_telling_make_one_ticket(cast: Cast, system: PhoneSystem, order: str) -> None:
    line = leave(system)
    for told in ("step", "hangup") if order == "step first" else ("hangup", "step"):
        if told == "step":
            line.asks("voicemail_recorded", after=230, result="HANGUP")
        else:
            line.tells("hangup", after=231, recording="vm-spoken")
        chores.work_off()
    assert (Ticket.objects.count(), Attachment.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", ["short", "gone"])
def test_nothing_said_is_no_ticket_for_the_public_and_a_call_back_for_a_contract(
    cast: Cast, system: PhoneSystem, name: str
) -> None:
    closed()
    for caller, to in ((MINE, PUBLIC), (UNKNOWN, NUMBER)):
        line = Line(system, to, caller, id=f"{name}{to}")
        line.rings()
        line.asks("voicemail_offer", result="1")
        line.asks("voicemail_recorded", recording=f"vm-{name}")
    for _try in range(voicemail.TRIES_FOR_NOTHING):
        chores.work_off()
        CallChore.objects.update(due_at=timezone.now())
    assert set(Voicemail.objects.values_list("state", flat=True)) == {Voicemail.State.EMPTY}
    assert not CallChore.objects.filter(done_at__isnull=True).exists()
    ticket = Ticket.objects.get()
    assert ticket.subject == "Rückruf: +49 1511 2345678"
    assert ticket.customer == cast.gold_customer
    assert "nichts gesprochen" in Message.objects.get().body
    assert not Attachment.objects.exists()


def test_what_is_no_wave_file_is_refused_and_shown(cast: Cast, system: PhoneSystem) -> None:
    line = leave(system)
    line.asks("voicemail_recorded", after=230, recording="vm-text")
    assert chores.work_off() == 0
    chore, kept = CallChore.objects.get(), Voicemail.objects.get()
    assert (chore.failed_at is None, chore.error) == (False, "no_wave")
    assert (kept.state, kept.error) == (Voicemail.State.MISSING, "no_wave")
    assert deleted == []  # whoever runs the telephone system may still look at it
    assert not Attachment.objects.exists()
    assert "Die Aufnahme fehlt" in Message.objects.get().body  # somebody spoke: they are called back


def test_a_recording_that_comes_after_all_is_added_to_its_ticket(cast: Cast, system: PhoneSystem) -> None:
    line = leave(system)
    line.asks("voicemail_recorded", after=230, recording="vm-text")
    chores.work_off()
    Ticket.objects.update(status=Ticket.Status.SOLVED)
    chores.again(chore=CallChore.objects.get())
    assert chores.work_off(fetcher=lambda *_: SOUND) == 2  # filed, and deleted there
    assert (Ticket.objects.get().status, Message.objects.count()) == (Ticket.Status.OPEN, 2)
    assert (Attachment.objects.get().sound or {})["seconds"] == 3


def test_a_telephone_system_that_is_away_is_asked_again(cast: Cast, system: PhoneSystem) -> None:
    spoken(system)

    def away(*_: object) -> bytes:
        raise TryLater("unreachable")

    assert chores.work_off(fetcher=away) == 0
    chore = CallChore.objects.get()
    assert (chore.tries, chore.error, chore.done_at, chore.failed_at) == (1, "unreachable", None, None)
    assert chore.due_at > timezone.now()
    assert not Ticket.objects.exists()
    CallChore.objects.update(due_at=timezone.now())
    assert chores.work_off() == 2  # it is deleted there, too
    assert not CallChore.objects.filter(Q(done_at=None) | ~Q(error="")).exists()


AT_TWILIO = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"


@pytest.mark.parametrize("tries", [0, 1, voicemail.TRIES_FOR_NOTHING])
def test_where_a_recording_lies_may_be_told_after_the_call(
    cast: Cast, django_capture_on_commit_callbacks: Any, tries: int
) -> None:
    line = leave(make_system(kind="twiml"))
    line.tells("hangup", after=225)
    assert line.call.outcome == Call.Outcome.VOICEMAIL
    for _try in range(tries):
        chores.work_off()
        CallChore.objects.update(due_at=timezone.now())
    assert not Ticket.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        line.asks("voicemail_recorded", after=226, recording=AT_TWILIO)
    assert chores.work_off(fetcher=lambda _system, name: SOUND if name == AT_TWILIO else b"") == 1
    assert Ticket.objects.get().messages.get().attachments.get().sha256 == hashlib.sha256(SOUND).hexdigest()
    with django_capture_on_commit_callbacks(execute=True):
        line.asks("voicemail_recorded", after=229, recording=AT_TWILIO + "2")
    assert chores.work_off() == 0  # there is one


def test_who_says_nothing_to_a_provider_is_no_missing_recording(cast: Cast) -> None:
    line = leave(make_system(kind="twiml"))
    line.tells("hangup", after=212)
    for _try in range(voicemail.TRIES_FOR_NOTHING):
        chores.work_off()
        CallChore.objects.update(due_at=timezone.now())
    assert Voicemail.objects.get().state == Voicemail.State.EMPTY
    assert not Ticket.objects.exists()


def test_a_recording_is_deleted_there_however_long_that_takes(cast: Cast, system: PhoneSystem) -> None:
    spoken(system)
    address = PhoneSystem.objects.get(pk=system.pk).ari_url
    PhoneSystem.objects.update(ari_url="http://127.0.0.1:9")
    assert chores.work_off(fetcher=lambda *_: SOUND) == 1
    waiting = CallChore.objects.get(done_at=None)
    assert (waiting.kind, waiting.tries, waiting.failed_at) == ("discard", 1, None)
    PhoneSystem.objects.update(ari_url=address)
    CallChore.objects.update(due_at=timezone.now())
    assert chores.work_off() == 1
    assert deleted == ["/ari/recordings/stored/vm-spoken"]


def test_silence_is_deleted_there_too(cast: Cast, system: PhoneSystem) -> None:
    leave(system).asks("voicemail_recorded", after=230, recording="vm-short")
    assert chores.work_off() == 2
    assert deleted == ["/ari/recordings/stored/vm-short"]


def test_after_the_last_try_the_caller_is_not_lost(cast: Cast, system: PhoneSystem) -> None:
    spoken(system)
    CallChore.objects.update(tries=chores.MOST_TRIES - 1)
    PhoneSystem.objects.update(ari_url="http://127.0.0.1:9")
    assert chores.work_off() == 0
    assert CallChore.objects.get(kind="voicemail").failed_at is not None
    assert Ticket.objects.get().contact == cast.owner


def test_sound_from_elsewhere_is_not_fetched_for_whoever_asks(cast: Cast, system: PhoneSystem) -> None:
    """An address in the recording's name leads nowhere but to the provider's own hosts."""
    line = leave(system)
    line.asks("voicemail_recorded", after=230, recording="https://169.254.169.254/latest/meta-data")
    assert chores.work_off() == 0
    assert CallChore.objects.get().error == "host"


def test_the_same_sound_by_mail_is_the_same_ticket(cast: Cast, system: PhoneSystem) -> None:
    mailed = voicemail.take_in(sound=SOUND, caller=MINE)
    assert mailed.ticket is not None
    assert mailed.ticket.contact == cast.owner
    assert voicemail.take_in(sound=SOUND) == mailed
    spoken(system)
    chores.work_off()
    assert (Ticket.objects.count(), Attachment.objects.count()) == (1, 1)
    assert Call.objects.get().ticket == mailed.ticket
    with pytest.raises(wave.NotASound):
        voicemail.take_in(sound=b"RIFF but nothing more")
    assert voicemail.take_in(sound=wav(0.2)).ticket is None


def test_a_provider_may_tell_of_a_message_and_mail_it(cast: Cast) -> None:
    """Its ticket is there before the sound, for nobody is to be lost."""
    sipgate = make_system(kind="sipgate")
    line = Line(sipgate, PUBLIC, UNKNOWN)
    line.tells("voicemail")
    line.tells("hangup", after=20)
    assert chores.work_off() == 1
    assert "liegt beim Telefonanbieter" in Message.objects.get().body
    mailed = voicemail.take_in(sound=SOUND, caller=UNKNOWN)
    assert mailed.call == line.call
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 2)
    assert Attachment.objects.get().message.ticket == line.call.ticket == Ticket.objects.get()
    assert voicemail.take_in(sound=SOUND, caller=MINE).ticket != mailed.ticket  # somebody else


def test_the_same_silence_of_two_callers_is_two_tickets(cast: Cast, system: PhoneSystem) -> None:
    spoken(system)
    spoken(system, UNKNOWN, name="other")
    chores.work_off(fetcher=lambda *_: SOUND)
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    "sound",
    [
        wav(2.0),
        coded(6, bytes(range(256)) * 64),
        coded(7, bytes(range(256)) * 64),
        coded(49, b"\xd1" + bytes(64 * 130), block=65, bits=0),
    ],
    ids=["linear", "A-law", "mu-law", "GSM"],
)
def test_what_telephone_systems_record_passes_the_door_for_files(
    cast: Cast, system: PhoneSystem, sound: bytes
) -> None:
    """None of it looks like a log, though the customer has no agreement that would let us read one."""
    spoken(system)
    chores.work_off(fetcher=lambda *_: sound)
    kept = Attachment.objects.get()
    with kept.file.open("rb") as file:
        assert file.read() == sound
    shown = kept.sound or {}
    assert shown["seconds"] >= 1
    assert all(0 <= peak <= 100 for peak in shown["peaks"])
