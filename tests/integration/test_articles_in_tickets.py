"""Articles on a ticket: offered by its subject, inserted only as far as this customer may read them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEntry, User
from contracts.actions import agreements
from contracts.models import Agreement
from contracts.queries import company_zone
from knowledge.actions import publishing
from knowledge.models import ArticleText, Visibility
from lib.letters import to_letter
from lib.markdown import to_html
from tests.factories.articles import make_article
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tickets.actions import assigning, indexing
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

SITE = "https://help.firm.example"


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    indexing.rebuild()
    return cast


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk, language="").update(language="en")
    client = Client()
    client.force_login(user)
    return client


def ticket_of(cast: Cast, customer: Any, **fields: Any) -> Ticket:
    ticket = make_ticket(customer, **fields)
    assigning.pick(ticket=ticket, by=cast.agent)
    indexing.apply_changes()
    return ticket


def address(ticket: Ticket, text: ArticleText | None = None) -> str:
    part = f"{text.article_id}/" if text else ""
    return f"/desk/tickets/{ticket.number}/articles/{part}"


def sent(text: ArticleText, kind: str = "link", **fields: Any) -> dict[str, Any]:
    return {"language": text.language, "kind": kind, **fields}


def test_a_ticket_suggests_articles_and_says_which_the_customer_may_read(cast: Cast) -> None:
    make_article("Drucker einrichten")
    make_article("Drucker für Vertragskunden", visibility=Visibility.CONTRACT)
    plain = ticket_of(cast, cast.plain_customer, subject="Drucker geht nicht")
    gold = ticket_of(cast, cast.gold_customer, subject="Drucker geht nicht")
    client = signed_in(cast.agent)

    assertContains(client.get(f"/desk/tickets/{plain.number}/"), f"{address(plain)}?fragment=suggested")
    suggested = client.get(f"{address(plain)}?fragment=suggested")
    assertContains(suggested, "Drucker einrichten")
    assertContains(suggested, "Moser has no service agreement in force: a link would be a dead end")
    assertNotContains(client.get(f"{address(gold)}?fragment=suggested"), "dead end")
    assert signed_in(cast.other_agent).get(address(plain)).status_code == 404


def test_a_link_or_the_text_goes_into_the_reply_that_is_being_written(cast: Cast) -> None:
    text = make_article("Drucker", "## Zuerst\n\n1. An\n2. Aus\n\nSiehe [hier](https://x.example/).")
    ticket = ticket_of(cast, cast.plain_customer)
    client = signed_in(cast.agent)

    page = client.post(address(ticket, text), sent(text, body="Guten Tag", is_internal="0"))
    written = page.context["form"]["body"].value()
    assert written == f"Guten Tag\n\nDrucker\n{SITE}/portal/kb/{text.article_id}/\n"
    part = client.post(address(ticket, text), sent(text, "text"), headers={"HX-Request": "true"})
    assertContains(part, "Drucker\n\nZuerst\n\n1. An\n2. Aus\n\nSiehe hier (https://x.example/).</template>")
    assert not AuditEntry.objects.filter(verb="article.quoted").exists()
    assert not Message.objects.filter(ticket=ticket, is_internal=False, author__isnull=False).exists()
    carried = client.post(address(ticket), {"q": "drucker", "body": "kept <b>", "is_internal": "1"})
    assertContains(carried, 'name="body" value="kept &lt;b&gt;"')
    publishing.archive(article=text.article, by=None)
    assert client.post(address(ticket, text), sent(text)).status_code == 404


def test_what_this_customer_may_not_read_goes_in_only_as_text_and_only_knowingly(cast: Cast) -> None:
    text = make_article("Geheim", "Nur mit Vertrag", visibility=Visibility.CONTRACT)
    ticket = ticket_of(cast, cast.plain_customer)
    client = signed_in(cast.agent)

    for refused in (sent(text), sent(text, is_confirmed="on"), sent(text, "text")):
        page = client.post(address(ticket, text), refused)
        assertContains(page, "Not inserted: Moser cannot read this article", status_code=422)
        assertNotContains(page, "Nur mit Vertrag\n", status_code=422)
    assert not AuditEntry.objects.filter(verb="article.quoted").exists()

    page = client.post(address(ticket, text), sent(text, "text", is_confirmed="on"))
    assert "Nur mit Vertrag" in page.context["form"]["body"].value()
    entry = AuditEntry.objects.get(verb="article.quoted")
    assert (entry.object_id, entry.details["article"]) == (str(ticket.pk), text.article_id)
    stranger = signed_in(cast.other_agent)
    assert stranger.post(address(ticket, text), sent(text)).status_code == 404
    assert cast.owner.user is not None
    assert signed_in(cast.owner.user).post(address(ticket, text), sent(text)).status_code == 404


def test_a_link_that_has_become_a_dead_end_is_warned_of_once_before_sending(cast: Cast) -> None:
    text = make_article("Nur mit Vertrag", visibility=Visibility.CONTRACT)
    contact = make_contact(cast.gold_customer)
    ticket = ticket_of(cast, cast.gold_customer, contact=contact)
    client = signed_in(cast.agent)
    body = client.post(address(ticket, text), sent(text)).context["form"]["body"].value()
    reply = f"/desk/tickets/{ticket.number}/reply/"
    assertRedirects(
        client.post(reply, {"is_internal": "0", "body": body}),
        f"/desk/tickets/{ticket.number}/#m-{last(ticket)}",
    )

    agreement = Agreement.objects.get(customer=cast.gold_customer)
    agreement.ends_on = timezone.localdate(timezone=company_zone()) - timedelta(days=1)
    agreements.save(agreement=agreement, by=None)
    before = last(ticket)
    warned = client.post(reply, {"is_internal": "0", "body": body})

    said = f"Aigner cannot open what is linked here: #{text.article_id} Nur mit Vertrag"
    assertContains(warned, said, status_code=422)
    assertContains(warned, body.strip(), status_code=422)
    assert last(ticket) == before
    again = {"is_internal": "0", "body": body, "dead_links": warned.context["form"].warned_of}
    other = make_article("Intern", visibility=Visibility.INTERNAL)
    more = {**again, "body": f"{body} /portal/kb/de/{other.article_id}-intern/"}
    assert client.post(reply, more).status_code == 422
    assert client.post(reply, {"is_internal": "1", "body": body}).status_code == 302
    assert client.post(reply, again).status_code == 302
    assert Message.objects.get(pk=last(ticket)).body == body


def last(ticket: Ticket) -> int:
    return ticket.messages.latest("pk").pk


def test_a_letter_reads_like_one() -> None:
    source = (
        "## Teil\n\nEin **Satz** mit [Verweis](/portal/kb/3/).\n\n- eins\n  - innen\n- zwei\n\n"
        "```\nping 10.0.0.1\n  -t\n```\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n![Bild](/portal/kb/files/k/)\n\n<https://x.example>"
    )

    letter = to_letter(to_html(source), site=SITE)
    assert to_letter('<ol start="x"><li>a</li><li>b</li></ol>', site=SITE) == "1. a\n2. b"
    assert to_letter('<ol start="3"><li><p>a</p></li></ol></ul></a>', site=SITE) == "3. a"

    assert letter == (
        f"Teil\n\nEin Satz mit Verweis ({SITE}/portal/kb/3/).\n\n- eins\n  - innen\n- zwei\n\n"
        "ping 10.0.0.1\n  -t\n\nA  B\n1  2\n\n[Bild]\n\nhttps://x.example"
    )
