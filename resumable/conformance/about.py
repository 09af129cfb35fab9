"""What a run has to know of its target before it begins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.left_out import LeftOut, left_out_of
from resumable.conformance.setting import DEFAULT
from resumable.conformance.target import Declares, Target, TargetError
from resumable.conformance.workers import Lost, Workers


class About(NamedTuple):
    """What a target says of itself."""

    takes_limits: bool
    """Whether some limits can be made small; ``left_out`` says which cannot."""

    left_out: LeftOut
    declared: dict[str, str]
    """The differences from the specification that it declares, and what each is."""


def about(pool: Workers) -> About:
    """Ask the target, where it is. Raises TargetError if it breaks."""
    answer: About | Lost = pool.ask(_Asking())
    if isinstance(answer, Lost):
        raise TargetError(f"the target {answer.reason}")
    return answer


@dataclass(frozen=True)
class _Asking:
    def run(self, target: Target, _beat: Callable[[], None]) -> About:
        target.open(DEFAULT, EPOCH_MS)  # Only then does it tell where it keeps its rows.
        target.close()
        declared = target.declared if isinstance(target, Declares) else {}
        return About(target.takes_limits, left_out_of(target), declared)
