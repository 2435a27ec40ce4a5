"""Mail that belongs to no ticket: rows of the outbox that the mail room empties."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import Notice, User
from accounts.queries.company import firm
from lib.mail_ids import new_mail_id
from lib.waking import wake


class CannotBeInvited(Exception):
    """This user could not sign in or has no address: there is nobody to invite."""


@transaction.atomic
def invite(*, user: User, by: User | None, at: datetime | None = None) -> Notice:
    """Send a user a link with which they set their first password. Error: CannotBeInvited."""
    if not user.is_active or not user.email:
        raise CannotBeInvited
    auditing.record(by=by, verb="user.invited", what=user, at=at)
    return _queue(Notice.Kind.INVITATION, user=user, at=at)


@transaction.atomic
def reset_password(*, user: User, by: User | None = None, at: datetime | None = None) -> Notice:
    """Send a user a link with which they choose a new password."""
    if by is not None:
        auditing.record(by=by, verb="user.password_link_sent", what=user, at=at)
    return _queue(Notice.Kind.PASSWORD_RESET, user=user, at=at)


def ask_for_password(*, address: str, language: str, at: datetime | None = None) -> Notice:
    """Somebody says that they forgot the password that belongs to this address.

    Whose it is, if anybody's, is looked up when the mail is sent: asking does the same work for every
    address, and its time tells nothing.
    """
    params = {"asked_for": address.strip().lower()}
    return _queue(Notice.Kind.PASSWORD_RESET, language=language, params=params, at=at)


@transaction.atomic
def send_trial(*, address: str, language: str, by: User | None, at: datetime | None = None) -> Notice:
    """Send a mail that says nothing but that mail works."""
    notice = _queue(Notice.Kind.MAIL_TEST, address=address, language=language, at=at)
    auditing.record(by=by, verb="notice.trial", what=notice, at=at)
    return notice


class NotFailed(Exception):
    """Only a mail that was given up can be tried once more."""


@transaction.atomic
def retry(*, notice: Notice, by: User, at: datetime | None = None) -> Notice:
    """Send a mail that was given up once more, with the Message-ID it had. Error: NotFailed."""
    at = at or timezone.now()
    row: Notice = Notice.objects.defer("params").select_for_update(of=("self",)).get(pk=notice.pk)
    if row.failed_at is None:
        raise NotFailed
    row.begin_again(at)
    row.save()
    auditing.record(by=by, verb="notice.retried", what=row, at=at)
    wake("mail.deliver")
    return row


def _queue(
    kind: Notice.Kind,
    *,
    user: User | None = None,
    address: str = "",
    language: str = "",
    params: dict[str, str] | None = None,
    at: datetime | None,
) -> Notice:
    """Lay a notice into the outbox. Without a language it is the user's, or the firm's."""
    now = at or timezone.now()
    notice = Notice.objects.create(
        kind=kind,
        user=user,
        address=address,
        language=language or (user.language if user else "") or firm().language,
        params=params or {},  # type: ignore[misc]  # the field encrypts what it is given
        mail_id=new_mail_id("notice"),
        created_at=now,
        next_attempt_at=now,
    )
    wake("mail.deliver")
    return notice
