"""What a run of faults hands to its workers: some workloads, and the kinds of fault to try."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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

Strike = Callable[[Workload, Counts], None]


@dataclass(frozen=True)
class Obstacle:
    """Find out why faults cannot be brought about: "" if they can."""

    def run(self, target: Target, _beat: Callable[[], None]) -> str:
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

    def run(self, target: Target, beat: Callable[[], None]) -> Figures:
        assert isinstance(target, InProcess)  # noqa: S101 - see Obstacle
        figures = Figures()
        for kind, mode in self.places:
            strike, counts = self._strike(target, kind, mode), figures.at(kind, mode)
            for number, workload in enumerate(self.workloads, self.first):
                beat()
                try:
                    strike(workload, counts)
                except DivergedError as error:
                    figures.note(Violation(kind, mode, error.divergence, number))
        return figures

    def _strike(self, target: InProcess, kind: str, mode: Durability) -> Strike:
        if kind in {"power", "kill"}:
            return Losses(target, self.scope, mode, kills=kind == "kill").everywhere
        if kind == "recovery":
            return Recoveries(target, self.scope, mode).everywhere
        if kind == "sigkill":
            return Kills(target, self.scope, mode, self.killed).everywhere
        errors = Errors(target, self.scope, mode)
        if kind == "error_crash":
            return errors.then_crash
        return lambda workload, counts: errors.everywhere(kind, workload, counts)
