"""The two tables of `another_hand`: scripts of statements, and how they are run at once."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

Script = list[tuple[str, tuple[object, ...]]]

CREATE = (
    """create table if not exists cf_ai_chat_stream_chunks (
        id text primary key, stream_id text not null, body text not null,
        chunk_index integer not null, created_at integer not null)""",
    """create table if not exists cf_ai_chat_stream_metadata (
        id text primary key, request_id text not null, status text not null,
        created_at integer not null, completed_at integer)""",
    """create index if not exists idx_stream_chunks_stream_id
        on cf_ai_chat_stream_chunks(stream_id, chunk_index)""",
)


class Held(NamedTuple):
    """A chunk that is not on disk yet."""

    id: str
    stream_id: str
    body: str
    number: int


class Tables:
    KEEP_MS = 24 * 60 * 60_000

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    def now(self) -> int:
        return int(time.time() * 1000)

    def creating(self) -> Script:
        return [(query, ()) for query in CREATE]

    def inserting(self, stream_id: str, request_id: str, created_at: int) -> Script:
        query = (
            "insert into cf_ai_chat_stream_metadata (id, request_id, status, created_at)"
            " values (?, ?, 'streaming', ?)"
        )
        return [(query, (stream_id, request_id, created_at))]

    def flushing(self, held: tuple[Held, ...]) -> Script:
        query = (
            "insert into cf_ai_chat_stream_chunks"
            " (id, stream_id, body, chunk_index, created_at) values (?, ?, ?, ?, ?)"
        )
        now = self.now()
        return [(query, (*chunk, now)) for chunk in held]

    def ending(self, stream_id: str, status: str) -> Script:
        query = (
            "update cf_ai_chat_stream_metadata set status = ?, completed_at = ? where id = ?"
        )
        return [(query, (status, self.now(), stream_id))]

    def sweeping(self) -> Script:
        cutoff = (self.now() - self.KEEP_MS,)
        chunks = """
            delete from cf_ai_chat_stream_chunks where stream_id in (
                select id from cf_ai_chat_stream_metadata
                where status in ('completed', 'error') and completed_at < ?)"""
        streams = """
            delete from cf_ai_chat_stream_metadata
            where status in ('completed', 'error') and completed_at < ?"""
        return [(chunks, cutoff), (streams, cutoff)]

    def deleting(self, stream_id: str) -> Script:
        return [
            ("delete from cf_ai_chat_stream_chunks where stream_id = ?", (stream_id,)),
            ("delete from cf_ai_chat_stream_metadata where id = ?", (stream_id,)),
        ]

    def emptying(self) -> Script:
        return [
            ("delete from cf_ai_chat_stream_chunks", ()),
            ("delete from cf_ai_chat_stream_metadata", ()),
        ]

    def dropping(self) -> Script:
        return [
            ("drop table if exists cf_ai_chat_stream_chunks", ()),
            ("drop table if exists cf_ai_chat_stream_metadata", ()),
        ]

    def newest(self) -> list[Any]:
        return self.rows(
            "select id, request_id, created_at from cf_ai_chat_stream_metadata"
            " where status = 'streaming' order by created_at desc limit 1"
        )

    def next_number(self, stream_id: str) -> int:
        query = "select max(chunk_index) from cf_ai_chat_stream_chunks where stream_id = ?"
        ((highest,),) = self.rows(query, stream_id)
        return 0 if highest is None else int(highest) + 1

    def chunks(self, stream_id: str) -> list[Any]:
        query = (
            "select body, chunk_index from cf_ai_chat_stream_chunks"
            " where stream_id = ? order by chunk_index asc"
        )
        return self.rows(query, stream_id)

    def rows(self, query: str, *values: object) -> list[Any]:
        """Tuples, whatever the row factory of the connection makes of rows."""
        cursor = self.db.cursor()
        cursor.row_factory = None
        return cursor.execute(query, values).fetchall()

    def run(self, script: Script) -> None:
        for query, values in script:
            self.db.execute(query, values)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All of it is kept, or nothing: a transaction as most would write it, and only a
        savepoint in one of the caller's."""
        if not self.db.in_transaction:
            with self.db:
                self.db.execute("begin immediate")
                yield
            return
        self.db.execute("savepoint another_hand")
        try:
            yield
        except BaseException:
            self.db.execute("rollback to another_hand")
            raise
        finally:
            self.db.execute("release another_hand")
