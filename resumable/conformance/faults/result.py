"""What a run of faults comes to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults.figures import Figures, Place
from resumable.conformance.trace import Verdict


@dataclass
class Struck:
    """A run of faults, as far as it got."""

    target: str
    scope: Scope
    places: Sequence[Place]
    wanted: int | None = None
    seed: int = 0
    merges: bool = True
    """False once beginnings that were taken for the same have turned out not to be: then
    every single workload is struck."""

    figures: Figures = field(default_factory=Figures)
    workloads: int = 0
    """Those that were struck."""

    merged: int = 0
    """Those that were not, since others begin the same way (``faults.sameness``)."""

    compared: int = 0
    """Of the merged, those that were struck all the same, and came to the same."""

    length: int = 0
    """Every workload of so many commands was struck at every point, or merged."""

    seconds: float = 0.0
    stopped: str = ""
    """Why it ended before the length that was wanted; "" if it did not."""

    broken: str = ""

    def begun_again(self) -> "Struck":
        """The same, before anything was struck; and nothing is merged any more."""
        return Struck(
            self.target, self.scope, self.places, self.wanted, self.seed, merges=False
        )

    @property
    def is_complete(self) -> bool:
        return not self.stopped

    @property
    def verdict(self) -> Verdict:
        """A run to no certain length conforms as far as it says that it got."""
        if self.figures.found:
            return "diverged"
        has_extent = self.wanted is None and self.length > 0 and not self.broken
        return "conforms" if self.is_complete or has_extent else "unknown"
