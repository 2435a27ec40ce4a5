"""Print the ranked queue, now or at a past moment."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from accounts.models import Team
from contracts.queries import company_zone
from tickets.queries.line import InLine, queue_at, queue_now


class Command(BaseCommand):
    help = "Prints the ranked queue: position, number, band, severity, arrival and the reason of the place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--team", help="only this team (its name or short name)")
        parser.add_argument("--at", help="a past moment in ISO 8601; without an offset in the company's zone")
        parser.add_argument("--json", action="store_true", help="one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        moment = _moment(options["at"]) if options["at"] else None
        now = moment or timezone.now()
        language = translation.get_language() or "en"
        rows = [
            {"team": team.name, **one.as_json(language, now)}
            for team in _teams(options["team"])
            for one in _queue(team, moment)
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write(f"{row['team']:<16} {row['position']:>6}  {row['number']}  {row['reason']}")


def _queue(team: Team, moment: datetime | None) -> list[InLine]:
    return list(queue_now(team) if moment is None else queue_at(team, moment))


def _teams(name: str | None) -> list[Team]:
    teams = [team for team in Team.objects.order_by("name") if name is None or name in (team.name, team.slug)]
    if not teams and name is not None:
        known = ", ".join(Team.objects.values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no team {name!r}. Known teams: {known}.")
    return teams


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"{text!r} is not a moment such as 2026-11-24T10:14 or 2026-11-24T10:14:00+01:00.")
    return moment if moment.tzinfo else moment.replace(tzinfo=company_zone())
