"""An answer longer than a page: it is not held in memory, and whatever happens from inside
``send``, what was there when the replay began is sent."""

import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from resumable import ResumableStream, StorageError
from resumable.stream.bodies import PAGE_CHARS
from tests.stream import bench

BODY = "x" * 1000
CHUNKS = 4 * PAGE_CHARS // len(BODY)


class Client:
    """Counts frames and keeps their bodies' first letters; calls back once, at frame ``at``."""

    def __init__(self, call: Callable[[], object] = lambda: None, at: int = 3) -> None:
        self.frames = 0
        self.last = ""
        self._call, self._at = call, at

    def send(self, frame: str) -> None:
        self.frames += 1
        self.last = frame
        if self.frames == self._at:
            self._call()


def long_answer(connection: sqlite3.Connection) -> ResumableStream:
    stream = ResumableStream(connection)
    stream_id = stream.start("r")
    for _ in range(CHUNKS):
        stream.store_chunk(stream_id, BODY)
    stream.flush_buffer()
    return stream


@pytest.fixture
def stream() -> ResumableStream:
    return long_answer(sqlite3.connect(":memory:"))


def store(stream: ResumableStream) -> None:
    for _ in range(100):
        stream.store_chunk(str(stream.active_stream_id), "late")
    stream.flush_buffer()


CALLS: dict[str, Callable[[ResumableStream], object]] = {
    "store": store,
    "start": lambda stream: stream.start("r2"),
    "clear_all": lambda stream: stream.clear_all(),
    "destroy": lambda stream: stream.destroy(),
    "complete": lambda stream: stream.complete(str(stream.active_stream_id)),
    "replay": lambda stream: stream.replay_chunks(Client(), "r"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_from_inside_send_changes_nothing_in_what_is_left(
    stream: ResumableStream, name: str
) -> None:
    client = Client(lambda: CALLS[name](stream))
    stream.replay_chunks(client, "r")
    assert client.frames == CHUNKS + 1


def test_pages_follow_each_other_in_the_order_of_a_replay() -> None:
    connection = sqlite3.connect(":memory:")
    stream = ResumableStream(connection)
    first = stream.start("r")
    stored = []
    for restarts in range(3):  # Each end starts the indexes at 0 again.
        for number in range(CHUNKS // 2):
            body = f"{restarts}-{number}-{BODY}"
            stored.append((number, restarts, body))
            stream.store_chunk(first, body)
        stream.complete("unknown")
    stream = ResumableStream(connection)
    client = bench.Client()
    stream.replay_chunks(client, "r")
    assert [frame.split('"')[3] for frame in client.frames[:-1]] == [
        body for _, _, body in sorted(stored)
    ]


def test_no_more_than_a_page_is_in_memory(stream: ResumableStream) -> None:
    tracemalloc.start()
    try:
        stream.replay_chunks(Client(), "r")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * PAGE_CHARS
    assert CHUNKS * len(BODY) > 3 * PAGE_CHARS


def test_a_client_that_is_slow_locks_nothing(tmp_path: Path) -> None:
    stream = long_answer(sqlite3.connect(tmp_path / "answers.db"))
    other = sqlite3.connect(tmp_path / "answers.db", timeout=0)

    def write() -> None:
        other.execute("create table elsewhere (a)")
        other.commit()

    client = Client(write)
    stream.replay_chunks(client, "r")
    assert client.frames == CHUNKS + 1
    assert other.execute("select count(*) from elsewhere").fetchone() == (0,)


def test_what_is_left_can_be_read_after_the_client_died(stream: ResumableStream) -> None:
    def die() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        stream.replay_chunks(Client(die), "r")
    client = Client()
    stream.clear_all()
    stream.replay_chunks(client, "r")
    assert client.frames == 0


def test_nobody_reads_on_for_a_client_that_died() -> None:
    connection = sqlite3.connect(":memory:")
    stream = long_answer(connection)
    with pytest.raises(ConnectionResetError):
        stream.replay_chunks(bench.Client(frames_taken=3), "r")
    ran: list[str] = []
    connection.set_trace_callback(ran.append)
    stream.clear_all()
    assert not [statement for statement in ran if "select" in statement.lower()]
    connection.close()


@pytest.mark.parametrize("index", [0, CHUNKS - 1])
def test_a_chunk_that_cannot_be_read_is_told_as_what_the_database_refused(index: int) -> None:
    connection = sqlite3.connect(":memory:")
    stream = long_answer(connection)
    spoil = (
        "update cf_ai_chat_stream_chunks set body = cast(x'ff' as text) where chunk_index = ?"
    )
    connection.execute(spoil, (index,))
    with pytest.raises(StorageError, match=r"^the database refused: .*UTF-8") as raised:
        stream.replay_chunks(Client(), "r")
    assert isinstance(raised.value.__cause__, sqlite3.Error)
    assert stream.is_live
    connection.close()
