"""Losses of power: one recording of a workload, and every disk that it may have left."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from model import (
    CutPower,
    CutPowerDuring,
    State,
)
from model.crash import Durability
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults import images
from resumable.conformance.faults.coming_back import Recording, after, come_back, recorded
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.faults.disk import Image
from resumable.conformance.faults.errors import go_on
from resumable.conformance.faults.figures import Counts
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.workers import Beat

SAMPLES: Final = 2
"""Disks drawn of each kind at every point, besides those that are plain."""


def draws(seed: int) -> range:
    """The numbers of those disks: no two seeds have one in common."""
    return range(seed * SAMPLES, (seed + 1) * SAMPLES)


class Left(NamedTuple):
    """A disk that may have been left."""

    command: CutPower | CutPowerDuring
    """What leaves it."""

    image: Image
    before: Lockstep
    """What came before that."""


class Losses:
    """Takes the power away, or kills the process, at every point of the last commands of
    workloads. ``target`` runs each workload once; ``beat`` is called before it goes on."""

    def __init__(
        self,
        target: InProcess,
        scope: Scope,
        mode: Durability,
        beat: Beat,
        *,
        kills: bool = False,
        seed: int = 0,
    ) -> None:
        self._target: Final = target
        self._scope: Final = scope
        self._mode: Final[Durability] = mode
        self._beat: Final = beat
        self._kills: Final = kills
        self._draws: Final = draws(seed)
        self._gone_on: Final[set[tuple[State, ...]]] = set()

    def everywhere(self, workload: Workload, counts: Counts) -> None:
        """Open the target on each disk that may be left, and compare. It goes on working once
        for each state that it came back to, in whatever workload.

        Raises DivergedError.
        """
        with after(self._target, self._scope, self._mode, workload[:-1]) as lockstep:
            recording = recorded(self._target, lockstep, workload[-1])
            if recording.mark < len(recording.disk.events):
                counts.workloads += 1
                self._come_back_from_all(recording, workload[-1], counts)

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
        pending = platter.pending
        ways = [images.ALL] if self._kills else images.ways(pending, self._draws)
        for kept in ways:
            yield kept, platter.image(images.surviving(pending, kept))

    def _come_back(self, recording: Recording, left: Left, counts: Counts) -> None:
        self._beat()
        database = SimulatedDatabase(self._mode, left.image)
        with come_back(self._target, database, left.before, left.command) as lockstep:
            recording.classify(lockstep, counts)
            if lockstep.states not in self._gone_on:
                self._gone_on.add(lockstep.states)
                go_on(lockstep)
