"""The afternoon's machine as an engine: with Hypothesis' default settings, and other seeds as
long as there is time."""

import itertools
import math
import sys
from time import process_time
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from resumable.conformance.mutants import Mutant
from resumable.conformance.power.subject import OutOfTimeError
from tests.benchmarks.afternoon import StreamMachine

_SEEDS: Final = 1_000_000
"""So many seeds has a trial, which are those of no other."""

_FAILURES: Final = (Exception, pytest.fail.Exception)
"""What Hypothesis takes for a failure; what ``pytest.raises`` raises is no Exception."""


class Meter:
    """Counts the steps until the first failure, and takes its time. Then Hypothesis may shrink
    for as long again."""

    def __init__(self, seconds_max: float) -> None:
        self.steps = 0
        self.shortest: float = math.inf
        """The steps of the shortest program that failed; infinite as long as none has."""

        self._seconds_max: Final = seconds_max
        self._began: Final = process_time()
        self._ends: float = math.inf

    @property
    def is_found(self) -> bool:
        return self.shortest < math.inf

    @property
    def seconds(self) -> float:
        """Until the first failure, or until now."""
        return min(self._ends, process_time()) - self._began

    def refuse_if_over(self) -> None:
        since = self._ends if self.is_found else self._began
        if process_time() > since + self._seconds_max:
            raise OutOfTimeError

    def note(self, steps: int, *, failed: bool) -> None:
        """An example is over."""
        if not self.is_found:
            self.steps += steps
            self._ends = process_time() if failed else math.inf
        if failed:
            self.shortest = min(self.shortest, steps)


def spend_an_afternoon(mutant: Mutant, trial: int, seconds_max: float) -> Meter:
    """What it finds in ``mutant``."""
    meter = Meter(seconds_max)
    machine = _metered(mutant, meter)
    for number in itertools.count(_SEEDS * trial):
        try:
            run_state_machine_as_test(seed(number)(machine), settings=_by_default())
        except OutOfTimeError:
            return meter
        except (*_FAILURES, BaseExceptionGroup):  # Hypothesis tells several ways to fail.
            return meter
    raise AssertionError("time does not end")


def _metered(mutant: Mutant, meter: Meter) -> type[StreamMachine]:
    class Metered(StreamMachine):
        make = mutant.factory

        def __init__(self) -> None:
            super().__init__()
            self.begun = 0
            """Steps, with the one that comes next."""

        def check_invariants(self, *how: Any) -> None:
            meter.refuse_if_over()
            super().check_invariants(*how)
            self.begun += 1

        def teardown(self) -> None:
            failed = isinstance(sys.exception(), _FAILURES)
            meter.note(self.begun if failed else self.begun - 1, failed=failed)
            super().teardown()

    return Metered


def _by_default() -> settings:
    """What Hypothesis sets for state machines, whatever profile is loaded here; but nothing
    is remembered from one trial to the next, and what was shrunk is not explained, which
    slows shrinking down."""
    return settings(
        settings.get_profile("default"),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )
