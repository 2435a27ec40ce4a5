"""What a firm's two colours become on our pages: one for the light pages, one for the dark ones.

The grounds are those of static/css/tokens.css (a test compares them).
"""

from dataclasses import dataclass

from lib.colours import TEXT_RATIO, mixed, nearest_readable, weakest_contrast

SOFT_SHARES = {"light": 0.08, "dark": 0.16}
GROUNDS = {
    "light": ("#ffffff", "#f6f7f9", "#f1f3f6"),
    "dark": ("#0f1115", "#0a0c0f", "#161920", "#1b1f27"),
}
"""Canvas, sunken, raised where it differs, hover: what links stand on."""
ON_BUTTONS = {"light": "#ffffff", "dark": "#0f1115"}
"""The words on a button: white on the strong colour of light pages, dark on the bright one of dark pages."""


@dataclass(frozen=True)
class Judgement:
    """How well a colour can be read, and the nearest one that can (itself where it passes)."""

    ratio: float
    nearest: str

    @property
    def passes(self) -> bool:
        """Whether it can be read wherever we use it."""
        return self.ratio >= TEXT_RATIO


def judge(colour: str, theme: str) -> Judgement:
    """A colour ("#rrggbb") against everything it stands on, and what stands on it. `theme`: light, dark."""
    grounds = (*GROUNDS[theme], ON_BUTTONS[theme])
    is_darker = theme == "light"
    ratio = _ratio(colour, theme)
    nearest = colour
    while _ratio(nearest, theme) < TEXT_RATIO:
        soft = mixed(nearest, GROUNDS[theme][0], SOFT_SHARES[theme])
        nearest = nearest_readable(nearest, (*grounds, soft), is_darker=is_darker)
    return Judgement(ratio, nearest)


def style_sheet(light: str, dark: str) -> str:
    """The tokens that differ from the product's own; empty where there is no colour of the firm."""
    tokens = [
        _tokens(colour, theme) if colour else {} for colour, theme in ((light, "light"), (dark, "dark"))
    ]
    rules = [
        f"  {name}: light-dark({tokens[0].get(name, own[0])}, {tokens[1].get(name, own[1])});"
        for name, own in OWN.items()
    ]
    return "\n".join([":root {", *rules, "}", ""]) if light or dark else ""


OWN = {
    "--color-accent": ("#4f39f6", "#6455f5"),
    "--color-accent-strong": ("#3f2bd6", "#5446e8"),
    "--color-on-accent": ("#ffffff", "#ffffff"),
    "--color-accent-ink": ("#4330d6", "#aaa5ff"),
    "--color-accent-soft": ("#eef0ff", "#1e2046"),
    "--color-selected": ("#eef0ff", "#1c1f3d"),
    "--color-focus": ("#4f39f6", "#9b94ff"),
}
"""The product's own values of these tokens, for a firm that chose only one of the two."""


def _ratio(colour: str, theme: str) -> float:
    soft = mixed(colour, GROUNDS[theme][0], SOFT_SHARES[theme])
    return weakest_contrast(colour, (*GROUNDS[theme], ON_BUTTONS[theme], soft))


def _tokens(colour: str, theme: str) -> dict[str, str]:
    soft = mixed(colour, GROUNDS[theme][0], SOFT_SHARES[theme])
    away = "#000000" if theme == "light" else "#ffffff"
    return {
        "--color-accent": colour,
        "--color-accent-strong": mixed(away, colour, 0.14),
        "--color-on-accent": ON_BUTTONS[theme],
        "--color-accent-ink": colour,
        "--color-accent-soft": soft,
        "--color-selected": soft,
        "--color-focus": colour,
    }
