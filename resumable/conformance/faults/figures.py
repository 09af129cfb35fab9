"""What a run of faults has counted, and what it has found."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, NamedTuple

from model.commands import Command, Fault, Restart
from model.crash import Durability
from resumable.conformance.divergence import Divergence

ALL_MODES: Final[tuple[Durability, ...]] = (
    "wal-full",
    "wal-normal",
    "delete-extra",
    "delete-full",
)
STRONG_MODES: Final[tuple[Durability, ...]] = ("wal-full", "delete-full")
JOURNAL_MODES: Final[tuple[Durability, ...]] = ("delete-extra", "delete-full")
"""A rollback journal that is found is played back into the database."""

ONE_MODE: Final[tuple[Durability, ...]] = ("wal-full",)


class Kind(NamedTuple):
    """One kind of fault."""

    says: str
    modes: tuple[Durability, ...]
    """In which settings of the database it is tried."""

    fault: Fault | None = None

    def strikes(self, command: Command) -> bool:
        """Whether it can strike ``command`` at all."""
        return self.fault is not None or not isinstance(command, Restart)


KINDS: Final[dict[str, Kind]] = {
    "power": Kind("the machine loses its power", ALL_MODES),
    "kill": Kind("the process is killed", STRONG_MODES),
    "recovery": Kind("power is lost again while SQLite recovers", JOURNAL_MODES),
    "sigkill": Kind("a real process dies of SIGKILL", STRONG_MODES),
    "io_error": Kind("one call of the disk is an I/O error", STRONG_MODES, "io_error"),
    "io_error_on": Kind("all calls are, from one on", STRONG_MODES, "io_error_on"),
    "full": Kind("one write finds no space", STRONG_MODES, "full"),
    "full_on": Kind("all writes do, from one on", STRONG_MODES, "full_on"),
    "busy": Kind("another holds the lock once", STRONG_MODES, "busy"),
    "busy_on": Kind("another holds the lock from then on", STRONG_MODES, "busy_on"),
    "interrupt": Kind("a statement is interrupted", ONE_MODE, "interrupt"),
    "denied": Kind("the authorizer denies an action", ONE_MODE, "denied"),
    "row": Kind("a trigger raises, from one row on", ONE_MODE),
    "error_crash": Kind("an I/O error, and then a crash", STRONG_MODES),
}
"""By the word for ``--kind``."""

Place = tuple[str, Durability]
"""A kind in a mode."""


def places(kinds: Iterable[str]) -> tuple[Place, ...]:
    """The kinds, in every mode in which they are tried."""
    return tuple([(kind, mode) for kind in kinds for mode in KINDS[kind].modes])


IN_A_CHECK: Final[tuple[Place, ...]] = (
    *[(kind, mode) for kind in ("power", "io_error") for mode in STRONG_MODES],
    *places(("interrupt", "denied", "row")),
    ("full", "wal-full"),
    ("busy", "wal-full"),
)
"""What a check tries: the kinds that find the most, within seconds."""


@dataclass
class Counts:
    """The figures of one kind in one mode; they add up over workloads and workers."""

    workloads: int = 0
    """Of which the last command could be struck at all."""

    points: int = 0
    """Where it was struck."""

    images: int = 0
    """Disks that a crash could have left, equal ones counted each time."""

    distinct: int = 0
    """Different ones of each workload, on all of which the target was opened; after errors,
    different states that it was in."""

    before: int = 0
    """Times that the call had not happened."""

    after: int = 0
    """Times that it had."""

    earlier: int = 0
    """Times that something else was found that is permitted: an earlier commit was the last,
    or a call of two transactions was between them."""

    raised: int = 0
    violations: int = 0

    def add(self, other: "Counts") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def outcomes(self) -> tuple[bool, ...]:
        """Which there were at all. How often, depends on where SQLite has put its pages."""
        counts = (self.before, self.after, self.earlier, self.raised, self.violations)
        return tuple([count > 0 for count in counts])

    def as_json(self) -> dict[str, int]:
        return asdict(self)


class Violation(NamedTuple):
    """A divergence, and the kind of fault that brought it about."""

    kind: str
    mode: Durability
    divergence: Divergence
    number: int
    """Of the workload, among all of its length."""

    @property
    def place(self) -> Place:
        return self.kind, self.mode


@dataclass
class Figures:
    """Everything that was counted and found."""

    counts: dict[Place, Counts] = field(default_factory=dict)
    found: dict[Place, Violation] = field(default_factory=dict)
    """Of each kind in each mode the first, in the order of the workloads: it is the same
    with any number of workers."""

    def at(self, kind: str, mode: Durability) -> Counts:
        return self.counts.setdefault((kind, mode), Counts())

    def note(self, violation: Violation) -> None:
        """Count it, and keep it if it is the first."""
        self.at(*violation.place).violations += 1
        self._keep([violation])

    def add(self, other: "Figures") -> None:
        for (kind, mode), counts in other.counts.items():
            self.at(kind, mode).add(counts)
        self._keep(other.found.values())

    def _keep(self, found: Iterable[Violation]) -> None:
        for each in found:
            known = self.found.setdefault(each.place, each)
            if each.number < known.number:
                self.found[each.place] = each

    def outcomes(self) -> dict[Place, tuple[bool, ...]]:
        """Of each kind in each mode."""
        return {place: counts.outcomes() for place, counts in self.counts.items()}

    def total(self) -> Counts:
        """All kinds and modes together."""
        total = Counts()
        for counts in self.counts.values():
            total.add(counts)
        return total

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {"kind": kind, "mode": mode, **counts.as_json()}
            for (kind, mode), counts in self.counts.items()
        ]
