"""A loss of power inside the recovery from another: as if the first had lasted longer."""

from typing import Final

from model import Advance, InsertStale
from model.crash import Durability
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults import images
from resumable.conformance.faults.coming_back import Recording, come_back
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.faults.figures import Counts
from resumable.conformance.faults.power import Left, Losses, draws
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.workers import Beat


class Recoveries(Losses):
    """Switches the machine on after each loss of power, and takes the power away again at
    every change that the recovery makes. Nobody had an answer from it: what may be found is
    what the first loss may leave."""

    def __init__(
        self, target: InProcess, scope: Scope, mode: Durability, beat: Beat, *, seed: int = 0
    ) -> None:
        super().__init__(target, scope, mode, beat, seed=seed)
        draw = draws(seed)[0]
        self._ways_again: Final = (
            *(images.NONE, images.ALL),
            *(f"{images.SOME} {draw}", f"{images.TORN} {draw}"),
        )
        """What the second loss keeps. The disks that the first may leave are all tried."""

        self._seen: Final[set[object]] = set()
        self._again = Counts()

    def everywhere(self, workload: Workload, counts: Counts) -> None:
        """Raises DivergedError. Workloads that let something go stale are passed over: each
        restart deletes one stale stream more, so that two are not as one."""
        if any(isinstance(command, Advance | InsertStale) for command in workload):
            return
        self._seen.clear()
        self._again = counts
        super().everywhere(workload, Counts())

    def _come_back(self, recording: Recording, left: Left, _counts: Counts) -> None:
        database = SimulatedDatabase(self._mode, left.image)
        with come_back(self._target, database, left.before, left.command):
            disk = database.disk.fork()
        platter = images.at(disk.base, ())
        self._again.workloads += bool(disk.events) and not self._seen
        for event in disk.events:
            platter.note(event)
            self._again.points += 1
            for kept in self._ways_again:
                image = platter.image(images.surviving(platter.pending, kept))
                self._cut_again(recording, left._replace(image=image))

    def _cut_again(self, recording: Recording, left: Left) -> None:
        self._again.images += 1
        key = left.before, frozenset(left.image.items())
        if key not in self._seen:
            self._seen.add(key)
            super()._come_back(recording, left, self._again)
            self._again.distinct += 1
