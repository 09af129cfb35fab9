"""Trying the faults themselves, on bugs that are planted: a task for a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from resumable.conformance.explore.scope import small
from resumable.conformance.faults.figures import KINDS, places
from resumable.conformance.faults.planted import PLANTED
from resumable.conformance.faults.tasks import Batch
from resumable.conformance.target import Target
from resumable.conformance.targets.registry import open_target

RIGHT: Final = "sqlite"
"""The target without a bug."""


class Tried(NamedTuple):
    """Which kinds of fault have found something wrong."""

    found_by: frozenset[str]


@dataclass(frozen=True)
class Trying:
    """Strike ``target``: a planted bug in its own workload, the right one in all of them."""

    target: str

    def run(self, _target: Target, beat: Callable[[], None]) -> Tried:
        workloads = [each.workload for each in PLANTED if self.target in {each.target, RIGHT}]
        batch = Batch(small("core"), places(KINDS), tuple(dict.fromkeys(workloads)), 0)
        with open_target(self.target) as target:
            figures = batch.run(target, beat)
        return Tried(frozenset([kind for kind, _ in figures.found]))
