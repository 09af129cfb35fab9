"""The hunt itself: hands batches to workers, collects what they find, shrinks it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from resumable.conformance.coverage import Coverage
from resumable.conformance.divergence import Divergence, Signature
from resumable.conformance.hunt.batch import Batch, BatchResult, Candidate
from resumable.conformance.tally import Tally
from resumable.conformance.workers import Lost, Task, Workers

BATCH: Final = 25
"""Sequences of a batch: enough to cost more than handing it out."""


@dataclass(frozen=True)
class Budget:
    """When a hunt ends, whichever comes first; None is no limit."""

    seconds: float | None = None
    sequences: int | None = None
    until_found: bool = True


@dataclass(frozen=True)
class Found:
    """One kind of divergence, by its simplest program."""

    number: int
    """The sequence that found it first."""

    divergence: Divergence
    is_shrunk: bool
    """False if it did not happen again: the target is not deterministic."""


@dataclass(frozen=True)
class Broken:
    """A sequence in which the target broke: it hung, exited or died."""

    batch: Batch
    number: int
    reason: str


@dataclass
class HuntResult:
    """What came of a hunt."""

    seed: int
    first: int = 0
    sequences: int = 0
    diverged: int = 0
    known: int = 0
    tally: Tally = field(default_factory=Tally)
    coverage: Coverage = field(default_factory=Coverage)
    found: list[Found] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False
    next: int = 0
    """The first sequence that was not run: where another hunt goes on."""


class Hunt:
    """One hunt over ``workers``, from the batch that ``first`` is in; ``on_progress`` is
    called every now and then."""

    def __init__(
        self,
        workers: Workers,
        seed: int,
        budget: Budget,
        *,
        first: int = 0,
        known: Collection[Signature] = (),
        on_progress: Callable[[HuntResult], None] = lambda _: None,
    ) -> None:
        first -= first % BATCH  # A sequence depends on those before it in its batch.
        self.result: Final = HuntResult(seed, first=first, next=first)
        self._workers: Final = workers
        self._budget: Final = budget
        self._on_progress: Final = on_progress
        self._known: Final = frozenset(known)
        self._candidates: Final[dict[Signature, Candidate]] = {}
        self._being_shrunk: Final[set[Signature]] = set()
        self._shrunk: Final[set[Signature]] = set()
        self._unfinished: Final[dict[int, Batch]] = {}
        self._since: Final = monotonic()
        self._handed_out = first
        self._is_over = False

    def run(self) -> HuntResult:
        """Hunt until the budget is spent. Ctrl-C ends it, with what was found so far."""
        try:
            self._work(self._batches())
            self._work(self._shrinkings())
        except KeyboardInterrupt:
            self.result.interrupted = True
            self._keep_unshrunk()
        self.result.found.sort(key=lambda found: found.number)
        return self.result

    def _work(self, tasks: Iterator[Task]) -> None:
        for task, result in self._workers.run(tasks):
            if isinstance(task, Batch):
                self._note_batch(task, result)
            elif isinstance(task, Candidate):
                self._note_shrunk(task, result)
            self.result.seconds = monotonic() - self._since
            self._on_progress(self.result)

    def _batches(self) -> Iterator[Task]:
        """Batches while the budget lasts; what was found is shrunk in between."""
        first = self.result.first
        while not self._is_over:
            yield from self._shrinkings()
            count = self._sequences_left(first)
            if count <= 0:
                return
            batch = Batch(self.result.seed, first, count)
            self._unfinished[first] = batch
            first += count
            self._handed_out = first
            yield batch

    def _sequences_left(self, first: int) -> int:
        seconds, sequences = self._budget.seconds, self._budget.sequences
        if seconds is not None and monotonic() - self._since >= seconds:
            return 0
        left = BATCH if sequences is None else sequences - (first - self.result.first)
        return min(BATCH, left)

    def _shrinkings(self) -> Iterator[Task]:
        """What was found, once nothing earlier can be found: so that it is the same, however
        many workers there are. Until something is found means: the very first."""
        candidates = sorted(self._candidates.items(), key=lambda item: item[1].number)
        for signature, shrinking in candidates[: 1 if self._budget.until_found else None]:
            is_first = shrinking.number < self.result.next
            if is_first and signature not in self._being_shrunk:
                self._being_shrunk.add(signature)
                yield shrinking

    def _note_batch(self, batch: Batch, result: BatchResult | Lost) -> None:
        del self._unfinished[batch.first]
        self.result.next = min(self._unfinished, default=self._handed_out)
        if isinstance(result, Lost):
            self._is_over = True
            number = batch.first + max(result.beats - 1, 0)
            self.result.broken.append(Broken(batch, number, result.reason))
            return
        self.result.sequences += result.sequences
        self.result.diverged += result.diverged
        self.result.tally.add(result.tally)
        self.result.coverage.add(result.coverage)
        for signature, (number, divergence) in result.found.items():
            self._note_divergence(signature, Candidate(divergence, number))

    def _note_divergence(self, signature: Signature, shrinking: Candidate) -> None:
        if signature in self._known:
            self.result.known += 1
            return
        before = self._candidates.get(signature)
        if before is None or shrinking.number < before.number:
            self._candidates[signature] = shrinking
        self._is_over = self._is_over or self._budget.until_found

    def _note_shrunk(self, task: Candidate, result: Any) -> None:
        self._shrunk.add(task.divergence.signature)
        if isinstance(result, Divergence):
            self._report(Found(task.number, result, is_shrunk=True))
        else:
            self._report(Found(task.number, task.divergence, is_shrunk=False))

    def _report(self, found: Found) -> None:
        """Programs may turn out to be of one kind once everything is compared: then the
        first stands for all."""
        signature = found.divergence.signature
        if signature in self._known:
            self.result.known += 1
            return
        alike = [other for other in self.result.found if _signature(other) == signature]
        if not alike:
            self.result.found.append(found)
        elif found.number < alike[0].number:
            self.result.found[self.result.found.index(alike[0])] = found

    def _keep_unshrunk(self) -> None:
        for signature, shrinking in self._candidates.items():
            if signature not in self._shrunk:
                self._report(Found(shrinking.number, shrinking.divergence, is_shrunk=False))


def _signature(found: Found) -> Signature:
    return found.divergence.signature
