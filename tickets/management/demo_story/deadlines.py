"""What Berger IT's levels promise, who is told when it is at risk, and why something was missed.

Bronze promises no times, as its description says: its tickets have no deadlines.
"""

from __future__ import annotations

from tickets.management.demo_story.shapes import Escalation, Justification, Promised

__all__ = ["ESCALATIONS", "JUSTIFICATIONS", "PROMISES"]

_HOUR = 60

#: By level: what is promised; "always" counts every minute, everything else service hours.
PROMISES: dict[str, tuple[Promised, ...]] = {
    "gold": (
        Promised("critical", "response", 30, always=True),
        Promised("critical", "next_answer", 1 * _HOUR, always=True),
        Promised("critical", "resolution", 4 * _HOUR, always=True),
        Promised("high", "response", 1 * _HOUR, always=True),
        Promised("high", "next_answer", 2 * _HOUR),
        Promised("high", "resolution", 8 * _HOUR),
        Promised("normal", "response", 4 * _HOUR),
        Promised("normal", "next_answer", 8 * _HOUR),
        Promised("normal", "resolution", 27 * _HOUR),
        Promised("low", "response", 9 * _HOUR),
        Promised("low", "next_answer", 18 * _HOUR),
        Promised("low", "resolution", 45 * _HOUR),
    ),
    "silver": (
        Promised("critical", "response", 1 * _HOUR, always=True),
        Promised("critical", "next_answer", 2 * _HOUR),
        Promised("critical", "resolution", 8 * _HOUR),
        Promised("high", "response", 2 * _HOUR),
        Promised("high", "next_answer", 4 * _HOUR),
        Promised("high", "resolution", 18 * _HOUR),
        Promised("normal", "response", 9 * _HOUR),
        Promised("normal", "resolution", 45 * _HOUR),
        Promised("low", "response", 18 * _HOUR),
    ),
}

ESCALATIONS = (
    Escalation(None, "", "low", 90, "agent"),
    Escalation("gold", "", "high", 75, "team"),
    Escalation(None, "", "high", 100, "leads"),
)

JUSTIFICATIONS = (
    Justification(
        "Anwaltspostfach meldet Fehler bei der Signaturkarte",
        "response",
        "agent1",
        after=200,
        text="Ich war bei einem anderen Ausfall und habe die Kanzlei nach einer halben Stunde angerufen;"
        " schriftlich geantwortet habe ich erst danach.",
    ),
)
