"""Mail that belongs to no ticket is laid into the outbox by whoever owes it."""

import pytest

from accounts.actions import notices
from accounts.models import AuditEntry, Notice, User
from lib.mail_ids import MailSubject, subject_of
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_an_invitation_waits_in_the_outbox_and_in_the_audit_trail(cast: Cast) -> None:
    user = cast.agent

    notice = notices.invite(user=user, by=None)

    row = Notice.objects.get()
    assert (row.pk, row.kind, row.user) == (notice.pk, Notice.Kind.INVITATION, user)
    assert (row.sent_at, row.failed_at) == (None, None)
    assert row.next_attempt_at == row.created_at
    assert subject_of(row.mail_id) == MailSubject("notice", 0)
    assert AuditEntry.objects.filter(verb="user.invited", object_id=str(user.pk)).count() == 1


@pytest.mark.parametrize("lacking", [{"is_active": False}, {"email": ""}])
def test_nobody_invites_who_could_not_follow(cast: Cast, lacking: dict[str, object]) -> None:
    user = cast.agent
    User.objects.filter(pk=user.pk).update(**lacking)
    user.refresh_from_db()

    with pytest.raises(notices.CannotBeInvited):
        notices.invite(user=user, by=None)

    assert not Notice.objects.exists()
    assert not AuditEntry.objects.filter(verb="user.invited").exists()


def test_a_trial_mail_keeps_its_address_out_of_the_audit_trail(cast: Cast) -> None:
    notices.send_trial(address="somebody@example.com", language="en", by=None)

    assert Notice.objects.get().address == "somebody@example.com"
    line = AuditEntry.objects.get(verb="notice.trial")
    assert "somebody" not in f"{line.object_label} {line.details}"
