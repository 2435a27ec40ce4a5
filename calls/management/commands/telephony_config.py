"""Write the configuration of a telephone system with this installation's values."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from calls.models import PhoneSystem
from calls.queries.telephony import fallback_keys, phones_to_ring
from calls.rules.telephony import SECRET_TO_FILL_IN, Installation, NotForAConfiguration, rendered

TEMPLATES = Path(settings.BASE_DIR) / "docs" / "telephony" / "asterisk"


class Command(BaseCommand):
    help = (
        "Writes the dialplan and the configuration of an Asterisk or FreePBX (docs/telephony/README.md) "
        "into a folder, with this installation's values. With --secret - the system's secret is read from "
        "the standard input; without it the file says where it belongs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--system", required=True, help="the telephone system's name")
        parser.add_argument("--out", required=True, type=Path, help="folder to write into")
        parser.add_argument("--secret", choices=["-"], help="- reads the secret from the standard input")
        parser.add_argument(
            "--url", default=settings.SITE_URL, help="where the PBX reaches this installation"
        )
        parser.add_argument("--outbound-context", default="vorrang-outbound", help="FreePBX: from-internal")
        parser.add_argument("--fallback-queue", default="vorrang-native", help="FreePBX: a queue's number")

    def handle(self, *args: Any, **options: Any) -> None:
        system = PhoneSystem.objects.filter(name=options["system"]).first()
        if system is None:
            raise CommandError(f"There is no telephone system {options['system']!r}.")
        secret = sys.stdin.readline().strip() if options["secret"] else ""
        templates = {path.name: path.read_text() for path in sorted(TEMPLATES.iterdir())}
        try:
            files = rendered(templates, _installation(system, secret, options))
        except NotForAConfiguration as error:
            raise CommandError(f"This cannot be written into a configuration: {error}") from error
        self._write(options["out"], files)

    def _write(self, folder: Path, files: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, text in files.items():
            path = folder / name
            path.touch(mode=0o600)
            path.chmod(0o600)  # before the secret is in it
            path.write_text(text)
            self.stdout.write(str(path))


def _installation(system: PhoneSystem, secret: str, options: dict[str, Any]) -> Installation:
    ari = urlsplit(system.ari_url)
    return Installation(
        site_url=options["url"],
        system=system.name,
        secret=secret or SECRET_TO_FILL_IN,
        agents=phones_to_ring(system),
        contract_numbers=fallback_keys(system, timezone.now()),
        outbound_context=options["outbound_context"],
        fallback_queue=options["fallback_queue"],
        ari_user=system.ari_user or "vorrang",
        ari_password=str(system.ari_password or SECRET_TO_FILL_IN),
        ari_port=ari.port or 8088,
        ami_user=system.ami_user or "vorrang",
        ami_password=str(system.ami_password or SECRET_TO_FILL_IN),
    )
