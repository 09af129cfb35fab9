"""Going there and coming back: a target where commands lead, and on whatever a crash has left,
held against the specification."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from model import ORIGINAL, Command, Limits, Restart, State, step
from model.crash import Durability
from resumable.conformance.bindings import Bindings
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults.disk import Disk
from resumable.conformance.faults.figures import Counts
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import Setting
from resumable.conformance.target import Brief, Detail, Seen, Target
from resumable.conformance.targets.database import Database
from resumable.conformance.targets.in_process import InProcess


class Recording(NamedTuple):
    """A workload that has run."""

    before: Lockstep
    """What the specification knew before the last command."""

    after: Lockstep
    """What it knew when that had returned."""

    disk: Disk
    mark: int
    """How many events came before the last command."""

    def classify(self, lockstep: Lockstep, counts: Counts) -> None:
        """Count whether the last command has happened, as far as the disk tells."""
        if lockstep.states == _restarted(self.after):
            counts.after += 1
        elif lockstep.states == _restarted(self.before):
            counts.before += 1
        else:
            counts.earlier += 1


@contextmanager
def after(
    target: Target, scope: Scope, mode: Durability, commands: Sequence[Command]
) -> Iterator[Lockstep]:
    """A lockstep that has sent ``commands`` to the target, which is closed in the end. Raises
    DivergedError."""
    lockstep = Lockstep(target, limits=scope.limits, setting=Setting(storage=mode))
    try:
        for command in commands:
            lockstep.do(command)
        yield lockstep
    finally:
        target.close()


def recorded(target: InProcess, lockstep: Lockstep, struck: Command) -> Recording:
    """Send the last command, and let go of the database. Raises DivergedError."""
    database = target.simulated
    mark, before = len(database.disk.events), lockstep.fork(Standing(target))
    lockstep.do(struck)
    recording = Recording(before, lockstep, database.disk.fork(), mark)
    database.close()
    return recording


@contextmanager
def come_back(
    target: InProcess, database: Database, before: Lockstep, crash: Command
) -> Iterator[Lockstep]:
    """``crash`` came after ``before``, and has left ``database``, on which the target starts
    again. The target stays open afterwards.

    Raises DivergedError.
    """
    lockstep = before.fork(_SwitchedOn(target, database, before.setting))
    try:
        lockstep.do(crash)
        yield lockstep
    finally:
        target.database.close()


def _restarted(lockstep: Lockstep) -> tuple[State, ...]:
    """What it would be now if nothing was lost."""
    return tuple(
        outcome.state
        for state in lockstep.states
        for outcome in step(state, Restart(), lockstep.now_ms, lockstep.limits)
    )


class Standing:
    """A target that is open already, and stays so."""

    def __init__(self, target: InProcess) -> None:
        self._target: Final = target
        self.name: Final = target.name
        self.takes_limits: Final = target.takes_limits

    def open(self, _setting: Setting, _now_ms: int, limits: Limits = ORIGINAL) -> None:
        """It is."""

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        return self._target.perform(command, bindings, now_ms)

    def brief(self, *, may_skip: bool) -> Brief:
        return self._target.brief(may_skip=may_skip)

    def detail(self, names: Sequence[str], bindings: Bindings) -> Detail:
        return self._target.detail(names, bindings)

    def close(self) -> None:
        """It stays open."""

    def stop(self) -> None:
        self._target.stop()


class _SwitchedOn(Standing):
    """A target that a crash brings to a certain database, whatever the command says that it
    was. The rest is up to the target."""

    def __init__(self, target: InProcess, database: Database, setting: Setting) -> None:
        super().__init__(target)
        self._database: Final = database
        self._setting: Final = setting
        self._limits = ORIGINAL
        self._is_on = False

    def open(self, _setting: Setting, _now_ms: int, limits: Limits = ORIGINAL) -> None:
        self._limits = limits

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        if self._is_on:
            return super().perform(command, bindings, now_ms)
        self._is_on = True
        return self._target.attach(self._database, self._setting, now_ms, self._limits)
