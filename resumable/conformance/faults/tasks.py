"""What a run of faults hands to its workers: some workloads, and the kinds of fault to try."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from model.crash import Durability
from resumable.conformance.divergence import DivergedError
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults.errors import Errors
from resumable.conformance.faults.figures import Counts, Figures, Place, Violation
from resumable.conformance.faults.kill import SAMPLED, Kills
from resumable.conformance.faults.library import library
from resumable.conformance.faults.power import Losses
from resumable.conformance.faults.recovery import Recoveries
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
class Batch:
    """Strike the last command of each workload, at every point, with each kind of fault.
    ``first`` is the number of the first workload."""

    scope: Scope
    places: Sequence[Place]
    workloads: Sequence[Workload]
    first: int = 0
    killed: int = SAMPLED
    """One workload in so many is killed for real."""

    def run(self, target: Target, beat: Beat) -> Figures:
        assert isinstance(target, InProcess)  # noqa: S101 - see Obstacle
        figures = Figures()
        for kind, mode in self.places:
            strike, counts = self._strike(target, kind, mode, beat), figures.at(kind, mode)
            for number, workload in enumerate(self.workloads, self.first):
                try:
                    strike(workload, counts)
                except DivergedError as error:
                    figures.note(Violation(kind, mode, error.divergence, number))
        return figures

    def _strike(self, target: InProcess, kind: str, mode: Durability, beat: Beat) -> Strike:
        scope = self.scope
        match kind:
            case "power" | "kill":
                return Losses(target, scope, mode, beat, kills=kind == "kill").everywhere
            case "recovery":
                return Recoveries(target, scope, mode, beat).everywhere
            case "sigkill":
                return Kills(target, scope, mode, beat, self.killed).everywhere
            case "error_crash":
                return Errors(target, scope, mode, beat).then_crash
            case _:
                return partial(Errors(target, scope, mode, beat).everywhere, kind)
