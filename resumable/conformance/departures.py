"""Every rule that a target departs from, each with its shortest trace.

A hunt asks whether there is anything; this asks for all there is. A departure hides what
comes after it, so that many short sequences are sent, everything is compared after each
command, and each sequence ends at its first departure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from model import (
    ORIGINAL,
    Command,
    CutPower,
    CutPowerDuring,
    InTransaction,
    KillDuring,
    Restart,
    WhileDiskFails,
    WhileFaulty,
)
from resumable.conformance.ahead import chosen
from resumable.conformance.boundaries import at_boundaries
from resumable.conformance.divergence import Divergence
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import LeftOut, left_out_of
from resumable.conformance.report import rule_of
from resumable.conformance.run import run
from resumable.conformance.shrink import shrink
from resumable.conformance.simpler import cost
from resumable.conformance.target import Target
from resumable.conformance.vocabulary import vocabulary
from resumable.conformance.workers import Lost, Workers

Key = tuple[str, ...]
"""What is likely to be one departure: the rule, and what showed it."""

_LENGTHS: Final = (3, 5, 8, 12)
_BATCH: Final = 20


class Departed(NamedTuple):
    """A rule that a target departs from. Where no rule fits, its name is what differed."""

    rule: str
    sentence: str
    divergence: Divergence
    """Of the shortest trace that was found."""


class Departures(NamedTuple):
    """All that a search has found, the shortest traces first."""

    found: list[Departed]
    sequences: int
    broken: tuple[str, ...] = ()
    """How the target broke, if it did: then there may be more."""


def departures(
    workers: Workers,
    seed: int,
    sequences: int,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Departures:
    """Search through so many sequences, and shrink what they find."""
    found: dict[Key, Divergence] = {}
    broken: list[str] = []
    done = 0
    searches = (_Search(seed, first) for first in range(0, sequences, _BATCH))
    for task, result in workers.run(searches):
        if isinstance(result, Lost):
            broken.append(result.reason)
        elif task is not None:
            done += _BATCH
            found = _shortest(found, result)
        on_progress(done)
    return Departures(_by_rule(_shrunk(workers, found)), done, tuple(broken))


@dataclass(frozen=True)
class _Search:
    """Some sequences in a row."""

    seed: int
    first: int

    def run(self, target: Target, beat: Callable[[], None]) -> dict[Key, Divergence]:
        """First everything that can be done at the end of each way, then what chance brings."""
        found: dict[Key, Divergence] = {}
        left_out = left_out_of(target)
        short = left_out.spared(at_boundaries(self.seed))
        for number in range(self.first, self.first + _BATCH):
            beat()
            is_short = number < len(short)
            commands = short[number] if is_short else self._drawn(target, number, left_out)
            divergence = run(target, list(commands))
            if divergence is not None:
                found = _shortest(found, {_key(divergence): divergence})
        return found

    def _drawn(self, target: Target, number: int, left_out: LeftOut) -> Iterator[Command]:
        swarm = Swarm(self.seed, number, vocabulary(ORIGINAL), left_out=left_out)
        length = _LENGTHS[number % len(_LENGTHS)]
        return chosen(target, swarm.next, length, ORIGINAL)


def _key(divergence: Divergence) -> Key:
    rule, _ = rule_of(divergence)
    return rule, *divergence.signature


def _shortest(
    one: dict[Key, Divergence], other: dict[Key, Divergence]
) -> dict[Key, Divergence]:
    both = dict(one)
    for key, divergence in other.items():
        if key not in both or _cost(divergence) < _cost(both[key]):
            both[key] = divergence
    return both


def _shrunk(workers: Workers, found: dict[Key, Divergence]) -> Iterator[Divergence]:
    tasks = [_Shrinking(found[key]) for key in sorted(found)]
    for task, result in workers.run(tasks):
        if isinstance(task, _Shrinking):
            yield result if isinstance(result, Divergence) else task.divergence


@dataclass(frozen=True)
class _Shrinking:
    """What it takes to show it: if no kill and no fault does, then without."""

    divergence: Divergence

    def run(self, target: Target, beat: Callable[[], None]) -> Divergence:
        shrunk = shrink(target, self.divergence, beat) or self.divergence
        for commands in _plainer([step.command for step in shrunk.steps]):
            beat()
            found = run(target, commands, setting=shrunk.setting)
            if found is not None:
                return shrink(target, found, beat) or found
        return shrunk


def _plainer(commands: list[Command]) -> Iterator[list[Command]]:
    *before, last = commands
    if isinstance(last, CutPower):
        yield [*before, Restart()]
    elif isinstance(last, KillDuring | CutPowerDuring):
        yield [*before, Restart()]
        yield [*before, last.call, Restart()]
    elif isinstance(last, WhileDiskFails | WhileFaulty | InTransaction):
        yield [*before, last.call]


def _by_rule(divergences: Iterator[Divergence]) -> list[Departed]:
    """Each rule once. One effect that shows in several ways is told by its shortest trace."""
    departed: dict[str, Departed] = {}
    effects: set[Any] = set()
    for divergence in sorted(divergences, key=_cost):
        first = divergence.closest[0]
        effect = repr((first.where, first.stream, first.seen, first.permitted))
        rule, sentence = rule_of(divergence)
        name = rule or ": ".join(divergence.signature)
        if name not in departed and effect not in effects:
            departed[name] = Departed(name, sentence, divergence)
        effects.add(effect)
    return list(departed.values())


def _cost(divergence: Divergence) -> Any:
    """What a plain call shows is not told by one that is surrounded by a kill or a fault."""
    commands = [step.command for step in divergence.steps]
    is_surrounded = any(hasattr(command, "call") for command in commands)
    return is_surrounded, cost(commands, divergence.setting), repr(commands)
