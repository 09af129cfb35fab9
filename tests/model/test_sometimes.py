"""Each telling moment: seen where it is, and not everywhere."""

import pytest

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
from model.properties import Moment, by_kind
from model.sometimes import SOMETIMES
from tests.model.lives import SMALL, life_of, started
from tests.model.walk import walk

HOLDS = {each.name: each.holds for each in SOMETIMES}
BY_KIND = by_kind(SOMETIMES)

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
    "a replay goes under another request": (*started(), Replay("another")),
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


def moments(*commands: Command) -> list[Moment]:
    """Every outcome of the last command. A disk that may fail on the way did fail."""
    *setup, last = commands
    life = life_of(limits=SMALL)
    for command in setup:
        life.state = life.permitted(command)[-1].state
    return [
        Moment(life.state, last, life.now, outcome, SMALL) for outcome in life.permitted(last)
    ]


def test_every_moment_has_an_example() -> None:
    assert set(SEEN) == set(HOLDS)


@pytest.mark.parametrize(("name", "commands"), SEEN.items(), ids=SEEN)
def test_a_moment_is_seen_where_it_is(name: str, commands: tuple[Command, ...]) -> None:
    assert any(HOLDS[name](moment) for moment in moments(*commands))
    assert name in [each.name for each in BY_KIND[type(commands[-1])]]


def test_every_moment_is_seen_and_missed_on_a_long_walk() -> None:
    found: dict[str, set[bool]] = {name: set() for name in HOLDS}
    for moment in walk(0, 20_000):
        for each in BY_KIND[type(moment.command)]:
            found[each.name].add(each.holds(moment))
    assert {name for name, seen in found.items() if seen != {True, False}} == set()
