"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody signs up: people are added by the firm."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False
