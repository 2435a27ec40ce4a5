"""Which team is responsible for what."""

from accounts.models import Company, Team


def team_for_offers() -> Team | None:
    """The team that answers requests for a service agreement; None: the one that takes new tickets."""
    return Team.objects.filter(pk__in=Company.objects.values("contract_requests_team")).first()


def default_team() -> Team | None:
    """The team that takes new tickets, if there is one already."""
    return Team.objects.filter(is_default=True).first()
