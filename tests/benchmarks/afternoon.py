"""What a good engineer writes in an afternoon to test ``ResumableStream``: a Hypothesis state
machine with a small model, from what the class's documentation says, and nothing else of this
repository. It is what the engines here are measured against, so it is as strong as that gets.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from resumable import ResumableStream, StreamDestroyedError

FLUSH_AT: Final = 10
BYTES_MAX: Final = 1_800_000
STALE_MS: Final = 5 * 60 * 1000
SWEEP_EVERY_MS: Final = 10 * 60 * 1000
KEEP_MS: Final = 24 * 60 * 60 * 1000

EDGES_MS: Final = [ms + by for ms in (STALE_MS, SWEEP_EVERY_MS, KEEP_MS) for by in (-1, 0, 1)]
ACTIVE: Final = "the active one"
UNKNOWN: Final = "no such stream"

streams: Final[Bundle[str]] = Bundle("streams")
any_stream: Final = st.just(ACTIVE) | streams | st.just(UNKNOWN)
requests: Final = st.sampled_from(["r1", "r2"]) | st.text(max_size=5)
durations_ms: Final = st.sampled_from(EDGES_MS) | st.integers(0, 1000)


@dataclass
class Row:
    request_id: str
    status: str
    created_at: int
    completed_at: int = 0


@dataclass
class Model:
    """What the documentation says, in dicts and lists."""

    rows: dict[str, Row] = field(default_factory=dict)
    chunks: list[tuple[str, int, str]] = field(default_factory=list)
    """Stream, index, body; as they were written."""

    active: str | None = None
    request: str | None = None
    is_live: bool = False
    next_index: int = 0
    buffer: list[tuple[str, int, str]] = field(default_factory=list)
    swept_at: int = 0

    def restore(self, now: int) -> None:
        streaming = [id_ for id_, row in self.rows.items() if row.status == "streaming"]
        if not streaming:
            return
        newest = max(reversed(streaming), key=lambda id_: self.rows[id_].created_at)
        row = self.rows[newest]
        if now - row.created_at > STALE_MS:
            self.delete([newest])
            return
        self.active, self.request = newest, row.request_id
        self.next_index = max([i for i, _ in self.read(newest)], default=-1) + 1

    def start(self, stream: str, request: str, now: int) -> None:
        self.flush()
        self.rows[stream] = Row(request, "streaming", now)
        self.active, self.request, self.is_live, self.next_index = stream, request, True, 0

    def store(self, stream: str, body: str) -> None:
        if len(body.encode()) > BYTES_MAX:
            return
        self.buffer.append((stream, self.next_index, body))
        self.next_index += 1
        if len(self.buffer) >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        self.chunks += self.buffer
        self.buffer = []

    def end(self, stream: str, status: str, now: int) -> None:
        self.flush()
        if stream in self.rows:
            self.rows[stream].status, self.rows[stream].completed_at = status, now
        self.active, self.request, self.is_live, self.next_index = None, None, False, 0
        if status == "completed" and now - self.swept_at >= SWEEP_EVERY_MS:
            self.swept_at = now
            ended = [id_ for id_, row in self.rows.items() if row.status != "streaming"]
            self.delete([id_ for id_ in ended if self.rows[id_].completed_at < now - KEEP_MS])

    def replay(self, request: str, now: int) -> tuple[list[str], str | None]:
        """The frames, and what is returned."""
        stream = self.active
        if stream is None:
            return [], None
        self.flush()
        frames = [frame(body, request) for _, body in self.read(stream)]
        if self.is_live:
            return [*frames, frame("", request, replayComplete=True)], None
        self.end(stream, "completed", now)
        return [*frames, frame("", request, done=True)], stream

    def clear(self) -> None:
        self.rows, self.chunks, self.buffer = {}, [], []
        self.active, self.request, self.next_index = None, None, 0

    def delete(self, gone: list[str]) -> None:
        self.chunks = [chunk for chunk in self.chunks if chunk[0] not in gone]
        for stream in gone:
            del self.rows[stream]

    def read(self, stream: str) -> list[tuple[int, str]]:
        of_stream = [(index, body) for id_, index, body in self.chunks if id_ == stream]
        return sorted(of_stream, key=lambda chunk: chunk[0])


def frame(body: str, request: str, *, done: bool = False, **last: bool) -> str:
    """What the client gets, to the letter."""
    kind = "cf_agent_use_chat_response"
    said = {"body": body, "done": done, "id": request, "type": kind, "replay": True, **last}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


class Client:
    """Hangs up after so many frames."""

    def __init__(self, frames_max: int | None = None) -> None:
        self.frames: list[str] = []
        self.frames_max = frames_max

    def send(self, sent: str) -> None:
        if len(self.frames) == self.frames_max:
            raise ConnectionError("the client hung up")
        self.frames.append(sent)


unless_empty: Final = precondition(lambda self: bool(self.model.rows or self.model.buffer))
"""Without it most steps do nothing to nothing."""


class StreamMachine(RuleBasedStateMachine):
    """``ResumableStream`` beside the model."""

    make: ClassVar[Callable[..., ResumableStream]] = ResumableStream

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000_000
        self.model = Model()
        self.has_large = False
        self.connection = sqlite3.connect(":memory:")
        self.stream = self.opened()

    def opened(self) -> ResumableStream:
        return type(self).make(self.connection, clock=lambda: self.now)

    def teardown(self) -> None:
        self.connection.close()

    def named(self, stream: str) -> str:
        return self.model.active or UNKNOWN if stream == ACTIVE else stream

    @rule(target=streams, request=requests)
    def start(self, request: str) -> str:
        stream = self.stream.start(request)
        assert stream not in self.model.rows
        self.model.start(stream, request, self.now)
        return stream

    @rule(stream=any_stream, body=st.text())
    def store(self, stream: str, body: str) -> None:
        stream = self.named(stream)
        self.stream.store_chunk(stream, body)
        self.model.store(stream, body)

    @rule(stream=any_stream, count=st.integers(2, 25))
    def store_many(self, stream: str, count: int) -> None:
        for number in range(count):
            self.store(stream, f"chunk {number}")

    @precondition(lambda self: not self.has_large)  # reading them after each step takes long
    @rule(stream=any_stream, letter=st.sampled_from("xé"), more=st.sampled_from(["", "x"]))
    def store_large(self, stream: str, letter: str, more: str) -> None:
        self.has_large = True
        self.store(stream, letter * (BYTES_MAX // len(letter.encode())) + more)

    @unless_empty
    @rule()
    def flush(self) -> None:
        self.stream.flush_buffer()
        self.model.flush()

    @unless_empty
    @rule(stream=any_stream)
    def complete(self, stream: str) -> None:
        stream = self.named(stream)
        self.stream.complete(stream)
        self.model.end(stream, "completed", self.now)

    @unless_empty
    @rule(stream=any_stream)
    def mark_error(self, stream: str) -> None:
        stream = self.named(stream)
        self.stream.mark_error(stream)
        self.model.end(stream, "error", self.now)

    @unless_empty
    @rule(request=requests)
    def replay(self, request: str) -> None:
        client = Client()
        returned = self.stream.replay_chunks(client, request)
        assert (client.frames, returned) == self.model.replay(request, self.now)

    @precondition(lambda self: self.model.active is not None)
    @rule(request=requests, frames_max=st.integers(0, 12))
    def replay_to_a_client_that_hangs_up(self, request: str, frames_max: int) -> None:
        self.flush()
        frames = [frame(body, request) for _, body in self.model.read(self.named(ACTIVE))]
        frames_max = min(frames_max, len(frames))
        client = Client(frames_max)
        with pytest.raises(ConnectionError):
            self.stream.replay_chunks(client, request)
        assert client.frames == frames[:frames_max]

    @unless_empty
    @rule()
    def restart(self) -> None:
        self.connection.rollback()  # what was not committed is lost with the process
        self.stream = self.opened()
        self.model = Model(self.model.rows, self.model.chunks)
        self.model.restore(self.now)

    @unless_empty
    @rule()
    def restore(self) -> None:
        self.stream.restore()
        self.model.restore(self.now)

    @unless_empty
    @rule()
    def clear_all(self) -> None:
        self.stream.clear_all()
        self.model.clear()

    @unless_empty
    @rule()
    def destroy(self) -> None:
        self.stream.destroy()
        self.stream.destroy()
        assert not self.stream.has_active_stream()
        store = partial(self.stream.store_chunk, UNKNOWN, "body")
        for refused in (store, self.stream.flush_buffer, self.stream.clear_all):
            with pytest.raises(StreamDestroyedError):
                refused()
        self.model = Model()
        self.stream = self.opened()

    @rule(ms=durations_ms)
    def advance(self, ms: int) -> None:
        self.now += ms

    @rule(target=streams, request=requests, age_ms=durations_ms)
    def insert_stale(self, request: str, age_ms: int) -> str:
        stream = f"inserted {len(self.bundle('streams'))}"
        self.stream.insert_stale_stream(stream, request, age_ms)
        self.model.rows[stream] = Row(request, "streaming", self.now - age_ms)
        return stream

    @invariant()
    def the_accessors_are_those_of_the_model(self) -> None:
        assert self.stream.active_stream_id == self.model.active
        assert self.stream.active_request_id == self.model.request
        assert self.stream.has_active_stream() == (self.model.active is not None)
        assert self.stream.is_live == self.model.is_live

    @invariant()
    def the_metadata_are_those_of_the_model(self) -> None:
        seen = {row["id"]: dict(row) for row in self.stream.get_all_stream_metadata()}
        assert seen.keys() == self.model.rows.keys()
        for id_, row in self.model.rows.items():
            told = {"status": row.status, "request_id": row.request_id}
            assert seen[id_] == told | {"id": id_, "created_at": row.created_at}
            assert self.stream.get_stream_metadata(id_) == told

    @invariant()
    def the_chunks_are_those_of_the_model(self) -> None:
        stored = [stream for stream, _, _ in self.model.chunks]
        for stream in dict.fromkeys([UNKNOWN, *self.model.rows, *stored]):
            seen = self.stream.get_stream_chunks(stream)
            told = [(chunk["chunk_index"], chunk["body"]) for chunk in seen]
            assert told == self.model.read(stream)
