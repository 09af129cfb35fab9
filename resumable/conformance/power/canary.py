"""The canary: a bug that has to be found. A run in which it lives has proved nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from model import Replay, Restart, Start
from resumable.conformance.divergence import Divergence
from resumable.conformance.faults.figures import places
from resumable.conformance.forbidden import forbidding
from resumable.conformance.mutants import MUTANTS
from resumable.conformance.power.engines import Given, explores, hunts, strikes
from resumable.conformance.power.subject import Subject
from resumable.conformance.run import run
from resumable.conformance.target import Target, TargetError

_SECONDS: Final = 20.0


def _replays(target: Target) -> Divergence | None:
    return run(target, [Start("s1", "r1"), Restart(), Replay("r1")])


def _strikes(target: Target) -> Divergence | None:
    return strikes(target, Given(), depth=1, where=places(("row",)))


class Cage(NamedTuple):
    """An engine, with a little more than the canary takes, and a mutant for it to find."""

    mutant: str
    find: Callable[[Target], Divergence | None]


CAGES: Final[Mapping[str, Cage]] = {
    "replay": Cage("orphan_replay_is_not_done", _replays),
    "hunt": Cage("orphan_replay_is_not_done", partial(hunts, given=Given(), sequences=100)),
    "explore": Cage("orphan_replay_is_not_done", partial(explores, given=Given(), depth=3)),
    "faults": Cage("start_is_active_without_a_row", _strikes),
}
"""The engines of a check."""


@dataclass(frozen=True)
class Canary:
    """Every engine of a check against a bug, as a task for a worker."""

    cages: Mapping[str, Cage] = field(default_factory=lambda: CAGES)

    def run(self, _target: Target, beat: Callable[[], None]) -> list[str]:
        """The engines that did not find theirs; there should be none."""
        with forbidding(()):
            return [name for name, cage in self.cages.items() if not _is_found(cage, beat)]


def obituary(blind: list[str]) -> str:
    """What to say of engines that are blind."""
    return (
        f"the canary lives: {', '.join(blind)} did not find a bug that is known to be there, so"
        " that what they say of others counts for nothing"
    )


def _is_found(cage: Cage, beat: Callable[[], None]) -> bool:
    """An engine that cannot be had on this machine is not blind: nobody relies on it."""
    subject = Subject(cage.mutant, MUTANTS[cage.mutant].factory, _SECONDS, beat)
    try:
        return cage.find(subject) is not None
    except TargetError:
        return True
    except KeyboardInterrupt:
        return False
    finally:
        subject.stop()
