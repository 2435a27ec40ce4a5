"""The sub-processor directory in tests: versions that are in effect or announced."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from contracts.actions import directory as acts
from contracts.models import ChangeNotice, DirectoryVersion, SubprocessorEntry
from contracts.queries.renewals import today_at
from customers.models import Customer

LONG_AGO = timedelta(days=200)


def make_entry(draft: DirectoryVersion, name: str, by: User, **fields: Any) -> SubprocessorEntry:
    """A sub-processor in the draft."""
    values = {"service": "Data centre", "data_categories": "Contents of tickets", "place": "Germany"}
    entry = SubprocessorEntry(version=draft, name=name, since_on=date(2024, 1, 1), **{**values, **fields})
    return acts.save_entry(entry=entry, by=by)


def make_directory(by: User, *names: str, at: datetime | None = None) -> DirectoryVersion:
    """A first version, announced and in effect long ago, before any agreement of the tests."""
    moment = at or timezone.now() - timedelta(days=3_000)
    draft = acts.begin_draft(by=by, at=moment)
    for name in names or ("Hetzner Online GmbH", "TeamViewer Germany GmbH"):
        make_entry(draft, name, by)
    day = today_at(moment)
    return acts.announce(version=draft, effective_on=day, objections_until_on=day, by=by, at=moment)


def change_directory(
    by: User, *, at: datetime | None = None, days: int = 30, add: str = "Mailjet GmbH", note: str = ""
) -> DirectoryVersion:
    """Announce one more sub-processor, so many days ahead."""
    moment = at or timezone.now()
    draft = acts.begin_draft(by=by, at=moment)
    make_entry(draft, add, by)
    day = today_at(moment) + timedelta(days=days)
    return acts.announce(
        version=draft, effective_on=day, objections_until_on=day, note=note, by=by, at=moment
    )


def notice_of(version: DirectoryVersion, customer: Customer) -> ChangeNotice:
    """What a customer was told of a version."""
    return ChangeNotice.objects.get(version=version, customer=customer)
