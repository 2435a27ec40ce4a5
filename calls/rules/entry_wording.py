"""What the admin pages of telephony say of entries and of telephone systems: a part of wording.py."""

from collections.abc import Mapping

ENTRIES: Mapping[str, Mapping[str, str]] = {
    "number.rests_until": {"de": "Ruht bis zum {until_on}.", "en": "Rests until {until_on}."},
    "system.off": {"de": "abgeschaltet", "en": "off"},
    "system.new": {"de": "noch nie gehört", "en": "never heard of"},
    "system.trouble": {"de": "prüfen", "en": "check it"},
    "system.fine": {"de": "in Ordnung", "en": "fine"},
    "system.is_off": {
        "de": "Sie ist abgeschaltet: Ihre Anfragen werden abgewiesen, und sie entscheidet allein.",
        "en": "It is switched off: what it asks is refused, and it decides alone.",
    },
    "system.never": {
        "de": "Sie hat noch nie gefragt. Richten Sie sie ein und rufen Sie eine ihrer Nummern an.",
        "en": "It has never asked. Set it up and call one of its numbers.",
    },
    "system.silent": {
        "de": "Sie hat seit {seen_at} nichts gefragt. Rufen Sie eine ihrer Nummern an: Fragt sie auch dann"
        " nicht, entscheidet sie gerade allein.",
        "en": "It has asked nothing since {seen_at}. Call one of its numbers: if it does not ask then, it"
        " decides alone.",
    },
    "system.refused": {
        "de": "Abgewiesen, zuletzt {refused_at}: Netz, Signatur oder Geheimnis war anders als eingetragen.",
        "en": "Refused, last at {refused_at}: network, signature or secret was not as entered here.",
    },
    "system.alone": {
        "de": "Sie hat in den letzten 7 Tagen {count} {count:Anruf|Anrufe} ohne uns entschieden.",
        "en": "In the last 7 days it decided {count} {count:call|calls} without us.",
    },
    "system.compare_failed": {
        "de": "Der letzte Abgleich ist gescheitert: Ein Anruf, dessen Ende sie nicht meldet, bleibt stehen.",
        "en": "The last comparing failed: a call whose end it does not tell stays open.",
    },
    "system.not_compared": {
        "de": "Seit über zehn Minuten kein Abgleich. Läuft der Worker?",
        "en": "Nothing was compared for over ten minutes. Does the worker run?",
    },
    "system.not_pushed": {
        "de": "Die Service-Rufnummern sind noch nicht übertragen: Entscheidet sie allein, kennt sie keine.",
        "en": "The service numbers were not sent yet: deciding alone, it knows none.",
    },
    "system.push_failed": {
        "de": "Die Service-Rufnummern ließen sich zuletzt nicht übertragen: Entscheidet sie allein, gilt"
        " für sie ein älterer Stand.",
        "en": "The service numbers could not be sent last time: deciding alone, it goes by older ones.",
    },
    "system.no_numbers": {
        "de": "Keine Rufnummer ist eingetragen: Jeder Anruf hört, dass die Nummer unbekannt ist.",
        "en": "No phone number is entered: every caller hears that the number is unknown.",
    },
    "system.no_phones": {
        "de": "Kein Telefon ist eingetragen: Service-Rufnummern sind immer besetzt.",
        "en": "Nobody’s phone is entered: service numbers are always busy.",
    },
    "refused.not_service": {
        "de": "Nur ein Servicevertrag bekommt eine Service-Rufnummer.",
        "en": "Only a service agreement is given a service number.",
    },
    "refused.no_reason": {
        "de": "Schreiben Sie dazu, warum die Ruhezeit vorzeitig endet.",
        "en": "Say why its rest ends early.",
    },
    "refused.not_an_agent": {
        "de": "Ein Telefon gehört zu jemandem, der Tickets bearbeitet und sich anmelden kann.",
        "en": "A phone belongs to somebody who works tickets and can sign in.",
    },
    "refused.has_a_call": {
        "de": "An diesem Telefon läuft gerade ein Anruf. Warten Sie, bis er zu Ende ist.",
        "en": "This phone has a call right now. Wait until it is over.",
    },
    "refused.number_taken": {
        "de": "Diese Rufnummer ist schon eingetragen.",
        "en": "This number is entered already.",
    },
    "refused.keep_order": {
        "de": "Entscheidungen gehören zu ihrem Anruf und werden nicht länger aufbewahrt als er.",
        "en": "Decisions belong to their call and are not kept longer than it.",
    },
    "refused.days_order": {
        "de": "Der letzte Tag kann nicht vor dem ersten liegen.",
        "en": "The last day cannot be before the first.",
    },
    "entry.number": {
        "de": "Das ist keine Rufnummer. Schreiben Sie sie mit Landesvorwahl, etwa +49 30 12345.",
        "en": "This is no phone number. Write it with its country code, such as +49 30 12345.",
    },
    "entry.number_extension": {
        "de": "Höchstens fünf Ziffern sind eine Nebenstelle, keine Rufnummer.",
        "en": "Five digits or fewer are an extension, not a phone number.",
    },
    "entry.number_emergency": {
        "de": "Das ist eine Notrufnummer.",
        "en": "This is an emergency number.",
    },
    "entry.network": {
        "de": "Zeile {line}: „{text}“ ist kein Netz. Schreiben Sie etwa 10.0.0.0/24 oder 192.0.2.7.",
        "en": "Line {line}: “{text}” is no network. Write such as 10.0.0.0/24 or 192.0.2.7.",
    },
    "entry.sound": {
        "de": "Zeile {line}: „{text}“. Schreiben Sie den Namen, ein Leerzeichen und die Adresse.",
        "en": "Line {line}: “{text}”. Write the name, a blank and the address.",
    },
    "entry.sound_address": {
        "de": "Zeile {line}: „{text}“ ist keine Adresse. Sie beginnt mit https:// oder http://.",
        "en": "Line {line}: “{text}” is no address. It begins with https:// or http://.",
    },
    "entry.prompt": {
        "de": "Zeile {line}: „{text}“ ist nicht die Nummer einer Ansage bei Placetel.",
        "en": "Line {line}: “{text}” is not the number of a prompt at Placetel.",
    },
    "entry.address": {
        "de": "Das ist keine Adresse. Sie beginnt mit https:// oder http:// und nennt einen Rechner.",
        "en": "This is no address. It begins with https:// or http:// and names a machine.",
    },
    "entry.address_password": {
        "de": "In der Adresse steht kein Passwort. Dafür gibt es eigene Felder.",
        "en": "No password stands in the address. There are fields for it.",
    },
    "entry.host": {
        "de": "Das ist weder eine IP-Adresse noch der Name eines Rechners.",
        "en": "This is neither an IP address nor the name of a machine.",
    },
    "entry.login": {
        "de": "Nur Buchstaben ohne Umlaute, Ziffern und Satzzeichen, keine Leerzeichen.",
        "en": "ASCII letters, digits and punctuation only, no blanks.",
    },
    "entry.password_again": {
        "de": "Die Adresse ist eine andere: Geben Sie das Passwort noch einmal ein.",
        "en": "The address is another one: type the password again.",
    },
    "entry.target": {
        "de": "Schreiben Sie, was die Telefonanlage wählt: eine Nebenstelle wie 201 oder agent1, oder eine"
        " Nummer wie +491701234567.",
        "en": "Write what the telephone system dials: an extension such as 201 or agent1, or a number such"
        " as +491701234567.",
    },
    "entry.target_far": {
        "de": "Schreiben Sie eine Nummer wie +491701234567 oder eine SIP-Adresse wie anna@sip.example.com.",
        "en": "Write a number such as +491701234567 or an address of SIP such as anna@sip.example.com.",
    },
    "entry.announcement": {
        "de": "Der Name einer Aufnahme besteht aus Buchstaben ohne Umlaute, Ziffern, „_“ und „-“.",
        "en": "The name of a recording is of ASCII letters, digits, “_” and “-”.",
    },
    "entry.scheme": {
        "de": "So kann eine Telefonanlage dieser Art nicht signieren.",
        "en": "A telephone system of this kind cannot sign like this.",
    },
    "entry.key_missing": {
        "de": "Geben Sie den Schlüssel ein, mit dem signiert wird.",
        "en": "Enter the key that signs.",
    },
    "entry.key_short": {
        "de": "Der Schlüssel hat mindestens {least} Zeichen.",
        "en": "The key has at least {least} characters.",
    },
    "entry.key_telnyx": {
        "de": "Das ist nicht der öffentliche Schlüssel von Telnyx: 32 Bytes in Base64.",
        "en": "This is not the public key of Telnyx: 32 bytes in Base64.",
    },
    "entry.key_sipgate": {
        "de": "Das ist nicht der Schlüssel von sipgate. Er beginnt so: -----BEGIN PUBLIC KEY-----",
        "en": "This is not the public key of sipgate. It begins so: -----BEGIN PUBLIC KEY-----",
    },
}
