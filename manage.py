#!/usr/bin/env python
"""Django's command line. Starts the embedded servers a command needs when none are configured."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from lib import embedded

    if embedded.command_needs_servers(sys.argv[1:]):
        embedded.hold_for_this_process(
            settings.DATA_DIR,
            postgres=settings.POSTGRES_IS_EMBEDDED,
            valkey=settings.VALKEY_IS_EMBEDDED,
        )
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our lines had enough of them, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
