"""After ``destroy`` an instance is closed for good; its database is not."""

from collections.abc import Callable
from typing import Any

import pytest

from resumable import ResumableStream, ResumableStreamError, StreamDestroyedError
from tests.stream.bench import Bench, Client

Method = Callable[[ResumableStream], object]

METHODS: dict[str, Method] = {
    "start": lambda stream: stream.start("request"),
    "store_chunk": lambda stream: stream.store_chunk("stream-1", "x"),
    "store_chunk, too large": lambda stream: stream.store_chunk("s", "x" * 1_800_001),
    "flush_buffer": lambda stream: stream.flush_buffer(),
    "complete": lambda stream: stream.complete("stream-1"),
    "mark_error": lambda stream: stream.mark_error("stream-1"),
    "replay_chunks": lambda stream: stream.replay_chunks(Client(), "request"),
    "restore": lambda stream: stream.restore(),
    "clear_all": lambda stream: stream.clear_all(),
    "get_stream_chunks": lambda stream: stream.get_stream_chunks("stream-1"),
    "get_stream_metadata": lambda stream: stream.get_stream_metadata("stream-1"),
    "get_all_stream_metadata": lambda stream: stream.get_all_stream_metadata(),
    "insert_stale_stream": lambda stream: stream.insert_stale_stream("s", "request", 1),
}

NO_TEXT: Any = None

WRONGLY_CALLED: dict[str, Method] = {
    "start": lambda stream: stream.start(NO_TEXT),
    "store_chunk": lambda stream: stream.store_chunk(NO_TEXT, NO_TEXT),
    "complete": lambda stream: stream.complete(NO_TEXT),
    "replay_chunks": lambda stream: stream.replay_chunks(NO_TEXT, NO_TEXT),
    "get_stream_chunks": lambda stream: stream.get_stream_chunks(NO_TEXT),
    "get_stream_metadata": lambda stream: stream.get_stream_metadata(NO_TEXT),
    "insert_stale_stream": lambda stream: stream.insert_stale_stream(NO_TEXT, "r", 1),
}


def objects(bench: Bench) -> list[Any]:
    return bench.connection.execute("select name from sqlite_master").fetchall()


def test_destroy_drops_both_tables_and_the_index(bench: Bench) -> None:
    bench.start(chunks=12)
    bench.stream.destroy()
    assert objects(bench) == []


def test_destroy_leaves_other_tables_alone(bench: Bench) -> None:
    bench.connection.execute("create table mine (x)")
    bench.stream.destroy()
    assert objects(bench) == [("mine",)]


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_destroyed_stream_refuses_every_call_and_changes_nothing(
    bench: Bench, method: Method
) -> None:
    bench.start(chunks=12)
    bench.stream.destroy()
    with pytest.raises(StreamDestroyedError, match="make a new ResumableStream") as raised:
        method(bench.stream)
    assert isinstance(raised.value, ResumableStreamError)
    assert bench.seen() == (None, None, False, True, [], [])
    assert objects(bench) == []


@pytest.mark.parametrize("method", WRONGLY_CALLED.values(), ids=WRONGLY_CALLED)
def test_that_a_stream_is_destroyed_is_said_before_anything_else(
    bench: Bench, method: Method
) -> None:
    bench.stream.destroy()
    with pytest.raises(StreamDestroyedError):
        method(bench.stream)


def test_destroy_may_be_called_again(bench: Bench) -> None:
    bench.start(chunks=3)
    bench.stream.destroy()
    bench.stream.destroy()
    assert objects(bench) == []


def test_a_new_instance_works_where_another_was_destroyed(bench: Bench) -> None:
    bench.start(chunks=12)
    bench.stream.destroy()
    bench.reopen()
    assert bench.seen() == (None, None, False, False, [], [])
    stream_id = bench.start(chunks=10)
    assert len(bench.bodies(stream_id)) == 10


def test_the_destroyed_instance_does_not_touch_the_tables_of_a_new_one(bench: Bench) -> None:
    old = bench.stream
    old.destroy()
    bench.reopen()
    bench.start(chunks=10)
    before = bench.seen()
    old.destroy()
    for method in METHODS.values():
        with pytest.raises(StreamDestroyedError):
            method(old)
    assert bench.seen() == before


def test_destroying_drops_what_was_buffered(bench: Bench) -> None:
    stream_id = bench.start(chunks=5)
    bench.stream.destroy()
    bench.reopen()
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == []


def test_a_stream_destroyed_from_inside_send_ends_with_done(bench: Bench) -> None:
    bench.start(chunks=3)
    frames: list[str] = []

    class Tab:
        def send(self, frame: str) -> None:
            frames.append(frame)
            bench.stream.destroy()

    assert bench.stream.replay_chunks(Tab(), "request") is None
    assert len(frames) == 4
    assert '"done":true' in frames[-1]
