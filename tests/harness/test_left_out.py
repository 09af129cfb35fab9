"""What a target cannot do is not sent, and is no gap; everything else is."""

from functools import cache
from typing import Final

import pytest

from model import (
    INITIAL,
    ORIGINAL,
    Advance,
    ClearAll,
    Command,
    Complete,
    Flush,
    InsertStale,
    InTransaction,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    Restart,
    Restore,
    Start,
    Store,
    step,
)
from model.classes import CLASSES, LIVE_WITHOUT_STREAM
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.coverage import NEEDS, Coverage, moments, possible
from resumable.conformance.explore.alphabet import commands
from resumable.conformance.explore.scope import View, original, small
from resumable.conformance.hunt.batch import run_sequence
from resumable.conformance.hunt.preludes import preludes
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import NOTHING, LeftOut, left_out_of
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.tally import Tally
from resumable.conformance.targets.builtin import sqlite
from resumable.conformance.trace import misuses_name
from resumable.conformance.vocabulary import vocabulary

SEQUENCES: Final = 120


@cache
def hunted(left_out: LeftOut) -> tuple[Tally, Coverage]:
    """What a hunt has sent and seen, that leaves this out."""
    target, tally, coverage = sqlite(), Tally(), Coverage(left_out=left_out)
    for number in range(SEQUENCES):
        swarm = Swarm(0, number, vocabulary(ORIGINAL), left_out=left_out)
        assert run_sequence(target, swarm, ORIGINAL, tally, coverage) is None
    target.stop()
    return tally, coverage


def without(*kinds: type[Command]) -> LeftOut:
    return LeftOut(frozenset(kinds))


@pytest.mark.parametrize(
    ("command", "is_left_out"),
    [
        (Restore(), True),
        (InTransaction(Restore()), True),
        (InTransaction(Flush()), False),
        (Store("s1", "\ud83d"), True),
        (Start("s1", "\udfff"), True),
        (InTransaction(Replay("a \ud800 b")), True),
        (Store("s1", "😀 naïve"), False),
        (Advance(1), False),
    ],
    ids=str,
)
def test_a_command_is_left_out_for_what_is_in_it(command: Command, is_left_out: bool) -> None:
    left_out = LeftOut(frozenset({Restore}), lone_surrogates=True)
    assert left_out.forbids(command) == is_left_out
    assert not NOTHING.forbids(command)


def test_a_hunt_sends_all_the_rest() -> None:
    tally, _ = hunted(without(Restore, MarkError))
    assert not tally.tried.keys() & {Restore, MarkError}
    everything, _ = hunted(NOTHING)
    assert tally.tried.keys() == everything.tried.keys() - {Restore, MarkError}


def test_a_way_is_left_out_as_a_whole() -> None:
    """Without the stream that it inserts, the names of the others would be given twice."""
    left_out = without(InsertStale)
    rest = preludes(ORIGINAL, left_out)
    assert rest == tuple([way for way in preludes(ORIGINAL) if not _inserts(way)])
    for number in range(SEQUENCES):
        swarm, names = (
            Swarm(0, number, vocabulary(ORIGINAL), left_out=left_out),
            dict[str, None](),
        )
        state = INITIAL
        for _ in range(swarm.length):
            command = swarm.next(state, EPOCH_MS)
            assert not misuses_name(command, names)
            state = step(state, command, EPOCH_MS)[0].state


def _inserts(way: tuple[Command, ...]) -> bool:
    return any(isinstance(command, InsertStale) for command in way)


def test_who_has_no_connection_of_the_callers_is_not_made_in_a_transaction() -> None:
    left_out = LeftOut(connections=True)
    assert left_out.forbids(InTransaction(Restart()))
    assert not left_out.forbids_any([Restart(), InTransaction(Restore())])


def test_an_exploration_tries_all_the_rest() -> None:
    left_out = without(Restore, ReplayToDeadSocket)
    live = step(INITIAL, Start("s1", "r1"), EPOCH_MS)[0].state
    for scope in (small, original):
        view = View(scope("full"), live, EPOCH_MS, ("s1",), 1)
        rest = view._replace(scope=scope("full", left_out))
        tried = commands(view)
        assert commands(rest) == [each for each in tried if not left_out.forbids(each)]
        assert len(commands(rest)) < len(tried)


def test_limits_that_cannot_be_changed_stay_as_they_are() -> None:
    scope = small("full", LeftOut(limits=("flush_chunks", "sweep_age_ms")))
    assert scope.limits.flush_chunks == ORIGINAL.flush_chunks
    assert scope.limits.sweep_age_ms == ORIGINAL.sweep_age_ms
    assert scope.limits.stale_age_ms != ORIGINAL.stale_age_ms
    assert scope.bursts == original("full").bursts


@pytest.mark.parametrize(
    ("left_out", "setting"),
    [
        (NOTHING, Setting("IMMEDIATE", "dict", "file")),
        (LeftOut(files=True), Setting("IMMEDIATE", "dict")),
        (LeftOut(connections=True), Setting(storage="file")),
        (LeftOut(connections=True, files=True), DEFAULT),
    ],
)
def test_a_setting_keeps_what_is_not_left_out(left_out: LeftOut, setting: Setting) -> None:
    assert left_out.without(Setting("IMMEDIATE", "dict", "file")) == setting


@pytest.mark.parametrize("kinds", dict.fromkeys(NEEDS.values()))
def test_what_needs_kinds_of_command_is_never_reached_without_them(
    kinds: frozenset[type[Command]],
) -> None:
    _, coverage = hunted(without(*kinds))
    reached = {each for each, _ in coverage.cells()} | coverage.seen
    needy = {name for name, needed in NEEDS.items() if needed == kinds}
    assert not needy & reached
    _, everything = hunted(NOTHING)
    assert needy <= {each for each, _ in everything.cells()} | everything.seen


def test_what_is_left_out_is_no_gap() -> None:
    left_out = without(ClearAll, Complete)
    cells = possible(left_out)
    assert not [column for _, column in cells if column.startswith(("ClearAll", "Complete"))]
    assert LIVE_WITHOUT_STREAM not in dict(cells)
    assert set(cells) < set(possible())
    assert set(possible()) - set(cells) == {
        (each, column)
        for each, column in possible()
        if each == LIVE_WITHOUT_STREAM or column.startswith(("ClearAll", "Complete"))
    }
    gone = set(moments()) - set(moments(left_out))
    assert "a sweep deletes" in gone
    assert "a stream ends a second time" not in gone  # a failed one may
    assert Coverage(left_out=left_out).unseen() == list(moments(left_out))


def test_every_name_that_needs_something_is_one() -> None:
    assert NEEDS.keys() <= {*CLASSES, *moments()}


def test_other_targets_can_do_everything() -> None:
    assert left_out_of(sqlite()) is NOTHING
    assert NOTHING.words() == []


def test_words_say_each_thing_once() -> None:
    left_out = LeftOut(frozenset({Restore, MarkError}), rows=True, limits=("stale_age_ms",))
    assert left_out.words() == [
        *("mark_error", "restore", "the raw rows", "another stale_age_ms")
    ]
    assert LeftOut(limits=ORIGINAL._fields).words() == ["limits other than the original's"]
