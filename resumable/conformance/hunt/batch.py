"""The unit of work of a hunt: some sequences in a row, or the shrinking of what they found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from model import ORIGINAL, Advance, Limits
from resumable.conformance.ahead import foreseen
from resumable.conformance.coverage import Coverage
from resumable.conformance.divergence import DivergedError, Divergence, Signature
from resumable.conformance.hunt.errands import COVERS_EVERY
from resumable.conformance.hunt.rarity import Rarity
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import left_out_of
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.shrink import Shrinking
from resumable.conformance.tally import Tally
from resumable.conformance.target import Target
from resumable.conformance.vocabulary import vocabulary

Beat = Callable[[], None]

_NOTHING: Final = Advance(0)


@dataclass(frozen=True)
class Batch:
    """Sequences ``first`` to ``first + count - 1`` of ``seed``."""

    seed: int
    first: int
    count: int
    until_found: bool = False
    """Whether the first divergence ends it."""

    def run(self, target: Target, beat: Beat) -> "BatchResult":
        """Run them all. Some look for what was seldom tried *in this batch*, so that a
        sequence depends on its batch and on nothing else; their coverage is counted."""
        result, rarity, left_out = BatchResult(), Rarity(), left_out_of(target)
        for number in range(self.first, self.first + self.count):
            beat()
            covers = number % COVERS_EVERY == 0
            swarm = Swarm(
                self.seed,
                number,
                vocabulary(ORIGINAL),
                rarity if covers else None,
                left_out,
            )
            coverage = result.coverage if covers else None
            divergence = run_sequence(target, swarm, ORIGINAL, result.tally, coverage)
            result.sequences += 1
            if divergence is not None:
                result.diverged += 1
                result.found.setdefault(divergence.signature, (number, divergence))
                if self.until_found:
                    break
        result.coverage.left_out = left_out_of(target)
        return result


@dataclass
class BatchResult:
    """What came of a batch; of each kind of divergence, the first."""

    tally: Tally = field(default_factory=Tally)
    coverage: Coverage = field(default_factory=Coverage)
    sequences: int = 0
    diverged: int = 0
    found: dict[Signature, tuple[int, Divergence]] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate(Shrinking):
    """The shrinking of what sequence ``number`` found."""

    number: int


def run_sequence(
    target: Target, swarm: Swarm, limits: Limits, tally: Tally, coverage: Coverage | None
) -> Divergence | None:
    """One sequence: brief comparisons after each command, everything at the end."""
    brief = swarm.setting.storage == "memory"
    choose = foreseen(target, swarm.next, swarm.length, _NOTHING, limits, looks=not brief)
    lockstep = Lockstep(target, limits=limits, setting=swarm.setting, brief=brief)
    try:
        for _ in range(swarm.length):
            before = lockstep.states[0]
            command = choose(before, lockstep.now_ms)
            outcome = lockstep.do(command)
            tally.note(command, outcome)
            if coverage is not None:
                coverage.note(before, command, lockstep.now_ms, outcome, limits)
        lockstep.brief = False
        lockstep.do(_NOTHING)
    except DivergedError as error:
        return error.divergence
    finally:
        target.close()
    return None
