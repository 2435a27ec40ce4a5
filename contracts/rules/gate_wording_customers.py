"""How a gate reads to the customer: the same codes as in `gate_wording`, where we speak to them."""

from collections.abc import Mapping

from contracts.rules.gate_wording import TABLE, permitted_words

_THEIRS: dict[str, dict[str, str]] = {
    "gate.dpa_in_force": {
        "de": "Ihr AV-Vertrag {reference} ist in Kraft[ und endet {until_at:end}]",
        "en": "your DPA {reference} is in force[ and ends {until_at:end}]",
    },
    "gate.no_agreement": {
        "de": "Sie haben keinen Servicevertrag mit uns",
        "en": "you have no service agreement with us",
    },
    "gate.no_dpa": {"de": "Sie haben keinen AV-Vertrag mit uns", "en": "you have no DPA with us"},
    "gate.dpa_requested": {
        "de": "Ihr AV-Vertrag {reference} ist angefragt, wir prüfen ihn noch",
        "en": "your DPA {reference} is requested, we still have to review it",
    },
    "gate.dpa_under_review": {
        "de": "Ihr AV-Vertrag {reference} wird geprüft",
        "en": "your DPA {reference} is under review",
    },
    "gate.dpa_offered": {
        "de": "Ihr AV-Vertrag {reference} liegt zur Unterschrift bereit",
        "en": "your DPA {reference} is ready to be signed",
    },
    "gate.dpa_later": {
        "de": "Ihr AV-Vertrag {reference} gilt erst ab {from_at}",
        "en": "your DPA {reference} holds from {from_at} on",
    },
    "gate.dpa_refused": {
        "de": "Ihr AV-Vertrag {reference} kam nicht zustande ({ended_at})",
        "en": "your DPA {reference} was not concluded ({ended_at})",
    },
    "gate.dpa_ended": {
        "de": "Ihr AV-Vertrag {reference} endete {ended_at:end} ({cause:cause})",
        "en": "your DPA {reference} ended {ended_at:end} ({cause:cause})",
    },
    "cause.withdrawn": {"de": "von Ihnen zurückgezogen", "en": "withdrawn by you"},
    "way.request": {
        "de": "fragen Sie einen AV-Vertrag bei uns an",
        "en": "ask us for a DPA",
    },
    "way.agreement": {
        "de": "schließen Sie einen Servicevertrag mit AV-Vertrag mit uns",
        "en": "conclude a service agreement with a DPA with us",
    },
    "way.requested": {
        "de": "wir prüfen Ihre Anfrage und melden uns",
        "en": "we review your request and come back to you",
    },
    "way.under_review": {
        "de": "beantworten Sie Ihren Teil der Prüfung",
        "en": "answer your part of the review",
    },
    "way.offered": {
        "de": "lesen und unterschreiben Sie den angebotenen AV-Vertrag",
        "en": "read and sign the DPA that is offered",
    },
    "way.consents": {
        "de": "jeder, dessen Daten zu sehen sein können, willigt für diesen Vorgang ein",
        "en": "everybody whose data may be seen consents for this ticket",
    },
    "gate.advice_only": {
        "de": f"Bis dahin beraten wir Sie: {permitted_words('de')}",
        "en": f"Until then we advise you: {permitted_words('en').lower()}",
    },
}

CUSTOMERS_TABLE: Mapping[str, Mapping[str, str]] = {**TABLE, **_THEIRS}
