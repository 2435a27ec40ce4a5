from accounts.models.audit import AuditEntry
from accounts.models.heartbeat import Heartbeat
from accounts.models.teams import Team
from accounts.models.tokens import ApiToken
from accounts.models.users import User

__all__ = ["ApiToken", "AuditEntry", "Heartbeat", "Team", "User"]
