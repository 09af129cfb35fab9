"""What a hunt sends: seeded sequences, each with its own taste.

A sequence leaves some kinds of command out and sends others more often than the rest do
(swarm testing): a bug that needs twenty stores in a row is not found by a mixture of
everything. A sequence is a function of the seed and its number alone.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, TypeVar, get_args

from model import (
    Command,
    CutPower,
    CutPowerDuring,
    KillDuring,
    Reopen,
    Restart,
    Start,
    State,
    WhileDiskFails,
)
from model.classes import classes_of
from model.commands import stream_of
from resumable.conformance.hindsight import durability_of
from resumable.conformance.hunt.errands import COVERS_EVERY, Errand, aimed, errand
from resumable.conformance.hunt.long_ways import long_ways
from resumable.conformance.hunt.preludes import Way, preludes
from resumable.conformance.hunt.rarity import Rarity
from resumable.conformance.left_out import NOTHING, LeftOut
from resumable.conformance.setting import DEFAULT, Setting, Storage
from resumable.conformance.vocabulary import STRANGE_IDS, WEIGHTS, View, Vocabulary

T = TypeVar("T")

GENERATION: Final = 13
"""Part of every seed; it changes whenever a seed would give other sequences than before."""

_LENGTHS: Final = (10, 30, 50, 50, 80, 120)
_BOOSTS: Final = (1, 1, 1, 1, 4)
_LEFT_OUT: Final = 0.25
_SLOW: Final = frozenset({KillDuring, Reopen, WhileDiskFails})
_SLOW_LEFT_OUT: Final = 0.92
"""Kinds that take ten times as long as others are rather sent in fewer sequences."""
_LOSES_POWER: Final = frozenset({CutPower, CutPowerDuring})
"""Where there is no disk that could lose its power, these are a restart by another name."""
_KINDS: Final = tuple(WEIGHTS)
_REVIVED: Final = 0.5
_RARE: Final = 0.6
_HAS_WAY: Final = 0.25

_IN_MEMORY: Final = (
    *[DEFAULT] * 11,
    Setting(scans="backwards"),
    Setting(None),
    Setting(None, "dict"),
    Setting("IMMEDIATE", "Row"),
    Setting("EXCLUSIVE", "dict"),
)
_ON_FILES: Final = [DEFAULT._replace(storage=each) for each in get_args(Storage)[1:]]
_ON_FILE_EVERY: Final = 100
"""One sequence in so many is on a file, or on a disk that can fail: that is slow, and shows
what a crash would keep."""
_LONG_EVERY: Final = 130
"""One of the first sequences in so many is a long way, until there is no more of them: they
take long, and chance has no part in them."""


class Swarm:
    """Makes the commands of sequence ``number`` of ``seed``, one after the other. With
    ``rarity`` it prefers what has seldom been sent in states like the present one. What is
    ``left_out`` is passed over."""

    def __init__(
        self,
        seed: int,
        number: int,
        vocabulary: Vocabulary,
        rarity: Rarity | None = None,
        left_out: LeftOut = NOTHING,
    ) -> None:
        self._random: Final = random.Random(f"{GENERATION}/{seed}/{number}")  # noqa: S311
        self._vocabulary: Final = vocabulary
        self._streams: Final[list[str]] = []
        on_file, turn = _on_file(number)
        setting = _ON_FILES[turn % len(_ON_FILES)] if on_file else self._choose(_IN_MEMORY)
        self.setting: Final = left_out.without(setting)
        way = _long_way(number, left_out)
        self.length: Final = self._choose(_LENGTHS) if way is None else len(way)
        self._cumulative: Final = list(accumulate(self._weights()))
        self._rarity: Final = rarity
        self._forbids: Final = left_out.forbids if left_out else None
        self._errand: Final = self._begin(number, left_out) if way is None else iter(way)

    def next(self, state: State, now_ms: int) -> Command:
        """The next command, which fits ``state``."""
        command = self._next(state, now_ms)
        while self._forbids and self._forbids(command):
            command = self._next(state, now_ms)
        name = stream_of(command)
        streams = self._streams
        if name is not None and name not in streams and name not in STRANGE_IDS:
            streams.append(name)
        return command

    def _begin(self, number: int, left_out: LeftOut) -> Iterator[Command | Errand]:
        limits = self._vocabulary.limits
        if self._rarity is not None:
            return errand(number // COVERS_EVERY, limits, left_out)
        ways = preludes(limits, left_out)
        on_file, turn = _on_file(number)
        if on_file:
            return iter(ways[turn // len(_ON_FILES) % len(ways)])
        has_way = self._random.random() < _HAS_WAY
        return iter(self._choose(ways) if has_way else ())

    def _next(self, state: State, now_ms: int) -> Command:
        view = View(state, now_ms, self._streams)
        first = next(self._errand, None)
        if first is None:
            kind = self._kind(state, now_ms)
            return self._vocabulary.command(kind, view, self._choose)
        if isinstance(first, Errand):
            command = self._vocabulary.command(first.kind, view, self._choose)
            return aimed(command, first.aim, state)
        return first

    def _kind(self, state: State, now_ms: int) -> type[Command]:
        if state.memory.is_destroyed and self._random.random() < _REVIVED:
            return Restart
        if self._rarity is not None:
            return self._rare_kind(self._rarity, state, now_ms)
        return self._common_kind()

    def _rare_kind(self, rarity: Rarity, state: State, now_ms: int) -> type[Command]:
        classes = classes_of(state, now_ms, self._vocabulary.limits)
        if self._random.random() < _RARE:
            kind = rarity.rarest(classes, int(self._random.random() * len(_KINDS)))
        else:
            kind = self._common_kind()
        rarity.note(classes, kind)
        return kind

    def _common_kind(self) -> type[Command]:
        draw = int(self._random.random() * self._cumulative[-1])
        return _KINDS[bisect(self._cumulative, draw)]

    def _choose(self, options: Sequence[T], /) -> T:
        return options[int(self._random.random() * len(options))]

    def _weights(self) -> list[int]:
        weights = []
        has_power = durability_of(self.setting) is not None
        for kind, weight in WEIGHTS.items():
            left_out = _SLOW_LEFT_OUT if kind in _SLOW else _LEFT_OUT
            if kind in _LOSES_POWER and not has_power:
                left_out = 1.0
            is_out = self._random.random() < left_out and kind is not Start
            boost = self._choose(_BOOSTS)
            weights.append(0 if is_out else weight * boost)
        return weights


def _on_file(number: int) -> tuple[bool, int]:
    """Whether it is one of those, and how many there were before. They are few, so that they
    begin with each way in turn, on each kind of file in turn."""
    turn, rest = divmod(number, _ON_FILE_EVERY)
    return rest == _ON_FILE_EVERY - 1, turn


def _long_way(number: int, left_out: LeftOut) -> Way | None:
    ways, (turn, rest) = long_ways(left_out), divmod(number, _LONG_EVERY)
    return ways[turn] if rest == _LONG_EVERY - 1 and turn < len(ways) else None
