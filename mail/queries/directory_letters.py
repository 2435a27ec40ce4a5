"""The mail about the sub-processor directory and about personal-data breaches.

Whoever gets it answers for the customer; what it says is read when it is sent.
"""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.queries.company import brand, company_name
from contracts.access import may_keep_directory
from contracts.models import BreachNotice, ChangeNotice, ProcessingAgreement
from contracts.queries import company_zone
from contracts.queries.directory import ShownChange, changes_of
from contracts.queries.renewals import today_at
from customers.access import contact_of
from lib.languages import page_language
from lib.reasons import say_day, say_moment
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, NotWanted, Words
from mail.rules.headers import body_text, header_text

KINDS = frozenset({Notice.Kind.DIRECTORY_CHANGE, Notice.Kind.OBJECTION, Notice.Kind.BREACH})


def directory_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Errors: NotOwed for who has no business with it any more; NotWanted once it is moot."""
    user = notice.user
    if user is None or not user.is_active:
        raise NotOwed("inactive")
    language = user.language or notice.language
    with translation.override(language):
        if notice.kind == Notice.Kind.BREACH:
            words = _breach(_breach_notice(notice, user), user)
        elif notice.kind == Notice.Kind.OBJECTION:
            words = _objection(_change(notice), user)
        else:
            words = _to_customer(_change(notice), notice.params["event"], user, now)
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _change(notice: Notice) -> ChangeNotice:
    rows = ChangeNotice.objects.select_related("version", "customer")
    found = rows.filter(pk=int(notice.params["change"])).first()
    if found is None:
        raise NotWanted
    return found


def _breach_notice(notice: Notice, user: User) -> BreachNotice:
    rows = BreachNotice.objects.select_related("breach", "customer")
    found = rows.filter(pk=int(notice.params["notice"])).first()
    if found is None:
        raise NotWanted
    _require_theirs(user, found.customer_id)
    return found


def _require_theirs(user: User, customer_id: int) -> None:
    """Error: NotOwed for whoever is not at this customer any more."""
    contact = contact_of(user)
    if contact is None or contact.customer_id != customer_id:
        raise NotOwed("inactive")


def _to_customer(change: ChangeNotice, event: str, user: User, now: datetime) -> Words:
    """What is announced, that it was dropped, or how an objection was decided."""
    _require_theirs(user, change.customer_id)
    if event == "decided":
        return _decided(change, user)
    holds = ProcessingAgreement.objects.filter(customer=change.customer_id).in_force_at(now).exists()
    is_dropped = change.version.withdrawn_at is not None
    if not holds or is_dropped != (event == "dropped"):
        raise NotWanted
    return _dropped(change, user) if is_dropped else _announced(change, user, now)


def _announced(change: ChangeNotice, user: User, now: datetime) -> Words:
    language, version = page_language(), change.version
    day = {"day": say_day(version.effective_on, language), "company": _company()}
    until = {"day": say_day(change.objections_until_on, language)}
    after = [f"– {_one(each)}" for each in changes_of(version)]
    if version.note:
        after.append(body_text(version.note))
    return Words(
        subject=_("Change of our sub-processors from %(day)s on") % day,
        greeting=_greeting(user),
        lines=[
            _(
                "since %(day)s data that we process for you are processed by others than the annex of your"
                " data-processing agreement says. This has changed meanwhile:"
            )
            % day
            if version.effective_on <= today_at(now)
            else _(
                "from %(day)s on we want to have data that we process for you processed by others than now."
                " Our data-processing agreement obliges us to tell you ahead. This changes:"
            )
            % day
        ],
        after=after,
        link=(_("Read, acknowledge or object"), _at("portal:subprocessors_change", version.number)),
        notes=[_("You can object until %(day)s, in the portal and with a reason.") % until],
        footer=_company(),
    )


def _one(change: ShownChange) -> str:
    """One line: what happens to whom."""
    name = header_text(change.name, 200)
    said = ", ".join(
        f"{one.label}: {header_text(one.new or '–', 500)}"
        + (" " + _("(until now: %(old)s)") % {"old": header_text(one.old, 500)} if one.old else "")
        for one in change.fields
    )
    opening = {
        "added": _("new: %(name)s"),
        "changed": _("changed: %(name)s"),
        "removed": _("removed: %(name)s"),
    }
    told = opening[change.kind] % {"name": name}
    return told if change.kind == "removed" or not said else f"{told} ({said})"


def _dropped(change: ChangeNotice, user: User) -> Words:
    day = {"day": say_day(change.version.effective_on, page_language())}
    return Words(
        subject=_("The change of our sub-processors is dropped"),
        greeting=_greeting(user),
        lines=[
            _("we had told you of a change of our sub-processors from %(day)s on. It will not happen.") % day,
            body_text(change.version.withdrawn_because),
        ],
        link=(_("To the directory"), _at("portal:subprocessors")),
        footer=_company(),
    )


def _decided(change: ChangeNotice, user: User) -> Words:
    """Also where the agreement is over by now: the answer is owed to whoever objected."""
    return Words(
        subject=_("Your objection to the change of our sub-processors"),
        greeting=_greeting(user),
        lines=[
            _("we have decided about your objection: %(outcome)s.")
            % {"outcome": change.get_outcome_display()},
            body_text(change.outcome_note),
        ],
        link=(_("To the change"), _at("portal:subprocessors_change", change.version.number)),
        footer=_company(),
    )


def _objection(change: ChangeNotice, user: User) -> Words:
    if not may_keep_directory(user):
        raise NotOwed("inactive")
    if change.outcome:
        raise NotWanted
    names = {
        "customer": header_text(change.customer.name, 100),
        "who": header_text(change.objected_by_name, 100),
        "number": change.version.number,
        "day": say_day(change.version.effective_on, page_language()),
    }
    return Words(
        subject=_("%(customer)s objects to a change of the sub-processors") % names,
        greeting=_greeting(user),
        lines=[
            _("%(who)s of %(customer)s objects to version %(number)s of the directory, from %(day)s on:")
            % names
        ],
        after=[body_text(change.objection)],
        link=(_("Decide"), f"{settings.SITE_URL}{reverse('rights:objection', args=[change.pk])}"),
        footer=_company(),
    )


def _breach(told: BreachNotice, user: User) -> Words:
    known = say_moment(localtime(told.breach.known_at, company_zone()), page_language())
    title = header_text(told.breach.title, 200)
    return Words(
        subject=_("Personal-data breach: %(title)s") % {"title": title},
        greeting=_greeting(user),
        lines=[
            _(
                "we have to tell you of a breach of personal data that concerns you. We know of it since"
                " %(moment)s."
            )
            % {"moment": known},
            title,
        ],
        after=[body_text(one) for one in (told.breach.text, told.text) if one],
        link=(_("Read and acknowledge"), _at("portal:breach", told.pk)),
        notes=[
            _("Whether you have to tell an authority, in 72 hours as a rule, is for you to judge."),
            *_officer(),
        ],
        footer=_company(),
    )


def _officer() -> list[str]:
    """Whom to ask about the breach (Art. 33 (3) b GDPR), where one is designated."""
    officer = header_text(brand().officer, 450)
    return [_("Our data-protection officer: %(officer)s") % {"officer": officer}] if officer else []


def _greeting(user: User) -> str:
    return _("Hello %(name)s,") % {"name": header_text(user.display_name, 100)}


def _at(view: str, *arguments: int) -> str:
    return f"{settings.SITE_URL}{reverse(view, args=arguments)}"


def _company() -> str:
    return header_text(company_name(), 100)
