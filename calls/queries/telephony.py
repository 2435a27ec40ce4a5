"""What a telephone system has to know for the time in which it cannot ask."""

from datetime import datetime

import phonenumbers
from phonenumbers import PhoneNumberFormat

from calls.models import AgentPhone, PhoneSystem, ServiceNumber
from calls.queries.facts import dialled_row, is_contract
from calls.rules.telephony import digits


def phones_to_ring(system: PhoneSystem) -> tuple[str, ...]:
    """Dial targets of the agents' phones on the system; phones elsewhere ("+49...") are left out."""
    phones = AgentPhone.objects.filter(system=system, user__is_active=True)
    targets = phones.order_by("dial_target").values_list("dial_target", flat=True)
    return tuple(target for target in targets if not target.startswith("+"))


def fallback_numbers(system: PhoneSystem, at: datetime) -> tuple[str, ...]:
    """Numbers whose agreement is in force, in E.164: the system's own queue lets them go first."""
    numbers = ServiceNumber.objects.filter(system=system, kind=ServiceNumber.Kind.CONTRACT).order_by("number")
    facts = {row.number: dialled_row(row, at).fact for row in numbers.select_related("agreement__level")}
    return tuple(number for number, fact in facts.items() if fact is not None and is_contract(fact))


def fallback_keys(system: PhoneSystem, at: datetime) -> tuple[str, ...]:
    """Those numbers as trunks name them, digits only: the dialplan looks up what was dialled as it came."""
    spelt = (key for number in fallback_numbers(system, at) for key in _spellings(number, system))
    return tuple(dict.fromkeys(spelt))


def _spellings(number: str, system: PhoneSystem) -> list[str]:
    """+4930555001 in Berlin: 4930555001, 004930555001, 030555001, 555001."""
    bare = digits(number)
    parsed = phonenumbers.parse(number)
    found = [bare, f"00{bare}"]
    if parsed.country_code != phonenumbers.country_code_for_region(system.region):
        return found
    found.append(digits(phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)))
    local = phonenumbers.national_significant_number(parsed)
    if system.area_code and local.startswith(system.area_code):
        found.append(local.removeprefix(system.area_code))
    return found
