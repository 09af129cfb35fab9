"""The engines, each in one process and until it finds something: what trials compare."""

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from resumable.conformance.divergence import DivergedError, Divergence
from resumable.conformance.explore.scope import small
from resumable.conformance.explore.search import Budget, Exploration, Here
from resumable.conformance.faults.figures import IN_A_CHECK, KINDS, Place, places
from resumable.conformance.faults.run import Extent, FaultRun
from resumable.conformance.faults.tasks import Obstacle
from resumable.conformance.gate import EXPLORED_DEPTH, SEQUENCES, STRUCK_DEPTH
from resumable.conformance.hunt.batch import Batch
from resumable.conformance.hunt.hunt import BATCH
from resumable.conformance.run import run
from resumable.conformance.target import Target
from resumable.conformance.trace import Trace


class Given(NamedTuple):
    """What an engine starts from."""

    seed: int = 0
    traces: Sequence[tuple[Path, Trace]] = ()


Engine = Callable[[Target, Given], Divergence | None]
"""Returns the first divergence as it was found, not shrunk; None if it can find none. It goes
on for as long as the target lets it."""


def replays(target: Target, given: Given) -> Divergence | None:
    """Known traces, one after the other."""
    for _, trace in given.traces:
        found = run(target, trace.commands, setting=trace.setting, limits=trace.limits)
        if found is not None:
            return found
    return None


def explores(
    target: Target,
    given: Given,  # noqa: ARG001 - it needs nothing to start from
    depth: int | None = None,
) -> Divergence | None:
    """Every sequence, the shortest first, under small limits."""
    runner, budget = Here(target), Budget(depth)
    return Exploration(runner, target.name, small("full"), budget).run().found


def hunts(target: Target, given: Given, sequences: int | None = None) -> Divergence | None:
    """Seeded sequences, the same as those of ``resumable hunt --seed``."""
    for first in itertools.count(0, BATCH):
        if sequences is not None and first >= sequences:
            return None
        batch = Batch(given.seed, first, BATCH, until_found=True)
        for _, found in batch.run(target, lambda: None).found.values():
            return found
    return None


def strikes(
    target: Target,
    given: Given,  # noqa: ARG001 - as above
    depth: int | None = None,
    where: Sequence[Place] = IN_A_CHECK,
) -> Divergence | None:
    """Every sequence, the shortest first, with faults at every point of its last command."""
    Obstacle().run(target, lambda: None)
    extent = Extent(tuple(where), depth)
    struck = FaultRun(Here(target), target.name, small("core"), extent).run()
    return next((each.divergence for each in struck.figures.found.values()), None)


def checks(target: Target, given: Given) -> Divergence | None:
    """What ``resumable check`` does, in its order."""
    return (
        replays(target, given)
        or hunts(target, given, SEQUENCES)
        or explores(target, given, EXPLORED_DEPTH)
        or strikes(target, given, STRUCK_DEPTH)
    )


def draws(target: Target, given: Given) -> Divergence | None:
    """The Hypothesis machine, with so many examples that only time ends it."""
    # Hypothesis takes longer to import than most mutants live.
    from hypothesis import HealthCheck, Phase, Verbosity, seed, settings  # noqa: PLC0415
    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415

    from resumable.conformance.machine import lockstep_machine  # noqa: PLC0415

    machine = seed(given.seed)(lockstep_machine(lambda: target))
    until_found = settings(
        max_examples=_MANY,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(machine, settings=until_found)
    except DivergedError as error:
        return error.divergence
    return None


_MANY: Final = 1_000_000

ENGINES: Final[dict[str, Engine]] = {
    "check": checks,
    "hunt": hunts,
    "explore": explores,
    "faults": partial(strikes, where=places(KINDS)),
    "machine": draws,
}
"""By the names that ``resumable mutants --engine`` takes."""
