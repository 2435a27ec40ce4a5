"""How far the set-up of this installation has come, and who may go on with it."""

from datetime import datetime

from django.utils.crypto import constant_time_compare

from accounts.models import Company, SetUpCode, Team
from accounts.models.company import code_digest


def company_row() -> Company | None:
    """The firm with its first admin; None before the first step."""
    return Company.objects.select_related("first_admin").first()


def first_team() -> Team | None:
    """The team that takes new tickets."""
    return Team.objects.filter(is_default=True).first()


def digest_of(code: str, at: datetime) -> str | None:
    """What a session keeps of the right code; None for a wrong or expired one."""
    digest = code_digest(code)
    return digest if is_open(digest, at) else None


def is_open(digest: str, at: datetime) -> bool:
    """Whether this is the digest of the code that holds now."""
    row = SetUpCode.objects.filter(expires_at__gt=at).first()
    return row is not None and constant_time_compare(row.digest, digest)
