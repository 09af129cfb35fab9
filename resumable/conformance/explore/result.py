"""What came of an exploration: a certificate for people and for machines."""

from dataclasses import dataclass, field
from typing import NamedTuple

from resumable.conformance.divergence import Divergence
from resumable.conformance.explore.scope import Scope
from resumable.conformance.explore.walk import Figures
from resumable.conformance.trace import Verdict


class Level(NamedTuple):
    """One depth, completely explored."""

    states: int
    """States that no shorter sequence leads to."""

    transitions: int
    """Commands that were sent, all of them at places of the depth before."""

    seconds: float
    """How long that took."""


@dataclass
class Explored:
    """An exploration, as far as it got."""

    target: str
    scope: Scope
    why_repeats: str = ""
    """Why no copies of the target could be made; "" if they were."""

    levels: list[Level] = field(default_factory=list)
    """By depth. The first has one state, and nothing was sent to reach it."""

    figures: Figures = field(default_factory=Figures)
    states: int = 0
    memory_mb: int = 0
    memory_mb_max: int = 0
    """Where it would have stopped."""

    compared: int = 0
    """How many pairs of histories that led to the same state were gone on from twice."""

    seconds: float = 0.0
    is_opaque: bool = False
    """Whether nobody could look into the memory of the target: what it hides there may have
    been merged away."""

    found: Divergence | None = None
    unlike: str = ""
    """Why states that were taken for the same are not."""

    broken: str = ""
    """How the target broke."""

    stopped: str = ""
    """Why the exploration is not complete; "" if it is, to its depth."""

    @property
    def depth(self) -> int:
        """Every sequence of so many commands was tried."""
        return len(self.levels) - 1

    @property
    def is_complete(self) -> bool:
        """Whether it got as deep as was asked for."""
        return not self.stopped

    @property
    def verdict(self) -> Verdict:
        if self.found is not None:
            return "diverged"
        return "conforms" if self.is_complete else "unknown"

    @property
    def growth(self) -> float | None:
        """How many times as many commands the last depth took as the one before."""
        before, last = [0, 0, *[level.transitions for level in self.levels]][-2:]
        return last / before if before else None

    @property
    def next_level(self) -> Level | None:
        """What one more depth would cost, if it grows as the last one did."""
        if self.growth is None:
            return None
        last = self.levels[-1]
        return Level(
            round(last.states * self.growth),
            round(last.transitions * self.growth),
            last.seconds * self.growth,
        )
