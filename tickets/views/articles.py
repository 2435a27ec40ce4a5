"""Articles beside a ticket: found, judged by what this customer may read, put into the reply."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import agents_only
from lib.uploads import takes_files
from tickets import access
from tickets.actions import quoting
from tickets.actions.quoting import NotForThisCustomer
from tickets.forms.writing import ReplyForm
from tickets.models import Ticket
from tickets.queries import articles as queries
from tickets.queries.articles import Offer
from tickets.views.frame import Reader, reader_of, render_desk
from tickets.views.tickets import ticket_page

PAGE = "tickets/articles.html"
PARTS = ("dialog", "found", "suggested")
WORDS_LIMIT = 200
REFUSED = 422


@takes_files
@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def articles(request: HttpRequest, number: str) -> HttpResponse:
    """Find an article for the reply: a dialog, or a page that carries along what was typed already.

    `?fragment=suggested` is the part of the ticket's panel.
    """
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    sent = request.POST if request.method == "POST" else request.GET
    words = sent.get("q", "").replace("\0", "")[:WORDS_LIMIT]
    wanted = request.GET.get("fragment", "")
    language = _language(shown, reader)
    most = queries.SUGGESTED if wanted == "suggested" else queries.MOST
    found = queries.offers(reader.user, shown, words, language, most)
    return _choose(request, reader, shown, found, words=words, fragment=wanted)


@agents_only
@require_POST
def insert(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Put a link or the text of an article into the reply that is being written. Nothing is sent by it."""
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    text = queries.text_for(reader.user, pk, request.POST.get("language", ""))
    offer = queries.offer_of(text, shown)
    is_link = request.POST.get("kind") == "link"
    try:
        quoting.quote(
            ticket=shown,
            article_id=pk,
            title=text.title,
            is_readable=not offer.dead_end,
            is_confirmed=not is_link and request.POST.get("is_confirmed") == "on",
            by=reader.user,
        )
    except NotForThisCustomer:
        said = _("Not inserted: %(customer)s cannot read this article.") % {"customer": shown.customer.name}
        fragment = "dialog" if request.headers.get("HX-Request") else ""
        return _choose(request, reader, shown, [offer], said=said, fragment=fragment, status=REFUSED)
    return _inserted(request, reader, shown, queries.as_link(text) if is_link else queries.as_letter(text))


def _inserted(request: HttpRequest, reader: Reader, shown: Ticket, words: str) -> HttpResponse:
    """For scripts what to write at the cursor; else the ticket's page with it below what was typed."""
    if request.headers.get("HX-Request"):
        context = {"ticket": shown, "inserted": words}
        return render_desk(request, f"{PAGE}#inserted", context, reader=reader)
    typed = request.POST.get("body", "").rstrip()
    initial = {
        "body": f"{typed}\n\n{words}\n".lstrip("\n"),
        "is_internal": "1" if request.POST.get("is_internal") == "1" else "0",
    }
    return ticket_page(request, reader, shown, ReplyForm(ticket=shown, user=reader.user, initial=initial))


def _choose(
    request: HttpRequest,
    reader: Reader,
    shown: Ticket,
    found: list[Offer],
    *,
    words: str = "",
    said: str = "",
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    typed = request.POST if request.method == "POST" else {}
    context: dict[str, Any] = {
        "ticket": shown,
        "offers": found,
        "words": words,
        "said": said,
        "body": typed.get("body", ""),
        "lost_files": [file.name for file in request.FILES.getlist("attachments") if file.name],
        "is_internal": typed.get("is_internal", "0"),
    }
    template = f"{PAGE}#{fragment}" if fragment in PARTS else PAGE
    return render_desk(request, template, context, reader=reader, status=status)


def _language(shown: Ticket, reader: Reader) -> str:
    """The contact's language, since it is for them; without a contact the agent's."""
    return shown.contact.language if shown.contact and shown.contact.language else reader.language
