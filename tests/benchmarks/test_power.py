"""How many seeded bugs each engine finds in the same time, beside what a good engineer writes
in an afternoon with Hypothesis (``afternoon.py``).

    pytest tests/benchmarks/test_power.py -p no:xdist -s

A trial is one engine against one mutant for ``POWER_SECONDS`` of this process's own time, in
this process. ``POWER_TRIALS`` seeds, and ``POWER_MUTANTS`` of the catalogue, evenly spread, or
``all`` of them. It takes about ten minutes of a quiet core, and with all of them an hour and a
half. It writes ``power.md`` and ``power.svg`` beside this file.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from resumable.conformance.mutants import MUTANTS, Mutant
from resumable.conformance.power.trial import Trial
from resumable.conformance.targets.builtin import sqlite
from tests.benchmarks.power_plot import plot
from tests.benchmarks.power_table import Outcome, by_engine, by_rule, not_found, table
from tests.benchmarks.rival import spend_an_afternoon
from tests.mutants.test_mutants_are_revealed import REVEALED

HERE: Final = Path(__file__).parent
NO_TRACES: Final = HERE / "none"

SECONDS: Final = float(os.environ.get("POWER_SECONDS", "10"))
TRIALS: Final = int(os.environ.get("POWER_TRIALS", "2"))
SAMPLE: Final = os.environ.get("POWER_MUTANTS", "30")

AFTERNOON: Final = "Hypothesis, in an afternoon"
OURS: Final = {"machine": "Hypothesis, our machine", "hunt": "hunt", "explore": "explore"}


def afternoon(mutant: Mutant, trial: int) -> Outcome:
    meter = spend_an_afternoon(mutant, trial, SECONDS)
    trace = int(meter.shortest) if meter.is_found else None
    return Outcome(AFTERNOON, mutant, meter.steps, meter.seconds, trace)


def ours(engine: str) -> Callable[[Mutant, int], Outcome]:
    def tried(mutant: Mutant, trial: int) -> Outcome:
        fate = Trial(mutant.name, engine, trial, SECONDS, NO_TRACES).run(sqlite(), lambda: None)
        assert fate.is_real, f"{engine} finds fault with what is right, too: {fate}"
        trace = fate.trace_steps if fate.is_killed else None
        return Outcome(OURS[engine], mutant, fate.steps, fate.seconds, trace)

    return tried


ENGINES: Final = [afternoon, *map(ours, OURS)]


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_each_engine_finds_as_much_as_the_machine_of_an_afternoon() -> None:
    for engine in ENGINES:
        engine(MUTANTS["start_is_not_live"], 0)  # what is made once is made by now
    outcomes = list(outcomes_of(sampled()))
    known = {name: len(program.commands) for name, program in REVEALED.items()}
    tables = [table(outcomes, known), by_rule(outcomes), not_found(outcomes)]
    written = "\n\n".join([heading(), *tables])
    (HERE / "power.md").write_text(written + "\n")
    (HERE / "power.svg").write_text(plot(outcomes, SECONDS))
    print("\n\n" + written)
    found = {
        engine: sum(one.is_found for one in of_engine)
        for engine, of_engine in by_engine(outcomes).items()
    }
    assert all(found[name] >= found[AFTERNOON] for name in OURS.values())


def heading() -> str:
    of_all = f"{len(sampled())} of {len(MUTANTS)} mutants"
    return f"{of_all}, {TRIALS} trial{'s' * (TRIALS > 1)} of {SECONDS:g} s of CPU each."


def sampled() -> list[Mutant]:
    """Evenly spread over the catalogue, which is in the order of what they break."""
    mutants = list(MUTANTS.values())
    count = len(mutants) if SAMPLE == "all" else int(SAMPLE)
    return [mutants[number * len(mutants) // count] for number in range(count)]


def outcomes_of(mutants: Sequence[Mutant]) -> Iterator[Outcome]:
    """One after the other, with a line for each mutant."""
    print()
    for mutant in mutants:
        print(f"{mutant.name:<48}", end="", flush=True)
        for engine in ENGINES:
            for trial in range(TRIALS):
                outcome = engine(mutant, trial)
                said = f"{outcome.seconds:.2f}" if outcome.is_found else "-"
                print(f"{said:>7}", end="", flush=True)
                yield outcome
        print(flush=True)
