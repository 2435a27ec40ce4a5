"""How data-processing agreements read to the customer: the words of `contracts`, where we speak to them."""

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any

from contracts.rules.dpa_wording import TABLE
from lib.reasons import Reason, reason_from_json, say

_THEIRS: dict[str, dict[str, str]] = {
    "dpa_side.customer": {"de": "Ihre Seite", "en": "your side"},
    "dpa_actor.customer": {"de": "Ihrer Seite", "en": "your side"},
    "dpa_method.click": {"de": "elektronisch", "en": "electronically"},
    "dpa_method.upload": {"de": "auf Papier", "en": "on paper"},
    "dpa_source.portal": {"de": "von Ihnen im Portal", "en": "by you in the portal"},
    "dpa_source.agent": {"de": "von uns", "en": "by us"},
    "dpa_cause.withdrawn": {"de": "von Ihnen zurückgezogen", "en": "withdrawn by you"},
    "dpa_not.changed": {
        "de": "Wir haben inzwischen einen anderen Text angeboten. Hier ist er: Bitte lesen Sie ihn und"
        " unterschreiben Sie ihn dann.",
        "en": "We have offered another text meanwhile. Here it is: please read it and then sign it.",
    },
    "dpa_gone": {
        "de": "Inzwischen ist der AV-Vertrag {state:dpa_state}; das lässt sich so nicht mehr tun.",
        "en": "By now the DPA is {state:dpa_state}; this cannot be done any more.",
    },
}

WORDS: Mapping[str, Mapping[str, str]] = {**TABLE, **_THEIRS}


def event_words(code: str, params: Mapping[str, Any], language: str, *, today: date, zone: tzinfo) -> str:
    """A step of the history."""
    if code == "dpa_event.review_begun_without" or params.get("without_agreement"):
        code = "dpa_event.review_begun"
    return say(reason_from_json(code, params), language, WORDS, today=today, zone=zone)


def refusal_words(why: Reason, language: str) -> str:
    """Why a step is refused."""
    if why.code == "dpa_not.from":
        state = str(why.params["state"])
        return say(reason_from_json("dpa_gone", {"state": state}), language, WORDS)
    return say(why, language, WORDS)
