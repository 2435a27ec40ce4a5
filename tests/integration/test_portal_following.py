"""Following tickets in the portal: who sees which, the place, the conversation, closing and reopening."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as product_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.models import User
from contracts.queries import company_calendar
from customers.models import Contact
from lib.downloads import signed
from lib.valkey import Unavailable
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_ticket, make_user
from tickets.actions import assigning, progressing, rating, replying
from tickets.gateways import live_index
from tickets.models import Message, Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

LIST = "/portal/"
CONTRACT = "/portal/contract/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def mine(cast: Cast) -> Ticket:
    """A ticket of the gold customer's owner."""
    return make_ticket(cast.gold_customer, contact=cast.owner, by=cast.owner.user, subject="Mine")


def at(ticket: Ticket, verb: str = "") -> str:
    return f"/portal/tickets/{ticket.number}/{verb}"


def browser_of(person: Contact | User) -> Client:
    """A browser in which somebody is signed in."""
    user = person.user if isinstance(person, Contact) else person
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def text_of(person: Contact | User, url: str) -> str:
    return browser_of(person).get(url).content.decode()


def speak(contact: Contact, language: str) -> None:
    Contact.objects.filter(pk=contact.pk).update(language=language)


class TestWhoSeesWhat:
    def test_only_their_own_unless_they_see_the_companys(self, cast: Cast, mine: Ticket) -> None:
        make_ticket(cast.gold_customer, contact=cast.colleague, subject="Colleague's")
        make_ticket(cast.bronze_customer, contact=cast.stranger, subject="Stranger's")

        assert "Colleague" not in text_of(cast.owner, LIST)

        Contact.objects.filter(pk=cast.owner.pk).update(sees_company_tickets=True)
        page = text_of(cast.owner, LIST)
        assert "Colleague&#x27;s" in page
        assert "Mine" in page
        assert "Stranger" not in page
        assert "Colleague&#x27;s" not in text_of(cast.owner, f"{LIST}?who=me")

    def test_a_colleague_without_the_right_and_a_stranger_get_404(self, cast: Cast, mine: Ticket) -> None:
        for person in (cast.colleague, cast.stranger):
            browser = browser_of(person)
            assert browser.get(at(mine)).status_code == 404
            for verb in ("reply/", "close/", "reopen/"):
                assert browser.post(at(mine, verb), {"body": "Hello"}).status_code == 404
        mine.refresh_from_db()
        assert mine.status == Ticket.Status.OPEN
        assert mine.messages.count() == 1

    def test_a_colleague_with_the_right_reads_and_answers(self, cast: Cast, mine: Ticket) -> None:
        Contact.objects.filter(pk=cast.colleague.pk).update(sees_company_tickets=True)

        browser_of(cast.colleague).post(at(mine, "reply/"), {"body": "Same here"})

        assert mine.messages.last().contact == cast.colleague  # type: ignore[union-attr]

    @override_settings(DEBUG=True)
    def test_what_is_not_there_is_said_by_the_products_own_page(self, cast: Cast, mine: Ticket) -> None:
        answer = browser_of(cast.stranger).get(at(mine))
        assert answer.status_code == 404
        assert "Hier ist nichts" in answer.text or "There is nothing here" in answer.text

    def test_an_unknown_number_is_404(self, cast: Cast) -> None:
        assert browser_of(cast.owner).get("/portal/tickets/2020-000001/").status_code == 404

    def test_agents_have_no_business_here(self, cast: Cast, mine: Ticket) -> None:
        assert browser_of(cast.agent).get(LIST).status_code == 404
        assert browser_of(cast.agent).get(at(mine)).status_code == 404

    def test_who_is_not_signed_in_is_asked_to(self, client: Client, mine: Ticket) -> None:
        assert client.get(at(mine)).headers["Location"] == f"/accounts/login/?next={at(mine)}"

    @pytest.mark.parametrize("is_gone", [False, True])
    def test_without_an_active_contact_the_page_explains(
        self, cast: Cast, mine: Ticket, is_gone: bool
    ) -> None:
        change = {"user": None} if is_gone else {"is_active": False}
        browser = browser_of(cast.owner)
        Contact.objects.filter(pk=cast.owner.pk).update(**change)

        for url in (LIST, at(mine), "/portal/new/"):
            answer = browser.get(url)
            assert answer.status_code == 403
            assert "Mine" not in answer.content.decode()
        assert "Dieser Zugang ist nicht aktiv" in answer.content.decode()


class TestFrontDoor:
    def test_everybody_is_sent_where_they_work(self, client: Client, cast: Cast) -> None:
        assert browser_of(cast.agent).get("/").headers["Location"] == "/desk/"
        assert browser_of(cast.admin).get("/").headers["Location"] == "/desk/"
        assert browser_of(cast.owner).get("/").headers["Location"] == "/portal/"
        assert "/accounts/login/" in client.get("/").content.decode()


class TestList:
    def test_open_and_all(self, cast: Cast, mine: Ticket) -> None:
        progressing.progress(ticket=mine, verb=Verb.CLOSE, by=cast.owner.user)

        assert "Mine" not in text_of(cast.owner, LIST)
        assert "Mine" in text_of(cast.owner, f"{LIST}?state=all")

    def test_filters_stand_in_the_address_and_work_together(self, cast: Cast, mine: Ticket) -> None:
        waits = make_ticket(cast.gold_customer, contact=cast.owner, subject="Waits", severity=1)
        progressing.progress(ticket=waits, verb=Verb.WAIT_CUSTOMER, by=cast.agent)
        done = make_ticket(cast.gold_customer, contact=cast.owner, subject="Done with mine")
        progressing.progress(ticket=done, verb=Verb.SOLVE, by=cast.agent)
        asked = {
            "": {"Mine", "Waits"},
            "?state=yours": {"Waits"},
            "?state=finished": {"Done with mine"},
            "?state=all": {"Mine", "Waits", "Done with mine"},
            "?state=all&q=MINE": {"Mine", "Done with mine"},
            f"?q={waits.number}": {"Waits"},
            "?severity=critical": {"Waits"},
            "?state=finished&severity=critical": set(),
            "?state=nonsense&severity=none&q=%00": {"Mine", "Waits"},
        }
        browser = browser_of(cast.owner)
        for query, subjects in asked.items():
            page = browser.get(f"{LIST}{query}").context["page"]
            assert {line.subject for line in page.tickets} == subjects, query
        chips = browser.get(f"{LIST}?severity=critical").context["state_chips"]
        assert [(chip["count"], chip["url"]) for chip in chips][1] == (
            1,
            f"{LIST}?state=yours&severity=critical",
        )
        assert "Nichts gefunden" in text_of(cast.owner, f"{LIST}?q=nothing-like-it")

    def test_the_list_says_who_works_on_it(self, cast: Cast, mine: Ticket) -> None:
        assigning.pick(ticket=mine, by=cast.agent, reason="on the phone")
        assert "bei Agent" in text_of(cast.owner, LIST)

    def test_states_are_worded_from_the_customers_side(self, cast: Cast, mine: Ticket) -> None:
        assert "in der Warteschlange" in text_of(cast.owner, LIST)
        assigning.pick(ticket=mine, by=cast.agent, reason="on the phone")
        assert "in Bearbeitung" in text_of(cast.owner, LIST)
        replying.reply(ticket=mine, body="Which one?", by=cast.agent, then=Verb.WAIT_CUSTOMER)
        assert "wartet auf Ihre Antwort" in text_of(cast.owner, LIST)

    def test_pages_follow_each_other_without_gap_or_overlap(self, cast: Cast) -> None:
        for number in range(30):
            make_ticket(cast.gold_customer, contact=cast.owner, subject=f"Case {number:02}")

        first = browser_of(cast.owner).get(LIST)
        second = browser_of(cast.owner).get(first.context["next_url"])

        shown = [line.subject for page in (first, second) for line in page.context["page"].tickets]
        assert shown == [f"Case {number:02}" for number in reversed(range(30))]
        assert not second.context["next_url"]

    @pytest.mark.parametrize("before", ["x", "-1", "²", "9" * 30])
    def test_a_made_up_page_is_no_error(self, cast: Cast, before: str) -> None:
        assert browser_of(cast.owner).get(LIST, {"before": before}).status_code == 200

    def test_the_number_of_queries_does_not_grow(self, cast: Cast) -> None:
        Contact.objects.filter(pk=cast.owner.pk).update(sees_company_tickets=True)
        make_ticket(cast.gold_customer, contact=cast.colleague)
        few = self._queries(cast)
        for _ in range(12):
            make_ticket(cast.gold_customer, contact=cast.colleague)

        assert self._queries(cast) == few

    def test_the_list_renews_itself_without_the_page(self, cast: Cast, mine: Ticket) -> None:
        answer = browser_of(cast.owner).get(LIST)
        assert answer.context["live_url"] == f"/events/?topic=ticket%3A{mine.number}"

        fragment = browser_of(cast.owner).get(answer.context["list_url"]).content.decode()

        assert mine.subject in fragment
        assert "<html" not in fragment

    @staticmethod
    def _queries(cast: Cast) -> int:
        browser = browser_of(cast.owner)
        company_calendar()  # which pages ask for anew every few seconds
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(LIST).status_code == 200
        return len(queries)


class TestStanding:
    def test_one_calm_line_leads_to_the_contract(self, cast: Cast) -> None:
        page = text_of(cast.owner, LIST)
        assert "Ihr Servicevertrag:" in page
        assert f'href="{CONTRACT}"' in page

    def test_a_vendor_agreement_is_seen_and_explained(self, cast: Cast) -> None:
        make_agreement(cast.plain_customer, reference="UPD-7")
        person = make_contact(cast.plain_customer, user=make_user("p", User.Role.CONTACT))

        page = text_of(person, CONTRACT)

        assert "Sie haben keinen Servicevertrag" in page
        assert "Updatevertrag UPD-7 zählt nicht" in page
        assert "Warum zählt ein Updatevertrag nicht?" in page
        assert "Warum zählt ein Updatevertrag nicht?" not in text_of(cast.owner, CONTRACT)


class TestPlace:
    @pytest.mark.parametrize(
        ("language", "sentence", "label"),
        [
            (
                "de",
                "Ihr Vertrag Gold, Schweregrad normal, seit ",
                "Vor Ihnen: 1 Ticket mit höherem Schweregrad.",
            ),
            ("en", "Your contract Gold, severity normal, since ", "Ahead of you: 1 more severe ticket."),
        ],
    )
    def test_place_and_sentence(
        self, cast: Cast, mine: Ticket, language: str, sentence: str, label: str
    ) -> None:
        make_ticket(cast.gold_customer, severity=Ticket.Severity.HIGH)
        make_ticket(cast.bronze_customer, severity=Ticket.Severity.CRITICAL)
        speak(cast.owner, language)

        answer = browser_of(cast.owner).get(at(mine))

        position = answer.context["position"]
        assert position.place == 2
        assert [(group.count, group.label) for group in position.ahead] == [(1, "Gold")]
        page = answer.content.decode()
        assert sentence in page
        assert label in page

    def test_the_language_that_the_user_chose_comes_first(self, cast: Cast, mine: Ticket) -> None:
        User.objects.filter(contact=cast.owner).update(language="en")

        assert "Your contract Gold" in text_of(cast.owner, at(mine))

    def test_valkey_away_is_said_and_the_place_is_right(
        self, cast: Cast, mine: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_ticket(cast.gold_customer, severity=Ticket.Severity.CRITICAL)

        def away(**_: object) -> None:
            raise Unavailable

        monkeypatch.setattr(live_index, "read", away)
        answer = browser_of(cast.owner).get(at(mine))

        assert answer.context["position"].place == 2
        assert "Direkt gezählt" in answer.content.decode()
        assert "ohne Live-Index" in text_of(cast.owner, LIST)

    def test_the_place_moves(self, cast: Cast, mine: Ticket) -> None:
        browser = browser_of(cast.owner)
        assert browser.get(at(mine)).context["position"].place == 1

        make_ticket(cast.gold_customer, severity=Ticket.Severity.CRITICAL)

        fragment = browser.get(at(mine), {"fragment": "position"})
        assert fragment.context["position"].place == 2
        assert "<html" not in fragment.content.decode()

    def test_a_pin_ahead_is_counted_apart(self, cast: Cast, mine: Ticket) -> None:
        pinned = make_ticket(cast.plain_customer)
        until = timezone.now() + timedelta(hours=1)
        rating.pin(ticket=pinned, by=cast.lead, reason="The mayor", expires_at=until)

        page = text_of(cast.owner, at(mine))

        assert "1 vorgezogenes Ticket" in page
        assert "mayor" not in page

    def test_in_somebodys_hands(self, cast: Cast, mine: Ticket) -> None:
        assigning.pick(ticket=mine, by=cast.agent, reason="on the phone")

        answer = browser_of(cast.owner).get(at(mine))

        assert answer.context["position"].place is None
        assert answer.context["position"].held_by == "Agent"
        assert "on the phone" not in answer.content.decode()

    @pytest.mark.parametrize(
        ("verb", "words"),
        [
            (Verb.WAIT_CUSTOMER, "Wir warten auf Ihre Antwort."),
            (Verb.WAIT_THIRD_PARTY, "Wir warten auf Dritte"),
            (Verb.SCHEDULE, "Eingeplant für "),
            (Verb.SOLVE, "Aus unserer Sicht gelöst."),
            (Verb.CLOSE, "Geschlossen seit "),
        ],
    )
    def test_what_we_wait_for(self, cast: Cast, mine: Ticket, verb: Verb, words: str) -> None:
        until = timezone.now() + timedelta(days=2) if verb == Verb.SCHEDULE else None
        progressing.progress(ticket=mine, verb=verb, by=cast.agent, why="Internal reason", until=until)

        page = text_of(cast.owner, at(mine))

        assert words in page
        assert "Internal reason" not in page


class TestConversation:
    def test_internal_notes_and_their_files_never_leave_the_house(self, cast: Cast, mine: Ticket) -> None:
        secret = SimpleUploadedFile("secret.txt", b"secret")
        note = replying.note(ticket=mine, body="They never pay", by=cast.agent, files=[secret])
        key = note.attachments.get().key
        browser = browser_of(cast.owner)

        for url in (at(mine), f"{at(mine)}?fragment=live", LIST, at(mine, "filed/")):
            page = browser.get(url).content.decode()
            assert "never pay" not in page
            assert key not in page
        assert browser.get(at(mine, f"files/{key}/")).status_code == 404

    def test_a_reply_brings_the_ticket_back(self, cast: Cast, mine: Ticket) -> None:
        replying.reply(ticket=mine, body="Which one?", by=cast.agent, then=Verb.WAIT_CUSTOMER)

        answer = browser_of(cast.owner).post(at(mine, "reply/"), {"body": "The left one"}, follow=True)

        mine.refresh_from_db()
        assert mine.status == Ticket.Status.OPEN
        page = answer.content.decode()
        assert "The left one" in page
        assert "Which one?" in page
        assert "Ihre Nachricht ist eingegangen." in page

    def test_markup_in_a_message_is_text(self, cast: Cast, mine: Ticket) -> None:
        browser_of(cast.owner).post(at(mine, "reply/"), {"body": "<script>alert(1)</script>"})

        assert "<script>alert" not in text_of(cast.owner, at(mine))

    def test_an_empty_reply_is_refused(self, cast: Cast, mine: Ticket) -> None:
        answer = browser_of(cast.owner).post(at(mine, "reply/"), {"body": "  "})

        assert answer.status_code == 422
        assert "Bitte schreiben Sie etwas oder wählen Sie eine Datei aus." in answer.content.decode()
        assert Message.objects.filter(ticket=mine).count() == 1

    def test_a_file_alone_is_a_reply_and_comes_back_as_a_download(self, cast: Cast, mine: Ticket) -> None:
        page = SimpleUploadedFile("page.html", b"<script>alert(1)</script>", content_type="text/html")
        browser = browser_of(cast.owner)
        browser.post(at(mine, "reply/"), {"body": "", "attachments": [page]})
        attachment = mine.messages.last().attachments.get()  # type: ignore[union-attr]
        url = at(mine, f"files/{attachment.key}/")
        link = re.search(rf'href="({re.escape(url)}\?s=[^"]+)"', text_of(cast.owner, at(mine)))
        assert link

        answer = browser.get(link[1])

        assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
        assert answer.headers["Content-Disposition"] == 'attachment; filename="page.html"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert browser_of(cast.stranger).get(link[1]).status_code == 404
        assert browser_of(cast.colleague).get(link[1]).status_code == 404

    def test_a_file_of_another_ticket_is_not_found_under_this_one(self, cast: Cast, mine: Ticket) -> None:
        other = make_ticket(cast.gold_customer, contact=cast.owner, files=[SimpleUploadedFile("a.txt", b"a")])
        key = other.messages.get().attachments.get().key

        assert cast.owner.user is not None
        right, wrong = (
            signed(at(one, f"files/{key}/"), key=key, user_id=cast.owner.user.pk) for one in (other, mine)
        )

        assert browser_of(cast.owner).get(wrong).status_code == 404
        found = browser_of(cast.owner).get(right)
        assert b"".join(found.streaming_content) == b"a"  # type: ignore[attr-defined]


class TestClosingAndReopening:
    def test_close_and_reopen(self, cast: Cast, mine: Ticket) -> None:
        browser = browser_of(cast.owner)
        arrived_at = mine.arrived_at

        browser.post(at(mine, "close/"))
        mine.refresh_from_db()
        assert mine.status == Ticket.Status.CLOSED

        browser.post(at(mine, "reopen/"))
        mine.refresh_from_db()
        assert (mine.status, mine.arrived_at) == (Ticket.Status.OPEN, arrived_at)

    def test_a_get_changes_nothing(self, cast: Cast, mine: Ticket) -> None:
        assert browser_of(cast.owner).get(at(mine, "close/")).status_code == 405
        mine.refresh_from_db()
        assert mine.status == Ticket.Status.OPEN

    def test_closing_twice_is_refused_in_words(self, cast: Cast, mine: Ticket) -> None:
        browser = browser_of(cast.owner)
        browser.post(at(mine, "close/"))

        page = browser.post(at(mine, "close/"), follow=True).content.decode()

        assert "„Schließen“ geht nicht: Das Ticket ist im Status „geschlossen“." in page

    def test_too_late_to_reopen_or_reply(self, cast: Cast, mine: Ticket) -> None:
        long_ago = timezone.now() - timedelta(days=product_settings.REOPEN_DAYS + 2)
        progressing.progress(ticket=mine, verb=Verb.CLOSE, by=cast.agent, at=long_ago)
        browser = browser_of(cast.owner)

        page = browser.get(at(mine)).content.decode()
        assert at(mine, "reopen/") not in page
        assert at(mine, "reply/") not in page

        refused = browser.post(at(mine, "reopen/"), follow=True).content.decode()
        assert "Das Ticket ist seit mehr als 14 Tagen geschlossen. Bitte eröffnen Sie ein neues." in refused

        answer = browser.post(at(mine, "reply/"), {"body": "It is back again"})
        assert answer.status_code == 422
        assert "It is back again" in answer.content.decode()
        mine.refresh_from_db()
        assert mine.status == Ticket.Status.CLOSED
        assert mine.messages.count() == 1
