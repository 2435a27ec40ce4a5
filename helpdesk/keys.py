"""Secrets that an installation needs before anything else.

`python -m helpdesk.keys` makes a key for ENCRYPTION_KEYS where there are no settings yet.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from lib.embedded import Places


def secret_key(given: str, data_dir: Path, *, in_production: bool) -> str:
    """The key from the environment; in development one made once and kept in the data folder for us alone."""
    if given:
        return given
    if in_production:
        raise ImproperlyConfigured("Set SECRET_KEY (50 random characters or more) when DEBUG is off.")
    return _kept(data_dir, "secret_key", get_random_secret_key)


def encryption_keys(given: list[str], data_dir: Path, *, in_production: bool) -> list[str]:
    """The keys from the environment, newest first; in development one made once and kept as above."""
    if given:
        return given
    if in_production:
        raise ImproperlyConfigured("Set ENCRYPTION_KEYS (`python -m helpdesk.keys`) when DEBUG is off.")
    return [_kept(data_dir, "encryption_key", lambda: Fernet.generate_key().decode())]


def _kept(data_dir: Path, name: str, make: Callable[[], str]) -> str:
    """Read the key file, made first when missing; linking it into place lets only one process win."""
    path = data_dir / name
    if not path.exists():
        Places(data_dir).create()
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first; its key is the key
        finally:
            draft.unlink()
    return path.read_text()


if __name__ == "__main__":
    print(Fernet.generate_key().decode())
