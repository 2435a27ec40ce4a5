from tickets.models.assignments import Assignment, Decline
from tickets.models.history import LiveChange, QueueStay, TicketEvent
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket

__all__ = [
    "Assignment",
    "Attachment",
    "Decline",
    "LiveChange",
    "Message",
    "QueueStay",
    "Ticket",
    "TicketEvent",
]
