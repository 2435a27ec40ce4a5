"""Where the browser is."""

import shutil


def chromium_path() -> str | None:
    """The installed Chromium; None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
