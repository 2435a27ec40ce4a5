"""The audit trail: appended to, sealed in a chain, erased of names, cut when old, and never changed unseen."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from accounts.actions import auditing
from accounts.models import AuditEntry, AuditValues
from tests.factories.cast import Cast

BEFORE, AFTER = ("accounts", "0012_data_protection"), ("accounts", "0013_audit_chain")


@pytest.mark.django_db
def test_a_line_keeps_its_names_apart_and_reads_as_before(cast: Cast) -> None:
    details = {"n": 1e3, "words": ["Größe", None, True], "nested": {"b": 1.5, "a": -0.0}}
    made = auditing.record(by=cast.lead, verb="user.changed", what=cast.agent, details=details)

    entry = AuditEntry.objects.get(pk=made.pk)
    assert (entry.actor_name, entry.object_label) == (cast.lead.display_name, cast.agent.display_name)
    assert entry.details == details
    AuditValues.objects.filter(entry=entry).delete()
    entry = AuditEntry.objects.get(pk=made.pk)
    assert (entry.actor_id, entry.verb, entry.details) == (cast.lead.pk, "user.changed", {})
    assert "erased" in entry.actor_name or "gelöscht" in entry.actor_name


@pytest.mark.django_db
def test_two_thousand_lines_take_a_handful_of_statements(cast: Cast) -> None:
    rows = [(cast.agent, f"line {number}", {"n": number}) for number in range(2_000)]

    with CaptureQueriesContext(
        connection,
    ) as asked:
        auditing.record_many(by=cast.lead, verb="user.changed", what=rows)

    assert len(asked) <= 4
    assert sum(float(one["time"]) for one in asked) < 2
    assert AuditValues.objects.filter(object_label__startswith="line ").count() == 2_000
