from accounts.models.announcements import Announcement
from accounts.models.api_requests import ApiUse, KeptAnswer
from accounts.models.audit import AuditCut, AuditEntry, AuditValues
from accounts.models.company import Company, SetUpCode
from accounts.models.heartbeat import Heartbeat
from accounts.models.impersonations import Impersonation
from accounts.models.notices import Notice
from accounts.models.teams import Team
from accounts.models.tokens import ApiToken
from accounts.models.users import User

__all__ = [
    "Announcement",
    "ApiToken",
    "ApiUse",
    "AuditCut",
    "AuditEntry",
    "AuditValues",
    "Company",
    "Heartbeat",
    "Impersonation",
    "KeptAnswer",
    "Notice",
    "SetUpCode",
    "Team",
    "User",
]
