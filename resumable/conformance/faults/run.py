"""A run of faults: workloads by length, each with every kind of fault at every point."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from model.crash import Durability
from resumable.conformance.explore.scope import Scope
from resumable.conformance.explore.search import Runner
from resumable.conformance.faults.figures import Place
from resumable.conformance.faults.merging import Fresh, Met
from resumable.conformance.faults.result import Struck
from resumable.conformance.faults.tasks import Batch, Comparison, Survey
from resumable.conformance.faults.workloads import Beginning, Workload, beginnings
from resumable.conformance.workers import Lost, Task

BATCH: Final = 4
"""Workloads of a task: some seconds of work, and few enough to end in time."""

SURVEYED: Final = 32
"""Beginnings of a task, likewise."""


@dataclass(frozen=True)
class Extent:
    """How far a run goes: workloads of up to ``length`` commands, for ``seconds`` at most."""

    places: tuple[Place, ...]
    length: int | None = None
    seconds: float | None = None
    seed: int = 0
    """Of what is drawn: which parts of what was not synced a disk has kept."""

    @property
    def modes(self) -> tuple[Durability, ...]:
        return tuple(dict.fromkeys([mode for _, mode in self.places]))


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
        self._met = Met(extent.modes)
        self._given = 0
        """How many workloads were handed out."""

        self._is_unlike = False
        self.result = Struck(target, scope, extent.places, extent.length, extent.seed)

    def run(self) -> Struck:
        """Go on to longer workloads until the extent is reached, something is found, or
        Ctrl-C ends it, with what is known so far. If what was taken for the same is not, it
        starts again, and takes nothing for the same."""
        try:
            self._strike_all()
            if self._is_unlike and not self.result.figures.found:
                self.result = self.result.begun_again()
                self._strike_all()
        except KeyboardInterrupt:
            self.result.stopped = "it was interrupted"
        return self.result

    def _strike_all(self) -> None:
        result = self.result
        while not result.stopped and result.length != self._extent.length:
            self._all_of_length(result.length + 1)

    def _all_of_length(self, length: int) -> None:
        result = self.result
        for task, figures in self._finished(self._batches(self._surveyed(length - 1))):
            result.figures.add(figures)
            result.workloads += len(task.workloads)
        for task, (figures, is_same) in self._finished(self._comparisons()):
            result.figures.add(figures)
            result.compared += len(task.other.workloads)
            if not is_same:
                self._is_unlike = True
                self._stop("two that were taken for the same are not")
        if result.figures.found:
            self._stop("it diverged")
        if not result.stopped:
            result.length = length

    def _finished(self, tasks: Iterable[Task]) -> Iterator[tuple[Any, Any]]:
        """Tasks and what came of them, until it is time to stop."""
        for task, found in self._runner.run(self._until_stopped(tasks)):
            if isinstance(found, Lost):
                self.result.broken = f"the target {found.reason}"
                self._stop(self.result.broken)
            elif task is not None:
                yield task, found
            self.result.seconds = monotonic() - self._since
            self._on_progress(self.result)

    def _until_stopped(self, tasks: Iterable[Task]) -> Iterator[Task]:
        seconds = self._extent.seconds
        for task in tasks:
            if seconds is not None and monotonic() - self._since >= seconds:
                self._stop("the time was over")
            if self.result.stopped:
                return
            yield task

    def _stop(self, reason: str) -> None:
        """The first reason is the one to tell."""
        self.result.stopped = self.result.stopped or reason

    # -- Which workloads are struck --

    def _surveyed(self, length: int) -> list[Fresh]:
        """Every beginning of this length, with the modes in which it has to be struck."""
        every = list(beginnings(self.result.scope, length))
        if not self.result.merges:
            return [Fresh(each, self._extent.modes) for each in every]
        keys = {task.first: found for task, found in self._finished(self._surveys(every))}
        fresh = [
            self._met.meet(beginning, found)
            for first in sorted(keys)
            for beginning, found in zip(every[first:], keys[first], strict=False)
        ]
        for each in fresh:
            self.result.merged += 0 if each.modes else len(each.beginning.workloads)
        return fresh

    def _surveys(self, every: list[Beginning]) -> Iterator[Survey]:
        scope, modes = self.result.scope, self._extent.modes
        for first in range(0, len(every), SURVEYED):
            commands = [each.commands for each in every[first : first + SURVEYED]]
            yield Survey(scope, modes, commands, first)

    def _batches(self, fresh: Iterable[Fresh]) -> Iterator[Batch]:
        for beginning, modes in fresh:
            if modes:
                places, waiting = self._places(modes), beginning.workloads
                for first in range(0, len(waiting), BATCH):
                    yield self._batch(places, waiting[first : first + BATCH])

    def _comparisons(self) -> Iterator[Comparison]:
        for known, other, mode in self._met.samples():
            # Which workloads are killed for real depends on names and bodies in them.
            places = [place for place in self._places((mode,)) if place[0] != "sigkill"]
            yield Comparison(
                self._batch(places, known.workloads), self._batch(places, other.workloads)
            )

    def _places(self, modes: Container[Durability]) -> list[Place]:
        return [place for place in self._extent.places if place[1] in modes]

    def _batch(self, places: Sequence[Place], workloads: Sequence[Workload]) -> Batch:
        first = self._given
        self._given += len(workloads)
        seed = self._extent.seed
        return Batch(self.result.scope, places, workloads, first, seed=seed)
