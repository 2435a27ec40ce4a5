"""Colours: the contrast of WCAG, and what a firm's colours become on our pages."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.brand import GROUNDS, ON_BUTTONS, OWN, judge, style_sheet
from lib.colours import TEXT_RATIO, as_colour, contrast, mixed, nearest_readable, weakest_contrast

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text()
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
THEMES = ("light", "dark")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the well-known grey that just fails
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#000000", 5.25),
    ],
)
def test_the_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(("typed", "colour"), [(" #0F766E ", "#0f766e"), ("0f766e", "#0f766e")])
def test_a_colour_is_read_however_it_is_typed(typed: str, colour: str) -> None:
    assert as_colour(typed) == colour


@pytest.mark.parametrize("typed", ["", "#fff", "red", "#0f766", "#0f766eff", "#0f766g", "#٠f766e", "a;}b{}"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        as_colour(typed)


def test_colours_mix() -> None:
    assert mixed("#ffffff", "#000000", 0.5) == "#808080"
    assert mixed("#123456", "#ffffff", 1) == "#123456"


def test_the_nearest_readable_colour_keeps_what_can_be_read_and_changes_no_more_than_needed() -> None:
    assert nearest_readable("#0f766e", ["#ffffff"], is_darker=True) == "#0f766e"
    nearest = nearest_readable("#ffcc00", ["#ffffff"], is_darker=True)
    assert TEXT_RATIO <= contrast(nearest, "#ffffff") < TEXT_RATIO + 0.1


@given(COLOURS, st.sampled_from(THEMES))
def test_the_colour_that_is_suggested_passes(colour: str, theme: str) -> None:
    judged = judge(colour, theme)
    assert judge(judged.nearest, theme).passes
    assert judged.passes == (judged.nearest == colour)


@given(COLOURS, COLOURS)
def test_whatever_passes_can_be_read_wherever_the_style_sheet_puts_it(light: str, dark: str) -> None:
    chosen = {"light": judge(light, "light").nearest, "dark": judge(dark, "dark").nearest}
    rules = re.findall(r"(--[a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", style_sheet(**chosen))
    assert {name for name, *_ in rules} == set(OWN)
    for place, theme in enumerate(THEMES):
        token = {name: values[place] for name, *values in rules}
        grounds = (*GROUNDS[theme], token["--color-accent-soft"])
        assert weakest_contrast(token["--color-accent-ink"], grounds) >= TEXT_RATIO
        assert weakest_contrast(token["--color-focus"], grounds) >= 3
        for button in ("--color-accent", "--color-accent-strong"):
            assert contrast(token[button], token["--color-on-accent"]) >= TEXT_RATIO


def test_a_firm_without_colours_has_no_style_sheet_and_one_colour_leaves_the_other_theme_alone() -> None:
    assert style_sheet("", "") == ""
    for rule in re.findall(r"(--[a-z-]+): light-dark\(.+, (#\w+)\);", style_sheet("#0f766e", "")):
        assert OWN[rule[0]][1] == rule[1]


def test_the_grounds_and_our_own_values_are_those_of_the_tokens() -> None:
    token = {
        name: values
        for name, *values in re.findall(r"(--color-[a-z-]+): light-dark\((#\w{6}), (#\w{6})\);", TOKENS)
    }
    for name, values in OWN.items():
        assert tuple(token[name]) == values
    for place, theme in enumerate(THEMES):
        of_pages = {token[f"--color-{name}"][place] for name in ("canvas", "sunken", "raised", "hover")}
        assert of_pages == set(GROUNDS[theme])
        assert set(ON_BUTTONS) == set(THEMES)
