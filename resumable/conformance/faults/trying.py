"""Trying the faults themselves, on bugs that are planted: a task for a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from resumable.conformance.explore.scope import small
from resumable.conformance.faults.figures import KINDS, places
from resumable.conformance.faults.tasks import Batch
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.target import Target
from resumable.conformance.targets.registry import open_target

RIGHT: Final = "sqlite"
"""The target without a bug."""


class Tried(NamedTuple):
    """Which kinds of fault have found something wrong."""

    found_by: frozenset[str]


@dataclass(frozen=True)
class Trying:
    """Strike ``target`` in these workloads with every kind of fault."""

    target: str
    workloads: tuple[Workload, ...]

    def run(self, _target: Target, beat: Callable[[], None]) -> Tried:
        batch = Batch(small("core"), places(KINDS), self.workloads, killed=1)
        with open_target(self.target) as target:
            figures = batch.run(target, beat)
        return Tried(frozenset([kind for kind, _ in figures.found]))
