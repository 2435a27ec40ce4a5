"""The admin pages of tickets, and of what shows tickets: agreements and levels move them, users hold them."""

from tickets.admin import agreements, alert_sources, recalculations, remote_tools, tickets, users

__all__ = ["agreements", "alert_sources", "recalculations", "remote_tools", "tickets", "users"]
