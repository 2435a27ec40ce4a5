"""Taking a backup of an installation that may be running."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lib.backups import house, programs
from lib.backups.house import House, StoredFile
from lib.backups.manifest import Checked, Manifest, Refused, fingerprint

DUMP = "database.dump"
FILES = "files"
SPARE_BYTES = 16 * 1024 * 1024
TOLD_EVERY = 500

Tell = Callable[[str], None]


@dataclass
class _Copied:
    """How the copying of the files went."""

    files: dict[str, Checked] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def take(folder: Path, *, of: House, at: datetime, tell: Tell) -> Manifest:
    """Back up the installation into a new folder. Errors: Refused, OSError; then the folder does not exist.

    A file's content is written before its row and never changes, so files that are copied after the snapshot
    fit its rows. A file that is not as its row says does not stop the backup; the manifest names it.
    """
    _refuse_wrong_place(folder, of)
    programs.refuse_old_programs()
    with _draft(folder) as draft:
        with house.snapshot() as snapshot:
            files = house.stored_files()
            _refuse_full_disk(draft, of, files)
            counts = {name: house.count_rows(name) for name in house.tables() if name not in of.passing}
            migrations, postgres = house.applied_migrations(), house.server_version()
            tell(f"Database: {len(counts)} tables, {sum(counts.values())} rows ...")
            _dump(draft / DUMP, snapshot=snapshot, without_rows_of=of.passing)
        copied = _copy(files, of.files, draft / FILES, tell)
        manifest = Manifest(
            version=of.version,
            created_at=at.isoformat(),
            postgres=postgres,
            keys=[fingerprint(key) for key in of.keys],
            migrations=migrations,
            tables=counts,
            dump=Checked.of(draft / DUMP),
            files=copied.files,
            missing=copied.missing,
            damaged=copied.damaged,
        )
        manifest.write(draft, of.keys)
        os.sync()  # whole on the disk before it bears the name of a whole one
    return manifest


def _refuse_wrong_place(folder: Path, of: House) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Refused(f"{folder} is no folder.")
    if folder.is_mount():
        raise Refused(f"{folder} is a disk of its own; name a new folder on it, such as {folder / 'today'}.")
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty; a backup needs a folder of its own.")
    if not folder.parent.is_dir():
        raise Refused(f"{folder.parent} does not exist (is the disk for backups mounted?).")
    if of.files in folder.parents:
        raise Refused(f"{folder} lies among the files that are to be backed up.")


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A private folder beside the place; it takes the place when everything went well, else it goes."""
    draft = folder.with_name(f"{folder.name}.partial")
    draft.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(draft, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"Another backup is being written to {folder}.") from None
        _empty(draft)
        try:
            yield draft
            draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    finally:
        os.close(lock)
    _keep_name(folder.parent)


def _empty(draft: Path) -> None:
    """Clear what an interrupted backup left."""
    for left in draft.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def _keep_name(folder: Path) -> None:
    """Have the disk remember a rename in this folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_full_disk(draft: Path, of: House, files: Sequence[StoredFile]) -> None:
    paths = (of.files / file.name for file in files)
    needed = (
        house.size_of_tables() + sum(path.stat().st_size for path in paths if path.is_file()) + SPARE_BYTES
    )
    free = shutil.disk_usage(draft).free
    if free < needed:
        raise Refused(
            f"Too little space in {draft.parent}: {_megabytes(free)} MB are free, up to"
            f" {_megabytes(needed)} MB are needed."
        )


def _megabytes(count: int) -> int:
    return -(-count // 1_000_000)


def _dump(path: Path, *, snapshot: str, without_rows_of: frozenset[str]) -> None:
    path.touch(mode=0o600)
    with path.open("wb") as file:
        programs.dump(file, snapshot=snapshot, without_rows_of=without_rows_of)


def _copy(files: Sequence[StoredFile], source: Path, target: Path, tell: Tell) -> _Copied:
    target.mkdir(mode=0o700)
    copied = _Copied()
    for number, file in enumerate(files, start=1):
        found = copy_file(source / file.name, target / file.name)
        if found is None:
            copied.missing.append(file.name)
            continue
        copied.files[file.name] = found
        if file.sha256 and found.sha256 != file.sha256:
            copied.damaged.append(file.name)
        if number % TOLD_EVERY == 0:
            tell(f"Files: {number} of {len(files)} ...")
    tell(f"Files: {len(copied.files)} of {len(files)} copied.")
    return copied


def copy_file(source: Path, target: Path) -> Checked | None:
    """Copy one file, private to us. Returns what the copy holds, read again; None: no such file."""
    if not source.is_file():
        return None
    _make_private(target.parent)
    target.touch(mode=0o600)
    shutil.copyfile(source, target)
    return Checked.of(target)


def _make_private(folder: Path) -> None:
    if not folder.exists():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700)
