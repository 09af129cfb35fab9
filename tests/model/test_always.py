"""Each claim about every step: true of every step there is, and false of a wrong one."""

from typing import Any

import pytest

from model import (
    Advance,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    KillDuring,
    MarkError,
    Outcome,
    Pending,
    Reopen,
    Replay,
    ReplayWhileSending,
    Restart,
    Start,
    State,
    Store,
    Stream,
    WhileDiskFails,
)
from model.always import ALWAYS
from model.commands import KINDS
from model.frames import chunk
from model.properties import Moment, by_kind
from tests.model.lives import NOW_MS, SMALL, after, life_of, started
from tests.model.walk import walk

ROW = Stream("s1", "r", "streaming", NOW_MS, None)
BY_KIND = by_kind(ALWAYS)
HOLDS = {each.name: each.holds for each in ALWAYS}


@pytest.mark.parametrize("seed", range(4))
def test_every_claim_holds_in_every_outcome_of_a_long_walk(seed: int) -> None:
    for moment in walk(seed, 2_000):
        for claim in BY_KIND[type(moment.command)]:
            assert claim.holds(moment), (claim.name, moment)


def wrong(
    *commands: Command,
    reply: dict[str, Any] | None = None,
    disk: dict[str, Any] | None = None,
    memory: dict[str, Any] | None = None,
) -> Moment:
    """The last command, with an outcome that is changed into a wrong one."""
    *setup, last = commands
    life = life_of(*setup, limits=SMALL)
    right = life.permitted(last)[0]
    state = State(
        right.state.disk._replace(**(disk or {})),
        right.state.memory._replace(**(memory or {})),
    )
    outcome = Outcome(right.reply._replace(**(reply or {})), state)
    return Moment(life.state, last, life.now, outcome, SMALL)


CHUNKS = after(*started(3), limits=SMALL).disk.chunks
C0 = chunk("c0", "r")
PENDING = tuple(Pending("s1", "x", number) for number in range(6))

WRONG = {
    "what is refused has changed nothing but may have flushed": [
        wrong(*started(2), Flush(), reply={"refused": "disk"}),
        wrong(*started(2), Replay("r"), reply={"refused": "socket"}, memory={"active": None}),
        wrong(
            *started(2),
            ReplayWhileSending("r", Destroy(), 0),
            reply={"refused": "closed"},
            memory={"is_destroyed": False},
        ),
    ],
    "a request is known while a stream is active and only then": [
        wrong(Start("s1", "r"), memory={"request": None}),
        wrong(Flush(), memory={"request": "r"}),
    ],
    "only a start makes an instance live": [
        wrong(*started(), Restart(), Flush(), memory={"is_live": True})
    ],
    "the buffer stays within its maximum": [
        wrong(Store("s1", "x"), memory={"buffer": PENDING})
    ],
    "a row keeps its request and its beginning": [
        wrong(*started(), Flush(), disk={"streams": (ROW._replace(request="other"),)}),
        wrong(*started(), Flush(), disk={"streams": (ROW._replace(created_at=0),)}),
        wrong(*started(), Flush(), disk={"streams": (ROW, ROW)}),
    ],
    "what has ended never streams again": [
        wrong(*started(), Complete("s1"), Flush(), disk={"streams": (ROW,)})
    ],
    "a row has an end exactly if it does not stream": [
        wrong(*started(), Flush(), disk={"streams": (ROW._replace(ended_at=1),)}),
        wrong(*started(), Flush(), disk={"streams": (ROW._replace(status="error"),)}),
    ],
    "chunks are only ever added at the end or deleted": [
        wrong(*started(3), Advance(1), Flush(), disk={"chunks": chunks})
        for chunks in (
            CHUNKS[::-1],
            (CHUNKS[0], CHUNKS[2], CHUNKS[1]),
            (CHUNKS[0]._replace(body="a"), *CHUNKS),
            (CHUNKS[0], CHUNKS[1]._replace(flushed_at=NOW_MS + 9)),
        )
    ],
    "only some commands delete": [
        wrong(*started(3), Flush(), disk={"chunks": CHUNKS[:2]}),
        wrong(*started(), MarkError("s1"), disk={"streams": ()}),
    ],
    "only a replay sends": [wrong(Flush(), reply={"frames": ("frame",)})],
    "an instance that was destroyed stays so": [
        wrong(Destroy(), Flush(), memory={"is_destroyed": False}),
        wrong(Destroy(), Flush(), memory={"next_position": 1}),
    ],
    "time alone changes nothing": [wrong(Advance(1), memory={"next_position": 1})],
    "a new instance knows the disk and nothing else": [
        wrong(*started(2), Restart(), memory={"buffer": PENDING[:2]}),
        wrong(*started(2), Restart(), memory={"is_live": True}),
        wrong(*started(2), Reopen(), memory={"swept_at": 1}),
        wrong(*started(2), Reopen(), memory={"swept_at": -1}),
        wrong(Destroy(), Restart(), memory={"is_destroyed": True}),
        wrong(Destroy(), KillDuring(Flush(), 1), disk={"has_tables": False}),
    ],
    "what is restored is not stale": [
        wrong(
            *started(),
            Advance(51),
            Restart(),
            disk={"streams": (ROW,)},
            memory={"active": "s1", "request": "r"},
        )
    ],
    "a restart deletes one stream at the most": [
        wrong(*started(), Start("s2", "r"), MarkError("s2"), Restart(), disk={"streams": ()})
    ],
    "a start returns the stream that is now live": [
        wrong(Start("s1", "r"), reply={"value": None}),
        wrong(Start("s1", "r"), memory={"is_live": False}),
        wrong(Start("s1", "r"), memory={"next_position": 1}),
        wrong(Start("s1", "r"), memory={"next_position": -1}),
    ],
    "what is kept of a chunk is well formed and not too large": [
        wrong(Store("s1", "x"), memory={"buffer": (Pending("s1", "too large", 0),)}),
        wrong(Store("s1", "x"), memory={"buffer": (Pending("s1", "\ufffd\ud83d", 0),)}),
        wrong(Store("s1", "x"), disk={"chunks": (CHUNKS[0]._replace(body="too large"),)}),
    ],
    "a healthy disk leaves no full buffer": [
        wrong(
            *(*started(2), Store("s1", "x")),
            disk={"chunks": ()},
            memory={"buffer": PENDING[:pending]},
        )
        for pending in (3, 4)
    ],
    "no chunk is lost": [
        wrong(*started(2), Flush(), disk={"chunks": ()}),
        wrong(*started(2), Start("s2", "r"), disk={"chunks": CHUNKS[:1]}),
    ],
    "a replay sends every chunk and one mark": [
        wrong(*started(3), Replay("r"), reply={"frames": frames})
        for frames in (("c0", "c1", "c2"), ("c0", "c1", "c2", "c3", "end"))
    ],
    "a call from inside send changes no chunk of the replay": [
        wrong(*started(3), ReplayWhileSending("r", ClearAll(), 0), reply={"frames": ("c0",)}),
        wrong(*started(1), ReplayWhileSending("r", Flush(), 0), reply={"frames": ("", "end")}),
        wrong(*started(1), ReplayWhileSending("r", Flush(), 0), reply={"frames": ("~", "end")}),
        wrong(*started(), ReplayWhileSending("r", Flush(), 0), reply={"frames": ()}),
        wrong(
            *started(1),
            ReplayWhileSending("r", Store("s1", "x"), 0),
            reply={"frames": (C0, C0, C0)},
        ),
    ],
    "a replay returns an orphan that it has ended and no other": [
        wrong(*started(), ReplayWhileSending("r", Flush(), 0), reply={"value": "s1"}),
        wrong(
            *started(),
            Restart(),
            ReplayWhileSending("r", Start("s2", "r"), 0),
            reply={"value": "s2"},
        ),
        wrong(*started(), Restart(), ReplayWhileSending("r", Flush(), 0), reply={"value": "a"}),
    ],
    "an end forgets whatever was active": [
        wrong(*started(), Complete("s1"), memory={"active": "s1", "request": "r"}),
        wrong(*started(), MarkError("s1"), memory={"is_live": True}),
        wrong(*started(), MarkError("nobody"), memory={"next_position": 1}),
        wrong(*started(), MarkError("nobody"), memory={"next_position": -1}),
    ],
    "a failure never sweeps": [
        wrong(*started(), MarkError("s1"), disk={"streams": ()}),
        wrong(*started(), MarkError("s1"), disk={"streams": (ROW, ROW._replace(id="s2"))}),
    ],
    "a sweep leaves nothing to be swept": [
        wrong(
            *(Complete("nobody"), Advance(1_001), Complete("nobody")),
            disk={"streams": (Stream("s1", "r", "error", NOW_MS, NOW_MS),)},
            memory={"swept_at": swept_at},
        )
        for swept_at in (NOW_MS + 1_001, 0)
    ],
    "what is cleared is gone": [
        wrong(*started(3), ClearAll(), disk={"streams": (ROW,)}),
        wrong(*started(2), ClearAll(), memory={"buffer": PENDING[:2]}),
        wrong(*started(3), Destroy(), disk={"chunks": CHUNKS}),
    ],
}


def test_every_claim_has_an_example_of_what_it_refuses() -> None:
    assert set(WRONG) == set(HOLDS)


@pytest.mark.parametrize(
    ("name", "moment"),
    [(name, moment) for name, moments in WRONG.items() for moment in moments],
)
def test_a_claim_is_false_of_a_wrong_step(name: str, moment: Moment) -> None:
    assert not HOLDS[name](moment)
    assert name in [claim.name for claim in BY_KIND[type(moment.command)]]


RARE: dict[str, list[tuple[Command, ...]]] = {
    "what is refused has changed nothing but may have flushed": [
        (*started(2), ReplayWhileSending("r", InsertStale("s1", "r", 1), 0)),
        (*started(3), Restart(), ReplayWhileSending("r", Destroy(), 3)),
    ],
    "a call from inside send changes no chunk of the replay": [
        (*started(1), ReplayWhileSending("\ud83d", Flush(), 0))
    ],
    "a sweep leaves nothing to be swept": [
        (*started(), Complete("s1"), Advance(1_000), Complete("nobody"))
    ],
    "what is cleared is gone": [(*started(3), Destroy(), ClearAll())],
    "no chunk is lost": [
        (
            *(*started(3), Complete("s1"), Start("s2", "r"), Restart(), Advance(1_001)),
            WhileDiskFails(Replay("r"), 9),  # The end of an orphan sweeps.
        )
    ],
}


@pytest.mark.parametrize(
    ("name", "commands"),
    [(name, commands) for name, programs in RARE.items() for commands in programs],
)
def test_a_claim_is_true_of_a_step_that_is_right_and_rare(
    name: str, commands: tuple[Command, ...]
) -> None:
    *setup, last = commands
    life = life_of(*setup, limits=SMALL)
    outcomes = life.permitted(last)
    assert all(
        HOLDS[name](Moment(life.state, last, life.now, outcome, SMALL)) for outcome in outcomes
    )


def test_a_chunk_that_is_too_large_may_leave_a_full_buffer_full() -> None:
    life = life_of(*started(2), limits=SMALL)
    life.state = life.permitted(WhileDiskFails(Store("s1", "x"), 0))[-1].state
    (outcome,) = life.permitted(Store("s1", "too large"))
    skipped = Moment(life.state, Store("s1", "too large"), life.now, outcome, SMALL)
    assert len(skipped.after.memory.buffer) == SMALL.flush_chunks
    assert HOLDS["a healthy disk leaves no full buffer"](skipped)


def test_a_claim_without_kinds_speaks_of_every_kind() -> None:
    assert set(BY_KIND) == set(KINDS)
    assert all("only a replay sends" in [each.name for each in BY_KIND[kind]] for kind in KINDS)
