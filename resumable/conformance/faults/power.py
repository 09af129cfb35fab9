"""Losses of power: one recording of a workload, and every disk that it may have left."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from model import (
    ORIGINAL,
    Command,
    CutPower,
    CutPowerDuring,
    Limits,
    Restart,
    State,
    step,
)
from model.crash import Durability
from resumable.conformance.bindings import Bindings
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults import images
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.faults.disk import Disk, Image
from resumable.conformance.faults.errors import go_on
from resumable.conformance.faults.figures import Counts
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import Setting
from resumable.conformance.target import Brief, Detail, Seen
from resumable.conformance.targets.in_process import InProcess

SAMPLES: Final = 2
"""Disks drawn of each kind at every point, besides those that are plain."""


class Recording(NamedTuple):
    """A workload that has run."""

    before: Lockstep
    """What the specification knew before the last command."""

    after: Lockstep
    """What it knew when that had returned."""

    disk: Disk
    mark: int
    """How many events came before the last command."""


class Left(NamedTuple):
    """A disk that may have been left."""

    command: Command
    """What leaves it."""

    image: Image
    before: Lockstep
    """What came before that."""


class Losses:
    """Takes the power away, or kills the process, at every point of the last commands of
    workloads. ``target`` runs each workload once."""

    def __init__(
        self, target: InProcess, scope: Scope, mode: Durability, *, kills: bool
    ) -> None:
        self._target: Final = target
        self._scope: Final = scope
        self._mode: Final[Durability] = mode
        self._samples: Final = None if kills else SAMPLES
        self._gone_on: Final[set[tuple[State, ...]]] = set()

    def everywhere(self, workload: Workload, counts: Counts) -> None:
        """Open the target on each disk that may be left, and compare. It goes on working once
        for each state that it came back to, in whatever workload.

        Raises DivergedError.
        """
        setting = Setting(storage=self._mode)
        lockstep = Lockstep(self._target, limits=self._scope.limits, setting=setting)
        try:
            recording = self._record(lockstep, workload)
            if recording.mark < len(recording.disk.events):
                counts.workloads += 1
                self._come_back_from_all(recording, workload[-1], counts)
        finally:
            self._target.close()

    def _record(self, lockstep: Lockstep, workload: Workload) -> Recording:
        for command in workload[:-1]:
            lockstep.do(command)
        database = self._target.simulated
        mark, before = len(database.disk.events), lockstep.fork(_Nobody(self._target))
        lockstep.do(workload[-1])
        disk = database.disk.fork()
        database.close()
        return Recording(before, lockstep, disk, mark)

    def _come_back_from_all(self, recording: Recording, struck: Any, counts: Counts) -> None:
        seen: set[object] = set()
        for left in self._left(recording, struck, counts):
            counts.images += 1
            key = left.before, frozenset(left.image.items())
            if key not in seen:
                seen.add(key)
                self._come_back(recording, left, counts)
                counts.distinct += 1

    def _left(self, recording: Recording, struck: Any, counts: Counts) -> Iterator[Left]:
        disk, mark = recording.disk, recording.mark
        platter = images.at(disk.base, disk.events[:mark])
        for made in range(len(disk.events) - mark + 1):
            if made:
                platter.note(disk.events[mark + made - 1])
            counts.points += 1
            for kept, image in self._ways(platter):
                yield Left(CutPowerDuring(struck, made, kept), image, recording.before)
        counts.points += 1
        for kept, image in self._ways(platter):
            yield Left(CutPower(kept), image, recording.after)

    def _ways(self, platter: images.Platter) -> Iterator[tuple[str, Image]]:
        pending, samples = platter.pending, self._samples
        ways = [images.ALL] if samples is None else images.ways(pending, samples)
        for kept in ways:
            yield kept, platter.image(images.surviving(pending, kept))

    def _come_back(self, recording: Recording, left: Left, counts: Counts) -> None:
        target = _SwitchedOn(self._target, self._mode, left.image)
        lockstep = left.before.fork(target)
        try:
            lockstep.do(left.command)
            _classify(recording, lockstep, counts)
            if lockstep.states not in self._gone_on:
                self._gone_on.add(lockstep.states)
                go_on(lockstep)
        finally:
            target.close()


def _classify(recording: Recording, lockstep: Lockstep, counts: Counts) -> None:
    """Whether the call has happened, as far as the disk tells."""
    found = lockstep.states
    if found == _restarted(recording.after):
        counts.after += 1
    elif found == _restarted(recording.before):
        counts.before += 1
    else:
        counts.earlier += 1


def _restarted(lockstep: Lockstep) -> tuple[State, ...]:
    """What it would be now if nothing was lost."""
    return tuple(
        outcome.state
        for state in lockstep.states
        for outcome in step(state, Restart(), lockstep.now_ms, lockstep.limits)
    )


class _Nobody:
    """In place of a target that has gone on: only its name is asked for."""

    strict_refusals: Final = True

    def __init__(self, target: InProcess) -> None:
        self._target: Final = target
        self.name: Final = target.name
        self.takes_limits: Final = target.takes_limits

    def open(self, _setting: Setting, _now_ms: int, limits: Limits = ORIGINAL) -> None:
        """It is open already."""

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        return self._target.perform(command, bindings, now_ms)

    def brief(self, *, may_skip: bool) -> Brief:
        return self._target.brief(may_skip=may_skip)

    def detail(self, names: Sequence[str], bindings: Bindings) -> Detail:
        return self._target.detail(names, bindings)

    def close(self) -> None:
        """It stays open, for the next disk."""

    def stop(self) -> None:
        self._target.stop()


class _SwitchedOn(_Nobody):
    """A target whose machine is switched on with a certain disk, whatever the command says
    that took its power. The rest is up to the target."""

    def __init__(self, target: InProcess, mode: Durability, image: Image) -> None:
        super().__init__(target)
        self._database: Final = SimulatedDatabase(mode, image)
        self._setting: Final = Setting(storage=mode)
        self._limits = ORIGINAL
        self._is_on = False

    def open(self, _setting: Setting, _now_ms: int, limits: Limits = ORIGINAL) -> None:
        self._limits = limits

    def close(self) -> None:
        self._target.simulated.close()

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        if self._is_on:
            return super().perform(command, bindings, now_ms)
        self._is_on = True
        return self._target.attach(self._database, self._setting, now_ms, self._limits)
