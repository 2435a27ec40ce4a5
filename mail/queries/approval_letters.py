"""The mail about prices: the question to a customer, with the link that answers it, and the answer to us."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.queries.company import company_name
from contracts.queries import company_zone
from lib.languages import page_language
from lib.reasons import say_moment
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, NotWanted, Said, Words, said
from mail.rules.headers import header_text, subject_line
from tickets import access
from tickets.models import ApprovalRequest, Delivery
from tickets.queries.approval_cards import ApprovalCard, card_of
from tickets.queries.approval_links import approval_url

ANSWERS = frozenset({Notice.Kind.APPROVAL_ANSWER})
State = ApprovalRequest.State


def question_words(delivery: Delivery, now: datetime) -> Words:
    """What is asked, in the contact's language. Errors: NotOwed, NotWanted once it needs no answer."""
    request = _request(delivery.params.get("approval", ""))
    if request is None or (request.ticket_id, request.contact_id) != (
        delivery.ticket_id,
        delivery.contact_id,
    ):
        raise NotOwed("not_theirs")
    card = card_of(request, now)
    if not card.is_open:
        raise NotWanted
    return Words(
        subject=subject_line(card.number, _("Please approve: %(item)s") % {"item": header_text(card.item)}),
        greeting=_("Hello %(name)s,") % {"name": header_text(delivery.contact.name, 100)},
        lines=_question(card),
        said=_what(request, card),
        link=(_("Look at it and answer"), approval_url(request, delivery.contact)),
        notes=[
            _("The link works once, until %(moment)s, and needs no sign-in. Opening it approves nothing.")
            % {"moment": _moment(card.expires_at)},
            _("Who has the link can answer in your name: please pass this e-mail on only to who may."),
        ],
        footer=_("Ticket %(number)s · %(company)s") % {"number": card.number, "company": company_name()},
    )


def answer_letter(notice: Notice, now: datetime) -> Letter:
    """Tell the agent who asked what became of it. Error: NotOwed."""
    user, request = notice.user, _request(notice.params.get("approval", ""))
    if user is None or not user.is_active:
        raise NotOwed("inactive")
    if request is None or not access.visible_tickets(user).filter(pk=request.ticket_id).exists():
        raise NotOwed("not_theirs")
    language = user.language or notice.language
    with translation.override(language):
        words = _answer_words(request, card_of(request, now), user)
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _request(pk: str) -> ApprovalRequest | None:
    rows = ApprovalRequest.objects.select_related("ticket", "service", "price_item", "contact", "asked_by")
    return rows.filter(pk=int(pk)).first() if pk.isdigit() else None


def _question(card: ApprovalCard) -> list[str]:
    rate = ", ".join(part for part in (card.rate, card.surcharge) if part)
    return [
        _("this is about your ticket “%(subject)s”.") % {"subject": header_text(card.subject)}
        + " "
        + _("The work that comes next costs money. Before we begin we ask for your approval:"),
        _("%(item)s: %(rate)s, plus %(vat)s VAT.")
        % {"item": header_text(card.item), "rate": rate, "vat": card.vat},
        _("At most %(ceiling)s, that is %(gross)s with VAT. More needs another approval.")
        % {"ceiling": card.ceiling, "gross": card.gross},
    ]


def _what(request: ApprovalRequest, card: ApprovalCard) -> Said:
    """What will be done, in the agent's words."""
    return said(card.asked_by or company_name(), request.asked_at, card.text)


def _answer_words(request: ApprovalRequest, card: ApprovalCard, user: User) -> Words:
    names = {"name": header_text(card.answered_by, 100), "item": header_text(card.item)}
    subject = {
        State.APPROVED: _("Approved: %(item)s"),
        State.DECLINED: _("Declined: %(item)s"),
    }.get(State(card.state), _("No answer: %(item)s"))
    sentence = {
        State.APPROVED: _("%(name)s has approved it (%(how)s). The work can begin."),
        State.DECLINED: _("%(name)s has declined it (%(how)s)."),
    }.get(State(card.state), _("The request has run out without an answer."))
    line = _("%(item)s: %(rate)s, at most %(ceiling)s net.")
    return Words(
        subject=subject_line(card.number, subject % names),
        greeting=_("Hello %(name)s,") % {"name": header_text(user.display_name, 100)},
        lines=[
            sentence % {**names, "how": card.how},
            line % {"item": names["item"], "rate": card.rate, "ceiling": card.ceiling},
        ],
        said=said(card.answered_by, request.answered_at, card.note)
        if card.note and request.answered_at
        else None,
        link=(_("To the ticket"), f"{settings.SITE_URL}{reverse('desk:ticket', args=[card.number])}"),
        footer=header_text(company_name(), 100),
    )


def _moment(at: datetime) -> str:
    return say_moment(localtime(at, company_zone()), page_language())
