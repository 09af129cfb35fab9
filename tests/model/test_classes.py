"""The classes of states: each is found where it is, and only there."""

import pytest

from model import (
    INITIAL,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    InsertStale,
    MarkError,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from model.classes import (
    CIRCUMSTANCES,
    CLASSES,
    DESTROYED,
    ENDED,
    IDLE,
    LIVE_EMPTY,
    LIVES,
    NOTHING_STORED,
    SWEEP_DUE,
    classes_of,
)
from model.classes import (
    life_of as life_class,
)
from tests.model.lives import NOW_MS, SMALL, life_of, started
from tests.model.walk import walk

FAILS = WhileDiskFails(Store("s1", "x"), 0)
STALE = InsertStale("stale", "r", 51)

EXAMPLES: dict[str, tuple[Command, ...]] = {
    "idle": (),
    "idle, chunks pending": (Store("nobody", "x"),),
    "live, buffer empty": started(),
    "live, part of a buffer": started(2),
    "live, buffer full": (*started(2), FAILS),
    "orphaned": (*started(), Restart()),
    "orphaned, chunks pending": (*started(), Restart(), Store("s1", "x")),
    "destroyed": (Destroy(),),
    "nothing on disk": (),
    "stale row on disk": (STALE,),
    "row at the stale age": (*started(), Advance(50)),
    "tie on disk": (*started(), Start("s2", "r")),
    "several rows streaming": (*started(), Advance(1), Start("s2", "r")),
    "ended row on disk": (*started(), MarkError("s1")),
    "row to be swept": (*started(), MarkError("s1"), Advance(1_001)),
    "sweep due": (Complete("nobody"), Advance(100)),
    "clock behind": (*started(), Advance(-1)),
    "chunks without a row": (Burst("nobody", "x", 3),),
    "active without a row": (*started(), Advance(51), Restore()),
    "live without a stream": (*started(), ClearAll()),
    "buffer at its maximum": (*started(2), FAILS, FAILS, FAILS),
}

NEAR_MISSES: dict[str, tuple[Command, ...]] = {
    "live, buffer full": started(2),
    "orphaned": started(),
    "stale row on disk": (InsertStale("s1", "r", 50),),
    "row at the stale age": (*started(), Advance(49)),
    "tie on disk": (*started(), Advance(1), Start("s2", "r")),
    "several rows streaming": (*started(), MarkError("s1"), Start("s2", "r")),
    "ended row on disk": started(),
    "row to be swept": (*started(), MarkError("s1"), Advance(1_000)),
    "sweep due": (Complete("nobody"), Advance(99)),
    "clock behind": (*started(), MarkError("s1")),
    "chunks without a row": started(3),
    "active without a row": (*started(), Advance(50), Restore()),
    "live without a stream": started(),
    "buffer at its maximum": (*started(2), FAILS, FAILS),
    "nothing on disk": (Burst("nobody", "x", 3),),
}


def found(*commands: Command) -> tuple[str, ...]:
    life = life_of(limits=SMALL)
    for command in commands:  # A disk that may fail did fail.
        life.state = life.permitted(command)[-1].state
    return classes_of(life.state, life.now, SMALL)


def test_every_class_has_an_example() -> None:
    assert set(EXAMPLES) == set(CLASSES) == {*LIVES, *CIRCUMSTANCES}


@pytest.mark.parametrize(("name", "commands"), EXAMPLES.items(), ids=EXAMPLES)
def test_a_class_is_found_where_it_is(name: str, commands: tuple[Command, ...]) -> None:
    assert name in found(*commands)


@pytest.mark.parametrize(("name", "commands"), NEAR_MISSES.items(), ids=NEAR_MISSES)
def test_a_class_is_not_found_just_beside_it(name: str, commands: tuple[Command, ...]) -> None:
    assert name not in found(*commands)


def test_one_row_of_several_is_enough() -> None:
    assert "stale row on disk" in found(STALE, *started())
    assert "tie on disk" in found(STALE, *started(), Start("s2", "r"))
    two_ended = (*started(), MarkError("s1"), Advance(1_001), Start("s2", "r"), MarkError("s2"))
    assert "row to be swept" in found(*two_ended)


def test_a_disk_that_goes_on_failing_leaves_more_than_a_full_buffer() -> None:
    assert "live, buffer full" in found(*started(2), FAILS, FAILS)


def test_what_has_begun_ended_and_been_swept_lies_behind_the_clock() -> None:
    assert "clock behind" not in found(*started(), Complete("s1"), Advance(1))


def test_a_new_state_is_idle_and_due_to_sweep() -> None:
    assert classes_of(INITIAL, NOW_MS, SMALL) == (IDLE, SWEEP_DUE, NOTHING_STORED)


def test_a_destroyed_instance_has_no_other_class() -> None:
    assert found(*started(3), Destroy()) == (DESTROYED,)


def test_a_sweep_and_an_end_in_the_future_put_the_clock_behind() -> None:
    assert "clock behind" in found(Complete("nobody"), Advance(-1))
    assert "clock behind" in found(*started(), MarkError("s1"), Advance(-1), Restart())


def test_a_full_life_shows_its_classes_life_first() -> None:
    classes = found(*started(), Complete("s1"), Start("s2", "r"))
    assert classes == (LIVE_EMPTY, ENDED)


def test_every_state_has_exactly_one_life() -> None:
    for moment in walk(1, 2_000):
        memory = moment.after.memory
        classes = classes_of(moment.after, moment.now, SMALL)
        assert [name for name in classes if name in LIVES] == [life_class(memory, SMALL)]
        assert len(set(classes)) == len(classes)
