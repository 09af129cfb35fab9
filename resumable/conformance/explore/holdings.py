"""What a target holds on disk: read in the order of its rowids, copied, and put back.

A copy is the serialized database, whatever is in it. It is not deserialized under the target:
that would leave statements and triggers on the connection that point into a schema which is
gone. The rows are written again, or, where tables have changed, a backup is played back.
"""

import sqlite3
from typing import Any, Final, NamedTuple

from resumable.conformance.raw import TABLES
from resumable.conformance.target import Row

_STREAMS: Final = """
    select id, request_id, status, created_at, completed_at
    from cf_ai_chat_stream_metadata order by rowid"""

_CHUNKS: Final = """
    select stream_id, body, chunk_index, created_at
    from cf_ai_chat_stream_chunks order by rowid"""

_SCHEMA: Final = "select name, type, sql from sqlite_master order by rowid"

_TEMPORARY: Final = "select name, type, sql from temp.sqlite_master order by rowid"

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
    """``user_version``, schema and all other tables, temporary ones too, if there is more
    than the original's."""


class _Mark(NamedTuple):
    """Differs once a row was written, even in vain, or a table was made or dropped."""

    connection: sqlite3.Connection
    changes: int
    schema_version: int
    user_version: int


class Holdings:
    """The database of a target: ``connection`` is one to it, as it is at first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._schema: Final = _schema(connection)
        self._user_version: Final = _mark(connection).user_version
        self._is_plain: Final = _is_plain(connection, self._schema)
        # Without a cache of statements, this one may be deserialized over and over.
        self._source: Final = sqlite3.connect(":memory:", cached_statements=0)
        self._tables: list[_Table] = []
        self._content: Content | None = None
        self._put_back: _Mark | None = None
        self._known: tuple[sqlite3.Connection, int] | None = None

    def close(self) -> None:
        """Let go of the copy."""
        self._source.close()

    def look_at(self, copy: bytes) -> None:
        """What is put back from now on is ``copy``, as it was serialized."""
        self._content = self._put_back = None
        self._source.deserialize(copy)
        self._known = None
        is_plain = self._is_as_at_first(self._source)
        self._tables = [_Table(self._source, name) for name in TABLES] if is_plain else []

    def put_back(self, connection: sqlite3.Connection) -> None:
        """Make the database what it was when the copy was serialized."""
        if not self.has_changed(connection):
            return
        if self._tables and self._is_as_at_first(connection):
            _rewrite(self._tables, connection)
        else:
            self._source.backup(connection)
        self._put_back = _mark(connection)

    def has_changed(self, connection: sqlite3.Connection) -> bool:
        """False if the database is certainly as it was when it was put back."""
        return self._put_back is None or self._put_back != _mark(connection)

    def read(self, connection: sqlite3.Connection) -> Content:
        """All of it. Most commands leave the database alone: then it is known already."""
        if self.has_changed(connection):
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
            return Content((), (), _everything(connection))
        if self._is_as_at_first(connection) and not temporary(connection):
            return Content(streams, chunks)
        return Content(streams, chunks, _everything(connection))

    def _is_as_at_first(self, connection: sqlite3.Connection) -> bool:
        """Whether there are the original's tables and nothing else. Which tables there are,
        the version of the schema tells, once they have been looked at."""
        mark = _mark(connection)
        if not self._is_plain or mark.user_version != self._user_version:
            return False
        if self._known == (connection, mark.schema_version):
            return True
        if _schema(connection) != self._schema:
            return False
        self._known = connection, mark.schema_version
        return True


class _Table:
    """The rows of one table, with their rowids."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        cursor = _tuples(connection).execute(f"select rowid, * from {name}")  # noqa: S608
        columns = [column for column, *_ in cursor.description]
        self.rows: Final = cursor.fetchall()
        self.delete: Final = f"delete from {name}"  # noqa: S608 - the names are our own
        values = ", ".join("?" * len(columns))
        self.insert: Final = f"insert into {name} ({', '.join(columns)}) values ({values})"  # noqa: S608


def temporary(connection: sqlite3.Connection) -> list[Row]:
    """What the target has made that goes with the connection, and that no copy has."""
    found = _tuples(connection).execute(_TEMPORARY).fetchall()
    return [row for row in found if not row[0].startswith(_TRIGGERS)]


def _is_plain(connection: sqlite3.Connection, schema: list[Row]) -> bool:
    """Whether nothing but ordinary tables of the original's names are there, and indexes."""
    if {name for name, kind, _ in schema if kind != "index"} != set(TABLES):
        return False
    try:
        for name in TABLES:
            _Table(connection, name)
    except sqlite3.OperationalError:  # no rowid
        return False
    return True


def _rewrite(tables: list[_Table], connection: sqlite3.Connection) -> None:
    cursor = _tuples(connection)
    cursor.execute("begin")
    for table in tables:
        cursor.execute(table.delete)
        cursor.executemany(table.insert, table.rows)
    cursor.execute("commit")


def _mark(connection: sqlite3.Connection) -> _Mark:
    cursor = _tuples(connection)
    (schema_version,) = cursor.execute("pragma schema_version").fetchone()
    (user_version,) = cursor.execute("pragma user_version").fetchone()
    return _Mark(connection, connection.total_changes, schema_version, user_version)


def _schema(connection: sqlite3.Connection) -> list[Row]:
    return _tuples(connection).execute(_SCHEMA).fetchall()


def _everything(connection: sqlite3.Connection) -> Any:
    schema = _schema(connection) + temporary(connection)
    rows = [
        _tuples(connection).execute(f'select * from "{name}"').fetchall()  # noqa: S608 - quoted
        for name, kind, _ in schema
        if kind == "table"
    ]
    return _mark(connection).user_version, schema, rows


def _tuples(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor
