"""A mutant as a target."""

from resumable.conformance.mutants.catalogue import Mutant
from resumable.conformance.targets.builtin import classify
from resumable.conformance.targets.in_process import InProcess


class MutantTarget(InProcess):
    """A mutant under the harness, with a clock that is handed to it."""

    def __init__(self, mutant: Mutant) -> None:
        time = {"now_ms": 0}
        super().__init__(
            lambda connection, limits: mutant.factory(
                connection, clock=lambda: time["now_ms"], limits=limits
            ),
            name=mutant.name,
            set_clock=lambda now_ms: time.update(now_ms=now_ms),
            classify=classify,
        )


def target_of(mutant: Mutant) -> InProcess:
    """``mutant`` under the harness."""
    return MutantTarget(mutant)
