"""A customer's service agreement in their own words: since when, until when, which place it gives."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from contracts.models import Agreement
from contracts.queries import standing_of
from customers.models import Customer
from lib.languages import page_language
from lib.reasons import say_day
from portal.queries.bands import bands_by_rank


@dataclass(frozen=True)
class ServiceAgreement:
    """The agreement that counts. Days are in words; `until` is empty where it runs on."""

    level_name: str
    band_position: int
    reference: str
    since: str
    until: str
    priority: str
    agreed: str
    hours_id: int | None
    level_id: int
    agreement_id: int


def service_agreement(customer: Customer, now: datetime) -> ServiceAgreement | None:
    """What counts for a customer now, in the language that is active; None without a service agreement."""
    standing = standing_of(customer.pk, now)
    if standing.agreement_id is None:
        return None
    agreement = Agreement.objects.select_related("level").get(pk=standing.agreement_id)
    if agreement.level is None:  # its standing says that there is one
        return None
    bands = bands_by_rank()
    last_days = [day for day in (agreement.ends_on, agreement.terminated_on) if day is not None]
    return ServiceAgreement(
        level_name=agreement.level.name,
        band_position=bands[standing.band].position,
        reference=agreement.reference,
        since=_day(agreement.starts_on),
        until=_day(min(last_days)) if last_days else "",
        priority=_priority([band.name for rank, band in bands.items() if rank < standing.band]),
        agreed=agreement.level.description,
        hours_id=agreement.level.hours_id,
        level_id=agreement.level.pk,
        agreement_id=agreement.pk,
    )


def _priority(better: list[str]) -> str:
    """Which place the level gives, by the levels before it."""
    if not better:
        return _("Your tickets are worked on first: before every other level and all without an agreement.")
    return _(
        "Your tickets come right after those with %(levels)s, and before all others with a lower level or"
        " without an agreement."
    ) % {"levels": ", ".join(better)}


def _day(day: date) -> str:
    return say_day(day, page_language())
