"""The service policy from live data: what the page and the PDF "Our service" show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from django.conf import settings
from django.utils import translation

from accounts.queries.company import brand, company_name
from contracts.models import ServiceLevel
from contracts.queries import company_zone
from contracts.queries.opening_hours import opening_hours
from contracts.queries.promised import first_answers
from contracts.rules.gate_wording import capability_name, limit_words, permitted_words
from contracts.rules.gates import Capability
from lib.reasons import say_day
from portal.queries.phone import numbers_for_everybody
from portal.queries.prices import price_table
from portal.rules.service_shapes import Point, Section, Words
from portal.rules.service_words import WORDS

ACCENT = "#4330d6"
"""Of a firm without a colour of its own: that of links on our pages."""


@dataclass(frozen=True)
class Policy:
    """The whole of it in one language, as of a day; `accent` is the colour of lines and links on paper."""

    language: str
    company: str
    title: str
    lead: str
    as_of: str
    day: date
    accent: str
    sections: tuple[Section, ...]
    page_word: str

    def section(self, key: str) -> Section | None:
        """One section, where there is one."""
        return next((section for section in self.sections if section.key == key), None)


def service_policy(language: str, now: datetime) -> Policy:
    """What holds now, in "de" or "en". Sections that have nothing to say are left out."""
    words, company = WORDS[language[:2]], company_name()
    day = now.astimezone(company_zone()).date()
    filled = (_filled(section, words, language[:2], now) for section in words.sections)
    return Policy(
        language=language[:2],
        company=company,
        title=words.title,
        lead=words.lead.format(company=company),
        as_of=words.as_of.format(day=say_day(day, language)),
        day=day,
        accent=brand().accent or ACCENT,
        sections=tuple(section for section in filled if _says_something(section)),
        page_word=words.labels["page"],
    )


def _filled(section: Section, words: Words, language: str, now: datetime) -> Section:
    """The section with what is live in it."""
    live: dict[str, Callable[[], Section]] = {
        "groups": lambda: _groups(section, language),
        "levels": lambda: _levels(section, words, language),
        "hours": lambda: _hours(section, words, language, now),
        "contact": lambda: section.with_points(*_contact_ways(words, now)),
        "prices": lambda: _prices(section, language, now),
        "data": lambda: section.with_points(*_limits(words, language)),
    }
    return live.get(section.key, lambda: section)()


def _says_something(section: Section) -> bool:
    return bool(section.paragraphs or section.points or section.groups)


def _groups(section: Section, language: str) -> Section:
    """Both groups, with what a data-processing agreement makes possible, or the lack of one does not."""
    names = ", ".join(capability_name(one, language) for one in Capability)

    def filled(point: Point) -> Point:
        return replace(point, text=point.text.replace("{capabilities}", names))

    groups = (replace(one, points=tuple(map(filled, one.points))) for one in section.groups)
    return replace(section, groups=tuple(groups))


def _limits(words: Words, language: str) -> Iterable[Point]:
    """What a gate keeps closed without an agreement, each in the words of the gates; and what remains."""
    for one in Capability:
        yield Point(capability_name(one, language), limit_words(one, language))
    yield Point(words.labels["always"], f"{permitted_words(language)}.")


def _levels(section: Section, words: Words, language: str) -> Section:
    """The levels by rank, those of one rank together, and who comes behind them."""
    levels = list(ServiceLevel.objects.order_by("rank", "name").prefetch_related("targets"))
    ranks = [list(of_rank) for _rank, of_rank in groupby(levels, key=lambda level: level.rank)]
    if not levels:
        return section
    points = [Point(level.name, _agreed(level, language)) for level in levels]
    if len(ranks) == 1:
        said = words.labels["levels_equal" if len(levels) > 1 else "levels_one"]
        return replace(section, paragraphs=(said,), points=tuple(points))
    points.append(Point(words.labels["without"], words.labels["without_text"]))
    shared = tuple(
        words.labels["same_rank"].format(names=", ".join(level.name for level in of_rank))
        for of_rank in ranks
        if len(of_rank) > 1
    )
    return replace(
        section,
        paragraphs=(words.labels["levels_ranked"],),
        points=tuple(points),
        is_numbered=not shared,
        closing=shared,
    )


def _agreed(level: ServiceLevel, language: str) -> str:
    """What the level is for, and how soon it promises a first answer."""
    with translation.override(language):
        promised = first_answers(level.targets.all(), language)
    return " ".join(filter(None, (level.description, promised)))


def _hours(section: Section, words: Words, language: str, now: datetime) -> Section:
    """The week, what is special soon, and on which holidays nobody is there."""
    told = opening_hours(None, now=now, language=language)
    points = [Point(term, text) for term, text in (*told.week, *told.special)]
    closing = (told.holidays, words.labels["zone"].format(zone=told.zone))
    return replace(section, points=tuple(points), closing=tuple(filter(None, closing)))


def _contact_ways(words: Words, now: datetime) -> Iterable[Point | None]:
    kept, label = brand(), words.labels
    yield Point(label["portal"], label["portal_text"].format(address=settings.SITE_URL), settings.SITE_URL)
    for number in numbers_for_everybody(now):
        yield Point(label["phone"], number.text, f"tel:{number.dial}")
    yield Point(label["service_number"], label["service_number_text"])
    mail = kept.support_address
    yield Point(label["mail"], mail, f"mailto:{mail}") if mail else None
    yield Point(label["post"], ", ".join(kept.postal_address.split("\n"))) if kept.postal_address else None


def _prices(section: Section, language: str, now: datetime) -> Section:
    """The general price list in force, and the version that comes next; left out where there is none."""
    table = price_table(now, language)
    if table is None:
        return section
    points = [
        Point(line.name, f"{line.price} ({line.gross})" if line.gross else line.price) for line in table.lines
    ]
    return replace(section, paragraphs=(table.intro,), points=tuple(points), closing=tuple(table.notes))
