"""A run of faults: workloads by length, each with every kind of fault at every point."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from resumable.conformance.explore.scope import Scope
from resumable.conformance.explore.search import Runner
from resumable.conformance.faults.figures import Figures, Place
from resumable.conformance.faults.tasks import Batch
from resumable.conformance.faults.workloads import workloads
from resumable.conformance.target import TargetError
from resumable.conformance.trace import Verdict
from resumable.conformance.workers import Lost

BATCH: Final = 8
"""Workloads of a task: some seconds of work, and few enough to end in time."""


@dataclass(frozen=True)
class Extent:
    """How far a run goes: workloads of up to ``length`` commands, for ``seconds`` at most."""

    places: tuple[Place, ...]
    length: int | None = None
    seconds: float | None = None


@dataclass
class Struck:
    """A run of faults, as far as it got."""

    target: str
    scope: Scope
    places: Sequence[Place]
    figures: Figures = field(default_factory=Figures)
    workloads: int = 0
    length: int = 0
    """Every workload of so many commands was struck at every point."""

    wanted: int | None = None
    seconds: float = 0.0
    stopped: str = ""
    """Why it ended before the length that was wanted; "" if it did not."""

    broken: str = ""

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


class FaultRun:
    """One run on ``target``; ``on_progress`` is called every now and then."""

    def __init__(
        self,
        runner: Runner,
        target: str,
        scope: Scope,
        extent: Extent,
        on_progress: Callable[[Struck], None] = lambda _: None,
    ) -> None:
        self._runner: Final = runner
        self._extent: Final = extent
        self._on_progress: Final = on_progress
        self._since: Final = monotonic()
        self.result: Final = Struck(target, scope, extent.places, wanted=extent.length)

    def run(self) -> Struck:
        """Go on to longer workloads until the extent is reached, something is found, or
        Ctrl-C ends it, with what is known so far."""
        result = self.result
        try:
            while not result.stopped and result.length != self._extent.length:
                self._all_of_length(result.length + 1)
        except KeyboardInterrupt:
            result.stopped = "it was interrupted"
        return result

    def _all_of_length(self, length: int) -> None:
        result = self.result
        for task, found in self._runner.run(self._batches(length)):
            if isinstance(found, Lost | TargetError):
                reason = found.reason if isinstance(found, Lost) else str(found)
                result.stopped = result.broken = f"the target {reason}"
            elif task is not None:
                result.figures.add(found)
                result.workloads += len(task.workloads)
            result.seconds = monotonic() - self._since
            self._on_progress(result)
        if result.figures.found:
            result.stopped = result.stopped or "it diverged"
        if not result.stopped:
            result.length = length

    def _batches(self, length: int) -> Iterator[Batch]:
        waiting = workloads(self.result.scope, length)
        for first in itertools.count(step=BATCH):
            batch = tuple(itertools.islice(waiting, BATCH))
            if self._is_over():
                self.result.stopped = self.result.stopped or "the time was over"
            if self.result.stopped or not batch:
                return
            yield Batch(self.result.scope, self._extent.places, batch, first)

    def _is_over(self) -> bool:
        seconds = self._extent.seconds
        return seconds is not None and monotonic() - self._since >= seconds
