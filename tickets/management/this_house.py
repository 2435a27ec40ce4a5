"""This installation, as backups see it."""

from django.conf import settings
from django.contrib.sessions.models import Session

from accounts.models import ApiUse, AuditEntry, AuditValues, Company, Heartbeat, SetUpCode
from contracts.models import Service, ServiceHours
from lib.backups import House
from tickets.models import RemoteTool

MADE_BY_MIGRATIONS = frozenset(
    {
        *("django_migrations", "django_content_type", "auth_permission"),
        *(model._meta.db_table for model in (RemoteTool, Service, ServiceHours)),
    }
)
MADE_BY_A_START = (AuditEntry, AuditValues, Company)
"""Where an installation has rows that was started, perhaps named, and still waits for its first user."""


def this_house() -> House:
    """Its files, its keys, and the tables whose rows belong to a moment.

    Nobody stays signed in over a restore, nobody stays locked out, and no part has been seen yet. An
    installation that waits for its set-up is still empty.
    """
    passing = {
        Session._meta.db_table,
        Heartbeat._meta.db_table,
        ApiUse._meta.db_table,
        SetUpCode._meta.db_table,
        str(settings.CACHES["default"]["LOCATION"]),
    }
    return House(
        version=settings.VERSION,
        files=settings.MEDIA_ROOT,
        keys=settings.ENCRYPTION_KEYS,
        passing=frozenset(passing),
        before_use=MADE_BY_MIGRATIONS | {model._meta.db_table for model in MADE_BY_A_START},
    )
