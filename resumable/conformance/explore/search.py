"""Breadth first: every place of one depth before any of the next, so that the first
divergence is a shortest one.

What is found does not depend on the number of workers: of several ways to a state, the one
by the first place and its first command counts, whoever came upon it first.
"""

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, Protocol

from resumable.conformance.explore.result import Explored, Level
from resumable.conformance.explore.scope import Scope
from resumable.conformance.explore.tasks import (
    Batch,
    Beginning,
    Comparison,
    Result,
)
from resumable.conformance.explore.walk import is_sampled
from resumable.conformance.target import Target, TargetError
from resumable.conformance.workers import Finished, Lost, Task

BATCH: Final = 32
"""Places of a batch: enough to cost more than handing them out."""

PAIRS_MAX: Final = 32
"""How many merged histories are compared at each depth."""

MEMORY_MB: Final = 4_000

_BYTES_OF_A_KEY: Final = 220
"""A key in the set of all, and in that of the worker that found it."""

_BYTES_OF_A_PLACE: Final = 150
"""What a waiting place costs besides its packed bytes."""

_RUN_IDS: Final = itertools.count(os.getpid() << 32)


class Runner(Protocol):
    """Runs tasks on a target; ``Workers`` does it in processes."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Finished]: ...


class Here:
    """Runs tasks in this process, on a target that other processes may not know."""

    def __init__(self, target: Target) -> None:
        self._target: Final = target

    def run(self, tasks: Iterable[Task]) -> Iterator[Finished]:
        for task in tasks:
            try:
                yield Finished(task, task.run(self._target, lambda: None))
            except TargetError as error:
                yield Finished(task, Lost(str(error), 0))


@dataclass(frozen=True)
class Budget:
    """When an exploration ends, whichever comes first; None is no limit."""

    depth: int | None = None
    seconds: float | None = None
    memory_mb: int = MEMORY_MB


class Exploration:
    """One exploration of ``target``; ``on_progress`` is called every now and then."""

    def __init__(
        self,
        runner: Runner,
        target: str,
        scope: Scope,
        budget: Budget,
        on_progress: Callable[[Explored], None] = lambda _: None,
    ) -> None:
        self._runner: Final = runner
        self._budget: Final = budget
        self._on_progress: Final = on_progress
        self._since: Final = monotonic()
        self._copies = True
        self._run_id = 0
        self._keys: Final[set[bytes]] = set()
        self._frontier: list[bytes] = []
        self._bytes = 0
        self._firsts: Final[dict[bytes, bytes]] = {}
        self._pairs: Final[list[tuple[bytes, bytes]]] = []
        self.result = Explored(target, scope, memory_mb_max=budget.memory_mb)

    def run(self) -> Explored:
        """Explore until the budget is spent, or nothing is left. Ctrl-C ends it, with what
        is known so far. A target that cannot be copied is explored without copies."""
        try:
            self._explore()
            if self.result.unlike:
                self._copies = False
                self._explore()
        except KeyboardInterrupt:
            self.result.stopped = "it was interrupted"
        return self.result

    def _explore(self) -> None:
        self._begin()
        while self._frontier and not self.result.stopped:
            if self.result.depth == self._budget.depth:
                return
            self._level(is_last=self.result.depth + 1 == self._budget.depth)

    def _begin(self) -> None:
        before = self.result
        self.result = Explored(
            before.target,
            before.scope,
            why_repeats=before.unlike,
            memory_mb_max=self._budget.memory_mb,
        )
        self._run_id = next(_RUN_IDS)
        self._keys.clear()
        self._bytes = 0
        self._frontier = []
        self._do([Beginning(before.scope, self._copies)], self._frontier)
        self._end_of_level()

    def _level(self, *, is_last: bool) -> None:
        """Everything that can be done at each place of the frontier."""
        frontier, self._frontier = self._frontier, []
        self._firsts.clear()
        self._pairs.clear()
        self._do(self._batches(frontier, is_last=is_last), self._frontier)
        self._compare()
        self._end_of_level()

    def _batches(self, frontier: Sequence[bytes], *, is_last: bool) -> Iterator[Batch]:
        for first in range(0, len(frontier), BATCH):
            self.result.stopped = self.result.stopped or self._spent()
            if self.result.stopped:
                return
            places = frontier[first : first + BATCH]
            scope = self.result.scope
            yield Batch(self._run_id, scope, self._copies, places, is_last)

    def _spent(self) -> str:
        """Why no further batch is begun; "" if one is."""
        seconds, memory_mb = self._budget.seconds, self._budget.memory_mb
        if seconds is not None and monotonic() - self._since >= seconds:
            return f"the time was over ({seconds:g} s)"
        if self.result.memory_mb >= memory_mb:
            return f"the memory was full ({memory_mb:,} MB)"
        return ""

    def _compare(self) -> None:
        """Histories that were merged have to go on alike."""
        pairs = tuple(self._pairs)
        if pairs and not self.result.stopped:
            self._do([Comparison(self.result.scope, self._copies, pairs)], [])
            self.result.compared += len(pairs)

    def _end_of_level(self) -> None:
        result, levels = self.result, self.result.levels
        if not result.stopped:
            levels.append(
                Level(
                    result.states - sum([level.states for level in levels]),
                    result.figures.transitions - sum([level.transitions for level in levels]),
                    result.seconds - sum([level.seconds for level in levels]),
                )
            )

    def _do(self, tasks: Iterable[Task], places: list[bytes]) -> None:
        """Run the tasks, and collect the places that are new."""
        for each in self._in_order(tasks):
            if each is not None and not self.result.stopped:
                self._note(each, places)
            self.result.seconds = monotonic() - self._since
            self._on_progress(self.result)

    def _in_order(self, tasks: Iterable[Task]) -> Iterator[Result | Lost | None]:
        """The results in the order of the tasks; None when there is none for a moment."""
        given, results = deque[Task](), dict[int, Any]()

        def giving() -> Iterator[Task]:
            for task in tasks:
                given.append(task)
                yield task

        for task, result in self._runner.run(giving()):
            if task is None:
                yield None
                continue
            results[id(task)] = result
            while given and id(given[0]) in results:
                yield results.pop(id(given.popleft()))

    def _note(self, result: Result | Lost, places: list[bytes]) -> None:
        if isinstance(result, Lost):
            self.result.stopped = self.result.broken = f"the target {result.reason}"
            return
        self.result.figures.add(result.figures)
        for key, place in result.reached:
            self._note_reached(key, place, places)
        self.result.states = len(self._keys)
        self.result.memory_mb = self._memory_mb()
        self.result.found, self.result.unlike = result.found, result.unlike
        self.result.is_opaque = self.result.is_opaque or result.is_opaque
        if result.found is not None:
            self.result.stopped = "it diverged"
        elif result.unlike:
            self.result.stopped = result.unlike

    def _note_reached(self, key: bytes, place: bytes | None, places: list[bytes]) -> None:
        if key not in self._keys:
            self._keys.add(key)
            if place is not None:
                places.append(place)
                self._bytes += len(place) + _BYTES_OF_A_PLACE
                if is_sampled(key):
                    self._firsts[key] = place
        elif place is not None and len(self._pairs) < PAIRS_MAX:
            first = self._firsts.pop(key, None)
            if first is not None:
                self._pairs.append((first, place))

    def _memory_mb(self) -> int:
        return (len(self._keys) * _BYTES_OF_A_KEY + self._bytes) // 1_000_000
