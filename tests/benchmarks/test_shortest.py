"""How short the hunt's counterexamples are: for each mutant beside the shortest there is.

Both look in the small scope. The exploration tries every sequence of the full alphabet up to
``DEPTH``, so that nothing shorter exists than what it finds. The hunt goes on past its first
find, as with ``--keep-going``, and each kind of divergence is shrunk for itself: its shortest
counts. Mutants that need more than ``DEPTH`` commands are listed, and count for neither.

It takes some minutes: ``pytest tests/benchmarks/test_shortest.py -s``.
"""

import logging
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from resumable.conformance.divergence import Divergence
from resumable.conformance.explore.scope import small
from resumable.conformance.explore.search import Budget, Exploration, Here
from resumable.conformance.hunt.batch import run_sequence
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.mutants import MUTANTS, target_of
from resumable.conformance.shrink import shrink
from resumable.conformance.tally import Tally
from resumable.conformance.target import Target
from resumable.conformance.vocabulary import vocabulary

DEPTH: Final = 4
SEQUENCES: Final = 500
"""What a hunt sends, and ten times as many as long as it has found nothing."""

AS_SHORT: Final = 0.95

SCOPE: Final = small("full")


class Row(NamedTuple):
    """Lengths in commands; None where nothing was found."""

    mutant: str
    explored: int | None
    hunted: int | None

    @property
    def is_as_short(self) -> bool:
        return None not in (self.explored, self.hunted) and self.hunted <= self.explored  # type: ignore[operator]  # neither is None


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_the_hunt_finds_what_is_as_short_as_the_shortest_there_is() -> None:
    rows = []
    print(f"\n\n{'mutant':<48} {'explore':>8} {'hunt':>8}")
    for name, mutant in MUTANTS.items():
        target = target_of(mutant)
        explored = shortest_explored(target)
        row = Row(name, explored, shortest_hunted(target, explored))
        target.stop()
        rows.append(row)
        print(f"{row.mutant:<48} {row.explored or '-':>8} {row.hunted or '-':>8}", flush=True)
    reached = [row for row in rows if row.explored is not None]
    as_short = [row for row in reached if row.is_as_short]
    print(
        f"\nneed more than {DEPTH} commands: {len(rows) - len(reached)} of {len(rows)} mutants"
    )
    print(f"of the other {len(reached)}, the hunt is as short for {len(as_short)}:", end=" ")
    print(f"{len(as_short) / len(reached):.1%}")
    assert len(as_short) >= AS_SHORT * len(reached)


def shortest_explored(target: Target) -> int | None:
    """The length of the shortest counterexample that there is up to ``DEPTH``."""
    found = Exploration(Here(target), target.name, SCOPE, Budget(DEPTH)).run().found
    return None if found is None else len(found.steps)


def shortest_hunted(target: Target, enough: int | None) -> int | None:
    """The length of the shortest of a hunt; it ends early with one that is short enough."""
    shortest = None
    for found in divergences(target):
        shrunk = shrink(target, found)
        if shrunk is not None:
            shortest = min(shortest or len(shrunk.steps), len(shrunk.steps))
            if enough is None or shortest <= enough:
                return shortest
    return shortest


def divergences(target: Target) -> Iterator[Divergence]:
    """Of each kind the first that a hunt finds."""
    seen: set[tuple[str, str]] = set()
    limits = SCOPE.limits
    for number in range(10 * SEQUENCES):
        if number >= SEQUENCES and seen:
            return
        swarm = Swarm(0, number, vocabulary(limits))
        found = run_sequence(target, swarm, limits, Tally(), None)
        if found is not None and found.signature not in seen:
            seen.add(found.signature)
            yield found
