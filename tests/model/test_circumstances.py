"""The circumstances that rules tell apart: where each holds, and what comes close."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InTransaction,
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
    WhileFaulty,
)
from model import circumstances as it
from model.departure import Departure
from tests.model.lives import SMALL, life_of, started

Program = tuple[Command, ...]
Circumstance = Callable[[Departure], bool]

X: Final = Complete("x")
ORPHAN: Final = (*started(3), Restart())
ENDED: Final = (*started(), Complete("s1"))
SWEPT: Final = (X,)
BURST_FAILED: Final = WhileDiskFails(Burst("s1", "b", 5), 0)
FLUSH_FAILED: Final = WhileDiskFails(Flush(), 0)


def sending(call: Any, at_frame: int) -> Command:
    return ReplayWhileSending("r", call, at_frame)


TOLD_APART: Final[list[tuple[Circumstance, list[Program], list[Program]]]] = [
    (it.is_destroyed, [(Destroy(), Flush())], [(Flush(),)]),
    (it.has_active, [(*started(), Flush())], [(Flush(),)]),
    (it.nothing_active, [(Flush(),)], [(*started(), Flush())]),
    (it.is_live, [(*started(), Flush())], [(*ORPHAN, Flush())]),
    (it.is_orphan, [(*ORPHAN, Flush())], [(*started(), Flush()), (Flush(),)]),
    (it.has_pending, [(*started(2), Flush())], [(*started(3), Flush())]),
    (
        it.lives_on,
        [
            (*started(), ClearAll(), Restore()),
            (Store("x", "a"), Restore()),
            (*ORPHAN, Restore()),
        ],
        [(Restore(),)],
    ),
    (it.sweep_is_close, [(*SWEPT, Advance(101), X)], [(*SWEPT, Advance(102), X)]),
    (it.sweeps_for_the_first_time, [(X,)], [(*SWEPT, X)]),
    (it.something_streams, [(*started(), Restart())], [(*ENDED, Restart())]),
    (
        it.several_stream,
        [(*started(), Advance(1), Start("s2", "r"), Restart())],
        [(*started(), Restart()), (*ENDED, Start("s2", "r"), Restart())],
    ),
    (
        it.has_tie,
        [(*started(), Start("s2", "r"), Restart())],
        [(*started(), Advance(1), Start("s2", "r"), Restart())],
    ),
    (it.newest_is_stale, [(*ORPHAN, Advance(51), Restart())], [(*ORPHAN, Advance(50), X)]),
    (
        it.newest_is_almost_stale,
        [(*ORPHAN, Advance(50), Restart())],
        [(*ORPHAN, Advance(49), Restart()), (*ORPHAN, Advance(51), Restart())],
    ),
    (
        it.newest_lies_ahead,
        [(*ORPHAN, Advance(-1), Restart())],
        [(*ORPHAN, Restart()), (*ORPHAN, Advance(1), Restart())],
    ),
    (
        it.old_ended,
        [(*ENDED, Advance(1_000), X)],
        [(*ENDED, Advance(999), X), (*started(), Advance(1_000), X)],
    ),
    (
        it.ends_another,
        [(*started(), Complete("nobody")), (*started(), X)],
        [(*started(), Complete("s1")), (X,)],
    ),
    (
        it.ends_again,
        [(*ENDED, MarkError("s1")), (*ENDED, Start("s2", "r"), MarkError("s1"))],
        [
            (*started(), Complete("s1")),
            (*ENDED, X),
            (*ENDED, Complete("nobody")),
            (*ENDED, Start("s2", "r"), Complete("s2")),
        ],
    ),
    (
        it.fills_buffer,
        [
            (*started(2), Store("s1", "x")),
            (*started(1), Burst("s1", "x", 2)),
            (*started(1), Burst("s1", "x", 9)),
        ],
        [(*started(1), Store("s1", "x")), (*started(2), Flush())],
    ),
    (it.fills_no_buffer, [(*started(1), Store("s1", "x"))], [(*started(2), Store("s1", "x"))]),
    (
        it.exceeds_buffer,
        [
            (Burst("s1", "x", 5),),
            (Burst("s1", "x", 9),),
            (BURST_FAILED,),
            (BURST_FAILED, Flush()),
        ],
        [(Burst("s1", "x", 4),), (FLUSH_FAILED, Flush())],
    ),
    (
        it.asks_for_another,
        [(*started(), Replay("q")), (*started(), InTransaction(Replay("z")))],
        [
            (*started(), Replay("r")),
            (*started(), Flush()),
            (Start("s1", "\ud800"), Replay("\ud800")),
        ],
    ),
    (
        it.calls_when_orphan_is_done,
        [
            (*ORPHAN, sending(Flush(), 3)),
            (*ORPHAN, Store("s1", "x"), sending(Flush(), 4)),
            (*ORPHAN, Store("a", "x"), Store("x", "x"), sending(Flush(), 3)),
        ],
        [
            (*ORPHAN, sending(Flush(), 2)),
            (*ORPHAN, sending(Flush(), 4)),
            (*started(3), sending(Flush(), 3)),
            (*ORPHAN, Flush()),
        ],
    ),
    (
        it.calls_for_another_active,
        [
            (*started(), sending(call, 0))
            for call in (
                *(Start("s2", "r"), X, MarkError("x"), Replay("r")),
                *(Restore(), ClearAll(), Destroy()),
            )
        ],
        [(*started(), sending(Flush(), 0)), (*started(), X)],
    ),
    (
        it.disk_failed,
        [
            (FLUSH_FAILED, Flush()),
            (WhileFaulty(Flush(), "full", 0), Flush()),
            (InTransaction(FLUSH_FAILED), Flush()),
        ],
        [(FLUSH_FAILED,), (WhileFaulty(Flush(), "full", 0),), (Flush(),)],
    ),
    (
        it.disk_failed_a_store,
        [(WhileDiskFails(Store("s1", "x"), 0), Flush()), (BURST_FAILED, Flush())],
        [(FLUSH_FAILED, Flush())],
    ),
    (
        it.socket_died,
        [
            (*started(), ReplayToDeadSocket("r", 0)),
            (*started(), ReplayToDeadSocket("r", 0), Flush()),
        ],
        [(ReplayToDeadSocket("r", 0),), (*started(), Replay("r"))],
    ),
    (
        it.was_restored,
        [(Restart(), Flush()), (Reopen(), Flush()), (Restore(), Flush())],
        [(Flush(),), (Restart(),), (ClearAll(), Flush())],
    ),
    (
        it.restored_while_living,
        [(Restore(), Flush()), (InTransaction(Restore()), Flush())],
        [(Restart(), Flush())],
    ),
    (
        it.was_cleared,
        [(ClearAll(), Flush()), (InTransaction(ClearAll()), Flush())],
        [(Flush(), Flush()), (ClearAll(),)],
    ),
    (
        it.stores_too_large,
        [(Store("s1", "too large"),), (Store("s1", "too large"), Flush())],
        [(Store("s1", "exactly8"),), (Flush(),)],
    ),
    (
        it.stores_the_largest,
        [(Store("s1", "exactly8"),), (Store("s1", "12345\ud800"),)],
        [(Store("s1", "too large"),), (Store("s1", "seven77"),)],
    ),
    (
        it.has_surrogate,
        [
            (Store("s1", "a\ud800"),),
            (Burst("s1", "\ud800", 1),),
            (InTransaction(Store("s1", "\ud800")),),
            (Start("s1", "\udfffa"), Flush()),
        ],
        [(Store("s1", "\ud7ff"),), (Burst("s1", "\ue000", 1),), (Flush(),)],
    ),
]

CASES: Final = [
    (circumstance, program, holds)
    for circumstance, seen, missed in TOLD_APART
    for holds, programs in ((True, seen), (False, missed))
    for program in programs
]


def departure(*commands: Command, where: str = "frames", **more: Any) -> Departure:
    """Something is wrong at the last command; a disk that failed had nothing to write."""
    *setup, last = commands
    healthy = [each for each in setup if not _has_failing_disk(each)]
    life = life_of(*healthy, limits=SMALL)
    return Departure(life.state, last, life.now, SMALL, where, earlier=tuple(setup), **more)


def _has_failing_disk(command: Command) -> bool:
    around = command.call if isinstance(command, InTransaction) else command
    return isinstance(around, WhileDiskFails | WhileFaulty)


@pytest.mark.parametrize(("circumstance", "program", "holds"), CASES)
def test_a_circumstance_holds_there_and_not_where_something_comes_close(
    circumstance: Circumstance, program: Program, holds: bool
) -> None:
    assert circumstance(departure(*program)) == holds


@pytest.mark.parametrize(
    "struck", [FLUSH_FAILED, WhileFaulty(Flush(), "full", 0), InTransaction(FLUSH_FAILED)]
)
def test_a_disk_has_failed_if_it_was_asked_to_write(struck: Command) -> None:
    assert it.disk_failed(departure(struck, disk_failed=True))
    assert not it.disk_failed(departure(Flush(), disk_failed=True))


def test_a_connection_is_odd_if_it_is_said_to_be_or_raises_in_a_transaction() -> None:
    joined = InTransaction(Flush())
    assert it.is_set_up_oddly(departure(Flush(), is_set_up_oddly=True))
    assert it.is_set_up_oddly(departure(joined, where="raises", seen="no"))
    assert not it.is_set_up_oddly(departure(joined))
    assert not it.is_set_up_oddly(departure(joined, where="returns", seen="no"))
    assert not it.is_set_up_oddly(departure(joined, where="raises", permitted="closed"))
    assert not it.is_set_up_oddly(departure(Flush(), where="raises", seen="no"))


def test_everything_is_always_so() -> None:
    assert it.always(departure(Flush()))
