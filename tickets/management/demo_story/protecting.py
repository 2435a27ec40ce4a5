"""The story's data-processing agreements: most with a service agreement have one, some wait."""

from datetime import datetime, timedelta

from contracts.models import DpaDocument, ProcessingAgreement
from contracts.queries import standings_of
from tickets.management.demo_story.replay import Cast

WITHOUT = frozenset({"reiter"})
"""Who has a service agreement and nothing more: on the worklist."""

HELD_FOR = timedelta(days=200)
State, Source = ProcessingAgreement.State, ProcessingAgreement.Source


def protect(cast: Cast, at: datetime) -> None:
    """Put them in force as if they had been for long, so that the story's remote work was allowed."""
    document = DpaDocument.objects.exclude(published_at=None).order_by("-id").first() or _document(at)
    since = at - HELD_FOR
    standings = standings_of([one.pk for one in cast.customers.values()], at)
    for key, customer in cast.customers.items():
        if key in WITHOUT or not standings[customer.pk].in_force:
            continue
        ProcessingAgreement.objects.create(
            customer=customer,
            state=State.IN_FORCE,
            source=Source.AGREEMENT,
            document=document,
            requested_at=since - timedelta(days=12),
            offered_at=since - timedelta(days=4),
            in_force_at=since,
        )


def _document(at: datetime) -> DpaDocument:
    since = at - HELD_FOR - timedelta(days=30)
    return DpaDocument.objects.create(
        version="Berger IT 1",
        body_de="Vertrag zur Auftragsverarbeitung",
        measures_de="Technische und organisatorische Maßnahmen",
        created_at=since,
        published_at=since,
        sha256="0" * 64,
    )
