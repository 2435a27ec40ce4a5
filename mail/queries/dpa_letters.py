"""The mail about data-processing agreements: to leads, admins and the customer's company admins.

What it says is true when it is sent; what is moot by then is not sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.queries.company import company_name
from contracts.access import visible_dpas
from contracts.models import ProcessingAgreement
from contracts.queries.data_returns import is_over
from contracts.queries.processing import has_service_agreement
from contracts.queries.standings import company_zone
from contracts.rules.data_returns import CHOICE_DAYS
from contracts.rules.dpa_wording import word
from customers.access import company_admin_of
from lib.languages import page_language
from lib.reasons import say_day
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, NotWanted, Words
from mail.rules.headers import header_text

State, Cause = ProcessingAgreement.State, ProcessingAgreement.Cause


@dataclass(frozen=True)
class _Said:
    """Subject and paragraphs of one kind of mail."""

    subject: str
    lines: list[str]
    after: list[str] = field(default_factory=list)


def dpa_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Errors: NotOwed for who has no business with it any more; NotWanted once it is moot."""
    user = notice.user
    if user is None or not user.is_active:
        raise NotOwed("inactive")
    if not user.is_lead and company_admin_of(user) is None:
        raise NotOwed("inactive")
    rows = visible_dpas(user).select_related("customer", "document")
    dpa = rows.filter(pk=int(notice.params["dpa"])).first()
    if dpa is None:
        raise NotWanted
    decided_at = dpa.review_decided_at if notice.kind == Notice.Kind.DPA_REVIEW else None
    if decided_at is not None and notice.created_at < decided_at:
        raise NotWanted  # the decision has a letter of its own
    language = user.language or notice.language
    with translation.override(language):
        said = _WRITERS[Notice.Kind(notice.kind)](dpa, user, now)
        words = Words(
            subject=said.subject,
            greeting=_("Hello %(name)s,") % {"name": header_text(user.display_name, 100)},
            lines=said.lines,
            after=said.after,
            link=_link(dpa, user),
            footer=header_text(company_name(), 100),
        )
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _requested(dpa: ProcessingAgreement, user: User, now: datetime) -> _Said:
    """To us: somebody has to begin the review. To the customer, once it has begun: answer your part."""
    if not user.is_agent:
        return _questions(dpa)
    if dpa.state != State.REQUESTED:
        raise NotWanted
    names = _names(dpa)
    how = word("dpa_source", dpa.source, page_language())
    lines = [
        _("%(customer)s needs a data-processing agreement (%(how)s).") % {**names, "how": how},
        _("Next step: begin the review. Until it is in force, only advice is permitted."),
    ]
    if not has_service_agreement(dpa.customer_id, now):
        lines.append(_("Note: this customer has no service agreement in force."))
    return _Said(_("Data-processing agreement with %(customer)s requested") % names, lines)


def _questions(dpa: ProcessingAgreement) -> _Said:
    is_open = dpa.review_items.filter(party="customer", is_done=False).exists()
    if dpa.state != State.UNDER_REVIEW or not is_open:
        raise NotWanted
    names = _names(dpa)
    said = _(
        "before we offer you the data-processing agreement %(reference)s, both sides review it. Please answer"
        " the questions of your side in the portal; you can store your answers and go on later."
    )
    return _Said(
        _("Data-processing agreement %(reference)s: please answer our questions") % names, [said % names]
    )


def _offered(dpa: ProcessingAgreement, user: User, now: datetime) -> _Said:
    """To the customer: read and sign. To us, once the customer has signed: it is our turn."""
    if user.is_agent:
        return _their_signature(dpa)
    if dpa.state != State.OFFERED or dpa.document is None:
        raise NotWanted
    names = {**_names(dpa), "version": header_text(dpa.document.version, 40)}
    lines = [
        _("we offer you the data-processing agreement %(reference)s, version %(version)s.") % names,
        _(
            "Please read it with its annexes: technical measures and sub-processors. You can sign it in the"
            " portal or send us the signed PDF there."
        ),
    ]
    after = [_("As soon as both sides have signed, it is in force and the services that need it are open.")]
    return _Said(_("Data-processing agreement %(reference)s: please read and sign") % names, lines, after)


def _their_signature(dpa: ProcessingAgreement) -> _Said:
    signed = set(dpa.signatures.values_list("party", flat=True))
    if dpa.state != State.OFFERED or signed != {"customer"}:
        raise NotWanted
    names = _names(dpa)
    said = _(
        "%(customer)s has signed the data-processing agreement %(reference)s. As soon as you have signed for"
        " us, it is in force."
    )
    return _Said(
        _("%(customer)s has signed: data-processing agreement %(reference)s") % names, [said % names]
    )


def _in_force(dpa: ProcessingAgreement, user: User, now: datetime) -> _Said:
    if dpa.state != State.IN_FORCE or dpa.in_force_at is None:
        raise NotWanted
    if dpa.events.filter(code="dpa_event.termination_taken_back").exists():
        return _goes_on_after_all(dpa)
    names = {**_names(dpa), "day": _day(dpa.in_force_at)}
    lines = [
        _(
            "the data-processing agreement %(reference)s of %(customer)s is in force since %(day)s. Both"
            " sides have signed."
        )
        % names,
        _("Remote sessions, log analysis, installation, monitoring and access on site are permitted now."),
    ]
    return _Said(_("Data-processing agreement %(reference)s is in force") % names, lines)


def _goes_on_after_all(dpa: ProcessingAgreement) -> _Said:
    if dpa.ends_at is not None:
        raise NotWanted
    names = _names(dpa)
    said = _(
        "the termination of the data-processing agreement %(reference)s of %(customer)s is taken back: it"
        " goes on, and what needs it stays permitted."
    )
    return _Said(_("Data-processing agreement %(reference)s goes on") % names, [said % names])


def _review(dpa: ProcessingAgreement, user: User, now: datetime) -> _Said:
    """It lost its basis: decide, or it ends. Once it is decided: what was decided."""
    if dpa.state != State.IN_FORCE or dpa.review_due_at is None:
        raise NotWanted
    if dpa.holds_until_at is None:
        return _goes_on(dpa)
    last = dpa.holds_until_at - timedelta(microseconds=1)
    names = {**_names(dpa), "since": _day(dpa.review_due_at), "last": _day(last)}
    lines = [
        _(
            "the last service agreement of %(customer)s is over since %(since)s, and the data-processing"
            " agreement %(reference)s rests on it."
        )
        % names,
        _("It was decided that it holds until %(last)s, that day included; then its gates close.") % names
        if dpa.review_decided_at is not None
        else _("It is due for review. Without a decision %(last)s is its last day; then its gates close.")
        % names,
    ]
    return _Said(_("Data-processing agreement %(reference)s ends on %(last)s") % names, lines)


def _goes_on(dpa: ProcessingAgreement) -> _Said:
    if dpa.ends_at is not None or dpa.review_decided_at is None:
        raise NotWanted
    names = _names(dpa)
    said = _(
        "it was decided that the data-processing agreement %(reference)s of %(customer)s goes on without a"
        " service agreement."
    )
    return _Said(_("Data-processing agreement %(reference)s goes on") % names, [said % names])


def _terminated(dpa: ProcessingAgreement, ends_at: datetime) -> _Said:
    names = {**_names(dpa), "last": _day(ends_at - timedelta(microseconds=1))}
    said = _(
        "the data-processing agreement %(reference)s of %(customer)s is terminated: %(last)s is its last day."
        " After that only advice is permitted."
    )
    return _Said(_("Data-processing agreement %(reference)s ends on %(last)s") % names, [said % names])


def _ended(dpa: ProcessingAgreement, user: User, now: datetime) -> _Said:
    """It has ended, or was terminated to a day that is still to come."""
    if dpa.state == State.IN_FORCE and dpa.ends_at is not None and dpa.ended_because == Cause.TERMINATED:
        return _terminated(dpa, dpa.ends_at)
    if dpa.state != State.ENDED or dpa.ends_at is None:
        raise NotWanted
    cause = word("dpa_cause", dpa.ended_because, page_language())
    names = {**_names(dpa), "cause": cause}
    if dpa.in_force_at is None:
        said = _(
            "the data-processing agreement %(reference)s of %(customer)s does not come about: %(cause)s."
        )
        subject = _("Data-processing agreement %(reference)s does not come about")
        return _Said(subject % names, [said % names])
    lines = [
        _("the data-processing agreement %(reference)s of %(customer)s has ended: %(cause)s.") % names,
        _(
            "From now on only advice is permitted. Running remote sessions are to be ended, and files that"
            " need the agreement are held back or deleted."
        ),
    ]
    if not user.is_agent and is_over(dpa, now):
        said = _(
            "Please choose in the portal whether we return or delete your data. Without a choice"
            " within %(days)s days of the end we delete them."
        )
        lines.append(said % {"days": CHOICE_DAYS})
    return _Said(_("Data-processing agreement %(reference)s has ended") % names, lines)


_WRITERS: Mapping[Notice.Kind, Callable[[ProcessingAgreement, User, datetime], _Said]] = {
    Notice.Kind.DPA_REQUESTED: _requested,
    Notice.Kind.DPA_OFFERED: _offered,
    Notice.Kind.DPA_IN_FORCE: _in_force,
    Notice.Kind.DPA_REVIEW: _review,
    Notice.Kind.DPA_ENDED: _ended,
}
KINDS = frozenset(_WRITERS)


def _names(dpa: ProcessingAgreement) -> dict[str, str]:
    return {"reference": dpa.called, "customer": header_text(dpa.customer.name, 100)}


def _day(moment: datetime) -> str:
    return say_day(localtime(moment, company_zone()).date(), page_language())


def _link(dpa: ProcessingAgreement, user: User) -> tuple[str, str]:
    address = reverse("dpa:dpa", args=[dpa.pk]) if user.is_agent else reverse("portal:dpa")
    return _("To the data-processing agreement"), f"{settings.SITE_URL}{address}"
