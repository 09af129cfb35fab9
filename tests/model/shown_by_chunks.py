"""What chunks and rows show of a mistake."""

from typing import Final

from model import Advance, Complete, Flush, Start, Store
from model import evidence as it
from tests.model.departures import (
    FRAME_A,
    FRAME_B,
    LATE_A,
    ON_DISK,
    RAW_A,
    RAW_B,
    READ,
    RENUMBERED,
    A,
    B,
    Table,
    departure,
    listed,
    on_disk,
    read,
    refused,
    row,
    sent,
)
from tests.model.lives import NOW_MS, started

A_OF_ANOTHER: Final = ("s2", "a", 0, NOW_MS)
C: Final = [("c0", 0), ("c1", 1), ("c2", 2)]
X: Final = ("x", 3)
RAW_C: Final = tuple([("s1", *body, NOW_MS) for body in C])
RAW_X: Final = ("s1", *X, NOW_MS)
PENDING_X: Final = (*started(3), Store("s1", "x"), Flush())
PENDING_XY: Final = (*started(3), Store("s1", "x"), Store("s1", "y"), Flush())

CHUNKS: Final[Table] = {
    it.raises_unasked: (
        {"a flush raises": refused(Flush())},
        {
            "a flush may raise": refused(Flush(), permitted="disk"),
            "a flush does not raise and should": departure("raises", None, "closed"),
            "something is active": departure("active_stream_id", "s1", None),
            "something is returned": departure("returns", "s1", None),
        },
    ),
    it.chunks_are_missing: (
        {
            "one of two is gone": read([A], [A, B]),
            "one of two that are alike is gone": read([A], [A, A]),
            "one has another index": read([("a", 1)], [A]),
            "one is gone from the disk": on_disk((RAW_B,), (RAW_A, RAW_B)),
        },
        {
            "there is one too many": read([A, B], [A]),
            "the order is another": read([B, A], [A, B]),
            "the time of a flush is another": on_disk((LATE_A,), (RAW_A,)),
            "a stream is gone": listed((), (row("r"),)),
        },
    ),
    it.nothing_arrived: (
        {
            "what was there before is there": read(C, [*C, X], *PENDING_X),
            "it is so on disk": on_disk(RAW_C, (*RAW_C, RAW_X), *PENDING_X),
            "nothing is there at all": read([], [*C, X], *PENDING_X),
            "nothing can be read": read(None, [*C, X], *PENDING_X),
        },
        {
            "one of two arrived": read([*C, X], [*C, X, ("y", 4)], *PENDING_XY),
            "it has another index": read([*C, ("x", 2)], [*C, X], *PENDING_X),
            "it has another body": read([*C, ("c0", 3)], [*C, X], *PENDING_X),
            "nothing was to arrive": read([C[1], C[0]], C[:2], *started(3), Flush()),
        },
    ),
    it.is_shuffled: (
        {
            "two chunks have changed places": read([B, A], [A, B]),
            "two have of which the greater comes first by rights": read([A, B], [B, A]),
            "two on disk have": on_disk((RAW_B, RAW_A), (RAW_A, RAW_B)),
            "two frames have": sent((FRAME_B, FRAME_A), (FRAME_A, FRAME_B)),
            "two frames have of which the greater comes first by rights": sent(
                (FRAME_A, FRAME_B), (FRAME_B, FRAME_A)
            ),
        },
        {
            "only the time of a flush is another": on_disk((LATE_A,), (RAW_A,)),
            "one is gone": read([B], [A, B]),
            "there is one too many": read([B, A], [A]),
            "each has the other's index": read([("a", 1), ("b", 0)], [A, B]),
            "a frame is gone": sent((FRAME_B,), (FRAME_A, FRAME_B)),
            "there is a frame too many": sent((FRAME_B, FRAME_A), (FRAME_A,)),
        },
    ),
    it.indexes_are_wrong: (
        {
            "a chunk has another": departure(RENUMBERED, [("a", 1)], [A]),
            "frames are shuffled and the rows differ": sent(
                (FRAME_B, FRAME_A), (FRAME_A, FRAME_B), others=("frames", ON_DISK)
            ),
        },
        {
            "chunks are merely shuffled": departure(RENUMBERED, [B, A], [A, B]),
            "chunks differ in more": read([("a", 1)], [B]),
            "frames are merely shuffled": sent((FRAME_B, FRAME_A), (FRAME_A, FRAME_B)),
            "a frame is gone and the rows differ": sent(
                (FRAME_B,), (FRAME_A, FRAME_B), others=("frames", ON_DISK)
            ),
            "rows are merely shuffled": departure(
                ON_DISK, (RAW_B, RAW_A), (RAW_A, RAW_B), others=(ON_DISK,)
            ),
        },
    ),
    it.indexes_repeat: (
        {
            "a waiting chunk has that of a stored one": refused(
                Store("s1", "a"), Complete("s1"), Store("s1", "b"), Flush()
            ),
            "two that should be read have the same": read([A], [A, ("b", 0)]),
        },
        {
            "there is no chunk": refused(Flush()),
            "each chunk of a stream has its own": read([A], [A, B], *PENDING_XY),
            "those of two streams have the same": refused(
                Store("s1", "a"), Complete("s1"), Store("s2", "a"), Flush()
            ),
            "on disk those of two streams have the same": on_disk(
                (RAW_A,), (RAW_A, A_OF_ANOTHER)
            ),
        },
    ),
    it.chunks_appear: (
        {
            "there is one too many": read([A, B], [A]),
            "one is there twice": read([A, A], [A]),
            "there is one too many on disk": on_disk((RAW_A, RAW_B), (RAW_A,)),
        },
        {
            "one is gone": read([A], [A, B]),
            "the time of a flush is another": on_disk((LATE_A,), (RAW_A,)),
            "what appears is no chunk": read([(), ("a",), ("a", 0, 0), (0, "a")], []),
        },
    ),
    it.loses_chunks_of_another: (
        {
            "it is of a stream that came later": read(
                [], [("x", 0)], *started(), Store("s2", "x"), Flush()
            ),
            "it is of one that is before it by name": read(
                [], [("x", 0)], *started(), Store("s0", "x"), Flush()
            ),
            "it is of one that ended": read(
                [], [("x", 0)], *started(), Complete("s1"), Store("s1", "x"), Flush()
            ),
            "one of the active stream is lost with it": read(
                [], [A, ("x", 1)], *started(), Store("s1", "a"), Store("s2", "x"), Flush()
            ),
        },
        {
            "it is of the active stream": read(
                [], [("x", 0)], *started(), Store("s1", "x"), Flush()
            ),
            "no stream was ever started": read([], [("x", 0)], Store("s1", "x"), Flush()),
            "nothing is active and its stream goes on": read(
                [], [("x", 0)], *started(), Complete("nobody"), Store("s1", "x"), Flush()
            ),
            "only one of the active stream is lost": read(
                [("x", 1)],
                [A, ("x", 1)],
                *started(),
                Store("s1", "a"),
                Store("s2", "x"),
                Flush(),
            ),
        },
    ),
    it.files_chunks_elsewhere: (
        {
            "what waits is read where it should not be": read([X], [], *PENDING_X),
            "one of two that wait is": read([X], [], *PENDING_XY),
        },
        {
            "what is read too much has another index": read([("x", 2)], [], *PENDING_X),
            "what is read too much has another body": read([("y", 3)], [], *PENDING_X),
            "what waits has come to its own": read([*C, X], [*C, X], *PENDING_X),
        },
    ),
}

LONG_AGO: Final = (*started(), Complete("s1"), Advance(1_000), Start("s2", "r"))
NOT_SO_LONG_AGO: Final = (*started(), Complete("s1"), Advance(999), Start("s2", "r"))
RAW_ROW: Final = ("s1", "r", "completed", NOW_MS, NOW_MS)
OF_ANOTHER: Final = row("r", id="s2")

ROWS: Final[Table] = {
    it.leaves_chunks_unflushed: (
        {
            "a chunk waits and the disk differs": sent(
                (), (FRAME_A,), *PENDING_X, others=("frames", ON_DISK)
            )
        },
        {
            "nothing waits": sent((), (FRAME_A,), others=("frames", ON_DISK)),
            "the disk is right": sent((), (FRAME_A,), *PENDING_X, others=("frames",)),
        },
    ),
    it.differs_in_time_alone: (
        {
            "a stream began at another": listed((row("r", at=1),), (row("r"),)),
            "it is a fraction": listed((row("r", at=NOW_MS + 0.5),), (row("r"),)),
            "a chunk was flushed at another": on_disk((LATE_A,), (RAW_A,)),
            "both times of a stream are others": departure(
                "rows of metadata", [(*RAW_ROW[:3], 1, 2)], (RAW_ROW,)
            ),
        },
        {
            "the request is another, too": listed((row("q", at=1),), (row("r"),)),
            "the index is another, too": on_disk((("s1", "a", 1, NOW_MS + 1),), (RAW_A,)),
            "a stream never began": listed((row("r", at=None),), (row("r"),)),
            "a stream should not have ended": departure(
                "rows of metadata", (RAW_ROW,), ((*RAW_ROW[:4], None),)
            ),
            "there is a row too many": listed((row("r"), OF_ANOTHER), (row("r"),)),
            "there is nothing": listed(None, (row("r"),)),
        },
    ),
    it.loses_old_rows: (
        {
            "one that ended as long ago as is kept is gone": listed((), (row("r"),), *LONG_AGO),
            "it is gone from the disk": departure(
                "rows of metadata", (), (RAW_ROW,), *LONG_AGO
            ),
            "a row without an id is there": listed([(), (1,)], (row("r"),), *LONG_AGO),
        },
        {
            "it ended later": listed((), (row("r"),), *NOT_SO_LONG_AGO),
            "it is there": listed([row("r")], (row("r"), OF_ANOTHER), *LONG_AGO),
            "only a chunk of it is gone": on_disk((), (RAW_A,), *LONG_AGO),
        },
    ),
    it.loses_what_is_stored: (
        {
            "a stream is gone": listed((), (row("r"),)),
            "a chunk that was on disk is gone": read(C[1:], C, *started(3), Flush()),
        },
        {
            "a stream is another in all but its id": listed(
                (row("q", "error", at=1),), (row("r"),)
            ),
            "a chunk that waited has not come": read(C, [*C, X], *PENDING_X),
            "a chunk of the same body has not come": read(C, [*C, ("c0", 3)], *PENDING_X),
            "there is a chunk too many": read([*C, X], C, *started(3), Flush()),
        },
    ),
    it.is_not_what_the_disk_has: (
        {"a read-out differs where the rows agree": departure(READ, [], [A], rows_agree=True)},
        {
            "the rows were not looked at": departure(READ, [], [A]),
            "it is no read-out that differs": departure(
                "is_live", True, False, rows_agree=True
            ),
        },
    ),
}
