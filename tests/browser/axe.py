"""What axe-core finds on an open page: at a desk and on a narrow phone, light and dark."""

import json
from collections.abc import Collection, Iterator
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.people import Person

NARROW = 360
WIDTHS = (1440, NARROW)
# A rule of WCAG 2.2 AA that axe leaves off by itself. Off, too, where a menu covers half of what lies below.
TARGET_SIZE = "target-size"
# What a theme can change; everything else is the same page.
OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

# Two frames after the window has its width, or the system its theme: on a busy machine either takes a while.
ONCE = """media => new Promise(done => {
  const look = () => matchMedia(media).matches
    ? requestAnimationFrame(() => requestAnimationFrame(done))
    : requestAnimationFrame(look);
  look();
})"""
# A colour on its way from one theme to the other is neither.
STAND_STILL = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults_of(
    person: Person,
    where: str,
    *,
    is_covered: bool = False,
    but: Collection[str] = (),
    is_second_language: bool = False,
) -> Iterator[str]:
    """What is wrong with the open page at each width and in each theme, `but` some rules.

    In a second language only words are others: axe looks once, and whether they fit a phone is measured.
    The page is left as it came: light.
    """
    rules = {TARGET_SIZE: {"enabled": not is_covered}, **{name: {"enabled": False} for name in but}}
    everything = {"resultTypes": ["violations"], "rules": rules}
    colours = {"resultTypes": ["violations"], "runOnly": OF_COLOUR}
    person.page.wait_for_load_state()  # what a click led to may be shown before all of it has come
    person.page.evaluate(AXE_SCRIPT)
    person.page.evaluate(STAND_STILL)
    for width in WIDTHS:
        _size(person, width)
        if not (is_second_language and width == NARROW):
            yield from _found(person, f"{where} at {width}", everything)
        if person.page.evaluate(SCROLLS_SIDEWAYS):
            yield f"{where} at {width}: scrolls sideways"
    if is_second_language:
        return
    _dress(person, "dark")
    for width in reversed(WIDTHS):
        _size(person, width)
        yield from _found(person, f"{where} at {width} in the dark", colours)
    _dress(person, "light")


def _size(person: Person, width: int) -> None:
    """Change the window, and wait until scripts that measure it have moved what they move."""
    person.page.set_viewport_size({"width": width, "height": 900})
    person.page.evaluate(ONCE, f"(width: {width}px)")


def _dress(person: Person, theme: Literal["light", "dark"]) -> None:
    """Change the system's theme, and wait until the page wears it."""
    person.page.emulate_media(color_scheme=theme)
    person.page.evaluate(ONCE, f"(prefers-color-scheme: {theme})")


def _found(person: Person, where: str, options: dict[str, Any]) -> Iterator[str]:
    result = person.page.evaluate("(options) => axe.run(options)", options)
    yield from (f"{where}: {_in_words(one)}" for one in result["violations"])


def _in_words(violation: dict[str, Any]) -> str:
    """A rule and the places that break it."""
    places = [f"{node['target'][0]} {node['html'][:160]}" for node in violation["nodes"][:4]]
    return f"{violation['id']} ({violation['impact']}): {json.dumps(places, ensure_ascii=False)}"
