"""How well a line could be reached: figures of calls, and shares that never promise too much. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reached:
    """Calls of the contract line within the service hours, by what became of them. `other`: none of these."""

    calls: int = 0
    connected: int = 0
    busy: int = 0
    alone: int = 0

    @property
    def other(self) -> int:
        """Neither connected nor busy: given up while it rang, or lost."""
        return self.calls - self.connected - self.busy

    @property
    def busy_percent(self) -> int | None:
        """The share that heard the busy signal, rounded up: 0 means none."""
        return -(-100 * self.busy // self.calls) if self.calls else None


@dataclass(frozen=True, slots=True)
class Waited:
    """Calls in the public queue within the service hours. Seconds are of those that talked or gave up."""

    calls: int = 0
    connected: int = 0
    abandoned: int = 0
    voicemails: int = 0
    alone: int = 0
    median: float | None = None
    p95: float | None = None
    longest: int | None = None

    @property
    def abandoned_percent(self) -> int | None:
        """The share that gave up, rounded up."""
        return -(-100 * self.abandoned // self.calls) if self.calls else None
