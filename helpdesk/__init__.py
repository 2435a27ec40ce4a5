"""Wiring only: settings, addresses, processes. No domain code; imported by no room."""

from helpdesk.celery import app as celery_app

__all__ = ["celery_app"]
