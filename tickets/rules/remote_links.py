"""The links that start a program for remote sessions. Pure: text in, text out."""

import re
from urllib.parse import quote

SCHEMES = frozenset(
    {
        *("https", "teamviewer", "teamviewer8", "teamviewer10", "teamviewerapi", "tvcontrol1", "rustdesk"),
        *("anydesk", "splashtop", "zoommtg", "msra", "ms-quick-assist", "parsec", "vnc", "rdp", "ssh"),
    }
)
"""What a link may begin with. Never what a browser runs or reads itself: javascript, data, file, http."""

PLACE = "{id}"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.ASCII)
_HOST = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?(/|$)", re.ASCII)
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\`]")


def is_sound_template(template: str) -> bool:
    """Whether a link of this shape leads only to a program for remote sessions, or to a page by https.

    The scheme and the host are written out: what somebody types as their id decides neither.
    """
    found = _SCHEME.match(template)
    if found is None or found[1] not in SCHEMES or _UNFIT.search(template):
        return False
    if set(re.findall(r"\{[^}]*\}?", template)) - {PLACE} or "}" in template.replace(PLACE, ""):
        return False
    return found[1] != "https" or _HOST.match(template) is not None


def start_link(template: str, partner_id: str) -> str:
    """The link for this partner; "" where the program has none, or there is no id for it."""
    partner = re.sub(r"\s", "", partner_id)
    if not template or not is_sound_template(template) or (PLACE in template and not partner):
        return ""
    return template.replace(PLACE, quote(partner, safe=""))
