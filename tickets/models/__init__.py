from tickets.models.assignments import Assignment, Decline
from tickets.models.deliveries import Delivery
from tickets.models.history import LiveChange, QueueStay, TicketEvent
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket

__all__ = [
    "Assignment",
    "Attachment",
    "Decline",
    "Delivery",
    "LiveChange",
    "Message",
    "QueueStay",
    "Ticket",
    "TicketEvent",
]
