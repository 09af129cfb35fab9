"""Ways that are longer than chance makes them: what shows only where there is a lot.

A limit in a query, a page that ends among equal indexes: no sequence of the usual length comes
near. All are of the original's limits.
"""

from functools import cache
from typing import Final

from model import (
    ORIGINAL,
    Advance,
    Burst,
    ClearAll,
    Complete,
    Replay,
    Restart,
    Start,
    Store,
    WhileDiskFails,
)
from resumable.conformance.hunt.preludes import Way
from resumable.conformance.left_out import LeftOut
from resumable.conformance.vocabulary import UNKNOWN

_START: Final = Start("s1", "r1")
_BURSTS: Final = [Burst("s1", f"b{number}-", 100) for number in range(15)]
_TOO_LARGE: Final = Store("s1", "a" * (ORIGINAL.chunk_bytes_max + 1))

_WAYS: Final[tuple[Way, ...]] = (
    # An answer of 1,500 chunks is replayed whole.
    (
        _START,
        *_BURSTS,
        Replay("r1"),
        Restart(),
        Replay("r1"),
        ClearAll(),
    ),
    # It is deleted whole.
    (
        _START,
        *_BURSTS,
        Advance(ORIGINAL.stale_age_ms + 1),
        Restart(),
    ),
    # Chunks of one index stay in order, however many there are: three of each, and of the
    # first one four, so that no page of whole tens or hundreds ends with an index.
    (
        _START,
        Store("s1", "a"),
        Complete(UNKNOWN),  # which lets the indexes of s1 begin anew
        *_BURSTS[:4],
        Complete(UNKNOWN),
        *_BURSTS[4:8],
        Complete(UNKNOWN),
        *_BURSTS[8:12],
        Restart(),
        Replay("r1"),
        Advance(ORIGINAL.sweep_age_ms + 1),
        Complete(UNKNOWN),
    ),
    # A chunk too large is skipped, though no other would be taken.
    (
        _START,
        WhileDiskFails(Burst("s1", "b", ORIGINAL.buffer_chunks_max), 0),
        WhileDiskFails(_TOO_LARGE, 0),
        _TOO_LARGE,
    ),
    # Half a surrogate pair is as large as what replaces it.
    (
        _START,
        Store("s1", "\ud800" * (ORIGINAL.chunk_bytes_max // 3 + 1)),
        Complete("s1"),
    ),
)


@cache
def long_ways(left_out: LeftOut) -> tuple[Way, ...]:
    """All that nothing is left out of."""
    return left_out.spared(_WAYS)
