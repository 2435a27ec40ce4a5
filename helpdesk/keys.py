"""Secrets that an installation needs before anything else."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from lib.embedded import Places


def secret_key(given: str, data_dir: Path, *, in_production: bool) -> str:
    """The key from the environment; in development one made once and kept in the data folder for us alone."""
    if given:
        return given
    if in_production:
        raise ImproperlyConfigured("Set SECRET_KEY (50 random characters or more) when DEBUG is off.")
    return _kept(data_dir)


def _kept(data_dir: Path) -> str:
    """Read the key file, made first when missing; linking it into place lets only one process win."""
    path = data_dir / "secret_key"
    if not path.exists():
        Places(data_dir).create()
        draft = path.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first; its key is the key
        finally:
            draft.unlink()
    return path.read_text()
