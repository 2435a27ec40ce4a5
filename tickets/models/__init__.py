from tickets.models.assignments import Assignment, Decline
from tickets.models.deliveries import Delivery
from tickets.models.history import LiveChange, QueueStay, TicketEvent
from tickets.models.messages import Attachment, Message
from tickets.models.mutes import TicketMute
from tickets.models.ratings import Rating
from tickets.models.tickets import Ticket
from tickets.models.waits import RecordedWait

__all__ = [
    "Assignment",
    "Attachment",
    "Decline",
    "Delivery",
    "LiveChange",
    "Message",
    "QueueStay",
    "Rating",
    "RecordedWait",
    "Ticket",
    "TicketEvent",
    "TicketMute",
]
