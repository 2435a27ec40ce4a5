"""How long which kind of data is kept. What the law demands for longer is not among it.

`days` is the default; `is_on` says whether it is applied without anybody's decision: technical traces are,
what people wrote is for the firm to decide.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Kind:
    """One kind of data: from when its days count says the wording (`retention.<code>`)."""

    code: str
    days: int
    is_on: bool
    least_days: int = 1


KINDS: MappingProxyType[str, Kind] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            Kind("mail_log", 90, is_on=True, least_days=14),
            Kind("notices", 90, is_on=True, least_days=14),
            Kind("sessions", 30, is_on=True),
            Kind("attempts", 1, is_on=True),
            Kind("api_answers", 1, is_on=True),
            Kind("searches", 90, is_on=True),
            Kind("exports", 7, is_on=True),
            Kind("jobs", 1095, is_on=True, least_days=30),
            Kind("admin_log", 365, is_on=True, least_days=30),
            Kind("evidence", 2190, is_on=False, least_days=1095),
            Kind("contacts", 1095, is_on=False, least_days=30),
            Kind("attachments", 730, is_on=False, least_days=30),
            Kind("messages", 1825, is_on=False, least_days=90),
        )
    }
)
"""In the order in which they are shown and applied."""
LAW_YEARS = 8
"""Vouchers of bookkeeping are kept for so long (§ 147 AO); what they rest on stays with them."""
