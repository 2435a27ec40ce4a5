"""Berger IT: its teams, its people and the three levels of its service agreement."""

from __future__ import annotations

from accounts.rules.demo import DEMO_PASSWORD
from tickets.management.demo_story.shapes import Announcement, Level, StaffUser, Team

__all__ = ["ANNOUNCEMENTS", "BRAND", "COMPANY_NAME", "DEMO_PASSWORD", "LEVELS", "STAFF", "TEAMS"]

COMPANY_NAME = "Berger IT"

#: How it looks and where it is reached, by the names of the company's fields.
BRAND = {
    "accent_light": "#0b6b63",
    "accent_dark": "#5fd4c4",
    "welcome_title_de": "Schön, dass Sie da sind.",
    "welcome_title_en": "Good to see you.",
    "welcome_text_de": "Hier melden Sie, was nicht funktioniert, und sehen jederzeit, wann Sie an der Reihe"
    " sind. Vieles steht auch schon in unseren Anleitungen.",
    "welcome_text_en": "Tell us what does not work, and see at any time when it is your turn."
    " Much of it is in our articles already.",
    "footer_de": "Berger IT – Ihre IT-Abteilung im Münchner Osten.",
    "footer_en": "Berger IT – your IT department in the east of Munich.",
    "imprint_url": "https://berger-it.example/impressum",
    "privacy_url": "https://berger-it.example/datenschutz",
    "public_phone": "+498999998100",
    "support_address": "support@berger-it.example",
    "officer_name": "Dr. Renate Vogl",
    "officer_email": "datenschutz@berger-it.example",
    "officer_phone": "+498999998190",
    "postal_address": "Berger IT GmbH\nAm Anger 4\n85570 Markt Schwaben",
}

#: Told in the portal and on the start page; none is in force just now.
ANNOUNCEMENTS = (
    Announcement(
        "incident",
        "Der Internetzugang eines unserer Leitungsanbieter war gestört; VPN und Telefonie gehen wieder.",
        "One of our carriers had an outage; VPN and phones are back.",
        starts_ago=9 * 1440,
        lasts=150,
    ),
    Announcement(
        "maintenance",
        "Wir aktualisieren die Server in unserem Rechenzentrum. Cloud-Telefonie fällt kurz aus.",
        "We update the servers in our data centre. Cloud telephony is away for a moment.",
        starts_ago=-6 * 1440,
        lasts=120,
    ),
)

TEAMS = (
    Team("infrastructure", "Infrastruktur"),
    Team("workplace", "Arbeitsplatz", is_default=True),
    Team("network", "Netzwerk"),
)

STAFF = (
    StaffUser("admin", "Stefan", "Berger", "stefan.berger@berger-it.example", "admin", "de"),
    StaffUser(
        "lead",
        "Katrin",
        "Vogl",
        "katrin.vogl@berger-it.example",
        "lead",
        "de",
        ("infrastructure", "workplace", "network"),
    ),
    StaffUser(
        "agent1",
        "Anna",
        "Berger",
        "anna.berger@berger-it.example",
        "agent",
        "de",
        ("infrastructure", "workplace", "network"),
        edits_articles=True,
    ),
    StaffUser(
        "agent2",
        "Tobias",
        "Huber",
        "tobias.huber@berger-it.example",
        "agent",
        "de",
        ("infrastructure", "network"),
    ),
    StaffUser(
        "agent3",
        "Emily",
        "Carter",
        "emily.carter@berger-it.example",
        "agent",
        "en",
        ("workplace",),
        edits_articles=True,
    ),
    StaffUser(
        "agent4",
        "Mehmet",
        "Aydin",
        "mehmet.aydin@berger-it.example",
        "agent",
        "de",
        ("workplace", "network"),
    ),
)

LEVELS = (
    Level("gold", "Gold", 1, "Für Betriebe, in denen ohne IT die Arbeit steht: immer zuerst an der Reihe."),
    Level("silver", "Silber", 2, "Für Betriebe, die einen Ausfall kurz überbrücken können."),
    Level("bronze", "Bronze", 3, "Der Einstieg: vorrangige Hilfe im Alltag, ohne garantierte Zeiten."),
)
