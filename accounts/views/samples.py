"""Invented contents for the gallery: what real pages pass to the components, in the same shape."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from lib.spans import due_span, short_span

Context = dict[str, Any]

SEVERITIES = {1: "kritisch", 2: "hoch", 3: "normal", 4: "niedrig"}
LEVELS = ["ohne Vertrag", "Gold", "Silber", "Bronze"]
CHANNELS = {
    "phone": ("phone", "Telefon"),
    "mail": ("envelope", "E-Mail"),
    "portal": ("globe-alt", "Portal"),
    "monitoring": ("cpu-chip", "Überwachung"),
}
DUE_STATES = {
    "ok": ("clock", "im Plan"),
    "soon": ("bell-alert", "in Gefahr"),
    "late": ("exclamation-triangle", "verfehlt"),
    "paused": ("pause-circle", "pausiert"),
}
# severity, band (0: none), minutes waited, channel, team, customer, subject, minutes until due, state
WAITING = """
1|1|62|phone|Server|Brandl Maschinenbau|ERP-Server nicht erreichbar, Produktion steht|-12|late
2|1|43|mail|Netzwerk|Kanzlei Reiter & Partner|Firewall blockiert VPN aller Außendienstler|18|soon
3|1|968|portal|Server|Isartal Logistik GmbH|Zertifikat des Mailservers läuft heute ab|107|ok
2|2|34|mail|Arbeitsplatz|Praxis Dr. Hofmann|Outlook verliert Verbindung nach Update|87|ok
3|2|79|portal|Arbeitsplatz|Tierklinik Ammersee|Drucker im Lager druckt keine Etiketten|222|ok
3|2|72|portal|Arbeitsplatz|Stadtwerke Erding|Neue Mitarbeiterin ab Montag einrichten|4300|ok
3|2|184|portal|Netzwerk|Stadtwerke Erding|Telefonanlage: Weiterleitung klappt nicht|4300|ok
3|2|245|mail|Arbeitsplatz|Tierklinik Ammersee|Monitor flackert am Arbeitsplatz 12||paused
4|2|303|phone|Arbeitsplatz|Praxis Dr. Hofmann|Teams-Besprechung ohne Ton|4420|ok
3|3|361|portal|Arbeitsplatz|Autohaus Lindner|Scanner legt PDF nicht mehr ab|4480|ok
3|3|420|mail|Server|Autohaus Lindner|Zugriff auf Projektlaufwerk fehlt||paused
4|3|482|phone|Arbeitsplatz|Autohaus Lindner|Passwort läuft ab, Anleitung gesucht|4600|ok
4|3|1090|monitoring|Server|Autohaus Lindner|Backup-Bericht: Warnung auf NAS-02|4660|ok
1|0|64|portal|Server|Feinkost Aigner|Website zeigt Fehler 500 im Bestellformular||
3|0|1204|mail|Arbeitsplatz|Zahntechnik Moser|Frage zur Lizenzverlängerung Software Assurance||
3|0|94|portal|Netzwerk|Weingut Falk|WLAN im Besprechungsraum sehr langsam||
4|0|4460|portal|Arbeitsplatz|Feinkost Aigner|Wie richte ich eine Abwesenheitsnotiz ein?||
"""
ASKED = """Guten Morgen,

seit heute früh kommt niemand im Außendienst mehr über VPN herein. Im Büro geht alles.
Die Meldung lautet „Gegenstelle antwortet nicht“.

Bitte schnell, um 11 ist ein Gerichtstermin."""
NOTED = "Gestern Abend kam das Update 7.4.2 auf die Firewall. Der alte Stand liegt gesichert bereit."
ANSWERED = """Guten Morgen Frau Reiter,

wir haben die Ursache: ein Update von gestern Abend. Wir nehmen es jetzt zurück,
in etwa 15 Minuten sollte die Einwahl wieder gehen."""


class SampleForm(forms.Form):
    """One field of each kind."""

    subject = forms.CharField(label="Betreff", max_length=120)
    body = forms.CharField(
        label="Was ist passiert?",
        widget=forms.Textarea(attrs={"rows": 5, "data-draft-key": "gallery"}),
        help_text="Was haben Sie getan, was hätte geschehen sollen, was geschah stattdessen?",
    )
    severity = forms.ChoiceField(
        label="Wie schlimm ist es?",
        widget=forms.RadioSelect,
        choices=[
            (1, "Nichts geht mehr, der Betrieb steht"),
            (2, "Mehrere können nicht arbeiten"),
            (3, "Eine Person ist beeinträchtigt"),
            (4, "Eine Frage oder ein Wunsch"),
        ],
    )
    team = forms.ChoiceField(label="Team", required=False, choices=[("", "noch keines"), ("1", "Netzwerk")])
    attachments = forms.FileField(label="Dateien", required=False, help_text="Bis 20 MB je Datei.")
    call_back = forms.BooleanField(label="Bitte rufen Sie mich zurück", required=False)


def frame(now: datetime) -> Context:
    """What the frames of desk and portal expect."""
    return {
        "now": now,
        "nav": {
            "items": [
                {
                    "id": "queue",
                    "label": "Warteschlange",
                    "url": "/gallery/queue/",
                    "icon": "queue-list",
                    "count": 17,
                    "is_current": True,
                },
                {"label": "Meine Arbeit", "url": "/gallery/ticket/", "icon": "briefcase", "count": 3},
                {"label": "Warten auf Kunde", "url": "/gallery/states/", "icon": "pause", "count": 14},
                {"label": "Alle Tickets", "url": "/gallery/", "icon": "ticket", "count": None},
            ],
            "teams": [
                {"label": "Server", "url": "?team=1", "count": 4},
                {"label": "Arbeitsplatz", "url": "?team=2", "count": 5},
                {"label": "Netzwerk", "url": "?team=3", "count": 2},
            ],
            "duty_url": "#",
        },
        "portal_nav": [
            {"label": "Meine Tickets", "url": "/gallery/portal_list/", "is_current": True},
            {"label": "Neues Ticket", "url": "/gallery/portal_new/"},
        ],
    }


def _rows(now: datetime) -> list[Context]:
    return [_row(now, at, line) for at, line in enumerate(WAITING.strip().splitlines(), start=1)]


def _row(now: datetime, position: int, line: str) -> Context:
    parts = [part.strip() for part in line.split("|")]
    severity, band, waited = map(int, parts[:3])
    channel, team, customer, subject, due, due_state = parts[3:]
    arrived_at = now - timedelta(minutes=waited)
    return {
        "position": position,
        "number": f"2026-{4813 + position:06d}",
        "url": "/gallery/ticket/",
        "severity": severity,
        "severity_label": SEVERITIES[severity],
        "subject": subject,
        "channel_icon": CHANNELS[channel][0],
        "channel_label": CHANNELS[channel][1],
        "customer": customer,
        "level_label": LEVELS[band],
        "band_position": band,
        "team": team,
        "arrived_iso": arrived_at.isoformat(),
        "waits": short_span(arrived_at, now, "de"),
        "due": _due(due, due_state, now),
        "is_pinned": False,
        "reason": f"Platz {position}: {LEVELS[band]}, Schweregrad {SEVERITIES[severity]}",
    }


def _due(minutes: str, state: str, now: datetime) -> Context | None:
    """A deadline as `tickets.queries.due.Due` has it."""
    if not state:
        return None
    icon, label = DUE_STATES[state]
    due_at = now + timedelta(minutes=int(minutes)) if minutes else None
    return {
        "state": state,
        "icon": icon,
        "state_label": label,
        "kind_label": "Erste Antwort",
        "text": due_span(due_at, now, "de") if due_at else label,
        "iso": due_at.isoformat() if due_at else "",
        "title": f"Erste Antwort: {label}",
    }


def queue(now: datetime) -> Context:
    """The ranked list in its two groups, and the panel of the selected ticket."""
    rows = _rows(now)
    return frame(now) | {
        "groups": [
            {"rows": [row for row in rows if row["band_position"]]},
            {
                "id": "group-without",
                "title": "4 ohne Vertrag",
                "text": "– an der Reihe, wenn oben niemand wartet",
                "rows": [row for row in rows if not row["band_position"]],
            },
        ],
        "chips": [
            {"label": "Alle meine Teams", "url": "?", "is_current": True},
            {"label": "Gold", "url": "?level=1", "count": 3},
            {"label": "Silber", "url": "?level=2", "count": 6},
            {"label": "kritisch", "url": "?severity=1", "count": 2},
        ],
        "facts": _facts(),
        "gates": _gates(),
    }


def ticket(now: datetime) -> Context:
    """A conversation with its panel."""
    return frame(now) | {
        "messages_list": [
            {
                "id": "m-1",
                "kind": "customer",
                "author": "Julia Reiter",
                "at": now - timedelta(minutes=43),
                "channel_icon": "envelope",
                "channel_label": "E-Mail",
                "body": ASKED,
                "attachments": [{"name": "vpn-meldung.png", "url": "#", "size_label": "184 KB"}],
            },
            {
                "id": "m-2",
                "kind": "note",
                "author": "Tobias Wenzl",
                "at": now - timedelta(minutes=31),
                "body": NOTED,
            },
            {
                "id": "m-3",
                "kind": "reply",
                "author": "Anna Berger",
                "at": now - timedelta(minutes=12),
                "channel_icon": "envelope",
                "channel_label": "E-Mail",
                "body": ANSWERED,
            },
        ],
        "history": [
            {"text": "Schweregrad bestätigt: hoch", "at": now - timedelta(minutes=30)},
            {"text": "Anna Berger hat das Ticket genommen", "at": now - timedelta(minutes=28)},
        ],
        "facts": _facts(),
        "gates": _gates(),
    }


def _facts() -> list[Context]:
    return [
        {"label": "Kunde", "value": "Kanzlei Reiter & Partner", "url": "#"},
        {"label": "Kontakt", "value": "Julia Reiter", "note": "+49 8122 5550-12"},
        {"label": "Vertrag", "value": "Gold, bis 31.03.2027", "note": "Updatevertrag Firewall: zählt nicht"},
        {"label": "Antwort bis", "value": "10:31", "note": "2 h ab 08:31, Geschäftszeit"},
        {"label": "Team", "value": "Netzwerk"},
    ]


def _gates() -> list[Context]:
    return [
        {"label": "Fernwartung", "is_open": True, "reason": "AV-Vertrag seit 02.04.2025"},
        {"label": "Logdateien auswerten", "is_open": True, "reason": ""},
        {"label": "Vor-Ort-Einsatz", "is_open": False, "reason": "nicht im Vertrag, 145 €/h"},
    ]


def portal_ticket(now: datetime) -> Context:
    """A customer's ticket with its place."""
    return frame(now) | {
        "position": {
            "place": 4,
            "reason": "Ihr Vertrag Silber, Schweregrad hoch, seit 08:40. "
            "Vor Ihnen: 3 Vorgänge mit höherer Servicestufe.",
            "ahead": [{"count": 3, "label": "Gold", "band_position": 1}],
            "estimate": "Wir melden uns voraussichtlich zwischen 10:00 und 11:15 Uhr.",
            "estimate_basis": "Geschätzt aus 212 ähnlichen Vorgängen der letzten acht Wochen.",
        },
        "asked_at": now - timedelta(minutes=34),
        "form": SampleForm(),
    }


def portal_list(now: datetime) -> Context:
    """A customer's tickets."""
    rows = [
        ("Outlook verliert Verbindung nach Update", "open", "offen", 4, 34, ""),
        ("Neuer Laptop für den Empfang", "waiting_customer", "wartet auf Sie", 0, 1500, "Dr. Eva Hofmann"),
        ("Faxserver nimmt keine Seiten an", "solved", "gelöst", 0, 9000, ""),
        ("Kalender der Praxis doppelt", "closed", "geschlossen", 0, 40000, "Dr. Eva Hofmann"),
    ]
    return frame(now) | {
        "tickets": [
            {
                "url": "/gallery/portal_ticket/",
                "subject": subject,
                "number": f"2026-{4818 - at:06d}",
                "status": status,
                "status_label": label,
                "place": place,
                "at": now - timedelta(minutes=minutes),
                "by": by,
            }
            for at, (subject, status, label, place, minutes, by) in enumerate(rows)
        ]
    }


def portal_form(now: datetime) -> Context:
    """A new ticket, refused once."""
    form = SampleForm({"subject": "Outlook verliert Verbindung", "body": "", "severity": "3"})
    form.is_valid()
    return frame(now) | {"form": form}


def components(now: datetime) -> Context:
    """Everything at once."""
    return (
        portal_list(now)
        | portal_form(now)
        | ticket(now)
        | queue(now)
        | portal_ticket(now)
        | {"blank": SampleForm()}
    )
