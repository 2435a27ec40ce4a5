"""What Berger IT has written down: its categories, and the shapes of articles."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Literal

Circle = Literal["public", "signed_in", "contract", "internal"]
State = Literal["published", "draft", "review", "archived"]


@dataclass(frozen=True)
class Category:
    """A shelf. names and descriptions: German, English."""

    key: str
    name: tuple[str, str]
    description: tuple[str, str]
    visible_to: Circle = "public"


@dataclass(frozen=True)
class Text:
    """An article in one language. body: Markdown; `article:key` leads to another article of the story."""

    title: str
    summary: str
    body: str


@dataclass(frozen=True)
class Voice:
    """A reader's word. by: a portal user's name, or empty for somebody not signed in."""

    kind: Literal["helpful", "not_helpful", "outdated"]
    comment: str = ""
    by: str = ""
    days_ago: int = 2
    is_handled: bool = False


@dataclass(frozen=True)
class Article:
    """An article. author: an editor among the staff. Links and `related` lead to articles told before.

    earlier: what the German text said at first, a day before it was written anew.
    """

    key: str
    category: str
    de: Text
    en: Text | None = None
    visible_to: Circle = "public"
    state: State = "published"
    author: str = "agent1"
    earlier: str = ""
    days_ago: int = 20
    related: tuple[str, ...] = ()
    voices: tuple[Voice, ...] = field(default=())


def text(title: str, summary: str, body: str) -> Text:
    """A text whose body is written indented."""
    return Text(title, summary, inspect.cleandoc(body) + "\n")


CATEGORIES = (
    Category(
        "first-help",
        ("Erste Hilfe", "First help"),
        (
            "Wenn etwas nicht geht: was Sie selbst prüfen können",
            "When something does not work: what you can check",
        ),
    ),
    Category(
        "workplace",
        ("Arbeitsplatz und E-Mail", "Workplace and e-mail"),
        ("Anleitungen für den Alltag", "How-tos for every day"),
    ),
    Category(
        "agreement",
        ("Für Kunden mit Servicevertrag", "For customers with a service agreement"),
        (
            "Ausführliche Anleitungen, die zum Servicevertrag gehören",
            "Detailed guides that come with the agreement",
        ),
        "contract",
    ),
    Category(
        "house",
        ("Nur für uns", "For ourselves"),
        ("Abläufe und Notizen des Teams", "The team’s procedures and notes"),
        "internal",
    ),
)


@dataclass(frozen=True)
class Search:
    """What readers looked for. opens: the key of the article that `opened` of them went on to."""

    words: str
    times: int
    found: int
    opened: int = 0
    opens: str = ""
    language: str = "de"
    days_ago: int = 3


SYNONYMS = (
    "Drucker, Plotter, Multifunktionsgerät, Kopierer",
    "WLAN, Wi-Fi, Funknetz",
    "Passwort, Kennwort, password",
)

SEARCHES = (
    Search("drucker", 14, 1, 11, "printer"),
    Search("kennwort vergessen", 9, 1, 8, "password", days_ago=5),
    Search("wlan langsam", 6, 2, 4, "wifi"),
    Search("abwesenheit", 5, 1, 4, "out-of-office", days_ago=8),
    Search("vpn", 7, 1, 5, "vpn", days_ago=2),
    Search("beamer", 6, 0, days_ago=4),
    Search("teams ton", 4, 0),
    Search("signatur ändern", 3, 0, days_ago=9),
    Search("update", 5, 2, days_ago=6),
    Search("printer offline", 3, 1, 2, "printer", language="en"),
)
