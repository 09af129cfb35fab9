"""A loss of power inside the recovery from another."""

from collections.abc import Iterator
from typing import Final

from model import CutPowerDuring
from model.crash import Durability
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults import images, vfs
from resumable.conformance.faults.coming_back import Recording, come_back
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.faults.disk import Image
from resumable.conformance.faults.figures import Counts
from resumable.conformance.faults.power import Left, Losses, draws
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.workers import Beat


class Recoveries(Losses):
    """Switches the machine on after each loss of power, and takes the power away again at
    every change that the recovery makes. Nobody had an answer from it."""

    def __init__(
        self, target: InProcess, scope: Scope, mode: Durability, beat: Beat, *, seed: int = 0
    ) -> None:
        super().__init__(target, scope, mode, beat, seed=seed)
        draw = draws(seed)[0]
        self._ways_again: Final = (
            images.NONE,
            images.ALL,
            f"{images.SOME} {draw}",
            f"{images.TORN} {draw}",
        )
        """What the second loss keeps. The disks that the first may leave are all tried."""

        self._seen: Final[set[object]] = set()
        self._recovered: Final[set[object]] = set()
        self._again = Counts()

    def everywhere(self, workload: Workload, counts: Counts) -> None:
        """Raises DivergedError."""
        self._seen.clear()
        self._recovered.clear()
        self._again = counts
        super().everywhere(workload, Counts())

    def _ways(self, platter: images.Platter) -> Iterator[tuple[str, Image]]:
        """Where all is kept, it has become durable: with ``all``, which stands for a kill, it
        would not have, and the second loss could still take it."""
        everything = f"{images.FIRST} {len(platter.pending)}"
        for kept, image in super()._ways(platter):
            yield everything if kept == images.ALL else kept, image

    def _come_back(self, recording: Recording, left: Left, _counts: Counts) -> None:
        database = SimulatedDatabase(self._mode, left.image)
        with come_back(self._target, database, left.before, left.command):
            disk = database.disk.fork()
        platter, crash = images.at(disk.base, ()), left.command
        self._again.workloads += bool(disk.events) and not self._seen
        for made, event in enumerate(disk.events, 1):
            if made == database.opened_at + 1 and not self._is_new(left, platter):
                return
            platter.note(event)
            self._again.points += 1
            for kept in self._ways_again:
                image = platter.image(images.surviving(platter.pending, kept))
                again = CutPowerDuring(crash, made, kept)
                self._cut_again(recording, left._replace(command=again, image=image))

    def _is_new(self, left: Left, platter: images.Platter) -> bool:
        """Whether no other loss has come back to this database. What is changed from here on,
        the target changes, which restores: SQLite has recovered before, mostly to the same. A
        journal that it has passed over by then will be begun anew."""
        key = left.before, platter.image(())[vfs.DATABASE], tuple(platter.pending)
        is_new = key not in self._recovered
        self._recovered.add(key)
        return is_new

    def _cut_again(self, recording: Recording, left: Left) -> None:
        self._again.images += 1
        key = left.before, frozenset(left.image.items())
        if key not in self._seen:
            self._seen.add(key)
            super()._come_back(recording, left, self._again)
            self._again.distinct += 1
