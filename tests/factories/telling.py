"""Every kind of mail that data protection sends, caused by what causes it, on a ticket full of notes."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.actions import impersonating, notices
from accounts.models import Notice
from contracts.actions import directory_notices, processing, processing_rights
from contracts.models import ProcessingAgreement
from customers.models import Contact
from mail.actions.delivering import deliver_batch
from tests.factories.cast import Cast
from tests.factories.directory import change_directory, make_directory, notice_of
from tests.factories.processing import make_offer, make_request, press
from tests.gate_doors import LOG
from tickets.actions import gate_sweeping, remote_sessions, replying
from tickets.models import RemoteTool, Ticket


def tell_of_data_protection(cast: Cast, ticket: Ticket) -> None:
    """A log is held; a DPA comes, is told of a change and of a breach, and ends while somebody works."""
    owner, admin = cast.owner.user, cast.admin
    assert owner is not None
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    log = ContentFile(LOG.encode(), name="server.log")
    replying.customer_reply(ticket=ticket, body="Anbei.", contact=cast.owner, by=owner, files=[log])
    make_request(cast.bronze_customer)
    dpa = make_offer(cast.gold_customer)
    _send()
    for party in ("firm", "customer"):
        press(dpa, party)
    _send()
    make_directory(admin)
    change = change_directory(admin)
    directory_notices.object_to(notice=notice_of(change, cast.gold_customer), text="Nein.", by=owner)
    told = [cast.gold_customer]
    processing_rights.report_breach(
        title="Panne", text="Ein Band fehlt.", known_at=timezone.now(), customers=told, by=admin
    )
    tool, _ = RemoteTool.objects.get_or_create(name="TeamViewer")
    remote_sessions.start(ticket=ticket, tool=tool, confirmed_by="Olga Owner", by=cast.agent)
    _send()
    soon = timezone.now() + timedelta(days=10)
    ProcessingAgreement.objects.update(review_due_at=timezone.now(), holds_until_at=soon)
    notices.tell_under_dpa(told=[(Notice.Kind.DPA_REVIEW, cast.lead, {"dpa": str(dpa.pk)})])
    _send()
    processing.terminate(dpa=dpa, reason="Zum Ende.", by=cast.lead)
    gate_sweeping.sweep_gates()
    notices.tell_of_export(user=owner)
    look = impersonating.begin(person=owner, reason="Die Seite bleibt leer.", by=admin)
    impersonating.end(look=look, by=admin)


def _send() -> None:
    """What is told is moot once more has happened."""
    while deliver_batch():
        pass
