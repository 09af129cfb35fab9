"""What a target holds on disk: read in the order of its rowids, copied, and put back."""

import sqlite3
from typing import Any, Final, NamedTuple

from resumable.conformance.failing_disk import without_triggers
from resumable.conformance.raw import TABLES
from resumable.conformance.target import Row

_STREAMS: Final = """
    select id, request_id, status, created_at, completed_at
    from cf_ai_chat_stream_metadata order by rowid"""

_CHUNKS: Final = """
    select stream_id, body, chunk_index, created_at
    from cf_ai_chat_stream_chunks order by rowid"""

_SCHEMA: Final = "select name, type, sql from sqlite_master order by rowid"


_TEMPORARY: Final = "select name from temp.sqlite_master"

_TRIGGERS: Final = "resumable_fails_"
"""What the names of the failing disk's triggers begin with."""


class UnlikeError(Exception):
    """What was taken for the same is not: the message says what, and why."""


class Content(NamedTuple):
    """Everything in one database but the ids of chunk rows."""

    streams: tuple[Row, ...]
    """(id, request, status, created, ended)"""

    chunks: tuple[Row, ...]
    """(stream, body, index, flushed)"""

    rest: Any = None
    """``user_version``, schema and all other tables, if there is more than the original's."""


class Holdings:
    """The database of a target: ``connection`` is one to it, as it is at first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._versions: Final = _versions(connection.serialize())
        self._schema: Final = _tuples(connection).execute(_SCHEMA).fetchall()
        tables = {name for name, kind, _ in self._schema if kind == "table"}
        self._is_plain: Final = tables == set(TABLES)
        self._copy = self._there = b""
        self._content: Content | None = None
        self._source: sqlite3.Connection | None = None

    def look_at(self, copy: bytes, connection: sqlite3.Connection) -> None:
        """What is read and put back from now on is ``copy``, as it was serialized."""
        self._copy, self._content = copy, None
        if self._source is not None:
            self._source.close()
            self._source = None
        if has_triggers(connection):
            without_triggers(connection)

    def put_back(self, connection: sqlite3.Connection) -> None:
        """Make the database what it was when the copy was serialized.

        Triggers of the harness's failing disk would not outlive that their tables are
        exchanged under them: a backup is slower, and minds them.
        """
        if not has_triggers(connection):
            connection.deserialize(self._copy)
            self._there = self._copy
        elif self.has_changed(connection):
            self._source = self._source or _database(self._copy)
            self._source.backup(connection)
            self._there = connection.serialize()

    def has_changed(self, connection: sqlite3.Connection) -> bool:
        """Whether a byte of the database is another than after it was put back."""
        return connection.serialize() != self._there

    def read(self, connection: sqlite3.Connection) -> Content:
        """All of it. Most commands leave the database alone; to see that its bytes are the
        same is quicker than to read its rows."""
        raw = connection.serialize()
        if raw != self._there:
            return self._read(connection, raw)
        if self._content is None:
            self._content = self._read(connection, raw)
        return self._content

    def _read(self, connection: sqlite3.Connection, raw: bytes) -> Content:
        cursor = _tuples(connection)
        try:
            streams = tuple(cursor.execute(_STREAMS).fetchall())
            chunks = tuple(cursor.execute(_CHUNKS).fetchall())
        except sqlite3.OperationalError:  # no such tables
            return Content((), (), _everything(cursor, raw))
        if self._is_ordinary(cursor, raw):
            return Content(streams, chunks)
        return Content(streams, chunks, _everything(cursor, raw))

    def _is_ordinary(self, cursor: sqlite3.Cursor, raw: bytes) -> bool:
        """Whether the original's tables are all there is. Only a schema of another version
        can be another one; it may still be the same."""
        if not self._is_plain:
            return False
        schema_version, user_version = _versions(raw)
        if (schema_version, user_version) == self._versions:
            return True
        _, user_version_at_first = self._versions
        if user_version != user_version_at_first:
            return False
        return cursor.execute(_SCHEMA).fetchall() == self._schema


def has_triggers(connection: sqlite3.Connection) -> bool:
    """Whether the harness has let this disk fail, which leaves triggers on it. Raises
    UnlikeError if the target itself has something there, since that would not be copied."""
    names = _tuples(connection).execute(_TEMPORARY).fetchall()
    if not all(name.startswith(_TRIGGERS) for (name,) in names):
        raise UnlikeError("it cannot be copied, since it has made something temporary")
    return bool(names)


def _everything(cursor: sqlite3.Cursor, raw: bytes) -> Any:
    schema = cursor.execute(_SCHEMA).fetchall()
    rows = [
        cursor.execute(f'select * from "{name}"').fetchall()  # noqa: S608 - it is in quotes
        for name, kind, _ in schema
        if kind == "table"
    ]
    _, user_version = _versions(raw)
    return user_version, schema, rows


def _versions(raw: bytes) -> tuple[bytes, bytes]:
    """``schema_version`` and ``user_version``, where the file format has them."""
    return raw[40:44], raw[60:64]


def _database(raw: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(raw)
    return connection


def _tuples(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor
