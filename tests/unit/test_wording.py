"""Wording: every code of the rules is worded in both languages, and the sentences read well."""

import ast
import string
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billing.rules import wording as billing_wording
from calls.rules import wording as calls_wording
from contracts.rules import gate_wording, gates, renewal, renewal_wording, standing
from contracts.rules import wording as contracts_wording
from contracts.rules.gate_wording_customers import CUSTOMERS_TABLE
from lib.reasons import Table, fields_of, reason, required_fields_of, say, terms_of
from tickets.rules import clock_wording, clocks, estimate_wording, lifecycle, ranking, rehearsal_wording
from tickets.rules import wording as tickets_wording
from tickets.rules.ranking import AheadCounts, RankFacts, Severity, explain
from tickets.rules.wording import Audience, event_sentence, level_event, rank_sentence, sentence

TABLES = [
    renewal_wording.TABLE,
    rehearsal_wording.TABLE,
    contracts_wording.TABLE,
    tickets_wording.TABLE,
    estimate_wording.TABLE,
    clock_wording.TABLE,
    billing_wording.TABLE,
    calls_wording.TABLE,
    gate_wording.TABLE,
    CUSTOMERS_TABLE,
]
ENTRIES = [pytest.param(table, code, id=code) for table in TABLES for code in table]
TODAY = date(2027, 3, 31)
SINCE = datetime(2027, 3, 31, 8, 12, tzinfo=UTC)
BOTH = ("de", "en")


def codes_in(module: ModuleType) -> Iterator[str]:
    """Every code that a rule module can return: texts of the form `word.words` in its source."""
    assert module.__file__
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            room, dot, rest = node.value.partition(".")
            if dot and room.isidentifier() and rest.isidentifier() and room != "wording":
                yield node.value


@pytest.mark.parametrize(
    ("module", "worded", "at_least"),
    [
        (standing, contracts_wording.ALL_CODES, 11),
        (renewal, renewal_wording.ALL_CODES, 10),
        (ranking, tickets_wording.ALL_CODES | {"rank.place"}, 8),
        (lifecycle, tickets_wording.ALL_CODES, 4),
        (clocks, clock_wording.ALL_CODES, 11),
        (gates, gate_wording.ALL_CODES | {"gate.dpa_"}, 10),
    ],
)
def test_every_code_of_the_rules_is_worded(module: ModuleType, worded: frozenset[str], at_least: int) -> None:
    codes = set(codes_in(module))
    assert len(codes) >= at_least
    assert codes <= worded


def test_the_vocabularies_are_complete() -> None:
    table = tickets_wording.TABLE
    assert {f"status.{status}" for status in lifecycle.Status} <= set(table)
    assert {f"verb.{verb}" for verb in lifecycle.Verb} <= set(table)
    assert {f"actor.{actor}" for actor in lifecycle.Actor} <= set(table)
    assert {f"severity.{severity.name.lower()}" for severity in Severity} <= set(table)
    assert {f"event.status.{verb}" for verb in lifecycle.Verb} <= set(table)
    kinds = (standing.SERVICE, *standing.VENDOR_KINDS, "other")
    assert {f"kind.{kind}" for kind in kinds} <= set(contracts_wording.TABLE)


@pytest.mark.parametrize(("table", "code"), ENTRIES)
def test_both_languages_say_the_same_parameters(table: Table, code: str) -> None:
    wordings = table[code]
    assert set(wordings) == set(BOTH)
    assert all(text.strip() for text in wordings.values())
    if code.endswith(".place"):
        return  # an English place stands in front for agents only
    assert set(fields_of(wordings["de"])) == set(fields_of(wordings["en"]))
    assert set(required_fields_of(wordings["de"])) == set(required_fields_of(wordings["en"]))


def sample(table: Table, template: str, *, only_required: bool) -> dict[str, Any]:
    """Parameters for a template: a day, a moment, a word of the vocabulary, or a text that marks itself."""
    words = dict(terms_of(template))
    params: dict[str, Any] = {}
    for name in required_fields_of(template) if only_required else fields_of(template):
        if name in words:
            params[name] = next(code for code in table if code.startswith(f"{words[name]}.")).split(".")[1]
        elif name.endswith("_on"):
            params[name] = TODAY
        else:
            params[name] = SINCE if name.endswith("_at") else f"<{name}>"
    return params


@pytest.mark.parametrize("only_required", [True, False])
@pytest.mark.parametrize(("table", "code"), ENTRIES)
def test_every_entry_can_be_said(table: Table, code: str, *, only_required: bool) -> None:
    for language in BOTH:
        params = sample(table, table[code][language], only_required=only_required)
        said = say(reason(code, **params), language, table, today=TODAY)
        missing = [name for name, value in params.items() if value == f"<{name}>" and value not in said]
        assert [name for name in missing if f"{{{name}}}" in table[code][language]] == []
        assert not set(said) & set("{}[]")


@pytest.mark.parametrize(("table", "code"), ENTRIES)
def test_quotation_marks_are_those_of_the_language(table: Table, code: str) -> None:
    german, english = table[code]["de"], table[code]["en"]
    assert "”" not in german
    assert "„" not in english
    assert german.count("„") == german.count("“")
    assert english.count("“") == english.count("”")
    assert '"' not in german + english


# --- one sentence for a rank ----------------------------------------------------------------------------


def said(
    language: str, audience: Audience, counts: AheadCounts, level: str | None = "Gold", **more: Any
) -> str:
    return rank_sentence(
        language,
        audience,
        position=counts.total + 1,
        level_name=level,
        severity=more.pop("severity", Severity.HIGH),
        since=more.pop("since", SINCE),
        today=TODAY,
        counts=counts,
        **more,
    )


@pytest.mark.parametrize(
    ("audience", "level", "counts", "german", "english"),
    [
        (
            "agent",
            "Gold",
            AheadCounts(more_severe=2, earlier=1),
            (
                "Platz 4: Vertrag Gold, Schweregrad hoch, seit 08:12; "
                "davor: 2 mit höherem Schweregrad, 1 früher eingegangen"
            ),
            "4th: contract Gold, severity high, since 08:12; ahead: 2 more severe, 1 earlier",
        ),
        (
            "agent",
            "Gold",
            AheadCounts(),
            "Platz 1: Vertrag Gold, Schweregrad hoch, seit 08:12; niemand davor",
            "1st: contract Gold, severity high, since 08:12; nobody ahead",
        ),
        (
            "agent",
            None,
            AheadCounts(pinned=1, better_band=20),
            "Platz 22: ohne Vertrag, Schweregrad hoch, seit 08:12; davor: 1 vorgezogen, 20 mit Vertrag",
            "22nd: without contract, severity high, since 08:12; ahead: 1 pinned, 20 with a contract",
        ),
        (
            "customer",
            "Silber",
            AheadCounts(better_band=3),
            (
                "Ihr Vertrag Silber, Schweregrad hoch, seit 08:12. "
                "Vor Ihnen: 3 Tickets mit höherer Servicestufe."
            ),
            (
                "Your contract Silber, severity high, since 08:12. "
                "Ahead of you: 3 tickets with a higher service level."
            ),
        ),
        (
            "customer",
            None,
            AheadCounts(1, 1, 1, 1),
            (
                "Ohne Servicevertrag, Schweregrad hoch, seit 08:12. Vor Ihnen: 1 vorgezogenes Ticket, "
                "1 Ticket mit Servicevertrag, 1 Ticket mit höherem Schweregrad, "
                "1 früher eingegangenes Ticket."
            ),
            (
                "Without a service agreement, severity high, since 08:12. Ahead of you: "
                "1 ticket moved forward, 1 ticket with a service agreement, 1 more severe ticket, "
                "1 earlier ticket."
            ),
        ),
        (
            "customer",
            "Gold",
            AheadCounts(),
            "Ihr Vertrag Gold, Schweregrad hoch, seit 08:12. Vor Ihnen ist niemand.",
            "Your contract Gold, severity high, since 08:12. Nobody is ahead of you.",
        ),
    ],
)
def test_rank_sentences(
    audience: Audience, level: str | None, counts: AheadCounts, german: str, english: str
) -> None:
    assert said("de", audience, counts, level) == german
    assert said("en", audience, counts, level) == english


def test_a_pinned_ticket_says_so_to_both_audiences() -> None:
    counts = AheadCounts(pinned=2)
    assert said("de", "agent", counts, pinned=True) == (
        "Platz 3: Vertrag Gold, Schweregrad hoch, seit 08:12, vorgezogen; davor: 2 früher vorgezogen"
    )
    assert said("en", "customer", counts, pinned=True) == (
        "Your contract Gold, severity high, since 08:12, moved forward by us. "
        "Ahead of you: 2 tickets moved forward earlier."
    )


def test_a_ticket_of_an_earlier_day_names_the_day() -> None:
    yesterday = SINCE - timedelta(days=1)
    assert "seit 30.03.2027, 08:12;" in said("de", "agent", AheadCounts(), since=yesterday)
    assert "since 30 March 2027, 08:12;" in said("en", "agent", AheadCounts(), since=yesterday)


@pytest.mark.parametrize(
    ("position", "ordinal"),
    [
        *[
            (1, "1st"),
            (2, "2nd"),
            (3, "3rd"),
            (4, "4th"),
            (11, "11th"),
            (12, "12th"),
            (13, "13th"),
            (21, "21st"),
        ],
        *[(101, "101st"), (111, "111th"), (112, "112th"), (1003, "1003rd")],
    ],
)
def test_english_places_are_ordinals(position: int, ordinal: str) -> None:
    assert said("en", "agent", AheadCounts(earlier=position - 1)).startswith(f"{ordinal}: ")


def test_an_explanation_is_said_in_the_zone_of_the_reader() -> None:
    facts = RankFacts(None, 1, Severity.LOW, SINCE, 7)
    why = explain(1, facts, "Gold", AheadCounts())
    berlin = ZoneInfo("Europe/Berlin")
    assert sentence(why, "de", today=TODAY, zone=berlin) == (
        "Platz 1: Vertrag Gold, Schweregrad niedrig, seit 10:12; niemand davor"
    )
    assert sentence(why, "en", audience="customer", today=TODAY, zone=berlin).startswith("Your contract Gold")


@given(
    st.builds(AheadCounts, *[st.integers(0, 3)] * 4),
    st.sampled_from(Severity),
    st.sampled_from(["Gold", None]),
    st.booleans(),
    st.sampled_from(BOTH),
    st.sampled_from(["agent", "customer"]),
)
def test_the_numbers_in_a_sentence_are_the_counts(  # noqa: PLR0917
    counts: AheadCounts,
    severity: Severity,
    level: str | None,
    pinned: bool,
    language: str,
    audience: Audience,
) -> None:
    text = said(language, audience, counts, level, severity=severity, pinned=pinned)
    words = text.split("08:12")[1].translate(str.maketrans("", "", string.punctuation)).split()
    numbers = [int(word) for word in words if word.isdigit()]
    assert sum(numbers) == counts.total
    assert 0 not in numbers


few_facts = st.builds(
    RankFacts,
    pinned_at=st.none() | st.just(SINCE),
    band=st.sampled_from([1, 2, 100]),
    severity=st.sampled_from(Severity),
    arrived_at=st.sampled_from([SINCE, SINCE + timedelta(minutes=1)]),
    serial=st.integers(1, 2),
)


@given(st.tuples(few_facts, few_facts))
def test_every_comparison_can_be_said(pair: tuple[RankFacts, RankFacts]) -> None:
    assume(pair[0] != pair[1])
    ahead, behind = sorted(pair, key=ranking.rank_key)
    for language in BOTH:
        assert sentence(ranking.compare(ahead, behind), language, today=TODAY)


# --- history lines --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "params", "german", "english"),
    [
        (
            "opened",
            {"channel": "phone", "severity": "critical"},
            "Eröffnet (Telefon), Schweregrad kritisch",
            "Opened (phone), severity critical",
        ),
        (
            "severity_changed",
            {"old": "normal", "new": "critical", "why": "Produktion steht"},
            "Schweregrad geändert von normal auf kritisch: Produktion steht",
            "Severity changed from normal to critical: Produktion steht",
        ),
        (
            "returned",
            {"agent": "Anna Berger", "cause": "off_duty", "why": ""},
            "Zurück in der Warteschlange, zuletzt bei Anna Berger: nicht mehr im Dienst",
            "Back in the queue, last with Anna Berger: no longer on duty",
        ),
        ("status.solve", {"why": ""}, "Gelöst", "Solved"),
        (
            "status.schedule",
            {"until_at": "2027-04-02T06:00:00+00:00", "why": "Ersatzteil"},
            "Eingeplant bis 02.04.2027, 08:00: Ersatzteil",
            "Scheduled until 2 April 2027, 08:00: Ersatzteil",
        ),
        (
            "pinned",
            {"until_at": "2027-03-31T10:00:00Z", "why": "Messe", "overtook": "2026-000001, 2026-000002"},
            "Vorgezogen bis 12:00: Messe; überholt: 2026-000001, 2026-000002",
            "Pinned until 12:00: Messe; overtook: 2026-000001, 2026-000002",
        ),
    ],
)
def test_history_lines_read_from_what_is_stored(
    kind: str, params: Mapping[str, Any], german: str, english: str
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert event_sentence(kind, params, "de", today=TODAY, zone=berlin) == german
    assert event_sentence(kind, params, "en", today=TODAY, zone=berlin) == english


@pytest.mark.parametrize(
    ("old", "new", "german"),
    [
        ("Silber", "Gold", "Neu eingereiht: Servicestufe Gold statt Silber (V-1)"),
        (None, "Gold", "Neu eingereiht: Servicevertrag Gold gilt jetzt (V-1)"),
        ("Gold", None, "Neu eingereiht: Servicevertrag Gold gilt nicht mehr (V-1)"),
    ],
)
def test_a_change_of_level_has_its_line(old: str | None, new: str | None, german: str) -> None:
    kind, params = level_event(old, new, "V-1")
    assert event_sentence(kind, params, "de") == german
    assert kind in tickets_wording.EVENT_KINDS


def recorded_lines() -> Iterator[tuple[str, set[str]]]:
    """Kind and parameter names of every history line that an action writes with a literal kind."""
    for path in sorted((Path(tickets_wording.__file__).parents[1] / "actions").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "record"
                and len(node.args) > 1
                and isinstance(kind := node.args[1], ast.Constant)
            ):
                yield str(kind.value), {each.arg for each in node.keywords if each.arg} - {"by", "at"}


def test_every_line_that_an_action_writes_can_be_said() -> None:
    lines = list(recorded_lines())
    assert len(lines) > 5
    for kind, names in lines:
        template = tickets_wording.TABLE[f"event.{kind}"]["de"]
        assert set(required_fields_of(template)) <= names, kind
        assert names - set(fields_of(template)) <= {"agent", "why"}, f"{kind} keeps what nobody reads"
