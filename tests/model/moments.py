"""Programs at whose end a telling moment is seen, and programs that come close."""

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from tests.model.lives import started

TOO_LARGE = Store("s1", "too large")
ENDED = (*started(), Complete("s1"))
FLUSH_FAILS = WhileDiskFails(Store("s1", "x"), 0)
STALE = InsertStale("stale", "r", 51)

SEEN: dict[str, tuple[Command, ...]] = {
    "a start supersedes a live stream": (*started(), Start("s2", "r")),
    "a start flushes what was pending": (*started(2), Start("s2", "r")),
    "a store fills the buffer": (*started(2), Store("s1", "x")),
    "a burst crosses the flush": (Start("s1", "r"), Burst("s1", "x", 4)),
    "a chunk too large is skipped": (*started(), TOO_LARGE),
    "two streams share the counter": (*started(), Start("s2", "r"), Store("s1", "x")),
    "a chunk comes after the end of its stream": (*ENDED, Store("s1", "x")),
    "a chunk belongs to no stream": (Store("nobody", "x"),),
    "a position is used twice in a stream": (
        *started(3),
        Complete("s1"),
        Store("s1", "x"),
        Flush(),
    ),
    "an orphan is replayed": (*started(), Restart(), Replay("r")),
    "a live stream is replayed": (*started(), Replay("r")),
    "a replay finds nothing active": (Replay("r"),),
    "a replay flushes first": (*started(2), Replay("r")),
    "a replay goes under another request": (*started(), Replay("zebra")),
    "a socket dies in the middle": (*started(3), ReplayToDeadSocket("r", 1)),
    "a chunk is stored from inside send": (
        *started(),
        ReplayWhileSending("r", Store("s1", "x"), 0),
    ),
    "a stream ends from inside send": (
        *started(1),
        ReplayWhileSending("r", Complete("s1"), 0),
    ),
    "a stream starts from inside send": (
        *started(1),
        ReplayWhileSending("r", Start("s2", "r"), 0),
    ),
    "what starts when an orphan is done is forgotten at once": (
        *started(),
        Restart(),
        ReplayWhileSending("r", Start("s2", "r"), 0),
    ),
    "a replay comes in the middle of another": (
        *started(1),
        ReplayWhileSending("r", Replay("r"), 0),
    ),
    "an unknown stream ends the active one": (*started(), Complete("nobody")),
    "an older stream ends while another is active": (
        *started(),
        Start("s2", "r"),
        Complete("s1"),
    ),
    "a stream ends a second time": (*ENDED, MarkError("s1")),
    "a sweep deletes": (*ENDED, Advance(1_001), Complete("nobody")),
    "a sweep keeps what is exactly at the age": (*ENDED, Advance(1_000), Complete("nobody")),
    "a sweep comes exactly at the interval": (*ENDED, Advance(100), Complete("nobody")),
    "a complete comes too soon to sweep": (*ENDED, Advance(99), Complete("nobody")),
    "a restart deletes a stale row": (STALE, Restart()),
    "a row at the stale age is restored": (*started(), Advance(50), Restart()),
    "a tie is met at a restart": (*started(), Start("s2", "r"), Restart()),
    "a fresh row hides a stale one": (STALE, *started(), Restart()),
    "a crash loses a buffer": (*started(2), Restart()),
    "a new instance follows a destroyed one": (Destroy(), Reopen()),
    "a live instance restores": (*started(3), Store("s1", "x"), Restore()),
    "a kill undoes a start": (KillDuring(Start("s1", "r"), 0),),
    "a kill comes too late to undo a start": (KillDuring(Start("s1", "r"), 9),),
    "the clock goes back behind what is stored": (*started(), Advance(-1)),
    "a clear leaves the instance live": (*started(), ClearAll()),
    "a call after destroy is refused": (Destroy(), Start("s1", "r")),
    "an id is taken": (*started(), InsertStale("s1", "r", 0)),
    "a transaction of the caller takes a flush": (*started(2), InTransaction(Flush())),
    "a call fails with the disk": (*started(2), WhileDiskFails(Flush(), 0)),
    "a chunk is kept though its flush failed": (*started(2), FLUSH_FAILS),
    "a buffer at its maximum refuses a chunk": (*started(2), *[FLUSH_FAILS] * 4),
    "a flush succeeds where one had failed": (*started(2), FLUSH_FAILS, Flush()),
}

NOTHING_ACTIVE = (*started(), ClearAll())
FLUSHING = ReplayWhileSending("r", Flush(), 0)


def starting(at_frame: int) -> Command:
    return ReplayWhileSending("r", Start("s2", "r"), at_frame)


MISSED: dict[str, list[tuple[Command, ...]]] = {
    "a start supersedes a live stream": [
        (Start("s1", "r"),),
        (*started(), Restart(), Start("s2", "r")),
        (*NOTHING_ACTIVE, Start("s2", "r")),
    ],
    "a start flushes what was pending": [(Start("s1", "r"),)],
    "a store fills the buffer": [(*started(1), Store("s1", "x"))],
    "a burst crosses the flush": [
        (*started(), Burst("s1", "x", 2)),
        (*started(), Burst("s1", "x", 3)),
    ],
    "a chunk too large is skipped": [
        (*started(), Store("s1", "x")),
        (Destroy(), TOO_LARGE),
    ],
    "two streams share the counter": [
        (*started(), Store("s1", "x")),
        (*started(), Store("nobody", "x")),
        (*started(), Start("s2", "r"), Store("s2", "x")),
        (*ENDED, Store("s1", "x")),
    ],
    "a chunk comes after the end of its stream": [
        (*started(), Store("s1", "x")),
        (Store("nobody", "x"),),
    ],
    "a chunk belongs to no stream": [
        (*started(), Store("s1", "x")),
        (Destroy(), Store("nobody", "x")),
        (*started(), Start("s2", "r"), Store("s2", "x")),
    ],
    "a position is used twice in a stream": [
        (*started(3), Store("s1", "x"), Flush()),
        (*started(3), Start("s2", "r"), Store("s2", "x"), Flush()),
        (*started(3), Complete("s1"), Store("s1", "x"), Flush(), Flush()),
    ],
    "an orphan is replayed": [(*started(), Replay("r"))],
    "a live stream is replayed": [
        (*started(), Restart(), Replay("r")),
        (*NOTHING_ACTIVE, Replay("r")),
    ],
    "a replay finds nothing active": [(*started(), Replay("r")), (Destroy(), Replay("r"))],
    "a replay flushes first": [(*started(), Replay("r")), (Store("nobody", "x"), Replay("r"))],
    "a replay goes under another request": [(*started(), Replay("r")), (Replay("another"),)],
    "a socket dies in the middle": [
        (*started(3), ReplayToDeadSocket("r", 0)),
        (*started(3), ReplayToDeadSocket("r", 9)),
    ],
    "a chunk is stored from inside send": [
        (*started(), FLUSHING),
        (*started(), ReplayWhileSending("r", Store("s1", "x"), 1)),
        (*started(), ReplayWhileSending("r", Store("s1", "x"), 2)),
    ],
    "a stream ends from inside send": [
        (*started(1), FLUSHING),
        (*started(1), ReplayWhileSending("r", Complete("s1"), 1)),
        (*started(1), ReplayWhileSending("r", Complete("s1"), 3)),
        (*started(3), Restart(), FLUSHING),
    ],
    "a stream starts from inside send": [
        (*started(1), FLUSHING),
        (*started(1), starting(1)),
        (*started(1), starting(3)),
    ],
    "what starts when an orphan is done is forgotten at once": [
        (*started(), starting(0)),
        (*started(), Restart(), FLUSHING),
        (*started(), Restart(), starting(1)),
        (*started(), Restart(), starting(2)),
    ],
    "a replay comes in the middle of another": [
        (*started(1), FLUSHING),
        (*started(1), ReplayWhileSending("r", Replay("r"), 1)),
    ],
    "an unknown stream ends the active one": [
        (Complete("nobody"),),
        (*started(), Complete("s1")),
    ],
    "an older stream ends while another is active": [
        (*started(), Complete("s1")),
        (*started(), Complete("nobody")),
        (*ENDED, Complete("s1")),
    ],
    "a stream ends a second time": [(*started(), Complete("s1")), (Complete("nobody"),)],
    "a sweep deletes": [(*ENDED, Advance(1_000), Complete("nobody"))],
    "a sweep keeps what is exactly at the age": [
        (*ENDED, Advance(999), Complete("nobody")),
        (*ENDED, Advance(950), Complete("nobody"), Advance(50), Complete("nobody")),
    ],
    "a sweep comes exactly at the interval": [
        (*ENDED, Advance(99), Complete("nobody")),
        (*ENDED, Advance(101), Complete("nobody")),
    ],
    "a complete comes too soon to sweep": [(Complete("nobody"),), (Destroy(), Complete("s1"))],
    "a restart deletes a stale row": [(*started(), Restart())],
    "a row at the stale age is restored": [
        (*started(), Advance(49), Restart()),
        (*started(), Advance(51), Restart()),
        (InsertStale("s2", "r", 50), *started(), Restart()),
    ],
    "a tie is met at a restart": [
        (*started(), Advance(1), Start("s2", "r"), Restart()),
        (Restart(),),
    ],
    "a fresh row hides a stale one": [
        (STALE, InsertStale("s2", "r", 60), Restart()),
        (InsertStale("s2", "r", 50), *started(), Restart()),
        (*ENDED, Advance(51), Start("s2", "r"), Restart()),
    ],
    "a crash loses a buffer": [(*started(3), Restart())],
    "a new instance follows a destroyed one": [(*started(), Reopen())],
    "a live instance restores": [
        (*started(), Restore()),
        (InsertStale("s2", "r", 0), Restore()),
    ],
    "a kill undoes a start": [(KillDuring(Complete("nobody"), 0),)],
    "a kill comes too late to undo a start": [(*started(), KillDuring(Complete("s1"), 9))],
    "the clock goes back behind what is stored": [
        (*started(), Advance(0)),
        (*started(), Advance(1)),
    ],
    "a clear leaves the instance live": [
        (*started(), Restart(), ClearAll()),
        (*NOTHING_ACTIVE, ClearAll()),
    ],
    "a call after destroy is refused": [(Start("s1", "r"),)],
    "an id is taken": [(STALE,), (Destroy(), STALE)],
    "a transaction of the caller takes a flush": [
        (*started(), InTransaction(Flush())),
        (*started(2), InTransaction(Burst("s1", "x", 2))),
        (*started(3), InTransaction(ClearAll())),
    ],
    "a call fails with the disk": [(*started(2), FLUSH_FAILS)],
    "a chunk is kept though its flush failed": [(*started(1), FLUSH_FAILS)],
    "a buffer at its maximum refuses a chunk": [
        (*started(2), WhileDiskFails(Flush(), 0)),
        (*started(2), *[FLUSH_FAILS] * 3, WhileDiskFails(TOO_LARGE, 0)),
    ],
    "a flush succeeds where one had failed": [
        (*started(2), Flush()),
        (*started(2), FLUSH_FAILS, TOO_LARGE),
    ],
}
"""What comes close."""
