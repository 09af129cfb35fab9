"""Where an exploration takes place: limits, streams, jumps of the clock."""

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from model import ORIGINAL, Limits, State
from resumable.conformance.left_out import NOTHING, LeftOut

AlphabetName = Literal["core", "full"]

SMALL_LIMITS: Final = Limits(
    flush_chunks=2,
    buffer_chunks_max=4,
    chunk_bytes_max=8,
    stale_age_ms=1,
    sweep_interval_ms=2,
    sweep_age_ms=4,
)
"""Every boundary, and what lies beside it on either side, is a few commands away."""


_BURSTS: Final = tuple([ORIGINAL.flush_chunks + more for more in (-1, 0, 1)])


class Scope(NamedTuple):
    """The world in which every sequence is tried."""

    name: str
    alphabet: AlphabetName
    limits: Limits
    streams_max: int
    """No stream begins while so many are on disk."""

    bursts: tuple[int, ...]
    """How many chunks a ``Burst`` stores; () means that there are none."""

    left_out: LeftOut = NOTHING
    """What the target is not asked for."""

    @property
    def jumps_ms(self) -> tuple[int, ...]:
        """How far the clock moves at a time: to the stale age, to the age of a sweep, and a
        millisecond on and back. Twice the stale age is the interval of the sweeps."""
        ages = (self.limits.stale_age_ms, self.limits.sweep_age_ms)
        return tuple(dict.fromkeys((*ages, 1, -1)))

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "alphabet": self.alphabet,
            "limits": self.limits._asdict(),
            "streams_max": self.streams_max,
            "jumps_ms": list(self.jumps_ms),
            "bursts": list(self.bursts),
            "left_out": self.left_out.words(),
        }


def small(alphabet: AlphabetName, left_out: LeftOut = NOTHING) -> Scope:
    """Small limits, for a target that takes them; those that it cannot change stay as they
    are."""
    fixed = {name: getattr(ORIGINAL, name) for name in left_out.limits}
    limits = SMALL_LIMITS._replace(**fixed)
    bursts: tuple[int, ...] = (3,) if alphabet == "full" else ()
    if "flush_chunks" in fixed:
        bursts = _BURSTS
    return Scope("small", alphabet, limits, 2, bursts, left_out)


def original(alphabet: AlphabetName, left_out: LeftOut = NOTHING) -> Scope:
    """The original's limits: bursts stand in for the nine stores that lead to a flush."""
    return Scope("original", alphabet, ORIGINAL, 2, _BURSTS, left_out)


class View(NamedTuple):
    """What the choice of the next commands depends on."""

    scope: Scope
    state: State
    now_ms: int
    begun: tuple[str, ...]
    """The name of every stream that ever began, in order."""

    number: int
    """How many commands came before."""

    @property
    def is_full(self) -> bool:
        """Whether no further stream may begin."""
        return len(self.state.disk.streams) >= self.scope.streams_max

    @property
    def new(self) -> str:
        """The name of the next stream."""
        return f"s{len(self.begun) + 1}"

    @property
    def gone(self) -> str | None:
        """The last stream that began, but is no longer on disk, nor active."""
        return gone(self.begun, self.state)


def gone(begun: Sequence[str], state: State) -> str | None:
    """The last of ``begun`` that is neither on disk nor active."""
    if len(begun) == len(state.disk.streams):
        return None
    there = [state.memory.active, *[row.id for row in state.disk.streams]]
    return next((name for name in reversed(begun) if name not in there), None)
