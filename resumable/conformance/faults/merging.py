"""Which beginnings were met before, as far as ``faults.sameness`` can tell."""

import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from model.crash import Durability
from resumable.conformance.faults.workloads import Beginning

SAMPLED: Final = 64
"""Of the beginnings that are the same as another, one in so many is struck all the same."""

COMPARED_MAX: Final = 8
"""So many of one length, at the most."""


class Fresh(NamedTuple):
    """A beginning, and the modes in which no earlier one was the same."""

    beginning: Beginning
    modes: tuple[Durability, ...]


class Same(NamedTuple):
    """A beginning that is the same as one that is known, in one mode."""

    known: Beginning
    other: Beginning
    mode: Durability

    @property
    def lot(self) -> int:
        """Decides which are struck all the same: it is the same in every run."""
        return zlib.crc32(repr((self.mode, self.other.commands)).encode())


class Met:
    """All beginnings met so far, by their keys."""

    def __init__(self, modes: Sequence[Durability]) -> None:
        self._modes: Final = modes
        self._firsts: Final[dict[tuple[Durability, bytes], Beginning]] = {}
        self._samples: list[Same] = []

    def meet(self, beginning: Beginning, keys: Sequence[bytes | None]) -> Fresh:
        """``keys`` has one for each mode, or None where nothing is the same."""
        modes = []
        for mode, key in zip(self._modes, keys, strict=True):
            if key is None:
                modes.append(mode)
                continue
            same = Same(self._firsts.setdefault((mode, key), beginning), beginning, mode)
            if same.known is beginning:
                modes.append(mode)
            elif same.lot % SAMPLED == 0:
                self._samples.append(same)
        return Fresh(beginning, tuple(modes))

    def samples(self) -> list[Same]:
        """Some of those that were not fresh since this was asked last."""
        samples, self._samples = self._samples, []
        return sorted(samples, key=lambda same: same.lot)[:COMPARED_MAX]
