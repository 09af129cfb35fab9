"""A client that calls the stream from inside ``send`` gets what was there before, all the same.

A replay may take its chunks from disk bit by bit. To a client it has taken them at once.
"""

import json
from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import Any

import pytest

from resumable import ResumableStream, StreamDestroyedError, StreamExistsError
from tests.stream.bench import Bench, Client, connect

CHUNKS = 250
LAST = CHUNKS
"""The number of the frame that ends a replay."""

BODIES = [f"{number}: {4_000 * 'x'}" for number in range(CHUNKS)]
"""A million letters, more than a replay takes from disk in one go."""

Call = Callable[[ResumableStream, str], object]


class CallingClient(Client):
    """Calls the stream once, with the frame of number ``at_frame`` in its hands."""

    def __init__(self, at_frame: int, call: Callable[[], object]) -> None:
        super().__init__()
        self.returned: Any = None
        self._at_frame = at_frame
        self._call = call

    def send(self, frame: str) -> None:
        super().send(frame)
        if len(self.frames) == self._at_frame + 1:
            self.returned = self._call()


def store_and_flush(stream: ResumableStream, stream_id: str) -> None:
    for number in range(25):
        stream.store_chunk(stream_id, f"late {number}")
    stream.flush_buffer()


def replay(stream: ResumableStream, _stream_id: str) -> list[str]:
    client = Client()
    stream.replay_chunks(client, "request")
    return client.frames


STAYS: dict[str, Call] = {
    "store": lambda stream, stream_id: stream.store_chunk(stream_id, "late"),
    "store and flush": store_and_flush,
    "store to another": lambda stream, _: store_and_flush(stream, "another"),
    "read": lambda stream, stream_id: stream.get_stream_chunks(stream_id),
    "insert": lambda stream, _: stream.insert_stale_stream("stale", "r", 10**9),
}
"""After each, the stream is active still."""

ENDS: dict[str, Call] = {
    "complete": lambda stream, stream_id: stream.complete(stream_id),
    "mark_error": lambda stream, stream_id: stream.mark_error(stream_id),
    "complete another": lambda stream, _: stream.complete("another"),
    "start": lambda stream, _: stream.start("another"),
    "clear_all": lambda stream, _: stream.clear_all(),
    "destroy": lambda stream, _: stream.destroy(),
}

stays = pytest.mark.parametrize("call", STAYS.values(), ids=STAYS)
ends = pytest.mark.parametrize("call", ENDS.values(), ids=ENDS)
at_a_chunk = pytest.mark.parametrize("at_frame", [0, 1, 60, 65, 66, 100, 131, 200, LAST - 1])


@pytest.fixture
def live(bench: Bench) -> Bench:
    """A live stream with chunks in several flushes, and none in the buffer."""
    bench.store(bench.start(), *BODIES)
    return bench


@pytest.fixture
def orphan(live: Bench) -> Bench:
    """The same, restored by a new instance."""
    live.reopen()
    return live


@cache
def frames(*, done: bool) -> list[str]:
    """What a client has to get."""
    bench = Bench()
    with closing(bench.connection):
        bench.store(bench.start(), *BODIES)
        if done:
            bench.reopen()
        return bench.replay()


def replayed(bench: Bench, at_frame: int, call: Call) -> tuple[CallingClient, str | None]:
    """The client after a replay, and what the replay returned."""
    stream, stream_id = bench.stream, bench.stream.active_stream_id
    assert stream_id is not None
    client = CallingClient(at_frame, lambda: call(stream, stream_id))
    return client, stream.replay_chunks(client, "request")


@stays
@at_a_chunk
def test_what_is_done_inside_send_is_not_in_this_replay(
    live: Bench, at_frame: int, call: Call
) -> None:
    client, returned = replayed(live, at_frame, call)
    assert client.frames == frames(done=False)
    assert returned is None
    assert live.stream.is_live


@stays
def test_an_orphan_is_finished_whatever_is_stored_inside_send(
    orphan: Bench, call: Call
) -> None:
    stream_id = orphan.stream.active_stream_id
    client, returned = replayed(orphan, 100, call)
    assert client.frames == frames(done=True)
    assert returned == stream_id


@ends
@at_a_chunk
def test_a_stream_that_ends_inside_send_is_sent_whole_and_done(
    live: Bench, at_frame: int, call: Call
) -> None:
    client, returned = replayed(live, at_frame, call)
    assert client.frames == frames(done=True)
    assert returned is None


@ends
def test_an_orphan_that_ends_inside_send_is_nobodys_afterwards(
    orphan: Bench, call: Call
) -> None:
    client, returned = replayed(orphan, 100, call)
    assert client.frames == frames(done=True)
    assert returned is None


def test_what_is_stored_inside_send_is_in_the_next_replay(live: Bench) -> None:
    replayed(live, 0, STAYS["store and flush"])
    bodies = [json.loads(frame)["body"] for frame in live.replay()]
    assert bodies[CHUNKS : CHUNKS + 2] == ["late 0", "late 1"]
    assert len(bodies) == CHUNKS + 25 + 1


def test_what_was_cleared_inside_send_is_gone_afterwards(live: Bench) -> None:
    replayed(live, 0, ENDS["clear_all"])
    assert (live.seen().streams, live.seen().chunks) == ([], [])
    assert live.replay() == []


def test_a_stream_that_starts_inside_send_is_live_afterwards(orphan: Bench) -> None:
    client, _ = replayed(orphan, LAST - 1, ENDS["start"])
    assert orphan.stream.active_stream_id == client.returned
    assert orphan.stream.is_live


def test_a_stream_that_starts_while_an_orphan_is_done_is_forgotten(orphan: Bench) -> None:
    stream_id = orphan.stream.active_stream_id
    client, returned = replayed(orphan, LAST, ENDS["start"])
    assert returned == stream_id
    assert orphan.statuses() == {stream_id: "completed", client.returned: "streaming"}
    assert not orphan.stream.has_active_stream()


@pytest.mark.parametrize("at_frame", [0, 100, LAST - 1, LAST])
def test_replays_inside_one_another_are_both_whole(live: Bench, at_frame: int) -> None:
    client, _ = replayed(live, at_frame, replay)
    assert client.frames == client.returned == frames(done=False)


@pytest.mark.parametrize("at_frame", [0, 100, LAST - 1])
def test_an_orphan_is_finished_by_the_replay_that_ends_first(
    orphan: Bench, at_frame: int
) -> None:
    client, returned = replayed(orphan, at_frame, replay)
    assert client.frames == client.returned == frames(done=True)
    assert returned is None


def test_an_orphan_that_is_destroyed_while_it_is_done_cannot_be_finished(
    orphan: Bench,
) -> None:
    with pytest.raises(StreamDestroyedError):
        replayed(orphan, LAST, ENDS["destroy"])


def test_what_a_call_inside_send_raises_comes_through(live: Bench) -> None:
    def insert_again(stream: ResumableStream, stream_id: str) -> None:
        stream.insert_stale_stream(stream_id, "r", 0)

    with pytest.raises(StreamExistsError):
        replayed(live, 100, insert_again)
    assert live.replay() == frames(done=False)


def test_a_call_inside_send_is_on_disk_when_it_returns(file_bench: Bench) -> None:
    """No transaction is open around a replay, which would take it back at a crash."""
    file_bench.start(chunks=12)
    seen = []

    def store_and_look(stream: ResumableStream, stream_id: str) -> None:
        store_and_flush(stream, stream_id)
        with closing(connect(file_bench.path)) as onlooker:
            counted = onlooker.execute("select count(*) from cf_ai_chat_stream_chunks")
            seen.append(counted.fetchone()[0])

    replayed(file_bench, 5, store_and_look)
    assert seen == [37]
