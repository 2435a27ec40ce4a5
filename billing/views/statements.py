"""One closed statement, on the desk."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import acting_user, leads_only
from billing.access import get_statement
from billing.queries.content import digest_of
from billing.queries.e_invoices import has_e_invoice
from billing.queries.files import file_of
from billing.queries.papers import paper_of
from billing.views.frame import render_billing
from lib.languages import page_language
from lib.papers import paper_response


@leads_only
@require_safe
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """The statement with its lines, and whether it still is what was sealed."""
    found = get_statement(acting_user(request), number)
    context = {
        "statement": found,
        "paper": paper_of(found, page_language()),
        "has_xml": has_e_invoice(found),
        "is_intact": digest_of(found) == found.digest,
    }
    return render_billing(request, "billing/statement.html", context)


@leads_only
@require_safe
def statement_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The same as a file; the PDF speaks the buyer's language."""
    found = get_statement(acting_user(request), number)
    file = file_of(found, kind, found.language)
    if file is None:
        raise Http404
    return paper_response(file.content, name=file.name, content_type=file.content_type)
