"""
A right stream by another hand: written from the rules and the original alone.

It shares no line and no habit with `resumable.stream`: a method is a script of
statements run at once, the memory is one record that is swapped whole, ids are UUIDs,
and the only argument is the connection. The harness has to find it right.
"""

import json
import logging
import sqlite3
import uuid
from typing import Any, NamedTuple, Protocol

from tests.strangers.tables import Held, Tables

log = logging.getLogger(__name__)


class Socket(Protocol):
    def send(self, message: str, /) -> object: ...


class GoneError(Exception):
    """The tables of this stream were dropped by `destroy`."""


class Mind(NamedTuple):
    """All that a crash forgets."""

    active: str | None = None
    request: str | None = None
    number: int = 0
    live: bool = False
    held: tuple[Held, ...] = ()
    swept_at: int = 0


class AnotherHand(Tables):
    BATCH = 10
    BATCH_MAX = 100
    BYTES_MAX = 1_800_000
    STALE_MS = 5 * 60_000
    SWEEP_EVERY_MS = 10 * 60_000

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.gone = False
        self.mind = Mind()
        with self.at_once():
            self.run(self.creating())
            self.mind = self.restored()

    # What the caller sees

    @property
    def active_stream_id(self) -> str | None:
        return self.mind.active

    @property
    def active_request_id(self) -> str | None:
        return self.mind.request

    @property
    def is_live(self) -> bool:
        return self.mind.live

    def has_active_stream(self) -> bool:
        self.check()
        return self.mind.active is not None

    def start(self, request_id: str) -> str:
        self.check()
        request_id = self.clean("request_id", request_id)
        stream_id = str(uuid.uuid4())
        with self.at_once():
            self.run(self.flushing(self.mind.held))
            self.run(self.inserting(stream_id, request_id, self.now()))
        self.mind = self.started(stream_id, request_id)
        return stream_id

    def complete(self, stream_id: str) -> None:
        self.check()
        stream_id = self.clean("stream_id", stream_id)
        now, due = self.now(), self.sweep_is_due()
        with self.at_once():
            self.run(self.flushing(self.mind.held))
            self.run(self.ending(stream_id, "completed"))
            self.run(self.sweeping() if due else [])
        self.mind = self.ended(stream_id, now if due else self.mind.swept_at)

    def mark_error(self, stream_id: str) -> None:
        self.check()
        stream_id = self.clean("stream_id", stream_id)
        with self.at_once():
            self.run(self.flushing(self.mind.held))
            self.run(self.ending(stream_id, "error"))
        self.mind = self.ended(stream_id, self.mind.swept_at)

    def store_chunk(self, stream_id: str, body: str) -> None:
        self.check()
        stream_id, body = self.clean("stream_id", stream_id), self.clean("body", body)
        if self.is_oversized(body):
            self.skip(body)
            return
        if len(self.mind.held) >= self.BATCH_MAX:
            self.flush_buffer()
        self.mind = self.holding(stream_id, body)
        if len(self.mind.held) >= self.BATCH:
            try:
                self.flush_buffer()
            except sqlite3.Error:
                log.exception("%s chunks wait for the next flush", len(self.mind.held))

    def flush_buffer(self) -> None:
        self.check()
        if self.mind.held:
            with self.at_once():
                self.run(self.flushing(self.mind.held))
            self.mind = self.mind._replace(held=())

    def replay_chunks(self, connection: Socket, request_id: str) -> str | None:
        self.check()
        request_id = self.clean("request_id", request_id)
        active = self.mind.active
        if not active:
            return None
        self.flush_buffer()
        return self.replayed(connection, active, request_id)

    def restore(self) -> None:
        self.check()
        with self.at_once():
            found = self.restored()
        self.mind = found

    def clear_all(self) -> None:
        self.check()
        with self.at_once():
            self.run(self.emptying())
        self.mind = self.cleared()

    def destroy(self) -> None:
        if self.gone:
            return
        with self.at_once():
            self.run(self.flushing(self.mind.held))
            self.run(self.dropping())
        self.mind = self.cleared()
        self.gone = True

    def get_stream_chunks(self, stream_id: str) -> list[dict[str, Any]]:
        self.check()
        rows = self.chunks(self.clean("stream_id", stream_id))
        return [{"body": body, "chunk_index": number} for body, number in rows]

    def get_stream_metadata(self, stream_id: str) -> dict[str, Any] | None:
        self.check()
        query = "select status, request_id from cf_ai_chat_stream_metadata where id = ?"
        for status, request_id in self.rows(query, self.clean("stream_id", stream_id)):
            return {"status": status, "request_id": request_id}
        return None

    def get_all_stream_metadata(self) -> list[dict[str, Any]]:
        self.check()
        keys = ("id", "status", "request_id", "created_at")
        query = "select id, status, request_id, created_at from cf_ai_chat_stream_metadata"
        return [dict(zip(keys, row, strict=True)) for row in self.rows(query)]

    def insert_stale_stream(self, stream_id: str, request_id: str, age_ms: int) -> None:
        self.check()
        stream_id = self.clean("stream_id", stream_id)
        request_id = self.clean("request_id", request_id)
        with self.at_once():
            self.run(self.inserting(stream_id, request_id, self.now() - age_ms))

    # The next mind

    def started(self, stream_id: str, request_id: str) -> Mind:
        return Mind(stream_id, request_id, 0, live=True, swept_at=self.mind.swept_at)

    def ended(self, _stream_id: str, swept_at: int) -> Mind:
        return Mind(swept_at=swept_at)

    def holding(self, stream_id: str, body: str) -> Mind:
        chunk = Held(str(uuid.uuid4()), stream_id, body, self.mind.number)
        return self.mind._replace(held=(*self.mind.held, chunk), number=chunk.number + 1)

    def cleared(self) -> Mind:
        return Mind(live=self.mind.live, swept_at=self.mind.swept_at)

    def restored(self) -> Mind:
        """The mind after looking at the newest row that is still streaming."""
        for stream_id, request_id, created_at in self.newest():
            if self.is_stale(self.now() - created_at):
                self.run(self.deleting(stream_id))
                break
            return self.adopted(stream_id, request_id)
        return self.mind

    def adopted(self, stream_id: str, request_id: str) -> Mind:
        number = self.next_number(stream_id)
        return self.mind._replace(active=stream_id, request=request_id, number=number)

    def replayed(self, socket: Socket, stream_id: str, request_id: str) -> str | None:
        for body, _ in self.chunks(stream_id):
            socket.send(self.frame(request_id, body=body))
        if self.mind.active != stream_id:
            socket.send(self.frame(request_id, done=True))
            return None
        if self.mind.live:
            socket.send(self.frame(request_id, replayComplete=True))
            return None
        socket.send(self.frame(request_id, done=True))
        self.complete(stream_id)
        return stream_id

    # Questions

    def check(self) -> None:
        if self.gone:
            raise GoneError("destroy was called on this stream")

    def clean(self, name: str, text: object) -> str:
        """Pair what is a pair of surrogates, and replace what is half of one."""
        if not isinstance(text, str):
            raise TypeError(f"{name}: expected str, got {type(text).__name__}")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def is_oversized(self, body: str) -> bool:
        return len(body.encode()) > self.BYTES_MAX

    def skip(self, body: str) -> None:
        log.warning("a chunk of %s characters is left out of replays", len(body))

    def is_stale(self, age_ms: int) -> bool:
        return age_ms > self.STALE_MS

    def sweep_is_due(self) -> bool:
        return self.now() - self.mind.swept_at >= self.SWEEP_EVERY_MS

    def frame(self, request_id: str, body: str = "", **more: bool) -> str:
        done = more.pop("done", False)
        kind = "cf_agent_use_chat_response"
        fields = {"body": body, "done": done, "id": request_id, "type": kind, "replay": True}
        return json.dumps(fields | more, ensure_ascii=False, separators=(",", ":"))
