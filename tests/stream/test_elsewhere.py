"""A stream belongs to one thread of one process: a call from elsewhere does nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

import pytest

from resumable import (
    ForkedError,
    ResumableStream,
    ResumableStreamError,
    StreamDestroyedError,
    WrongThreadError,
)
from tests.stream.bench import Bench, Client, rows
from tests.stream.forking import in_child

Call = Callable[[ResumableStream], object]

CALLS: dict[str, Call] = {
    "start": lambda stream: stream.start("another"),
    "store_chunk": lambda stream: stream.store_chunk("x", "from elsewhere"),
    "flush_buffer": lambda stream: stream.flush_buffer(),
    "complete": lambda stream: stream.complete("x"),
    "mark_error": lambda stream: stream.mark_error("x"),
    "replay_chunks": lambda stream: stream.replay_chunks(Client(), "request"),
    "restore": lambda stream: stream.restore(),
    "clear_all": lambda stream: stream.clear_all(),
    "destroy": lambda stream: stream.destroy(),
    "get_stream_chunks": lambda stream: stream.get_stream_chunks("x"),
    "get_stream_metadata": lambda stream: stream.get_stream_metadata("x"),
    "get_all_stream_metadata": lambda stream: stream.get_all_stream_metadata(),
    "insert_stale_stream": lambda stream: stream.insert_stale_stream("x", "r", 0),
}

each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@pytest.fixture
def elsewhere() -> Iterator[Callable[[Callable[[], object]], Future[object]]]:
    """Runs something in another thread."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit


@pytest.fixture(params=[True, False], ids=["checked by sqlite3", "unchecked by sqlite3"])
def bench_of_here(request: pytest.FixtureRequest, database_path: str) -> Iterator[Bench]:
    """A live stream with chunks on disk and in the buffer."""
    bench = Bench(database_path, check_same_thread=request.param)
    with closing(bench.connection):
        bench.start(chunks=13)
        yield bench


Elsewhere = Callable[[Callable[[], object]], Future[object]]


@each_call
def test_a_call_from_another_thread_is_refused_and_does_nothing(
    bench_of_here: Bench, elsewhere: Elsewhere, call: Call
) -> None:
    before = bench_of_here.seen()
    refused = elsewhere(lambda: call(bench_of_here.stream)).exception()
    assert isinstance(refused, WrongThreadError)
    assert "hand the call over to that thread" in str(refused)
    assert bench_of_here.seen() == before
    assert len(bench_of_here.replay()) == 14, "the buffer is whole"


@each_call
def test_a_call_in_a_forked_child_is_refused_and_does_nothing(
    file_bench: Bench, call: Call
) -> None:
    file_bench.start(chunks=13)
    before = file_bench.seen()
    refused = in_child(lambda: call(file_bench.stream))
    assert refused.startswith("ForkedError: ")
    assert "open the database anew" in refused
    assert file_bench.seen() == before
    assert len(file_bench.replay()) == 14, "the parent goes on"


def test_a_child_finds_memory_as_it_was_after_a_refusal(file_bench: Bench) -> None:
    stream_id = file_bench.start(chunks=13)

    def child() -> object:
        with pytest.raises(ForkedError):
            file_bench.stream.complete(stream_id)
        stream = file_bench.stream
        return stream.active_stream_id, stream.is_live, stream.has_active_stream()

    assert in_child(child) == repr((stream_id, True, True))


def test_a_grandchild_is_refused_too(file_bench: Bench) -> None:
    assert "ForkedError" in in_child(lambda: in_child(file_bench.stream.flush_buffer))


def test_a_fork_in_the_middle_of_a_replay_does_not_end_the_parents_orphan(
    file_bench: Bench,
) -> None:
    orphan = file_bench.start(chunks=10)
    stream = file_bench.reopen()

    class ForkingClient(Client):
        def send(self, frame: str) -> None:
            super().send(frame)
            if len(self.frames) == 1:
                refused.append(in_child(lambda: stream.complete(orphan)))

    refused: list[str] = []
    assert stream.replay_chunks(ForkingClient(), "request") == orphan
    assert "ForkedError" in refused[0]
    assert len(refused) == 1


def test_a_stream_that_a_child_makes_is_the_childs(
    file_bench: Bench, database_path: str
) -> None:
    def child() -> object:
        with closing(sqlite3.connect(database_path)) as connection:
            return ResumableStream(connection, new_id=lambda: "made there").start("request")

    assert in_child(child) == "'made there'"
    assert file_bench.statuses() == {"made there": "streaming"}


def test_the_accessors_may_be_read_in_any_thread(bench: Bench, elsewhere: Elsewhere) -> None:
    stream_id = bench.start()
    stream = bench.stream
    read = elsewhere(
        lambda: (stream.active_stream_id, stream.active_request_id, stream.is_live)
    )
    assert read.result() == (stream_id, "request", True)
    assert elsewhere(stream.has_active_stream).result() is True


def test_that_a_stream_is_destroyed_is_said_in_any_thread(
    bench: Bench, elsewhere: Elsewhere
) -> None:
    bench.stream.destroy()
    assert isinstance(elsewhere(bench.stream.flush_buffer).exception(), StreamDestroyedError)
    assert elsewhere(bench.stream.destroy).exception() is None


def test_a_stream_belongs_to_the_thread_that_made_it_not_to_that_of_the_connection(
    elsewhere: Elsewhere,
) -> None:
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as connection:
        stream = elsewhere(lambda: ResumableStream(connection)).result()
        assert isinstance(stream, ResumableStream)
        with pytest.raises(WrongThreadError):
            stream.start("request")
        assert elsewhere(lambda: stream.start("request")).exception() is None


def test_the_connection_of_another_thread_is_refused_at_once(
    bench: Bench, elsewhere: Elsewhere
) -> None:
    before = rows(bench.connection)
    refused = elsewhere(lambda: ResumableStream(bench.connection)).exception()
    assert isinstance(refused, WrongThreadError)
    assert "in the thread that uses them" in str(refused)
    assert isinstance(refused.__cause__, sqlite3.ProgrammingError)
    assert rows(bench.connection) == before


def test_threads_that_all_try_at_once_are_all_refused(bench: Bench) -> None:
    """However they interleave, no index is taken twice, and none at all."""
    stream_id = bench.start(chunks=3)

    def store(number: int) -> type[BaseException] | None:
        try:
            bench.stream.store_chunk(stream_id, str(number))
        except ResumableStreamError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(4) as pool:
        refused = set(pool.map(store, range(200)))
    assert refused == {WrongThreadError}
    bench.store(stream_id, "3")
    bench.stream.flush_buffer()
    indexes = [chunk["chunk_index"] for chunk in bench.stream.get_stream_chunks(stream_id)]
    assert indexes == [0, 1, 2, 3]
