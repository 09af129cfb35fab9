"""What a crash may bring back: a sequence, as ``model.crash`` wants to know it."""

from collections.abc import Iterable, Sequence
from typing import Final, get_args

from model import INITIAL, Disk, Limits, Outcome, Restart, State, step
from model.commands import (
    CRASHES,
    Call,
    Command,
    CutPower,
    CutPowerDuring,
    Reopen,
    WhileFaulty,
    crashes,
)
from model.crash import (
    Disks,
    Durability,
    begun,
    committed,
    doubted,
    left_by_kill,
    left_by_power_loss,
)
from model.step import midway, throughout
from resumable.conformance.setting import Setting

DURABILITIES: Final[tuple[Durability, ...]] = get_args(Durability)

ALL_KEPT: Final = "all"
"""What ``CutPower`` keeps if it takes nothing: then only a process was killed."""


class Hindsight:
    """The commits of one sequence so far, on a disk that can lose its power."""

    def __init__(self, durability: Durability, limits: Limits) -> None:
        self._durability: Final = durability
        self._limits: Final = limits
        self._history = committed(begun((Disk(has_tables=False),)), (INITIAL.disk,))
        self.doubtful_call: Call | Restart | None = None
        """The last call that an I/O error struck; a crash may bring it back."""

    @property
    def may_be_found(self) -> Disks:
        """The disks that a loss of power may leave now."""
        return left_by_power_loss(self._history, self._durability)

    def besides(self, command: Command, now_ms: int) -> list[Outcome]:
        """What is permitted besides what ``step`` says, which knows only the last disk."""
        if not crashes(command):
            return []
        disks = self.may_be_found if _takes_power(command) else left_by_kill(self._history)
        disks = self._recovering(command, disks, now_ms)
        restart = command if isinstance(command, WhileFaulty) else Restart()
        return [
            outcome
            for disk in disks
            for outcome in step(State(disk), restart, now_ms, self._limits)
        ]

    def note(
        self,
        command: Command,
        before: Sequence[State],
        after: Sequence[State],
        now_ms: int,
        *,
        disk_failed: bool,
    ) -> None:
        """``command`` led from one of ``before`` to one of ``after``."""
        disks = _disks(state.disk for state in after)
        if _takes_power(command):
            self._history = begun(self._found(command, before, disks, now_ms))
        elif crashes(command):
            self._history = self._history._replace(doubtful=())
        elif isinstance(command, Reopen) and self._durability.startswith("wal"):
            self._history = begun(self._history.commits[-1])
        elif not disk_failed:
            for disk in _passed(command, before, now_ms, self._limits):
                self._history = committed(self._history, (disk,))
        self._history = committed(self._history, disks)
        if disk_failed and isinstance(command, WhileFaulty):
            self._doubt(command, before, now_ms)

    def _found(
        self, command: Command, before: Sequence[State], restarted: Disks, now_ms: int
    ) -> Disks:
        """What may have been found before the restart wrote to it, as it does if it deletes
        what is stale: that is durable, while what it wrote may be lost again."""
        candidates = self._recovering(command, self.may_be_found, now_ms)
        if isinstance(command, CutPowerDuring):
            candidates += self._wanted(command.call, before, now_ms)
        return tuple(
            disk
            for disk in dict.fromkeys(candidates)
            if any(
                outcome.state.disk in restarted
                for outcome in step(State(disk), Restart(), now_ms, self._limits)
            )
        )

    def _recovering(self, command: Command, disks: Disks, now_ms: int) -> Disks:
        """``disks``, and what each becomes in the recoveries in which power is lost again."""
        while isinstance(command, CutPowerDuring) and isinstance(command.call, CRASHES):
            command = command.call
            restarted = self._wanted(Restart(), map(State, disks), now_ms)
            disks = _disks((*disks, *restarted))
        return disks

    def _wanted(self, call: Command, before: Iterable[State], now_ms: int) -> Disks:
        """Every disk to which ``call`` would lead, if nothing came between."""
        return _disks(
            disk for state in before for disk in throughout(state, call, now_ms, self._limits)
        )

    def _doubt(self, command: WhileFaulty, before: Sequence[State], now_ms: int) -> None:
        """Only an I/O error leaves one in doubt: what a full disk has no room for is not
        written, and a lock or an interrupt comes before the writing."""
        if command.fault not in {"io_error", "io_error_on"}:
            return
        self.doubtful_call = command.call
        wanted = self._wanted(command.call, before, now_ms)
        self._history = doubted(self._history, self._durability, wanted)


def hindsight(setting: Setting, limits: Limits) -> Hindsight | None:
    """None for a setting in which no power can be lost."""
    durability = durability_of(setting)
    return None if durability is None else Hindsight(durability, limits)


def durability_of(setting: Setting) -> Durability | None:
    """Of a disk that can lose its power; None where there is none."""
    return next((each for each in DURABILITIES if each == setting.storage), None)


def _takes_power(command: Command) -> bool:
    """Now, or before the recovery in which it is lost again."""
    if not isinstance(command, CutPower | CutPowerDuring):
        return False
    inner = getattr(command, "call", None)
    return command.kept != ALL_KEPT or (inner is not None and _takes_power(inner))


def _disks(disks: Iterable[Disk]) -> Disks:
    return tuple(dict.fromkeys(disks))


def _passed(
    command: Command, before: Sequence[State], now_ms: int, limits: Limits
) -> list[Disk]:
    """What was committed on the way to the end of a command that came to its end."""
    return [disk for state in before for disk in midway(state, command, now_ms, limits)]
