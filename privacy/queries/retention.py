"""The rules of retention as they hold now: what the firm decided, else the defaults."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from privacy.models import RetentionRule
from privacy.rules.retention import KINDS, Kind


@dataclass(frozen=True)
class Rule:
    """How long one kind is kept, and whether that is applied."""

    kind: Kind
    days: int
    is_active: bool

    def before(self, at: datetime) -> datetime:
        """What is older than this moment goes."""
        return at - timedelta(days=self.days)


def rules_now() -> list[Rule]:
    """Every kind, in the order of the rules."""
    rows = {row.kind: row for row in RetentionRule.objects.all()}
    return [_rule(kind, rows.get(kind.code)) for kind in KINDS.values()]


def _rule(kind: Kind, row: RetentionRule | None) -> Rule:
    if row is not None:
        return Rule(kind, row.days, row.is_active)
    days = settings.EXPORT_DAYS if kind.code == "exports" else kind.days
    return Rule(kind, days, kind.is_on)
