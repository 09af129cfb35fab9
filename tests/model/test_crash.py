"""What a crash may take, row by row of the table; and that it may take no more."""

import pytest

from model import (
    Advance,
    Burst,
    Complete,
    CutPower,
    CutPowerDuring,
    Destroy,
    Disk,
    Flush,
    Outcome,
    Replay,
    ReplayToDeadSocket,
    Reply,
    Restart,
    Start,
    State,
    Store,
    WhileFaulty,
    step,
)
from model.commands import Call
from model.crash import (
    Durability,
    History,
    begun,
    committed,
    doubted,
    left_by_kill,
    left_by_power_loss,
)
from model.faults import inside, while_faulty
from model.outcome import refused
from model.step import midway
from model.transitions import buffered, flushed
from tests.model.lives import NOW_MS, SMALL, after, life_of, started

MODES: tuple[Durability, ...] = ("wal-full", "wal-normal", "delete-extra", "delete-full")
EMPTY, ONE, TWO, THREE = [after(*started(count), limits=SMALL).disk for count in (0, 3, 6, 9)]
WISHED: Disk = after(*started(12), limits=SMALL).disk

every_mode = pytest.mark.parametrize("mode", MODES)


def of_commits(*disks: Disk) -> History:
    history = begun((disks[0],))
    for disk in disks[1:]:
        history = committed(history, (disk,))
    return history


FOUR = of_commits(EMPTY, ONE, TWO, THREE)


def test_the_disks_of_these_tests_differ() -> None:
    assert len({EMPTY, ONE, TWO, THREE, WISHED}) == 5


@pytest.mark.parametrize(
    ("mode", "left"),
    [
        ("wal-full", (THREE,)),
        ("delete-extra", (THREE,)),
        ("delete-full", (THREE, TWO)),
        ("wal-normal", (THREE, TWO, ONE, EMPTY)),
    ],
)
def test_a_loss_of_power_takes_what_its_row_says_and_no_more(
    mode: Durability, left: tuple[Disk, ...]
) -> None:
    assert left_by_power_loss(FOUR, mode) == left


def test_a_kill_takes_nothing() -> None:
    assert left_by_kill(FOUR) == (THREE,)


@every_mode
def test_what_power_came_back_to_cannot_be_lost_again(mode: Durability) -> None:
    assert left_by_power_loss(begun((TWO,)), mode) == (TWO,)


def test_a_call_that_changed_nothing_is_no_commit_that_could_be_lost_instead() -> None:
    assert left_by_power_loss(committed(FOUR, (THREE,)), "delete-full") == (THREE, TWO)


def test_where_several_disks_are_permitted_each_of_them_is() -> None:
    history = committed(begun((EMPTY,)), (ONE, TWO))
    assert left_by_kill(history) == (ONE, TWO)
    assert left_by_power_loss(history, "delete-full") == (ONE, TWO, EMPTY)


@pytest.mark.parametrize("mode", ["wal-full", "wal-normal"])
def test_a_commit_that_failed_in_a_wal_may_be_found_after_a_crash(mode: Durability) -> None:
    history = doubted(FOUR, mode, (WISHED,))
    assert left_by_kill(history) == (THREE, WISHED)
    assert left_by_power_loss(history, mode)[0] == THREE
    assert WISHED in left_by_power_loss(history, mode)


@pytest.mark.parametrize("mode", ["delete-extra", "delete-full"])
def test_a_commit_that_failed_with_a_rollback_journal_is_never_found(mode: Durability) -> None:
    assert doubted(FOUR, mode, (WISHED,)) == FOUR


def test_the_next_commit_takes_the_place_of_a_doubtful_one() -> None:
    history = committed(doubted(FOUR, "wal-full", (WISHED,)), (ONE,))
    assert left_by_kill(history) == (ONE,)


def test_a_call_that_commits_nothing_leaves_the_doubt() -> None:
    history = committed(doubted(FOUR, "wal-full", (WISHED,)), (THREE,))
    assert left_by_kill(history) == (THREE, WISHED)


# -- Commands --


@pytest.mark.parametrize("kept", ["all", "none", "torn 7"])
def test_power_lost_between_calls_is_a_restart(kept: str) -> None:
    state = after(*started(4), limits=SMALL)
    assert step(state, CutPower(kept), NOW_MS, SMALL) == step(state, Restart(), NOW_MS, SMALL)


def test_power_lost_inside_a_call_leaves_all_of_it_or_nothing() -> None:
    state = after(*started(4), limits=SMALL)
    found = step(state, CutPowerDuring(Complete("s1"), 3, "none"), NOW_MS, SMALL)
    completed = step(state, Complete("s1"), NOW_MS, SMALL)[0].state
    assert {outcome.state.disk for outcome in found} == {state.disk, completed.disk}


def test_power_lost_inside_the_replay_of_an_orphan_may_leave_its_flush() -> None:
    orphan = step(after(*started(4), limits=SMALL), Restart(), NOW_MS, SMALL)[0].state
    state = step(orphan, Store("s1", "x"), NOW_MS, SMALL)[0].state
    found = step(state, CutPowerDuring(Replay("r"), 3, "none"), NOW_MS, SMALL)
    assert flushed(state, NOW_MS).disk in {outcome.state.disk for outcome in found}
    assert len(found) == 3


def test_a_restart_may_find_what_a_call_without_power_led_to_and_nothing_else() -> None:
    orphan = step(after(*started(4), limits=SMALL), Restart(), NOW_MS, SMALL)[0].state
    state = step(orphan, Store("s1", "x"), NOW_MS, SMALL)[0].state
    replayed = step(state, Replay("r"), NOW_MS, SMALL)[0].state.disk
    found = midway(state, CutPowerDuring(Replay("r"), 3, "none"), NOW_MS, SMALL)
    assert found == (flushed(state, NOW_MS).disk, replayed)


def test_power_lost_again_may_find_what_the_restart_would_have_deleted() -> None:
    life = life_of(*started(4), Advance(SMALL.stale_age_ms + 1), limits=SMALL)
    twice = CutPowerDuring(CutPowerDuring(Flush(), 1, "none"), 1, "none")
    found = midway(life.state, twice, life.now, SMALL)
    assert found == (flushed(life.state, life.now).disk, Disk())


def struck(state: State, call: Call) -> tuple[Outcome, ...]:
    clean = step(state, call, NOW_MS, SMALL)
    return tuple(
        outcome
        for outcome in while_faulty(clean, state, call, NOW_MS, SMALL)
        if outcome.reply.disk_failed
    )


def test_a_call_that_a_fault_struck_has_done_nothing_or_all() -> None:
    state = after(*started(4), limits=SMALL)
    done = step(state, Complete("s1"), NOW_MS, SMALL)[0].state
    assert struck(state, Complete("s1")) == (
        Outcome(Reply(disk_failed=True), done),
        refused("disk", state),
    )


def test_a_constructor_that_was_struck_has_restored_or_raised() -> None:
    state = after(*started(4), limits=SMALL)
    (restored,) = step(state, Restart(), NOW_MS, SMALL)
    assert step(state, WhileFaulty(Restart(), "io_error", 0), NOW_MS, SMALL) == (
        restored,
        Outcome(Reply(disk_failed=True), restored.state),
        refused("disk", restored.state),
    )


def test_a_fault_is_never_kept_silent_about_by_a_call_that_did_nothing() -> None:
    state = after(*started(4), limits=SMALL)
    assert Outcome(Reply(disk_failed=True), state) not in struck(state, Flush())


def test_a_replay_that_was_struck_has_sent_its_frames_up_to_any() -> None:
    state = after(*started(4), limits=SMALL)
    frames = step(state, Replay("r"), NOW_MS, SMALL)[0].reply.frames
    found = {(outcome.reply.frames, outcome.state) for outcome in struck(state, Replay("r"))}
    assert found == {
        (frames[:sent], after)
        for sent in range(len(frames) + 1)
        for after in (state, flushed(state, NOW_MS))
    }


def test_a_replay_to_a_dead_socket_that_was_struck_has_sent_no_more_than_was_taken() -> None:
    state = after(*started(4), limits=SMALL)
    frames = step(state, Replay("r"), NOW_MS, SMALL)[0].reply.frames[:2]
    found = struck(state, ReplayToDeadSocket("r", 2))
    assert {(reply.refused, reply.frames, after) for reply, after in found} == {
        (*refusal, after)
        for refusal in [("socket", frames), *[("disk", frames[:sent]) for sent in range(3)]]
        for after in (state, flushed(state, NOW_MS))
    }


def test_a_burst_whose_one_flush_failed_goes_on_with_the_next() -> None:
    state = after(Start("s1", "r"), limits=SMALL)
    size = SMALL.flush_chunks
    call = Burst("s1", "x", size + 1)
    waiting = state
    for body in call.bodies[:size]:
        waiting = buffered(waiting, "s1", body, SMALL)
    healed = step(waiting, Store("s1", call.bodies[-1]), NOW_MS, SMALL)[0].state
    assert healed in {outcome.state for outcome in struck(state, call)}


def test_what_is_destroyed_may_fail_as_it_asks_the_database_and_has_changed_nothing() -> None:
    destroyed = after(Destroy(), limits=SMALL)
    struck_flush = step(destroyed, WhileFaulty(Flush(), "io_error", 0), NOW_MS, SMALL)
    closed = refused("closed", destroyed)
    noticed = closed._replace(reply=closed.reply._replace(disk_failed=True))
    assert struck_flush == (closed, noticed, refused("disk", destroyed))
    struck_destroy = step(destroyed, WhileFaulty(Destroy(), "io_error", 0), NOW_MS, SMALL)
    assert {outcome.state for outcome in struck_destroy} == {destroyed}
    assert [outcome.reply.refused for outcome in struck_destroy] == [None, None, "disk"]


def test_a_crash_inside_a_struck_burst_may_come_after_a_flush_of_any_chunk_but_loses_none() -> (
    None
):
    state = after(Start("s1", "r"), limits=SMALL)
    burst = Burst("s1", "x", 5)
    disks = inside(state, WhileFaulty(burst, "io_error", 0), NOW_MS, SMALL)
    found = [[chunk.body for chunk in disk.chunks] for disk in disks]
    assert found == [burst.bodies[:count] for count in range(1, 6)]


def test_a_crash_inside_a_struck_burst_may_come_before_its_first_chunk_if_none_was_taken() -> (
    None
):
    size = SMALL.buffer_chunks_max
    kept = Burst("s1", "y", size)
    state = after(Start("s1", "r"), limits=SMALL)
    for body in kept.bodies:
        state = buffered(state, "s1", body, SMALL)
    disks = inside(state, WhileFaulty(Burst("s1", "x", 2), "io_error", 0), NOW_MS, SMALL)
    found = [[chunk.body for chunk in disk.chunks] for disk in disks]
    assert found == [[*kept.bodies, *["x0", "x1"][:count]] for count in range(3)]
