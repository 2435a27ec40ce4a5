"""Where the embedded servers keep their data, sockets, locks and logs."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOCKET_FOLDER_LIMIT = 80
"""Longest folder (bytes) below which sockets fit: the kernel allows 107 for the path of a Unix socket."""


@dataclass(frozen=True)
class Places:
    """The folders of one installation, all derived from its data folder (same answer in every process)."""

    data: Path

    @property
    def run(self) -> Path:
        """Folder of sockets and locks: in the data folder, or a short stand-in when that path is too long."""
        folder = self.data.resolve() / "run"
        if len(os.fsencode(folder)) <= SOCKET_FOLDER_LIMIT:
            return folder
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"vorrang-{os.geteuid()}-{digest}"

    @property
    def postgres_data(self) -> Path:
        return self.data.resolve() / "postgres"

    @property
    def postgres_sockets(self) -> Path:
        return self.run / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.data.resolve() / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by whoever runs the whole installation, or restores it."""
        return self.run / "supervisor.lock"

    @property
    def logs(self) -> Path:
        return self.data.resolve() / "logs"

    @property
    def valkey_url(self) -> str:
        """Address in the form the redis client takes."""
        return f"unix://{self.valkey_socket}?db=0"

    def create(self) -> None:
        """Create the missing folders. As root, PostgreSQL's own user must be able to walk through."""
        walkable = 0o711 if os.geteuid() == 0 else 0o700
        for folder in (self.data.resolve(), self.run, self.logs):
            folder.mkdir(mode=walkable, parents=True, exist_ok=True)
        _refuse_foreign(self.run)


def _refuse_foreign(folder: Path) -> None:
    """A stand-in folder lies in the shared temporary folder: never use one that somebody else made."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to somebody else; remove it or choose another DATA_DIR.")
