"""How a gate reads in German and English: what it guards, why it is open or closed, how it opens."""

from collections.abc import Mapping

CAPABILITIES: dict[str, dict[str, str]] = {
    "capability.remote_session": {"de": "Fernwartung", "en": "Remote session"},
    "capability.log_analysis": {"de": "Logfile-Analyse", "en": "Log analysis"},
    "capability.software_installation": {"de": "Software installieren", "en": "Install software"},
    "capability.system_monitoring": {"de": "Systeme überwachen", "en": "Monitor systems"},
    "capability.on_site_access": {"de": "Zugriff vor Ort", "en": "Access on site"},
    "capability.subprocessor_directory": {
        "de": "Verzeichnis der Unterauftragsverarbeiter",
        "en": "Directory of sub-processors",
    },
}
_LIMITS: dict[str, dict[str, str]] = {
    "limit.remote_session": {
        "de": "TeamViewer und andere Programme, die uns Einblick in Ihre Systeme geben.",
        "en": "TeamViewer and other programs that let us see into your systems.",
    },
    "limit.log_analysis": {
        "de": "Logdateien, Speicherabbilder und Mitschnitte, die Sie uns schicken.",
        "en": "Log files, dumps and captures that you send us.",
    },
    "limit.software_installation": {
        "de": "Software und Updates auf Ihren Arbeitsplätzen und Servern.",
        "en": "Software and updates on your workplaces and servers.",
    },
    "limit.system_monitoring": {
        "de": "Überwachung Ihrer Systeme, auch durch Alarme, die sie uns senden.",
        "en": "Watching your systems, also by alerts that they send us.",
    },
    "limit.on_site_access": {
        "de": "Arbeit an Ihren Systemen bei Ihnen im Haus.",
        "en": "Work on your systems at your place.",
    },
    "limit.subprocessor_directory": {
        "de": "Wer in unserem Auftrag Daten verarbeitet; dazu gehört auch ein Servicevertrag.",
        "en": "Who processes data on our behalf; it takes a service agreement as well.",
    },
}
_CAUSES: dict[str, dict[str, str]] = {
    "cause.": {"de": "beendet", "en": "ended"},
    "cause.terminated": {"de": "gekündigt", "en": "terminated"},
    "cause.superseded": {"de": "durch eine neue Fassung abgelöst", "en": "superseded by a new version"},
    "cause.refused": {"de": "abgelehnt", "en": "refused"},
    "cause.withdrawn": {"de": "vom Kunden zurückgezogen", "en": "withdrawn by the customer"},
    "cause.lapsed": {"de": "ohne Servicevertrag ausgelaufen", "en": "lapsed without a service agreement"},
}
_WHY: dict[str, dict[str, str]] = {
    "gate.dpa_in_force": {
        "de": "AV-Vertrag {reference} in Kraft[, endet {until_at:end}]",
        "en": "DPA {reference} in force[, ends {until_at:end}]",
    },
    "gate.consents": {
        "de": "{people} {people:Einwilligung|Einwilligungen} für diesen Fall, von allen Betroffenen",
        "en": "{people} {people:consent|consents} for this case, from everybody concerned",
    },
    "gate.consents_missing": {
        "de": "{missing} von {people} Betroffenen {missing:hat|haben} nicht eingewilligt",
        "en": "{missing} of {people} people concerned {missing:has|have} not consented",
    },
    "gate.consents_incomplete": {
        "de": "noch nicht bestätigt, dass außer den {people} genannten niemand betroffen ist",
        "en": "nobody has confirmed yet that only the {people} named people are concerned",
    },
    "gate.no_agreement": {"de": "kein Servicevertrag in Kraft", "en": "no service agreement in force"},
    "gate.no_dpa": {"de": "kein AV-Vertrag", "en": "no DPA"},
    "gate.dpa_requested": {
        "de": "AV-Vertrag {reference} angefragt, noch nicht geprüft",
        "en": "DPA {reference} requested, not reviewed yet",
    },
    "gate.dpa_under_review": {
        "de": "AV-Vertrag {reference} wird geprüft",
        "en": "DPA {reference} is under review",
    },
    "gate.dpa_offered": {
        "de": "AV-Vertrag {reference} angeboten, noch nicht von beiden unterschrieben",
        "en": "DPA {reference} offered, not signed by both yet",
    },
    "gate.dpa_later": {
        "de": "AV-Vertrag {reference} gilt erst ab {from_at}",
        "en": "DPA {reference} holds from {from_at} on",
    },
    "gate.dpa_refused": {
        "de": "AV-Vertrag {reference} kam nicht zustande ({ended_at})",
        "en": "DPA {reference} was not concluded ({ended_at})",
    },
    "gate.dpa_ended": {
        "de": "AV-Vertrag {reference} endete {ended_at:end} ({cause:cause})",
        "en": "DPA {reference} ended {ended_at:end} ({cause:cause})",
    },
}
_WAYS: dict[str, dict[str, str]] = {
    "way.request": {"de": "AV-Vertrag anfragen", "en": "request a DPA"},
    "way.agreement": {
        "de": "einen Servicevertrag mit AV-Vertrag schließen",
        "en": "conclude a service agreement with a DPA",
    },
    "way.requested": {"de": "die Prüfung beginnen", "en": "begin the review"},
    "way.under_review": {"de": "die Prüfung abschließen", "en": "finish the review"},
    "way.offered": {"de": "den angebotenen AV-Vertrag unterschreiben", "en": "sign the DPA that is offered"},
    "way.consents": {
        "de": "die Einwilligung jedes Betroffenen für diesen Fall einholen",
        "en": "get the consent of everybody concerned for this case",
    },
}
_PERMITTED = {
    "de": "Hinweise, Tipps, Ratschläge und Erklärungen zur Selbsthilfe",
    "en": "Hints, tips, advice and explanations for self-help",
}
_ADVICE: dict[str, dict[str, str]] = {
    "gate.advice_only": {
        "de": f"Nur Beratung: {_PERMITTED['de']}",
        "en": f"Advice only: {_PERMITTED['en'].lower()}",
    },
}

TABLE: Mapping[str, Mapping[str, str]] = {**CAPABILITIES, **_LIMITS, **_CAUSES, **_WHY, **_WAYS, **_ADVICE}
ALL_CODES = frozenset(TABLE)


def capability_name(capability: str, language: str) -> str:
    """What a capability is called."""
    return CAPABILITIES[f"capability.{capability}"][language[:2]]


def limit_words(capability: str, language: str) -> str:
    """What of a capability is not possible while its gate is closed, as the public policy says it."""
    return _LIMITS[f"limit.{capability}"][language[:2]]


def permitted_words(language: str) -> str:
    """What closed gates still permit."""
    return _PERMITTED[language[:2]]
