"""The harness calls a target from inside ``send``, and tells what comes of it by its names."""

from collections.abc import Callable, Iterator

import pytest

from model import (
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    MarkError,
    Replay,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
)
from model.commands import PlainCall
from resumable.conformance.bindings import Bindings
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.run import run
from resumable.conformance.setting import Setting
from resumable.conformance.socket import CallingSocket, RecordingSocket
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import sqlite, sqlite_file, sqlite_process
from resumable.conformance.targets.frozen import Frozen
from tests.strangers.another_hand import AnotherHand

CALLS: tuple[PlainCall, ...] = (
    Start("s2", "r2"),
    Store("s1", "c"),
    Burst("s1", "c", 12),
    Flush(),
    Complete("s1"),
    MarkError("unknown"),
    Replay("r7"),
    Restore(),
    ClearAll(),
    Destroy(),
    InsertStale("s1", "r", 0),
    InsertStale("s2", "r", 300_001),
)
"""Each goes well, or is refused, with the first frame in hand and with the last."""

SETUPS: dict[str, tuple[Command, ...]] = {
    "live": (Start("s1", "r1"), Burst("s1", "b", 11)),
    "orphaned": (Start("s1", "r1"), Burst("s1", "b", 10), Restart(), Store("s1", "a")),
    "idle": (Store("s1", "a"),),
}

AFTERWARDS: tuple[Command, ...] = (
    Store("s2", "d"),
    Complete("s2"),
    Replay("r1"),
    Restart(),
    Replay("r1"),
)


@pytest.fixture(scope="module", params=[sqlite, sqlite_file, sqlite_process])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    make: Callable[[], Target] = request.param
    made = make()
    yield made
    made.stop()


@pytest.mark.parametrize("call", CALLS, ids=repr)
@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_our_stream_conforms_whatever_is_called_inside_send(
    target: Target, setup: tuple[Command, ...], call: PlainCall
) -> None:
    for at_frame in (0, 5, 11, 99):
        program = (*setup, ReplayWhileSending("r1", call, at_frame), *AFTERWARDS)
        assert run(target, program) is None


def test_a_stream_that_starts_inside_send_gets_its_name() -> None:
    target = sqlite()
    lockstep = Lockstep(target)
    for command in (Start("s1", "r1"), ReplayWhileSending("r1", Start("s2", "r2"), 0)):
        lockstep.do(command)
    assert lockstep.bindings.names[target.instance.active_stream_id or ""] == "s2"
    assert lockstep.do(Complete("s2")).state.disk.streams[1].status == "completed"
    target.close()


def test_what_the_inner_call_raises_is_the_reply_with_the_frames_so_far() -> None:
    target, bindings = sqlite(), Bindings()
    target.open(Setting(), EPOCH_MS)
    target.perform(InsertStale("s1", "r1", 0), bindings, EPOCH_MS)
    target.perform(Restart(), bindings, EPOCH_MS)
    command = ReplayWhileSending("r1", InsertStale("s1", "r1", 0), 0)
    seen = target.perform(command, bindings, EPOCH_MS)
    target.close()
    assert seen.refused == "duplicate"
    assert len(seen.frames) == 1


def test_a_stranger_may_refuse_the_inner_call_with_an_error_of_its_own() -> None:
    program = (Start("s1", "r1"), InsertStale("x", "r", 0))
    refused = ReplayWhileSending("r1", InsertStale("x", "r", 0), 0)
    assert run(Frozen(AnotherHand, name="stranger"), (*program, refused, Replay("r1"))) is None


@pytest.mark.parametrize("at_frame", [0, 1, 2])
def test_a_call_is_made_once_with_the_frame_in_hand(at_frame: int) -> None:
    in_hand: list[list[str]] = []

    def call(socket: RecordingSocket) -> None:
        in_hand.append([*socket.frames])
        socket.send("in between")

    socket = CallingSocket(at_frame, call)
    for frame in ("0", "1", "2"):
        socket.send(frame)
    assert in_hand == [["0", "1", "2"][: at_frame + 1]]
    assert len(socket.frames) == 4
