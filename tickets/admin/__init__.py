"""The admin pages of tickets, and of what shows tickets: agreements and levels move them, users hold them."""

from tickets.admin import agreements, recalculations, tickets, users

__all__ = ["agreements", "recalculations", "tickets", "users"]
