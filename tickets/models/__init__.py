from tickets.models.approvals import ApprovalRequest
from tickets.models.assignments import Assignment, Decline
from tickets.models.clocks import Clock, ClockPause, Recalculation
from tickets.models.consents import Consent, ConsentList, DataSubject
from tickets.models.deliveries import Delivery
from tickets.models.gated_work import Alert, AlertSource, CallNote, ChecklistItem
from tickets.models.held_files import HeldFile
from tickets.models.history import LiveChange, QueueStay, TicketEvent
from tickets.models.messages import Attachment, Message
from tickets.models.mutes import TicketMute
from tickets.models.ratings import Rating
from tickets.models.remote_sessions import RemoteSession, RemoteTool
from tickets.models.tickets import Ticket
from tickets.models.time_entries import CoverageDecision, CoverageSlice, TimeEntry, Timer, WorkKind
from tickets.models.waits import RecordedWait

__all__ = [
    "Alert",
    "AlertSource",
    "ApprovalRequest",
    "Assignment",
    "Attachment",
    "CallNote",
    "ChecklistItem",
    "Clock",
    "ClockPause",
    "Consent",
    "ConsentList",
    "CoverageDecision",
    "CoverageSlice",
    "DataSubject",
    "Decline",
    "Delivery",
    "HeldFile",
    "LiveChange",
    "Message",
    "QueueStay",
    "Rating",
    "Recalculation",
    "RecordedWait",
    "RemoteSession",
    "RemoteTool",
    "Ticket",
    "TicketEvent",
    "TicketMute",
    "TimeEntry",
    "Timer",
    "WorkKind",
]
