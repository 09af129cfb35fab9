"""A stream to try things on: its clock is set by hand and its ids count."""

import itertools
import sqlite3
from typing import Any, Final, NamedTuple

from resumable import ResumableStream

NOW_MS: Final = 1_767_225_600_000
MINUTE_MS: Final = 60_000
DAY_MS: Final = 24 * 60 * MINUTE_MS

_STREAMS: Final = """
    select id, request_id, status, created_at, completed_at
    from cf_ai_chat_stream_metadata order by rowid"""

_CHUNKS: Final = """
    select stream_id, body, chunk_index, created_at
    from cf_ai_chat_stream_chunks order by stream_id, chunk_index, rowid"""


class Clock:
    """Says what it was set to."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


class Client:
    """Keeps the frames that it got; takes ``frames_taken`` of them, then its socket dies."""

    def __init__(self, frames_taken: int | None = None) -> None:
        self.frames: list[str] = []
        self._frames_taken: Final = frames_taken

    def send(self, frame: str) -> None:
        if len(self.frames) == self._frames_taken:
            raise ConnectionResetError("the client went away")
        self.frames.append(frame)


class Seen(NamedTuple):
    """All that can be seen of a stream from outside, ids of chunk rows aside."""

    active_stream_id: str | None
    active_request_id: str | None
    has_active_stream: bool
    is_live: bool
    streams: list[Any]
    chunks: list[Any]


class Bench:
    """One database and the stream on it. ``reopen`` is a restart of the service."""

    def __init__(self, path: str = ":memory:", **options: Any) -> None:
        self.path: Final = path
        self.clock: Final = Clock()
        self._ids: Final = itertools.count(1)
        self.connection: Final = connect(path, **options)
        self.stream = self._new_stream()

    def reopen(self) -> ResumableStream:
        """A new instance on the same database; what the old one had in memory is lost."""
        self.stream = self._new_stream()
        return self.stream

    def advance(self, ms: int) -> None:
        self.clock.now_ms += ms

    def start(self, request_id: str = "request", chunks: int = 0) -> str:
        """Start a stream and store ``chunks`` chunks: "0", "1", …"""
        stream_id = self.stream.start(request_id)
        self.store(stream_id, *map(str, range(chunks)))
        return stream_id

    def store(self, stream_id: str, *bodies: str) -> None:
        for body in bodies:
            self.stream.store_chunk(stream_id, body)

    def replay(self, request_id: str = "request") -> list[str]:
        """The frames that a client gets."""
        client = Client()
        self.stream.replay_chunks(client, request_id)
        return client.frames

    def bodies(self, stream_id: str) -> list[str]:
        """What is on disk of a stream, in the order of a replay."""
        return [chunk["body"] for chunk in self.stream.get_stream_chunks(stream_id)]

    def statuses(self) -> dict[str, str]:
        return {row["id"]: row["status"] for row in self.stream.get_all_stream_metadata()}

    def seen(self) -> Seen:
        stream = self.stream
        return Seen(
            stream.active_stream_id,
            stream.active_request_id,
            stream.has_active_stream(),
            stream.is_live,
            *rows(self.connection),
        )

    def next_id(self) -> str:
        """The id that the next stream would have had."""
        return f"stream-{next(self._ids)}"

    def _new_stream(self) -> ResumableStream:
        return ResumableStream(self.connection, clock=self.clock, new_id=self.next_id)


def connect(path: str, **options: Any) -> sqlite3.Connection:
    """A lock that is held elsewhere is an error at once."""
    connection: sqlite3.Connection = sqlite3.connect(path, timeout=0, **options)
    return connection


def rows(connection: sqlite3.Connection) -> tuple[list[Any], list[Any]]:
    """Both tables as they are, chunks without the ids of their rows; empty without tables."""
    names = {name for (name,) in _select(connection, "select name from sqlite_master")}
    if "cf_ai_chat_stream_chunks" not in names:
        return [], []
    return _select(connection, _STREAMS), _select(connection, _CHUNKS)


def _select(connection: sqlite3.Connection, statement: str) -> list[Any]:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(statement).fetchall()
