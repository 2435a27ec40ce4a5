"""The company's statements, for its company admins."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.access import acting_user, public
from billing.access import get_statement
from billing.queries.e_invoices import has_e_invoice
from billing.queries.files import file_of
from billing.queries.mine import statement_sent_to, statements_for
from billing.queries.papers import paper_of
from customers.models import Contact
from lib.languages import page_language
from lib.paper_links import paper_and_address
from lib.papers import paper_response
from portal.views.pages import portal_page
from portal.views.people import for_company_admin

MOST = 120
KINDS = ("pdf", "csv", "xml")


@for_company_admin
@require_safe
def statements(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """All of them, the latest first."""
    found = statements_for(acting_user(request), page_language(), most=MOST)
    return portal_page(request, "portal/statements.html", {"contact": contact, "statements": found})


@for_company_admin
@require_safe
def statement(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """One of them, in the reader's language."""
    found = get_statement(acting_user(request), number)
    paper = paper_of(found, page_language())
    context = {"contact": contact, "paper": paper, "has_xml": has_e_invoice(found)}
    return portal_page(request, "portal/statement.html", context)


@for_company_admin
@require_safe
def statement_file(request: HttpRequest, contact: Contact, number: str, kind: str) -> HttpResponseBase:
    """The same as a file, in the language of the bill."""
    found = get_statement(acting_user(request), number)
    file = file_of(found, kind, found.language) if kind in KINDS else None
    if file is None:
        raise Http404
    return paper_response(file.content, name=file.name, content_type=file.content_type)


@public
@require_safe
def statement_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The PDF, by the link that was mailed to the address for bills. Error: 404 for any other link."""
    named = paper_and_address(token)
    found = statement_sent_to(*named) if named else None
    file = file_of(found, "pdf", found.language) if found else None
    if file is None:
        raise Http404
    response = paper_response(file.content, name=file.name, content_type=file.content_type)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
