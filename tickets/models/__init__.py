from tickets.models.approvals import ApprovalRequest
from tickets.models.assignments import Assignment, Decline
from tickets.models.clocks import Clock, ClockPause, Recalculation
from tickets.models.deliveries import Delivery
from tickets.models.history import LiveChange, QueueStay, TicketEvent
from tickets.models.messages import Attachment, Message
from tickets.models.mutes import TicketMute
from tickets.models.ratings import Rating
from tickets.models.tickets import Ticket
from tickets.models.time_entries import CoverageDecision, CoverageSlice, TimeEntry, Timer, WorkKind
from tickets.models.waits import RecordedWait

__all__ = [
    "ApprovalRequest",
    "Assignment",
    "Attachment",
    "Clock",
    "ClockPause",
    "CoverageDecision",
    "CoverageSlice",
    "Decline",
    "Delivery",
    "LiveChange",
    "Message",
    "QueueStay",
    "Rating",
    "Recalculation",
    "RecordedWait",
    "Ticket",
    "TicketEvent",
    "TicketMute",
    "TimeEntry",
    "Timer",
    "WorkKind",
]
