"""Looking at the portal with a customer's eyes: begun, noted page by page, ended, and told to the person."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import auditing, notices
from accounts.models import Impersonation, User
from accounts.rules.looking import LONGEST_MINUTES

LASTS = timedelta(minutes=LONGEST_MINUTES)


class CannotLook(Exception):
    """Nobody but admins look, with a reason, and only with the eyes of customers who can sign in.

    `why`: ``not_admin``, ``not_a_contact``, ``inactive`` or ``no_reason``.
    """

    _WORDS = {
        "not_admin": _("Only admins can look with a customer’s eyes."),
        "not_a_contact": _("This is no customer’s login: nobody looks with a colleague’s eyes."),
        "inactive": _("This login is closed. There is nothing to see with it."),
        "no_reason": _("Please say why: the person reads it afterwards."),
    }

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    @property
    def words(self) -> str:
        """The reason in the language of the page."""
        return str(self._WORDS[self.why])


@transaction.atomic
def begin(*, person: User, reason: str, by: User, at: datetime | None = None) -> Impersonation:
    """Begin to look, for half an hour at most; another look of the same admin ends. Error: CannotLook."""
    at, reason = at or timezone.now(), reason.strip()
    admin = User.objects.select_for_update().get(pk=by.pk)
    if why := _why_not(admin, person, reason):
        raise CannotLook(why)
    for other in Impersonation.objects.filter(admin=admin, ended_at=None):
        end(look=other, by=admin, at=at)
    look = Impersonation.objects.create(
        person=person,
        admin=admin,
        admin_name=admin.display_name,
        reason=reason,
        began_at=at,
        ends_at=at + LASTS,
    )
    _note(look, "impersonation.begun", by=admin, at=at, reason=reason)
    return look


def _why_not(admin: User, person: User, reason: str) -> str:
    if not admin.is_admin or not admin.is_active or by_eyes(admin):
        return "not_admin"
    if person.role != User.Role.CONTACT:
        return "not_a_contact"
    if not person.is_active:
        return "inactive"
    return "" if reason else "no_reason"


def by_eyes(user: User) -> bool:
    """Whether somebody else looks with these eyes just now."""
    return user.looker is not None


@transaction.atomic
def end(*, look: Impersonation, by: User | None, at: datetime | None = None) -> bool:
    """End a look and tell the person of it, once. Returns whether it had not ended yet."""
    at = at or timezone.now()
    row = Impersonation.objects.select_for_update(of=("self",)).select_related("person").get(pk=look.pk)
    if row.ended_at is not None:
        return False
    row.ended_at = max(row.began_at, min(at, row.ends_at))
    row.save(update_fields=["ended_at"])
    _note(row, "impersonation.ended", by=by, at=at, pages=row.pages)
    notices.tell_of_look(user=row.person, look=str(row.pk), at=at)
    return True


@transaction.atomic
def note_page(*, look: Impersonation, path: str, by: User, at: datetime | None = None) -> None:
    """Note that a page was seen (its address without what was searched for)."""
    Impersonation.objects.filter(pk=look.pk).update(pages=F("pages") + 1)
    _note(look, "impersonation.page_seen", by=by, at=at, path=path[:200])


def end_old(*, at: datetime) -> int:
    """End the looks whose time is over though nobody ended them. Returns how many."""
    old = Impersonation.objects.filter(ended_at=None, ends_at__lte=at)
    return sum(end(look=look, by=None, at=at) for look in old)


def _note(look: Impersonation, verb: str, *, by: User | None, at: datetime | None, **details: object) -> None:
    auditing.record(by=by, verb=verb, what=look.person, at=at, details={"look": look.pk, **details})
