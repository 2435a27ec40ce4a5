"""The answer: a code for each thing that gave it away, without anything of the content."""

from dataclasses import dataclass

CODES = frozenset(
    {
        "name",
        "event_log",
        "capture",
        "memory_dump",
        "database_dump",
        "journal",
        "log_lines",
        "trace",
        "archive",
    }
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why something looks like a log; empty for everything else."""

    codes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.codes)


ORDINARY = Likeness()
