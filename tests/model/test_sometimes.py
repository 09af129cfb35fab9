"""Each telling moment: seen where it is, and not where something comes close."""

import pytest

from model import (
    Advance,
    Command,
    Complete,
    Flush,
    InsertStale,
    KillDuring,
    Replay,
    Restore,
    Start,
    Store,
)
from model.properties import Moment, by_kind
from model.sometimes import SOMETIMES
from tests.model.lives import SMALL, life_of, started
from tests.model.moments import ENDED, FLUSH_FAILS, MISSED, SEEN
from tests.model.walk import walk

HOLDS = {each.name: each.holds for each in SOMETIMES}
BY_KIND = by_kind(SOMETIMES)


def moments(*commands: Command) -> list[Moment]:
    """Every outcome of the last command. A disk that may fail on the way did fail."""
    *setup, last = commands
    life = life_of(limits=SMALL)
    for command in setup:
        life.state = life.permitted(command)[-1].state
    return [
        Moment(life.state, last, life.now, outcome, SMALL) for outcome in life.permitted(last)
    ]


def test_every_moment_has_an_example_and_a_near_miss() -> None:
    assert set(SEEN) == set(MISSED) == set(HOLDS)


@pytest.mark.parametrize(("name", "commands"), SEEN.items(), ids=SEEN)
def test_a_moment_is_seen_where_it_is(name: str, commands: tuple[Command, ...]) -> None:
    assert any(HOLDS[name](moment) for moment in moments(*commands))
    assert name in [each.name for each in BY_KIND[type(commands[-1])]]


@pytest.mark.parametrize(
    ("name", "commands"),
    [(name, commands) for name, programs in MISSED.items() for commands in programs],
)
def test_a_moment_is_not_seen_where_something_comes_close(
    name: str, commands: tuple[Command, ...]
) -> None:
    assert not any(HOLDS[name](moment) for moment in moments(*commands))


def test_one_row_of_several_is_enough() -> None:
    (kept,) = moments(*ENDED, Start("s2", "r"), Advance(1_000), Complete("nobody"))
    assert HOLDS["a sweep keeps what is exactly at the age"](kept)
    (behind,) = moments(InsertStale("old", "r", 9), *started(), Advance(-1))
    assert HOLDS["the clock goes back behind what is stored"](behind)


def test_a_flush_may_fail_more_than_once() -> None:
    kept = moments(*started(2), FLUSH_FAILS, FLUSH_FAILS)[-1]
    assert HOLDS["a chunk is kept though its flush failed"](kept)
    (flushed,) = moments(*started(2), FLUSH_FAILS, FLUSH_FAILS, Flush())
    assert HOLDS["a flush succeeds where one had failed"](flushed)


def test_a_live_instance_restores_whatever_it_finds() -> None:
    (restored,) = moments(*started(), InsertStale("s2", "r", -1), Restore())
    assert HOLDS["a live instance restores"](restored)


@pytest.mark.parametrize("request_id", ["another", "zebra"])
def test_any_other_request_is_another(request_id: str) -> None:
    (replayed,) = moments(*started(), Replay(request_id))
    assert HOLDS["a replay goes under another request"](replayed)


def test_a_kill_undoes_a_start_or_comes_too_late() -> None:
    for moment in moments(KillDuring(Start("s1", "r"), 0)):
        is_undone = not moment.after.disk.streams
        assert HOLDS["a kill undoes a start"](moment) == is_undone
        assert HOLDS["a kill comes too late to undo a start"](moment) != is_undone


@pytest.mark.parametrize(("first", "second"), [("s1", "s2"), ("s2", "s1")])
def test_of_two_streams_it_does_not_matter_which_name_comes_first(
    first: str, second: str
) -> None:
    two = (*started(stream=first), Start(second, "r"))
    (stored,) = moments(*two, Store(first, "x"))
    (ended,) = moments(*two, Complete(first))
    assert HOLDS["two streams share the counter"](stored)
    assert HOLDS["an older stream ends while another is active"](ended)


def test_every_moment_is_seen_and_missed_on_a_long_walk() -> None:
    found: dict[str, set[bool]] = {name: set() for name in HOLDS}
    for moment in walk(0, 20_000):
        for each in BY_KIND[type(moment.command)]:
            found[each.name].add(each.holds(moment))
    assert {name for name, seen in found.items() if seen != {True, False}} == set()
