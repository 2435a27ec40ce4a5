"""The demo story: one ordinary week at Berger IT, a small IT-services firm near Munich.

Pure data. Everything is fictional: phone numbers come from the ranges that the German regulator keeps
free for films and books, mail domains end in `.example`. Moments are relative, so that the story is
always about today: days are counted from today in the company's time zone, minutes back from the
moment of loading (`Ticket.arrived_ago`) or forward from a ticket's arrival (`*_after`).

The shapes are explained in `shapes`; a loader needs the names below and nothing else.
"""

from tickets.management.demo_story.customers import CUSTOMERS
from tickets.management.demo_story.deadlines import ESCALATIONS, JUSTIFICATIONS, PROMISES
from tickets.management.demo_story.firm import (
    ANNOUNCEMENTS,
    BRAND,
    COMPANY_NAME,
    DEMO_PASSWORD,
    LEVELS,
    STAFF,
    TEAMS,
)
from tickets.management.demo_story.tickets_advice_only import TICKETS_ADVICE_ONLY
from tickets.management.demo_story.tickets_at_work_systems import TICKETS_AT_WORK_SYSTEMS
from tickets.management.demo_story.tickets_at_work_workplace import TICKETS_AT_WORK_WORKPLACE
from tickets.management.demo_story.tickets_closed import TICKETS_CLOSED
from tickets.management.demo_story.tickets_set_aside import TICKETS_SET_ASIDE
from tickets.management.demo_story.tickets_solved import TICKETS_SOLVED
from tickets.management.demo_story.tickets_waiting_gold import TICKETS_WAITING_GOLD
from tickets.management.demo_story.tickets_waiting_nothing import TICKETS_WAITING_NOTHING
from tickets.management.demo_story.tickets_waiting_silver import TICKETS_WAITING_SILVER
from tickets.management.demo_story.tickets_with_customer import TICKETS_WITH_CUSTOMER

#: All 80 tickets, oldest arrival first: numbers given in this order rise with the arrival.
TICKETS = tuple(
    sorted(
        TICKETS_WAITING_GOLD
        + TICKETS_WAITING_SILVER
        + TICKETS_WAITING_NOTHING
        + TICKETS_AT_WORK_WORKPLACE
        + TICKETS_AT_WORK_SYSTEMS
        + TICKETS_WITH_CUSTOMER
        + TICKETS_SET_ASIDE
        + TICKETS_SOLVED
        + TICKETS_CLOSED
        + TICKETS_ADVICE_ONLY,
        key=lambda ticket: -ticket.arrived_ago,
    )
)

__all__ = [
    "ANNOUNCEMENTS",
    "BRAND",
    "COMPANY_NAME",
    "CUSTOMERS",
    "DEMO_PASSWORD",
    "ESCALATIONS",
    "JUSTIFICATIONS",
    "LEVELS",
    "PROMISES",
    "STAFF",
    "TEAMS",
    "TICKETS",
]
