"""The canary: a bug that has to be found. A run in which it lives has proved nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from model import Replay, Restart, Start
from resumable.conformance.divergence import Divergence
from resumable.conformance.forbidden import forbidding
from resumable.conformance.mutants import MUTANTS
from resumable.conformance.power.engines import Given, explores, hunts
from resumable.conformance.power.subject import Subject
from resumable.conformance.run import run
from resumable.conformance.target import Target

CANARY: Final = "orphan_replay_is_not_done"

_DEPTH: Final = 3
_SEQUENCES: Final = 100
_SECONDS: Final = 20.0


def _replays(target: Target) -> Divergence | None:
    return run(target, [Start("s1", "r1"), Restart(), Replay("r1")])


_FINDERS: Final[Mapping[str, Callable[[Target], Divergence | None]]] = {
    "replay": _replays,
    "hunt": partial(hunts, given=Given(), sequences=_SEQUENCES),
    "explore": partial(explores, given=Given(), depth=_DEPTH),
}
"""The engines of a check, each with a little more than the canary takes."""


@dataclass(frozen=True)
class Canary:
    """Every engine of a check against one bug, as a task for a worker."""

    mutant: str = CANARY

    def run(self, _target: Target, beat: Callable[[], None]) -> list[str]:
        """The engines that did not find it; there should be none."""
        with forbidding(()):
            return [name for name, find in _FINDERS.items() if not self._is_found(find, beat)]

    def _is_found(
        self, find: Callable[[Target], Divergence | None], beat: Callable[[], None]
    ) -> bool:
        subject = Subject(self.mutant, MUTANTS[self.mutant].factory, _SECONDS, beat)
        try:
            return find(subject) is not None
        except KeyboardInterrupt:
            return False
        finally:
            subject.stop()


def obituary(blind: list[str], mutant: str = CANARY) -> str:
    """What to say of engines that are blind."""
    return (
        f"the canary lives: {', '.join(blind)} did not find a stream that"
        f" {MUTANTS[mutant].sentence}, so that what they say of others counts for nothing"
    )
