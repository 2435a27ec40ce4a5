"""Tickets, their conversation and files, and the queue over the API."""
