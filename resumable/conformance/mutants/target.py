"""A mutant as a target."""

from resumable.conformance.mutants.catalogue import Factory, Mutant
from resumable.conformance.targets.builtin import classify
from resumable.conformance.targets.in_process import InProcess


class MutantTarget(InProcess):
    """What is constructed as our class is, with a clock that is handed to it."""

    def __init__(self, name: str, factory: Factory) -> None:
        time = {"now_ms": 0}
        super().__init__(
            lambda connection, limits: factory(
                connection, clock=lambda: time["now_ms"], limits=limits
            ),
            name=name,
            set_clock=lambda now_ms: time.update(now_ms=now_ms),
            classify=classify,
        )


def target_of(mutant: Mutant) -> InProcess:
    """``mutant`` under the harness."""
    return MutantTarget(mutant.name, mutant.factory)
