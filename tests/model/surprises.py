"""Programs that show a surprise in another way than its example; and what comes close."""

from typing import Final

from model import (
    ORIGINAL,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    MarkError,
    Reopen,
    Replay,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileFaulty,
)

Program = tuple[Command, ...]

A: Final = Start("s1", "r1")
B: Final = Start("s2", "r2")
TICK: Final = Advance(1)
FRESH_MS: Final = ORIGINAL.stale_age_ms
DAY_MS: Final = ORIGINAL.sweep_age_ms
TOO_LARGE: Final = "a" * (ORIGINAL.chunk_bytes_max + 1)
OF_TWO: Final = (A, Store("s1", "a"), Flush(), TICK, B, Complete("s2"))

NEAR_MISSES: Final[dict[str, list[Program]]] = {
    "superseded_still_streams": [
        (A, Complete("s1"), B),
        (A, InsertStale("s2", "r2", 0)),
    ],
    "chunks_out_of_order": [
        (A, Store("s1", "a"), B, Store("s2", "b")),
        (A, Store("s1", "a"), Complete("s1"), Store("s1", "b")),
        (A, Store("s1", "a"), Flush(), Restart(), Store("s1", "b")),
        (A, B, Burst("s2", "b", 3), Start("s3", "r3"), Store("s1", "a")),
        (A, Burst("s1", "a", 3), B, Store("s1", "b"), Store("s1", TOO_LARGE)),
    ],
    "gap_in_a_stream": [
        (A, Store("s1", "a"), Store("s1", "b")),
        (A, Store("s1", "a"), Store("s1", "b"), Store("s1", "c")),
        (A, Store("s1", "a"), B, Store("s1", "b")),
    ],
    "chunk_skipped": [
        (A, Store("s1", "a" * ORIGINAL.chunk_bytes_max)),
        (Destroy(), Store("s1", "a")),
    ],
    "stored_to_no_stream": [(A, Store("s1", "a")), (Destroy(), Store("x", "a"))],
    "stored_after_the_end": [
        (A, Store("s1", "a")),
        (A, B, Complete("s2"), Store("s1", "a")),
        (A, Complete("s1"), MarkError("s1")),
    ],
    "unknown_stream_ended": [(A, Complete("s1")), (Destroy(), MarkError("x"))],
    "active_forgotten": [
        (A, B, Complete("s2")),
        (A, B, Store("s1", "a")),
        (A, Complete("x")),
        (A, ClearAll()),
    ],
    "ended_twice": [
        (A, B, Complete("s1"), Complete("s2")),
        (A, Complete("s1"), Complete("s1")),
        (A, Complete("s1"), Advance(DAY_MS + 1), Restart()),
    ],
    "live_without_a_stream": [(A, Complete("s1")), (A, Restart(), ClearAll()), (A, Destroy())],
    "old_streams_stay": [
        (A, Complete("s1"), Advance(DAY_MS), Restart()),
        (A, Complete("s1"), Advance(DAY_MS + 1), Complete("x")),
        (A, Complete("s1"), Advance(DAY_MS + 1), Flush()),
    ],
    "answer_not_replayed": [
        (A, Replay("r1")),
        (A, Complete("s1"), Replay("r2")),
        (A, Complete("s1"), ClearAll(), Replay("r1")),
        (A, Complete("s1"), Destroy(), Replay("r1")),
    ],
    "another_answer_replayed": [
        (A, Replay("r1")),
        (A, Complete("s1"), Replay("r2")),
        (A, ReplayWhileSending("r2", Flush(), 0)),
        (Start("s1", "\ud800"), Replay("\ud800")),
    ],
    "new_stream_forgotten": [
        (A, ReplayWhileSending("r1", B, 0)),
        (A, Restart(), ReplayWhileSending("r1", B, 1)),
        (A, Restart(), ReplayWhileSending("r1", B, 2)),
        (A, Store("s1", "a"), Flush(), Restart(), ReplayWhileSending("r1", B, 0)),
        (A, Restart(), ReplayWhileSending("r1", Store("s1", "a"), 0)),
        (A, Restart(), Replay("r1")),
    ],
    "chunks_lost_by_a_crash": [
        (A, Store("s1", "a"), TICK),
        (A, Store("s1", "a"), Flush(), Restart()),
        # The very same chunk is on disk.
        (A, Store("s1", "a"), Complete("s1"), Store("s1", "a"), Restart()),
        (A, Burst("s1", "a", 10), Restart()),
        (A, Store("x", "a"), Restart()),
        (A, Store("s1", "a"), Advance(FRESH_MS + 1), Restart()),
    ],
    "long_answer_deleted": [
        (A, Store("s1", "a"), Flush(), Advance(FRESH_MS + 1), Restart()),
        (A, Advance(FRESH_MS), Store("s1", "a"), Flush(), Restart()),
        (A, Advance(FRESH_MS + 1), Store("s1", "a"), Restart()),
    ],
    "superseded_comes_back": [
        (A, B, Complete("s1"), Restart()),
        (A, B, Restart()),
        (A, B, Complete("s2"), Restore()),
        (A, InsertStale("s2", "r2", 1), Complete("s2"), Restart()),
    ],
    "older_of_a_tie": [
        (A, TICK, B, Restart()),
        (A, Restart()),
        (A, InsertStale("s2", "r2", 0)),
    ],
    "future_resumed": [
        (A, Restart()),
        (A, TICK, Restart()),
        (A, Advance(-1), Complete("s1"), Restart()),
    ],
    "stale_streams_stay": [
        (InsertStale("s1", "r1", FRESH_MS + 1), Restart()),
        (InsertStale("s1", "r1", FRESH_MS), InsertStale("s2", "r2", 0), Restart()),
    ],
    "own_stream_deleted": [
        (A, Advance(FRESH_MS), Restore()),
        (A, Restart(), Advance(FRESH_MS + 1), Restore()),
        (A, InsertStale("s2", "r2", -1), Advance(FRESH_MS + 2), Restore()),
    ],
    "foreign_stream_is_live": [
        (A, Restore()),
        (A, TICK, InsertStale("s2", "r2", 0), Restart()),
    ],
}
"""Programs whose last command is permitted in one way only, and does not show it."""

SHOWN_TOO: Final[dict[str, list[Program]]] = {
    "chunks_out_of_order": [
        (A, Burst("s1", "a", 3), B, Store("s2", "x"), Store("s1", "b")),
    ],
    "gap_in_a_stream": [(A, B, Store("s1", "a"), Store("s2", "b"))],
    "stored_to_no_stream": [(Burst("x", "a", 2),)],
    "unknown_stream_ended": [(A, Complete("a"))],
    "stored_after_the_end": [(A, Complete("s1"), Burst("s1", "a", 2))],
    "old_streams_stay": [
        (A, Complete("s1"), Advance(DAY_MS + 1), InTransaction(B)),
        (A, Complete("s1"), Advance(DAY_MS + 1), MarkError("x")),
        (A, MarkError("s1"), Advance(DAY_MS), Complete("x"), Advance(1), Complete("x")),
    ],
    "answer_not_replayed": [(Start("s1", "\ud800"), Complete("s1"), Replay("\ud800"))],
    "another_answer_replayed": [(B, Replay("r1"))],
    "superseded_comes_back": [
        (A, TICK, B, Complete("s2"), Restart()),
        (A, TICK, B, Complete("s2"), InTransaction(Restart())),
        (A, TICK, B, Complete("s2"), WhileFaulty(Restart(), "full", 0)),
    ],
    "older_of_a_tie": [(A, B, Restore()), (A, B, InTransaction(Restore()))],
    "long_answer_deleted": [
        (A, Advance(FRESH_MS + 1), Store("s1", "a"), Flush(), Reopen()),
        (A, TICK, Store("s1", "a"), Flush(), Advance(FRESH_MS), Restart()),
    ],
}
"""Programs that show it in another way than its example."""

UNHARMED: Final = (
    *("superseded_still_streams", "chunk_skipped", "stored_to_no_stream"),
    *("stored_after_the_end", "unknown_stream_ended", "active_forgotten", "ended_twice"),
    *("old_streams_stay", "answer_not_replayed", "another_answer_replayed"),
)
"""What only a call can show that was done."""
