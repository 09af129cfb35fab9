"""What a target holds on disk: read in the order of its rowids, copied, and put back."""

import sqlite3
from typing import Any, Final, NamedTuple

from resumable.conformance.raw import TABLES
from resumable.conformance.target import Row

_STREAMS: Final = f"""
    select id, request_id, status, created_at, completed_at from {TABLES[0]} order by rowid"""

_CHUNKS: Final = f"""
    select stream_id, body, chunk_index, created_at from {TABLES[1]} order by rowid"""

_SCHEMA: Final = "select name, type, sql from sqlite_master order by rowid"


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
        cursor = _tuples(connection)
        self._at_first: Final = _versions(cursor)
        self._schema: Final = cursor.execute(_SCHEMA).fetchall()
        tables = {name for name, kind, _ in self._schema if kind == "table"}
        self._is_plain: Final = tables == set(TABLES)
        self._copy = b""
        self._content: Content | None = None

    def put_back(self, copy: bytes, connection: sqlite3.Connection) -> None:
        """Make the database what it was when ``copy`` was serialized."""
        connection.deserialize(copy)
        if copy is not self._copy:
            self._copy, self._content = copy, None

    def read(self, connection: sqlite3.Connection) -> Content:
        """All of it. Most commands leave the database alone; to see that its bytes are the
        same is quicker than to read its rows."""
        if connection.serialize() != self._copy:
            return self._read(connection)
        if self._content is None:
            self._content = self._read(connection)
        return self._content

    def _read(self, connection: sqlite3.Connection) -> Content:
        cursor = _tuples(connection)
        try:
            streams = tuple(cursor.execute(_STREAMS).fetchall())
            chunks = tuple(cursor.execute(_CHUNKS).fetchall())
        except sqlite3.OperationalError:  # no such tables
            return Content((), (), _everything(cursor))
        return Content(
            streams, chunks, None if self._is_ordinary(cursor) else _everything(cursor)
        )

    def _is_ordinary(self, cursor: sqlite3.Cursor) -> bool:
        """Whether the original's tables are all there is. Only a schema of another version
        can be another one; it may still be the same."""
        if not self._is_plain:
            return False
        versions = _versions(cursor)
        if versions == self._at_first:
            return True
        _, user_version = versions
        return not user_version and cursor.execute(_SCHEMA).fetchall() == self._schema


def _everything(cursor: sqlite3.Cursor) -> Any:
    schema = cursor.execute(_SCHEMA).fetchall()
    rows = [
        cursor.execute(f'select * from "{name}"').fetchall()  # noqa: S608 - it is in quotes
        for name, kind, _ in schema
        if kind == "table"
    ]
    return _user_version(cursor), schema, rows


def _versions(cursor: sqlite3.Cursor) -> tuple[int, int]:
    (schema,) = cursor.execute("pragma schema_version").fetchone()
    return schema, _user_version(cursor)


def _user_version(cursor: sqlite3.Cursor) -> int:
    (version,) = cursor.execute("pragma user_version").fetchone()
    return int(version)


def _tuples(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor
