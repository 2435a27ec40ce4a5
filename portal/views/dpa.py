"""The data-processing agreement at the customer: how it stands, the review, the text, signatures, papers.

Every contact of the customer sees how it stands and reads the text; company admins act and have the papers.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user
from accounts.actions import auditing
from accounts.queries.company import brand
from contracts.access import may_answer, visible_dpas
from contracts.actions import data_returns, processing
from contracts.actions.processing_refusals import DpaRefused
from contracts.models import DpaSignature, ProcessingAgreement
from contracts.queries.data_returns import is_over, leftover_of, return_of
from contracts.queries.dpa_offers import offered_sha256
from contracts.queries.dpa_papers import (
    dpa_pdf,
    file_name,
    signature_rows,
    signatures_of,
    text_file,
    text_part,
)
from customers.models import Contact
from lib.client_addresses import address_of
from lib.downloads import attachment_response
from lib.languages import page_language
from lib.papers import paper_response
from lib.uploads import is_watched, takes_files
from portal.actions.dpa import answer_review, decline
from portal.forms import DataChoiceForm, DeclineForm, ReviewForm, SignedPaperForm, SigningForm
from portal.queries.dpa import (
    DpaPage,
    digest_of,
    dpa_page,
    has_signed,
    history_of,
    how_it_stands,
    question_rows,
)
from portal.rules.dpa_words import refusal_words
from portal.views.pages import for_contact, portal_page
from portal.views.people import for_company_admin
from tickets.queries.gate_cards import gates_of_customer

REFUSED = 422
Method, Party = DpaSignature.Method, DpaSignature.Party
PDF = "application/pdf"
KINDS = {"pdf": PDF, "txt": "text/plain; charset=utf-8"}


@for_contact
@require_safe
def dpa(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """How it stands, what it opens, what comes next and who does it."""
    return _page(request, dpa_page(contact, timezone.now()))


@for_company_admin
@require_POST
def ask(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """Ask for an agreement, or for a new version beside the one in force; once, until it is answered."""
    found = dpa_page(contact, timezone.now())
    if found.pending is not None:
        messages.info(request, _("Your request is with us already."))
        return redirect("portal:dpa")
    source = ProcessingAgreement.Source.PORTAL
    processing.request(customer=contact.customer, source=source, by=acting_user(request))
    messages.success(request, _("Your request has arrived. We begin the review and come back to you."))
    return redirect("portal:dpa")


@for_company_admin
@require_POST
def review(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """Keep the answers to the questions of the review, complete or not."""
    found = dpa_page(contact, timezone.now())
    agreement = _get(request, pk)
    if not found.is_answering or found.pending != agreement:
        messages.error(request, _("The review is over: nothing was changed."))
        return redirect("portal:dpa")
    form = _review_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form=form)
    try:
        answer_review(dpa=agreement, answers=form.answers(), by=acting_user(request))
    except DpaRefused as refusal:
        form.add_error(None, refusal_words(refusal.reason, page_language()))
        return _page(request, found, form=form)
    left = sum(not is_done for _answer, is_done in form.answers().values())
    said = (
        _("Your answers are stored. You can go on later.") if left else _("Thank you, your part is complete.")
    )
    messages.success(request, said)
    return redirect("portal:dpa")


@for_company_admin
@require_POST
def withdraw(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """Take the request back, or say no to the offer with a reason."""
    agreement = _get(request, pk)
    form = DeclineForm(request.POST)
    is_offer = agreement.state == ProcessingAgreement.State.OFFERED
    if is_offer and not form.is_valid():
        return _document(request, contact, agreement, declining=form)
    try:
        decline(dpa=agreement, why=form.data.get("reason", ""), by=acting_user(request))
    except DpaRefused as refusal:
        messages.error(request, refusal_words(refusal.reason, page_language()))
    else:
        messages.success(
            request,
            _("We have noted that you do not conclude it.") if is_offer else _("The request is taken back."),
        )
    return redirect("portal:dpa")


@for_contact
@require_safe
def document(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """The text with its annexes, who has signed it, and where to sign."""
    agreement = _readable(request, pk)
    auditing.record_view(by=acting_user(request), verb="dpa.seen", what=agreement)
    return _document(request, contact, agreement)


@for_company_admin
@require_POST
def sign(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """Sign by a press: name, role, address and the text that was seen are kept with the moment."""
    agreement = _readable(request, pk)
    form = SigningForm(request.POST, auto_id="sign-%s")
    if form.is_valid() and _signed(request, agreement, form, Method.CLICK):
        return redirect("portal:dpa")
    return _document(request, contact, agreement, signing=form)


@takes_files
@for_company_admin
@require_POST
def upload(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """Sign on paper: the scan is stored beside the signature, and served to company admins only."""
    agreement = _readable(request, pk)
    form = SignedPaperForm(request.POST, request.FILES, auto_id="upload-%s")
    form.keeps_files = is_watched(request)
    if form.is_valid() and _signed(request, agreement, form, Method.UPLOAD):
        return redirect("portal:dpa")
    return _document(request, contact, agreement, uploading=form)


@for_company_admin
@require_POST
def choose_data(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """After the end: say whether we return or delete the data."""
    agreement = _get(request, pk)
    form = DataChoiceForm(request.POST, auto_id="data-%s")
    if form.is_valid():
        try:
            data_returns.choose(dpa=agreement, by=acting_user(request), **form.cleaned_data)
        except DpaRefused as refusal:
            form.add_error(None, refusal_words(refusal.reason, page_language()))
        else:
            messages.success(request, _("Thank you. We have noted your choice; you read here what we did."))
            return redirect("portal:dpa_document", pk)
    if not is_over(agreement, timezone.now()):
        messages.error(request, _("The agreement is not over: nothing was changed."))
        return redirect("portal:dpa")
    return _document(request, contact, agreement, choosing=form)


@for_company_admin
@require_safe
def paper(request: HttpRequest, contact: Contact, pk: int, kind: str) -> HttpResponseBase:
    """The agreement as a PDF with its page of signatures, or the bare text that the SHA-256 is of."""
    agreement = _readable(request, pk)
    if kind not in KINDS:
        raise Http404
    auditing.record_view(by=acting_user(request), verb="dpa.downloaded", what=agreement)
    content = dpa_pdf(agreement, page_language()) if kind == "pdf" else text_file(agreement)
    return paper_response(content, name=file_name(agreement, kind), content_type=KINDS[kind])


@for_company_admin
@require_safe
def signed_paper(request: HttpRequest, contact: Contact, pk: int, party: str) -> HttpResponseBase:
    """The scan that came with a signature, as a download."""
    agreement = _readable(request, pk)
    signature = get_object_or_404(agreement.signatures.exclude(file=""), party=party)
    auditing.record_view(by=acting_user(request), verb="dpa.downloaded", what=agreement)
    name = f"{agreement.called}-{party}.pdf"
    return attachment_response(signature.file.open("rb"), name=name, content_type=PDF)


def _signed(request: HttpRequest, agreement: ProcessingAgreement, form: SigningForm, how: str) -> bool:
    """Whether the customer's signature is there now; the form says why not."""
    user, typed = acting_user(request), form.cleaned_data
    try:
        stored = processing.sign(
            dpa=agreement,
            party=Party.CUSTOMER,
            method=how,
            name=typed["name"],
            role=typed["role"],
            document_sha256=typed["document_sha256"],
            file=typed.get("file"),
            ip=address_of(request) or None,
            by=user,
        )
    except DpaRefused as refusal:
        form.add_error(None, refusal_words(refusal.reason, page_language()))
        return False
    given = stored.signatures.get(party=Party.CUSTOMER)
    if given.user_id != user.pk:
        known = {"name": given.name}
        messages.info(request, _("%(name)s has signed already: once is enough, nothing was added.") % known)
    elif stored.state == ProcessingAgreement.State.IN_FORCE:
        messages.success(request, _("Thank you. Both sides have signed: the DPA is in force."))
    else:
        messages.success(request, _("Thank you. We have your signature; now it is our turn."))
    return True


def _get(request: HttpRequest, pk: int) -> ProcessingAgreement:
    """Error: 404, for what is not there and what is not theirs alike."""
    rows = visible_dpas(acting_user(request)).select_related("customer", "document")
    return get_object_or_404(rows.prefetch_related("signatures", "review_items"), pk=pk)


def _readable(request: HttpRequest, pk: int) -> ProcessingAgreement:
    """One that has a text. Error: 404."""
    found = _get(request, pk)
    if not found.document_id:
        raise Http404
    return found


def _review_form(found: DpaPage, data: Any = None) -> ReviewForm:
    return ReviewForm(data, questions=question_rows(found.questions), seen=digest_of(found.questions))


def _page(request: HttpRequest, found: DpaPage, *, form: ReviewForm | None = None) -> HttpResponseBase:
    shown = found.pending or found.current or (found.past[0] if found.past else None)
    context = {
        "contact": found.contact,
        "page": found,
        "form": form or (_review_form(found) if found.is_answering else None),
        "answers": [] if found.is_answering else question_rows(found.questions),
        "history": history_of(shown, found.at) if shown else [],
        "shown": shown,
        "gates": gates_of_customer(found.contact.customer_id, found.at, language=page_language()),
        "officer": brand().officer,
        "may_answer": may_answer(acting_user(request), found.contact.customer_id),
    }
    status = REFUSED if form is not None and form.errors else 200
    return portal_page(request, "portal/dpa.html", context, status=status)


def _leftover(
    agreement: ProcessingAgreement, page: DpaPage, choosing: DataChoiceForm | None
) -> dict[str, Any]:
    """What becomes of the data once it is over, and the form of whoever may still choose."""
    if not is_over(agreement, page.at):
        return {}
    row = return_of(agreement)
    chosen = {"choice": row.choice, "wish_on": row.wish_on} if row else {}
    may_choose = page.may_act and (row is None or row.settled_at is None)
    return {
        "leftover": leftover_of(agreement, row, page.at, page_language()),
        "choosing": (choosing or DataChoiceForm(initial=chosen, auto_id="data-%s")) if may_choose else None,
    }


def _document(
    request: HttpRequest,
    contact: Contact,
    agreement: ProcessingAgreement,
    *,
    signing: SigningForm | None = None,
    uploading: SignedPaperForm | None = None,
    declining: DeclineForm | None = None,
    choosing: DataChoiceForm | None = None,
) -> HttpResponseBase:
    refused = next((form for form in (signing, uploading, declining, choosing) if form is not None), None)
    agreement = _get(request, agreement.pk)  # as it is stored by now
    language = page_language()
    spoken = request.GET.get("text", language)
    seen = {"name": contact.name, "document_sha256": offered_sha256(agreement)}
    for form in (signing, uploading):
        if form is not None:  # whoever is shown another text now, signs that one
            form.data = {**dict(form.data.items()), "document_sha256": seen["document_sha256"]}
    page = dpa_page(contact, timezone.now())
    context = {
        "contact": contact,
        "page": page,
        "dpa": agreement,
        "card": how_it_stands(agreement, page.at),
        "text": text_part(agreement, spoken if spoken in {"de", "en"} else language),
        "sha256": seen["document_sha256"],
        "signatures": signature_rows(signatures_of(agreement, language), language),
        "scans": [one.party for one in agreement.signatures.all() if one.file],
        "is_signing": page.may_act and agreement.state == "offered" and not has_signed(agreement),
        "signing": signing or SigningForm(initial=seen, auto_id="sign-%s"),
        "uploading": uploading or SignedPaperForm(initial=seen, auto_id="upload-%s"),
        "declining": declining or DeclineForm(auto_id="decline-%s"),
        "refused": refused,
        **_leftover(agreement, page, choosing),
    }
    return portal_page(request, "portal/dpa_document.html", context, status=REFUSED if refused else 200)
