"""Files of strangers: who gets them, by which link, as what; and what is not taken in."""

import errno
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from lib.downloads import signed
from lib.uploads import MEGABYTE, OTHER_MEGABYTES, clean_file_name
from tests.factories.calling import Caller, path_of, refused
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import replying
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    User.objects.update(language="en")
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


def user_of(who: Any) -> User:
    user = getattr(who, "user", who)
    assert isinstance(user, User)
    return user


def browser_of(who: Any) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user_of(who), BACKEND)
    return client


def attach(ticket: Ticket, cast: Cast, name: str = "a.txt", *, internal: bool = False) -> Attachment:
    write = replying.note if internal else replying.reply
    write(ticket=ticket, body="See", by=cast.agent, files=[SimpleUploadedFile(name, b"content")])
    return Attachment.objects.latest("pk")


def portal(attachment: Attachment) -> str:
    return f"/portal/tickets/{attachment.message.ticket.number}/files/{attachment.key}/"


def desk(attachment: Attachment) -> str:
    return f"/desk/tickets/{attachment.message.ticket.number}/files/{attachment.key}/"


def link(address: str, attachment: Attachment, who: Any) -> str:
    """The address as one person's page has it."""
    return signed(address, key=attachment.key, user_id=user_of(who).pk)


def status_of(answer: Any) -> int:
    """The status, after the whole answer was read (which closes the file)."""
    b"".join(answer)
    return int(answer.status_code)


class TestLinks:
    def test_a_link_from_the_page_works_for_whom_it_was_made(self, cast: Cast, ticket: Ticket) -> None:
        file = attach(ticket, cast)
        assert b"".join(browser_of(cast.owner).get(link(portal(file), file, cast.owner))) == b"content"
        assert b"".join(browser_of(cast.agent).get(link(desk(file), file, cast.agent))) == b"content"

    @pytest.mark.parametrize(
        "tail", ["", "?s=", "?s=x", "?s=1:2", "?s=%00", "?s=aaaaaa:bbbbbbbbbbbbbbbbbbbbbb"]
    )
    def test_without_its_signature_it_leads_to_the_ticket(
        self, cast: Cast, ticket: Ticket, tail: str
    ) -> None:
        file = attach(ticket, cast)
        for who, address in ((cast.owner, portal(file)), (cast.agent, desk(file))):
            browser = browser_of(who)
            answer = browser.get(address + tail)
            assert answer.status_code == 302
            assert answer.headers["Location"].endswith(f"/tickets/{ticket.number}/#m-{file.message_id}")
            assert "no longer valid" in browser.get(answer.headers["Location"].partition("#")[0]).text

    def test_it_ends_after_an_hour(self, cast: Cast, ticket: Ticket, settings: Settings) -> None:
        settings.ATTACHMENT_LINK_SECONDS = 3600
        file = attach(ticket, cast)
        browser = browser_of(cast.owner)
        with time_machine.travel("2026-03-01 10:00:00+00:00", tick=False) as clock:
            made = link(portal(file), file, cast.owner)
            clock.shift(3599)
            assert status_of(browser.get(made)) == 200
            clock.shift(2)
            assert browser.get(made).status_code == 302

    def test_somebody_elses_link_is_none(self, cast: Cast, ticket: Ticket) -> None:
        file = attach(ticket, cast)
        assert browser_of(cast.lead).get(link(desk(file), file, cast.agent)).status_code == 302
        other = attach(ticket, cast, "b.txt")
        swapped = link(desk(other), file, cast.agent)
        assert browser_of(cast.agent).get(swapped).status_code == 302

    def test_a_good_signature_without_permission_finds_nothing(self, cast: Cast, ticket: Ticket) -> None:
        file = attach(ticket, cast)
        for who in (cast.stranger, cast.colleague):
            assert browser_of(who).get(link(portal(file), file, who)).status_code == 404
        assert browser_of(cast.other_agent).get(link(desk(file), file, cast.other_agent)).status_code == 404
        note = attach(ticket, cast, internal=True)
        assert browser_of(cast.owner).get(link(portal(note), note, cast.owner)).status_code == 404
        assert browser_of(cast.owner).get(link(desk(file), file, cast.owner)).status_code == 404

    def test_a_good_signature_without_a_session_leads_to_the_sign_in(
        self, cast: Cast, ticket: Ticket
    ) -> None:
        file = attach(ticket, cast)
        answer = Client().get(link(portal(file), file, cast.owner))
        assert answer.headers["Location"].startswith("/accounts/login/")

    def test_a_permission_that_ended_ends_the_link(self, cast: Cast, ticket: Ticket) -> None:
        file = attach(ticket, cast)
        made, browser = link(desk(file), file, cast.agent), browser_of(cast.agent)
        assert status_of(browser.get(made)) == 200
        ticket.refresh_from_db()
        Ticket.objects.filter(pk=ticket.pk).update(assignee=None, assigned_at=None)
        cast.agent.teams.clear()
        assert browser.get(made).status_code == 404

    def test_the_api_tells_a_stale_link_from_a_foreign_file(self, cast: Cast, ticket: Ticket) -> None:
        file = attach(ticket, cast)
        path = path_of(ticket, f"attachments/{file.key}/")
        refused(Caller(cast.owner).get(path), 404, "link_expired")
        refused(Caller(cast.owner).get(link(path, file, cast.agent)), 404, "link_expired")
        refused(Caller(cast.stranger).get(link(path, file, cast.stranger)), 404, "not_found")
        assert status_of(Caller(cast.owner).get(link(path, file, cast.owner))) == 200

    def test_the_folder_of_files_has_no_address(self, cast: Cast, ticket: Ticket) -> None:
        file = attach(ticket, cast)
        for path in (f"/media/{file.file.name}", f"/files/{file.file.name}", f"/static/{file.file.name}"):
            assert browser_of(cast.admin).get(path).status_code == 404


NAMES = {
    "picture.svg": "picture.svg",
    "page.html": "page.html",
    "page.html\u200b": "page.html_",
    ".htaccess": "htaccess",
    "x.p\u200bhp": "x.p_hp",
    "gnp.exe\u202egpj": "gnp.exe_gpj",
    "a" * 300 + ".txt": "a" * 196 + ".txt",
    "../../etc/passwd": "_.._etc_passwd",
    r"..\..\boot.ini": "_.._boot.ini",
    "C:\\x.txt": "C__x.txt",
    "nul\0.txt": "nul_.txt",
    "line\r\nSet-Cookie: a=b.txt": "line__Set-Cookie_ a=b.txt",
    "quo\"te's.txt": "quo_te's.txt",
    "<img src=x onerror=alert(1)>.txt": "_img src=x onerror=alert(1)_.txt",
    "ﬁle．ｔｘｔ": "file.txt",
    "": "file",
    "...": "file",
    "   ": "file",
    "Größe 100%.pdf": "Größe 100%.pdf",
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items())
def test_names_are_made_harmless_before_anything_looks_at_them(given: str, kept: str) -> None:
    assert clean_file_name(given) == kept
    assert clean_file_name(clean_file_name(given)) == kept


TYPES = {
    "a.txt": "text/plain",
    "a.png": "image/png",
    "a.pdf": "application/pdf",
    "a.svg": "application/octet-stream",
    "a.svgz": "application/octet-stream",
    "a.html": "application/octet-stream",
    "a.htm": "application/octet-stream",
    "a.xhtml": "application/octet-stream",
    "a.xml": "application/octet-stream",
    "a.js": "application/octet-stream",
    "a.mht": "application/octet-stream",
    "a.swf": "application/octet-stream",
    "a.php": "application/octet-stream",
    "a": "application/octet-stream",
    "a.HTML ": "application/octet-stream",
}


@pytest.mark.parametrize(("name", "told"), TYPES.items())
def test_types_that_could_run_are_not_told(cast: Cast, ticket: Ticket, name: str, told: str) -> None:
    sent = SimpleUploadedFile(name, b"<svg onload=alert(1)>", content_type="image/svg+xml")
    replying.reply(ticket=ticket, body="", by=cast.agent, files=[sent])
    file = Attachment.objects.get()
    for who, address in (
        (cast.owner, portal(file)),
        (cast.agent, desk(file)),
    ):
        answer = browser_of(who).get(link(address, file, who))
        assert answer.headers["Content-Type"] == told
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert status_of(answer) == 200


@pytest.mark.parametrize("name", ["Größe „1“.pdf", "a;b=c.txt", "smile 😀.txt", 'x"; filename=evil.html'])
def test_the_name_is_told_as_the_standard_says(cast: Cast, ticket: Ticket, name: str) -> None:
    file = attach(ticket, cast)
    Attachment.objects.update(name=name)  # as if it had got past
    answer = browser_of(cast.owner).get(link(portal(file), file, cast.owner))
    assert status_of(answer) == 200
    told = answer.headers["Content-Disposition"]
    assert "\r" not in told
    assert "\n" not in told
    if name.isascii():
        assert told.replace(r"\"", "'").count('"') == 2
    else:
        assert unquote(told.partition("filename*=utf-8''")[2]) == name


def test_head_and_range_are_answered_whole_or_not_at_all(cast: Cast, ticket: Ticket) -> None:
    file = attach(ticket, cast)
    browser, made = browser_of(cast.owner), link(portal(file), file, cast.owner)
    head = browser.head(made)
    assert (head.status_code, head.headers["Content-Length"]) == (200, "7")
    assert b"".join(head) == b""
    part = browser.get(made, headers={"Range": "bytes=0-2"})
    assert (part.status_code, b"".join(part)) == (200, b"content")
    assert part.headers["Accept-Ranges"] == "none"
    assert browser.post(made).status_code == 405


class TestLimits:
    def test_a_request_that_is_too_large_is_refused_unread(self, cast: Cast, settings: Settings) -> None:
        settings.ATTACHMENT_MAX_FILES, settings.ATTACHMENT_MAX_MEGABYTES = 2, 1
        limit = (2 + OTHER_MEGABYTES) * MEGABYTE
        browser = browser_of(cast.owner)
        answer = browser.post("/portal/new/", CONTENT_LENGTH=str(limit + 1))
        assert answer.status_code == 413
        assert "Nothing of it was kept" in answer.text
        assert "Up to 2 files of 1.0\xa0MB each." in answer.text
        browser.raise_request_exception = False  # nothing follows what was announced
        assert browser.post("/portal/new/", CONTENT_LENGTH=str(limit)).status_code != 413
        assert not Attachment.objects.exists()

    @pytest.mark.parametrize("path", ["/portal/new/", "/accounts/login/", "/language/", "/desk/next/"])
    def test_strangers_send_no_files(self, path: str) -> None:
        answer = Client().post(path, CONTENT_LENGTH=str(OTHER_MEGABYTES * MEGABYTE + 1))
        assert answer.status_code == 413

    def test_each_limit_is_said_and_the_text_stays(
        self, cast: Cast, ticket: Ticket, settings: Settings
    ) -> None:
        settings.ATTACHMENT_MAX_FILES, settings.ATTACHMENT_MAX_MEGABYTES = 2, 0.001
        small, empty = SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("emp\u200bty.txt", b"")
        large = SimpleUploadedFile("large.bin", b"x" * 2_000)
        for files, words in (
            ([small] * 3, "These are 3 files"),
            ([large], "“large.bin” is too large"),
            ([empty], "“empty.txt” is empty."),
        ):
            for file in files:
                file.seek(0)
            form = {"body": "What I typed", "attachments": files}
            answer = browser_of(cast.owner).post(f"/portal/tickets/{ticket.number}/reply/", form)
            assert answer.status_code == 422
            assert words in answer.text
            assert "What I typed" in answer.text
        assert not Attachment.objects.exists()

    def test_the_limits_are_set_on_purpose(self, settings: Settings) -> None:
        assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 2_621_440
        assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == 500
        assert settings.DATA_UPLOAD_MAX_NUMBER_FILES >= settings.ATTACHMENT_MAX_FILES
        assert (settings.FILE_UPLOAD_PERMISSIONS, settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS) == (
            0o600,
            0o700,
        )

    def test_files_are_for_us_alone(self, cast: Cast, ticket: Ticket) -> None:
        path = Path(attach(ticket, cast).file.path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


class TestNoRoom:
    @pytest.fixture
    def full_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The second file does not fit any more, which is noticed in the middle of it."""
        save, names = FileSystemStorage._save, []  # type: ignore[attr-defined]

        def fill(self: Any, name: str, content: Any) -> Any:
            names.append(name)
            if len(names) % 2 == 0:
                path = Path(self.path(name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"hal")
                raise OSError(errno.ENOSPC, "No space left on device")
            return save(self, name, content)

        monkeypatch.setattr(FileSystemStorage, "_save", fill)

    def nothing_is_kept(self, tmp_path: Path, messages: int) -> None:
        assert Message.objects.count() == messages
        assert not Attachment.objects.exists()
        assert [one for one in tmp_path.rglob("*") if one.is_file()] == []

    @pytest.mark.usefixtures("full_disk")
    @pytest.mark.parametrize("door", ["portal reply", "portal new", "desk"])
    def test_nothing_is_half_written_and_the_page_says_so(
        self, cast: Cast, ticket: Ticket, tmp_path: Path, door: str
    ) -> None:
        before, tickets = Message.objects.count(), Ticket.objects.count()
        files = [SimpleUploadedFile(name, b"content") for name in ("a.txt", "b.txt")]
        form: dict[str, Any] = {"body": "What I typed", "attachments": files}
        if door == "portal reply":
            answer = browser_of(cast.owner).post(f"/portal/tickets/{ticket.number}/reply/", form)
        elif door == "portal new":
            more = {"subject": "New", "severity": str(Ticket.Severity.NORMAL.value)}
            answer = browser_of(cast.owner).post("/portal/new/", form | more)
        else:
            url = f"/desk/tickets/{ticket.number}/reply/"
            answer = browser_of(cast.agent).post(url, form | {"is_internal": "0"})
        assert answer.status_code == 422
        assert "cannot be kept right now" in answer.text
        assert "What I typed" in answer.text
        self.nothing_is_kept(tmp_path, before)
        assert Ticket.objects.count() == tickets

    def test_the_api_says_so_too(
        self, cast: Cast, ticket: Ticket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: Any) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(FileSystemStorage, "_save", refuse)
        before = Message.objects.count()
        answer = Caller(cast.owner).upload(
            path_of(ticket, "attachments/"), file=SimpleUploadedFile("a.txt", b"content")
        )
        refused(answer, 503, "not_stored")
        self.nothing_is_kept(tmp_path, before)
