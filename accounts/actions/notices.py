"""Mail that belongs to no ticket: rows of the outbox that the mail room empties."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import Notice, User
from accounts.queries.company import firm
from lib.mail_ids import new_mail_id
from lib.waking import wake

TYPED_LASTS = timedelta(days=5)
"""Longer than the mail may take to go out and its link to be used."""
BATCH = 2_000


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


def ask_for_link(*, address: str, language: str, then: str = "", at: datetime | None = None) -> Notice:
    """Somebody wants to sign in by a link that is sent to this address; `then` is a path of ours.

    The same work for every address, as for a new password.
    """
    params = {"asked_for": address.strip().lower(), "next": then}
    return _queue(Notice.Kind.SIGN_IN_LINK, language=language, params=params, at=at)


def tell_change(*, user: User, change: str, at: datetime | None = None) -> Notice | None:
    """Tell somebody that the way they sign in was changed (a code that the mail room words).

    None where they have no address.
    """
    if not user.email:
        return None
    return _queue(Notice.Kind.SECURITY_CHANGE, user=user, params={"change": change}, at=at)


def ask_to_sign_up(*, address: str, name: str, language: str, at: datetime | None = None) -> Notice:
    """Somebody says that this address is theirs and that they want to sign in here.

    As with a forgotten password, the address is looked up when the mail is sent. What was typed is kept
    until the link in the mail is used (`take_typed`).
    """
    params = {"address": address, "name": name, "language": language}
    return _queue(Notice.Kind.SIGN_UP, language=language, params=params, at=at)


@transaction.atomic
def take_typed(*, pk: int) -> dict[str, str]:
    """What was typed to sign up, for the first who asks; nothing for everybody later."""
    notice = Notice.objects.select_for_update().filter(pk=pk, kind=Notice.Kind.SIGN_UP).first()
    if notice is None:
        return {}
    typed: dict[str, str] = notice.params
    notice.params = {}
    notice.save(update_fields=["params"])
    return typed


def forget_typed(*, at: datetime) -> None:
    """Forget what people typed who never used their link, and that they asked."""
    Notice.objects.filter(
        kind=Notice.Kind.SIGN_UP, user__isnull=True, created_at__lte=at - TYPED_LASTS
    ).delete()


def tell_of_newcomer(*, user: User, newcomer: str, at: datetime | None = None) -> Notice:
    """Tell a company admin that somebody has signed up. `newcomer`: the id of their contact."""
    return _queue(Notice.Kind.NEWCOMER, user=user, params={"contact": newcomer}, at=at)


def tell_of_agreement(*, user: User, kind: Notice.Kind, agreement: str, at: datetime | None = None) -> Notice:
    """Tell somebody that an agreement ends or was renewed. `agreement`: its id; the mail looks up more."""
    return _queue(kind, user=user, params={"agreement": agreement}, at=at)


def tell_of_dpa(*, user: User, kind: Notice.Kind, dpa: str, at: datetime | None = None) -> Notice:
    """Tell somebody of a step of a data-processing agreement. `dpa`: its id; the mail looks up more."""
    return _queue(kind, user=user, params={"dpa": dpa}, at=at)


def tell_of_allowance(
    *, user: User | None, address: str = "", language: str = "", params: dict[str, str], at: datetime
) -> Notice:
    """Tell somebody how much of an allowance is used; `params` say which, and as whom they are told."""
    return _queue(
        Notice.Kind.ALLOWANCE_ALERT, user=user, address=address, language=language, params=params, at=at
    )


def tell_of_approval(*, user: User, approval: str, at: datetime | None = None) -> Notice | None:
    """Tell an agent what became of a price they asked a customer to approve. `approval`: the request's id.

    None where they have no address.
    """
    if not user.email:
        return None
    return _queue(Notice.Kind.APPROVAL_ANSWER, user=user, params={"approval": approval}, at=at)


def tell_of_look(*, user: User, look: str, at: datetime | None = None) -> Notice | None:
    """Tell somebody that an admin looked with their eyes. `look`: its id. None where they have no address."""
    if not user.email:
        return None
    return _queue(Notice.Kind.IMPERSONATED, user=user, params={"look": look}, at=at)


def tell_of_session(*, user: User, session: str, at: datetime | None = None) -> Notice | None:
    """Tell an agent that the gate closed while their remote session ran. `session`: its id.

    None where they have no address.
    """
    if not user.email:
        return None
    return _queue(Notice.Kind.SESSION_FLAGGED, user=user, params={"session": session}, at=at)


def tell_of_held_files(
    *, user: User | None, address: str, language: str, message: str, at: datetime | None = None
) -> Notice:
    """Tell whoever sent a message that files of it are held. `message`: its id; the mail looks up more."""
    kind, params = Notice.Kind.FILE_HELD, {"message": message}
    return _queue(kind, user=user, address=address, language=language, params=params, at=at)


def forget_told(*, kinds: Iterable[Notice.Kind], by: User | None, at: datetime) -> None:
    """Take what waits to be told out of the outbox: a story's mail was read long before it is loaded."""
    Notice.objects.filter(kind__in=list(kinds), sent_at__isnull=True, created_at__lte=at).delete()


def tell_of_statement(
    *, user: User | None, address: str, language: str, params: dict[str, str], at: datetime | None = None
) -> Notice:
    """Tell a company admin, or the address for bills, that a statement is there; `params` say which."""
    kind = Notice.Kind.STATEMENT_READY
    return _queue(kind, user=user, address=address, language=language, params=params, at=at)


def tell_of_targets(
    *, told: Iterable[tuple[Notice.Kind, User, dict[str, str]]], at: datetime | None = None
) -> int:
    """Tell people of the firm of targets at risk or missed, in one statement. Returns how many."""
    return len(_queue_many(told, at=at))


def tell_under_dpa(
    *, told: Iterable[tuple[Notice.Kind, User, dict[str, str]]], at: datetime | None = None
) -> list[Notice]:
    """Tell people of what a data-processing agreement obliges to tell, in one statement.

    Returns the mails in the order of `told`; `params` say what of, and the mail looks it up.
    """
    return _queue_many(told, at=at)


@transaction.atomic
def send_trial(*, address: str, language: str, by: User | None, at: datetime | None = None) -> Notice:
    """Send a mail that says nothing but that mail works."""
    notice = _queue(Notice.Kind.MAIL_TEST, address=address, language=language, at=at)
    auditing.record(by=by, verb="notice.trial", what=notice, at=at)
    return notice


class NotFailed(Exception):
    """Only a mail that was given up can be tried once more."""


def tell_of_export(*, user: User, at: datetime | None = None) -> Notice | None:
    """Tell somebody that what we keep about them can be fetched. None where they have no address."""
    return _queue(Notice.Kind.EXPORT_READY, user=user, at=at) if user.email else None


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


def _queue_many(
    told: Iterable[tuple[Notice.Kind, User, dict[str, str]]], *, at: datetime | None
) -> list[Notice]:
    """Lay many notices into the outbox, each in its user's language, or the firm's."""
    now, language = at or timezone.now(), firm().language
    rows = [
        Notice(
            kind=kind,
            user=user,
            language=user.language or language,
            params=params,  # type: ignore[misc]  # the field encrypts what it is given
            mail_id=new_mail_id("notice"),
            created_at=now,
            next_attempt_at=now,
        )
        for kind, user, params in told
    ]
    if rows:
        Notice.objects.bulk_create(rows, batch_size=BATCH)
        wake("mail.deliver")
    return rows
