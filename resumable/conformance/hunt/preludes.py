"""Short ways into states that chance seldom finds."""

from functools import cache

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Flush,
    InsertStale,
    Limits,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from resumable.conformance.left_out import NOTHING, LeftOut
from resumable.conformance.vocabulary import edge_bodies

Way = tuple[Command, ...]


@cache
def preludes(limits: Limits, left_out: LeftOut = NOTHING) -> tuple[Way, ...]:
    """Programs to begin a sequence with; the first is none at all. A way is left out as a
    whole: without one of its commands it would lead elsewhere, and have gaps in its names."""
    return left_out.spared(_ways(limits))


@cache
def slow_preludes(limits: Limits, left_out: LeftOut = NOTHING) -> tuple[Way, ...]:
    """As ``preludes``, to bodies so large that whoever sends few commands draws none."""
    largest, *_, too_large = edge_bodies(limits.chunk_bytes_max)
    stores = [Store("s1", body) for body in ("a", too_large, largest)]
    way: Way = (Start("s1", "r1"), *stores, Flush())
    return left_out.spared([way])


def _ways(limits: Limits) -> tuple[Way, ...]:
    start = Start("s1", "r1")
    outlived = Advance(limits.stale_age_ms + 1)
    ended = (start, Burst("s1", "b", limits.flush_chunks), Complete("s1"))
    return (
        (),
        # A disk that failed has left a full buffer, or one that takes no more.
        (start, WhileDiskFails(Burst("s1", "b", limits.flush_chunks), 0)),
        (start, WhileDiskFails(Burst("s1", "b", limits.buffer_chunks_max), 0)),
        (start, Start("s2", "r2"), WhileDiskFails(Burst("s2", "b", limits.flush_chunks), 0)),
        (
            start,
            Start("s2", "r2"),
            WhileDiskFails(Burst("s2", "b", limits.buffer_chunks_max), 0),
        ),
        # The active stream was deleted under its instance, with others left or with none; or
        # before there was one.
        (start, Burst("s1", "b", limits.flush_chunks), outlived, Restore()),
        (start, Burst("s1", "b", limits.flush_chunks), outlived, Restart()),
        (*ended, Start("s2", "r2"), outlived, Restore()),
        # A long answer, of many chunks and many bytes.
        (
            start,
            Store("s1", "a" * (limits.chunk_bytes_max // 6)),
            Burst("s1", "b", limits.buffer_chunks_max),
        ),
        # An orphan, also with chunks pending; a tie; a stale row behind a fresh one.
        (start, Burst("s1", "b", limits.flush_chunks), Restart()),
        (start, Start("s2", "r2")),
        (InsertStale("s1", "r1", limits.stale_age_ms + 1), Start("s2", "r2")),
        # No stream is active, and yet the instance calls itself live.
        (start, ClearAll(), InsertStale("s2", "r2", limits.stale_age_ms)),
        # Streams that ended long ago, one sweep having passed them by.
        (*ended, Advance(limits.sweep_age_ms + 1)),
        (*ended, Advance(limits.sweep_age_ms + 1), WhileDiskFails(Complete("unknown"), 0)),
        (
            *ended,
            Advance(limits.sweep_age_ms + 1 - limits.sweep_interval_ms),
            Complete("unknown"),
            Start("s2", "r2"),
        ),
        # By a clock that was set back, a stream has ended long before the last sweep, and is
        # old now; also if everything was cleared in between.
        (Complete("unknown"), *_ended_before(limits)),
        (Complete("unknown"), ClearAll(), *_ended_before(limits)),
        # The clock is set back behind everything that is stored.
        (*ended, Start("s2", "r2"), Flush(), Advance(-limits.sweep_age_ms)),
    )


def _ended_before(limits: Limits) -> tuple[Command, ...]:
    back, on = Advance(-limits.sweep_age_ms - 1), Advance(limits.sweep_age_ms + 1)
    return (back, Start("s1", "r1"), Complete("s1"), on)
