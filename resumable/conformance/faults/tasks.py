"""What a run of faults hands to its workers: beginnings to look at, and workloads to strike
with kinds of fault."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from model.crash import Durability
from resumable.conformance.divergence import DivergedError
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults.error_crash import ErrorCrashes
from resumable.conformance.faults.errors import Errors
from resumable.conformance.faults.figures import KINDS, Counts, Figures, Place, Violation
from resumable.conformance.faults.kill import SAMPLED, Kills
from resumable.conformance.faults.library import library
from resumable.conformance.faults.power import Losses
from resumable.conformance.faults.recovery import Recoveries
from resumable.conformance.faults.sameness import key_after
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.target import Target
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.workers import Beat

Strike = Callable[[Workload, Counts], None]


@dataclass(frozen=True)
class Obstacle:
    """Find out why faults cannot be brought about: "" if they can."""

    def run(self, target: Target, _beat: Beat) -> str:
        if not isinstance(target, InProcess):
            return "does not work on a connection that it is given, so that no disk can fail it"
        library()
        return ""


@dataclass(frozen=True)
class Survey:
    """Find out where each of ``beginnings`` leads, in each mode. ``first`` is the number of
    the first one."""

    scope: Scope
    modes: Sequence[Durability]
    beginnings: Sequence[Workload]
    first: int

    def run(self, target: Target, beat: Beat) -> list[tuple[bytes | None, ...]]:
        """Keys; None where the target departs from the specification on the way, so that
        each of the workloads has to tell."""
        return [
            tuple([self._key(target, mode, commands, beat) for mode in self.modes])
            for commands in self.beginnings
        ]

    def _key(
        self, target: Target, mode: Durability, commands: Workload, beat: Beat
    ) -> bytes | None:
        assert isinstance(target, InProcess)  # noqa: S101 - see Obstacle
        beat()
        try:
            return key_after(target, self.scope, mode, commands)
        except DivergedError:
            return None


@dataclass(frozen=True)
class Batch:
    """Strike the last command of each workload, at every point, with each kind of fault.
    ``first`` is the number of the first workload."""

    scope: Scope
    places: Sequence[Place]
    workloads: Sequence[Workload]
    first: int = 0
    killed: int = SAMPLED
    """One workload in so many is killed for real."""

    seed: int = 0
    """Which disks are drawn."""

    def run(self, target: Target, beat: Beat) -> Figures:
        assert isinstance(target, InProcess)  # noqa: S101 - see Obstacle
        figures = Figures()
        for kind, mode in self.places:
            strike, counts = self._strike(target, kind, mode, beat), figures.at(kind, mode)
            for number, workload in enumerate(self.workloads, self.first):
                try:
                    if KINDS[kind].strikes(workload[-1]):
                        strike(workload, counts)
                except DivergedError as error:
                    figures.note(Violation(kind, mode, error.divergence, number))
        return figures

    def _strike(self, target: InProcess, kind: str, mode: Durability, beat: Beat) -> Strike:
        scope, seed = self.scope, self.seed
        match kind:
            case "power":
                return Losses(target, scope, mode, beat, seed=seed).everywhere
            case "kill":
                return Losses(target, scope, mode, beat, kills=True).everywhere
            case "recovery":
                return Recoveries(target, scope, mode, beat, seed=seed).everywhere
            case "sigkill":
                return Kills(target, scope, mode, beat, self.killed).everywhere
            case "error_crash":
                return ErrorCrashes(target, scope, mode, beat).everywhere
            case _:
                return partial(Errors(target, scope, mode, beat).everywhere, kind)


class Compared(NamedTuple):
    """What was found where nothing new was expected."""

    figures: Figures
    is_same: bool


@dataclass(frozen=True)
class Comparison:
    """Strike the workloads of a beginning that was taken for the same as another, and those
    of that other: what comes of it has to be the same, too."""

    known: Batch
    other: Batch

    def run(self, target: Target, beat: Beat) -> Compared:
        known, other = [batch.run(target, beat) for batch in (self.known, self.other)]
        return Compared(other, known.outcomes() == other.outcomes())
