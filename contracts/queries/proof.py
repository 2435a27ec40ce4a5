"""The proof that customers were told, as a table: of a version of the directory, and of a breach."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contracts.models import Breach, DirectoryVersion, ToldContact
from contracts.queries.directory import notices_of
from contracts.queries.processing_rights import notices_of_breach
from contracts.queries.standings import company_zone
from lib.sheets.writing import Cell

Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


def proof_of_version(version: DirectoryVersion) -> Table:
    """Headings and one row for each customer who was told of a version; moments in the company's zone."""
    headings = [
        _("Version"), _("In effect from"), _("Customer"), _("DPA"), _("Announced"), _("Told by e-mail"),
        _("E-mail sent"), _("Acknowledged"), _("Acknowledged by"), _("Objections until"), _("Objected"),
        _("Objected by"), _("Objection"), _("Outcome"), _("How it was decided"), _("Decided"),
    ]  # fmt: skip
    return headings, _version_rows(version)


def _version_rows(version: DirectoryVersion) -> Iterator[Sequence[Cell]]:
    for one in notices_of(version):
        told = list(one.told.all())
        yield [
            str(version.number), version.effective_on, one.customer.name, one.processing_agreement.called,
            _moment(one.announced_at), _people(told), _sent(told), _moment(one.acknowledged_at),
            one.acknowledged_by_name, one.objections_until_on, _moment(one.objected_at),
            one.objected_by_name, one.objection, one.get_outcome_display() if one.outcome else "",
            one.outcome_note, _moment(one.decided_at),
        ]  # fmt: skip


def proof_of_breach(breach: Breach) -> Table:
    """Headings and one row for each customer who was told of a breach."""
    headings = [
        _("Breach"), _("Known since"), _("Customer"), _("Told"), _("Told by e-mail"), _("E-mail sent"),
        _("What happened, which data, what we do, what you can do"), _("What it means for this customer"),
        _("Acknowledged"), _("Acknowledged by"),
    ]  # fmt: skip
    return headings, _breach_rows(breach)


def _breach_rows(breach: Breach) -> Iterator[Sequence[Cell]]:
    for one in notices_of_breach(breach):
        told = list(one.told.all())
        yield [
            breach.title, _moment(breach.known_at), one.customer.name, _moment(one.sent_at), _people(told),
            _sent(told), breach.text, one.text, _moment(one.acknowledged_at), one.acknowledged_by_name,
        ]  # fmt: skip


def _people(told: Sequence[ToldContact]) -> str:
    return "; ".join(f"{one.name} <{one.address}>" for one in told) or _("nobody has an address")


def _sent(told: Sequence[ToldContact]) -> str:
    return "; ".join(_fate(one) for one in told)


def _fate(one: ToldContact) -> str:
    """When the mail went out, or that it did not."""
    if one.sent_at is not None:
        return _moment(one.sent_at)
    return _("given up %(moment)s") % {"moment": _moment(one.failed_at)} if one.failed_at else _("waits")


def _moment(at: datetime | None) -> str:
    return f"{localtime(at, company_zone()):%Y-%m-%d %H:%M}" if at else ""
