"""Backups: the database by its server's own tools and the stored files, both as of one moment.

A backup is a folder with three things: `database.dump` (pg_dump's custom format), `files/` and
`manifest.json`, which counts every table, has the checksum of everything else and is sealed with the key
that encrypts. Keys are never part of it.
"""

from lib.backups.house import House
from lib.backups.manifest import Checked, Manifest, Refused, read
from lib.backups.restoring import check, restore
from lib.backups.taking import take

__all__ = ["Checked", "House", "Manifest", "Refused", "check", "read", "restore", "take"]
