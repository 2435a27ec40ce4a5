"""Why a gate refuses, in the words of pages and the API."""

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.queries.gates import Audience, advice_only, gate_reason, gate_ways
from contracts.rules.gate_wording import capability_name
from contracts.rules.gates import Gate
from lib.languages import page_language


def gate_refusal(gate: Gate, audience: Audience = "agent") -> str:
    """What is not allowed and why, what would open it, and what is allowed all the same."""
    now, language = timezone.now(), page_language()
    ways = ", ".join(way.text for way in gate_ways(gate, now, language, audience))
    said = _("%(what)s is not allowed: %(why)s.") % {
        "what": capability_name(gate.capability, language),
        "why": gate_reason(gate, now, language, audience),
    }
    how = _("What would open it: %(ways)s.") % {"ways": ways} if ways else ""
    return " ".join(part for part in (said, how, f"{advice_only(language, audience)}.") if part)


def log_refusal() -> str:
    """Why a text with a log in it was not kept, and where it belongs."""
    return _(
        "This looks like a log, and logs of this case may not be read now. Send it as a message of the "
        "ticket: there it is held back unread. Nothing was saved here."
    )
