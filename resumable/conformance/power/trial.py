"""A trial: one engine against one mutant, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import process_time
from typing import NamedTuple

from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import known_traces
from resumable.conformance.mutants import MUTANTS
from resumable.conformance.mutants.target import target_of
from resumable.conformance.power.engines import ENGINES, Given
from resumable.conformance.power.subject import OutOfTimeError, Subject
from resumable.conformance.run import run
from resumable.conformance.shrink import shrink
from resumable.conformance.target import Target

Beat = Callable[[], None]
_known_traces = cache(known_traces)


class Fate(NamedTuple):
    """What became of a mutant under one engine."""

    mutant: str
    engine: str
    found: Divergence | None
    """The counterexample, shrunk; None if the mutant survived."""

    steps: int
    """Commands that were sent until the first divergence, or until time was over."""

    seconds: float
    """The same in seconds of the process itself, which a busy machine does not lengthen."""

    is_real: bool = True
    """Whether the right implementation passes the counterexample. If it does not, the engine
    has found fault with what is right."""

    @property
    def is_killed(self) -> bool:
        return self.found is not None

    @property
    def trace_steps(self) -> int:
        """How many commands the counterexample has."""
        return 0 if self.found is None else len(self.found.steps)


@dataclass(frozen=True)
class Trial:
    """``engine`` against ``mutant``, as a task for a worker with the right implementation."""

    mutant: str
    engine: str
    seed: int
    seconds: float
    traces: Path | None

    def run(self, right: Target, beat: Beat) -> Fate:
        mutant = MUTANTS[self.mutant]
        given = Given(self.seed, _known_traces(self.traces))
        began = process_time()
        subject = Subject(mutant.name, mutant.factory, self.seconds, beat)
        try:
            found = ENGINES[self.engine](subject, given)
        except OutOfTimeError:
            found = None
        finally:
            subject.close()
        seconds = process_time() - began
        subject.stop()
        if found is None:
            return Fate(self.mutant, self.engine, None, subject.performed, seconds)
        shrunk = _shrunk(target_of(mutant), found, beat)
        is_real = passes(right, shrunk)
        return Fate(self.mutant, self.engine, shrunk, subject.performed, seconds, is_real)


def passes(target: Target, counterexample: Divergence) -> bool:
    """Whether ``target`` conforms on the program of a counterexample to another."""
    program = [step.command for step in counterexample.steps]
    setting, limits = counterexample.setting, counterexample.limits
    return run(target, program, setting=setting, limits=limits) is None


def _shrunk(target: Target, found: Divergence, beat: Beat) -> Divergence:
    try:
        return shrink(target, found, beat) or found
    finally:
        target.stop()
