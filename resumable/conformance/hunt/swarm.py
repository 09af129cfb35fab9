"""What a hunt sends: seeded sequences, each with its own taste.

A sequence leaves some kinds of command out and sends others more often than the rest do
(swarm testing): a bug that needs twenty stores in a row is not found by a mixture of
everything. A sequence is a function of the seed and its number alone.
"""

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final, TypeVar

from model import Command, Restart, Start, State
from model.commands import stream_of
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.vocabulary import UNKNOWN, WEIGHTS, View, Vocabulary

T = TypeVar("T")

GENERATION: Final = 1
"""Part of every seed; it changes whenever a seed would give other sequences than before."""

_LENGTHS: Final = (10, 20, 30, 50, 50, 80)
_BOOSTS: Final = (1, 1, 1, 1, 4)
_LEFT_OUT: Final = 0.25
_KINDS: Final = tuple(WEIGHTS)
_REVIVED: Final = 0.5

_IN_MEMORY: Final = (
    *[DEFAULT] * 12,
    Setting(None),
    Setting(None, "dict"),
    Setting("IMMEDIATE", "Row"),
    Setting("EXCLUSIVE", "dict"),
)
_ON_FILE: Final = Setting(storage="file")
_ON_FILE_EVERY: Final = 40
"""One sequence in so many is on a file: that is slow, and shows what a crash would keep."""


class Swarm:
    """Makes the commands of sequence ``number`` of ``seed``, one after the other."""

    def __init__(
        self,
        seed: int,
        number: int,
        vocabulary: Vocabulary,
        favoured: Mapping[type[Command], int] = {},
    ) -> None:
        self._random: Final = random.Random(f"{GENERATION}/{seed}/{number}")  # noqa: S311
        self._vocabulary: Final = vocabulary
        self._streams: Final[list[str]] = []
        on_file = number % _ON_FILE_EVERY == _ON_FILE_EVERY - 1
        self.setting: Final = _ON_FILE if on_file else self._choose(_IN_MEMORY)
        self.length: Final = self._choose(_LENGTHS)
        self._cumulative: Final = list(accumulate(self._weights(favoured)))

    def next(self, state: State, now_ms: int) -> Command:
        """The next command, which fits ``state``."""
        kind = self._kind(state)
        command = self._vocabulary.command(
            kind, View(state, now_ms, self._streams), self._choose
        )
        name = stream_of(command)
        if name is not None and name != UNKNOWN and name not in self._streams:
            self._streams.append(name)
        return command

    def _kind(self, state: State) -> type[Command]:
        draw = self._random.random()
        if state.memory.is_destroyed and draw < _REVIVED:
            return Restart
        total = self._cumulative[-1]
        return _KINDS[bisect(self._cumulative, int(self._random.random() * total))]

    def _choose(self, options: Sequence[T], /) -> T:
        return options[int(self._random.random() * len(options))]

    def _weights(self, favoured: Mapping[type[Command], int]) -> list[int]:
        weights = []
        for kind, weight in WEIGHTS.items():
            is_out = self._random.random() < _LEFT_OUT and kind is not Start
            boost = self._choose(_BOOSTS) * favoured.get(kind, 1)
            weights.append(0 if is_out else weight * boost)
        return weights
