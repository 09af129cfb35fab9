"""Programs that are longer than chance makes them: what shows only where there is a lot.

A limit in a query, a page that ends among equal indexes, a sweep that stops half way: no
short sequence comes near, and a hunt seldom does. A check sends each of these once.
"""

from typing import Final

from model import (
    ORIGINAL,
    Advance,
    Burst,
    Command,
    Complete,
    InsertStale,
    Replay,
    Restart,
    Start,
    Store,
    WhileDiskFails,
)
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.divergence import Step
from resumable.conformance.target import Seen
from resumable.conformance.trace import Trace
from resumable.conformance.vocabulary import UNKNOWN

_START: Final = Start("s1", "r1")
_BURSTS: Final = [Burst("s1", f"b{number}-", 100) for number in range(15)]
_STREAMS: Final = [f"s{number}" for number in range(1, 121)]
_TOO_LARGE: Final = Store("s1", "a" * (ORIGINAL.chunk_bytes_max + 1))

_PROGRAMS: Final[dict[str, tuple[Command, ...]]] = {
    "an answer of 1,500 chunks is replayed whole": (
        _START,
        *_BURSTS,
        Replay("r1"),
        Restart(),
        Replay("r1"),
    ),
    "chunks of one index stay in order, however many there are": (
        _START,
        *_BURSTS[:3],
        Complete(UNKNOWN),  # which lets the indexes of s1 begin anew
        *_BURSTS[3:6],
        Complete(UNKNOWN),
        *_BURSTS[6:9],
        Restart(),
        Replay("r1"),
    ),
    "120 streams are listed, and swept at once": (
        *[InsertStale(name, "r", 0) for name in _STREAMS],
        *map(Complete, _STREAMS),
        Advance(ORIGINAL.sweep_age_ms + 1),
        Complete("s1"),
    ),
    "a chunk too large is skipped, though no other would be taken": (
        _START,
        WhileDiskFails(Burst("s1", "b", ORIGINAL.buffer_chunks_max), 0),
        WhileDiskFails(_TOO_LARGE, 0),
        _TOO_LARGE,
    ),
    "half a surrogate pair is as large as what replaces it": (
        _START,
        Store("s1", "\ud800" * (ORIGINAL.chunk_bytes_max // 3 + 1)),
        Store("s1", "\ud800" * (ORIGINAL.chunk_bytes_max // 3)),
        Complete("s1"),
    ),
}


def long_programs() -> list[tuple[str, Trace]]:
    """Each with what it is about. No reply is recorded."""
    return [(name, _unrecorded(commands)) for name, commands in _PROGRAMS.items()]


def _unrecorded(commands: tuple[Command, ...]) -> Trace:
    return Trace(tuple([Step(command, EPOCH_MS, Seen()) for command in commands]))
