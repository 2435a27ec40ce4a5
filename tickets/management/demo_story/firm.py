"""Berger IT: its teams, its people and the three levels of its service agreement."""

from __future__ import annotations

from accounts.rules.demo import DEMO_PASSWORD
from tickets.management.demo_story.shapes import Level, StaffUser, Team

__all__ = ["COMPANY_NAME", "DEMO_PASSWORD", "LEVELS", "STAFF", "TEAMS"]

COMPANY_NAME = "Berger IT"

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
