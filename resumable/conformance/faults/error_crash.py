"""An error, and then a crash: a commit that failed may have happened all the same."""

from typing import Any, Final, NamedTuple

from model import CutPower, WhileFaulty
from model.crash import Durability
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults import images
from resumable.conformance.faults.coming_back import Standing, after, come_back
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.faults.disk import Disk
from resumable.conformance.faults.errors import POINTS_MAX, endless, strikes
from resumable.conformance.faults.figures import Counts
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.workers import Beat


class _Moment(NamedTuple):
    """When a crash comes."""

    before: Lockstep
    disk: Disk
    kept: str
    """What it leaves of what is not durable."""


class ErrorCrashes:
    """Strikes the last commands of workloads with one I/O error, and looks at what is on disk.
    Then the process is killed or the machine loses its power, at once, or when the call has
    been tried again."""

    def __init__(self, target: InProcess, scope: Scope, mode: Durability, beat: Beat) -> None:
        self._beat: Final = beat
        self._target: Final = target
        self._scope: Final = scope
        self._mode: Final[Durability] = mode

    def everywhere(self, workload: Workload, counts: Counts) -> None:
        """At each point in turn, until the call comes through unharmed.

        Raises DivergedError.
        """
        for point in range(POINTS_MAX):
            self._beat()
            with after(self._target, self._scope, self._mode, workload[:-1]) as lockstep:
                moments = self._moments(lockstep, workload[-1], point)
                self._target.database.close()
                for moment in moments:
                    self._crash(moment, counts)
            if not moments:
                return
        raise endless(workload[-1])

    def _moments(self, lockstep: Lockstep, struck: Any, point: int) -> list[_Moment]:
        """None if there is no such point."""
        lockstep.do(WhileFaulty(struck, "io_error", point))
        if not lockstep.steps[-1].seen.disk_failed:
            return []
        at_once, disk = lockstep.fork(Standing(self._target)), self._target.simulated.disk
        disk_at_once = disk.fork()
        lockstep.do(strikes("io_error", struck)(1).call)
        return [
            _Moment(at_once, disk_at_once, images.ALL),
            _Moment(at_once, disk_at_once, images.NONE),
            _Moment(lockstep, disk.fork(), images.NONE),
        ]

    def _crash(self, moment: _Moment, counts: Counts) -> None:
        before, disk, kept = moment
        platter = images.at(disk.base, disk.events)
        image = platter.image(images.surviving(platter.pending, kept))
        database = SimulatedDatabase(self._mode, image)
        with come_back(self._target, database, before, CutPower(kept)) as lockstep:
            is_same = lockstep.states[0].disk == before.states[0].disk
            counts.points += 1
            counts.images += 1
            counts.distinct += 1
            counts.before += is_same
            counts.after += not is_same
            counts.raised += before.steps[-1].seen.refused is not None
