"""What keeps us from asking a telephone system ("link.…") and from calling out ("outgoing.…"), de and en."""

from collections.abc import Mapping

_LINKS = {
    "link.unreachable": {
        "de": "Die Telefonanlage ist unter dieser Adresse nicht erreichbar.",
        "en": "The telephone system cannot be reached at this address.",
    },
    "link.timeout": {
        "de": "Die Telefonanlage hat nicht rechtzeitig geantwortet.",
        "en": "The telephone system did not answer in time.",
    },
    "link.refused": {
        "de": "Die Telefonanlage lehnt Benutzer oder Passwort ab, oder der Benutzer darf das nicht.",
        "en": "The telephone system refuses user or password, or this user may not do it.",
    },
    "link.sealed": {
        "de": "Das gespeicherte Passwort lässt sich mit den Schlüsseln dieser Installation nicht öffnen.",
        "en": "The kept password cannot be opened with the keys of this installation.",
    },
    "link.certificate": {
        "de": "Es kommt keine verschlüsselte Verbindung zustande: kein TLS oder kein gültiges Zertifikat.",
        "en": "There is no encrypted connection: no TLS, or no valid certificate.",
    },
    "link.address": {
        "de": "Das ist keine Adresse, unter der gefragt werden kann.",
        "en": "This is no address at which it can be asked.",
    },
    "link.failed": {
        "de": "Die Telefonanlage meldet einen Fehler.",
        "en": "The telephone system reports an error.",
    },
    "link.garbage": {
        "de": "Was unter dieser Adresse antwortet, ist kein Asterisk, oder ihm fehlt ein Modul.",
        "en": "What answers at this address is no Asterisk, or it lacks a module.",
    },
    "link.not_one_line": {
        "de": "Benutzer oder Passwort enthält Zeichen, die nicht übertragen werden können.",
        "en": "User or password has characters that cannot be sent.",
    },
    "link.ari": {"de": "Kanäle über ARI", "en": "Channels over ARI"},
    "link.phones": {"de": "Telefone über ARI", "en": "Phones over ARI"},
    "link.ami": {"de": "Service-Rufnummern über AMI", "en": "Service numbers over AMI"},
    "link.answers": {"de": "antwortet", "en": "answers"},
    "link.not_entered": {"de": "nicht eingetragen", "en": "not entered"},
}

_OUTGOING = {
    "cause.lost_hangup": {
        "de": "Die Telefonanlage hat diesen Anruf nicht mehr; sein Ende hat sie nicht gemeldet.",
        "en": "The telephone system no longer has this call; it did not tell its end.",
    },
    "cause.not_begun": {
        "de": "Die Telefonanlage konnte den Anruf nicht beginnen.",
        "en": "The telephone system could not begin the call.",
    },
    "outgoing.not_yours": {
        "de": "Anrufe beginnen am eigenen Telefon.",
        "en": "Calls begin at one's own phone.",
    },
    "outgoing.no_link": {
        "de": "Diese Telefonanlage kann von hier aus nicht wählen. Wählen Sie am Telefon.",
        "en": "This telephone system cannot dial from here. Dial at the phone.",
    },
    "outgoing.phone_elsewhere": {
        "de": "Ihr Telefon gehört nicht zur Telefonanlage. Wählen Sie dort.",
        "en": "Your phone is none of the telephone system's. Dial there.",
    },
    "outgoing.phone_unreachable": {
        "de": "Ihr Telefon ist nicht erreichbar.",
        "en": "Your phone cannot be reached.",
    },
    "outgoing.phone_taken": {
        "de": "Ihr Telefon ist gerade besetzt.",
        "en": "Your phone is taken at the moment.",
    },
    "outgoing.bad_number": {
        "de": "Das ist keine gültige Telefonnummer.",
        "en": "This is no valid phone number.",
    },
    "outgoing.extension": {
        "de": "Nebenstellen wählen Sie am Telefon.",
        "en": "Dial extensions at the phone.",
    },
    "outgoing.emergency": {
        "de": "Notrufe wählen Sie am Telefon.",
        "en": "Dial emergency numbers at the phone.",
    },
    "outgoing.premium": {
        "de": "Kostenpflichtige Sonderrufnummern werden von hier aus nicht gewählt.",
        "en": "Premium rate numbers are not dialled from here.",
    },
    "outgoing.own_number": {
        "de": "Das ist eine unserer eigenen Nummern.",
        "en": "This is one of our own numbers.",
    },
    "outgoing.too_many": {
        "de": "Zu viele Anrufe in einer Minute. Warten Sie einen Augenblick.",
        "en": "Too many calls in a minute. Wait a moment.",
    },
    "outgoing.pbx_failed": {
        "de": "Die Telefonanlage konnte den Anruf nicht beginnen. Wählen Sie am Telefon.",
        "en": "The telephone system could not begin the call. Dial at the phone.",
    },
}

TABLE: Mapping[str, Mapping[str, str]] = {**_LINKS, **_OUTGOING}
