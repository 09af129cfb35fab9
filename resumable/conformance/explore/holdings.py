"""What a target holds on disk: read in the order of its rowids, copied, and put back.

Where there is nothing but the original's two tables, the rows are the copy, and those that
differ are written again. Anything else is copied as a serialized database, and a backup is
played back. Nothing is ever deserialized under the target: that would leave statements and
triggers on the connection that point into a schema which is gone.
"""

import sqlite3
import zlib
from typing import Any, Final, NamedTuple

from resumable.conformance.failing_disk import without_triggers
from resumable.conformance.raw import TABLES, tuples
from resumable.conformance.target import Row

_STREAMS: Final = """
    select rowid, id, request_id, status, created_at, completed_at
    from cf_ai_chat_stream_metadata order by rowid"""

_CHUNKS: Final = """
    select rowid, id, stream_id, body, chunk_index, created_at
    from cf_ai_chat_stream_chunks order by rowid"""

_COLUMNS: Final = {
    "cf_ai_chat_stream_metadata": {
        "id": "TEXT",
        "request_id": "TEXT",
        "status": "TEXT",
        "created_at": "INTEGER",
        "completed_at": "INTEGER",
    },
    "cf_ai_chat_stream_chunks": {
        "id": "TEXT",
        "stream_id": "TEXT",
        "body": "TEXT",
        "chunk_index": "INTEGER",
        "created_at": "INTEGER",
    },
}
"""Of such columns, values that Python calls equal are the same in every respect."""

_DELETE: Final = {table: f"delete from {table} where rowid = ?" for table in TABLES}  # noqa: S608

_INSERT: Final = {
    table: f"insert into {table} (rowid, {', '.join(columns)}) values (?, ?, ?, ?, ?, ?)"  # noqa: S608
    for table, columns in _COLUMNS.items()
}

_SCHEMA: Final = "select name, type, sql from sqlite_master order by rowid"

_TEMPORARY: Final = """
    select name, type, sql from temp.sqlite_master
    where name not glob 'resumable_fails_*' order by rowid"""
"""Triggers of the failing disk are not the target's."""


class UnlikeError(Exception):
    """What was taken for the same is not: the message says what, and why."""


class Content(NamedTuple):
    """Everything in one database."""

    streams: tuple[Row, ...]
    """(rowid, id, request, status, created, ended)"""

    chunks: tuple[Row, ...]
    """(rowid, id, stream, body, index, flushed)"""

    rest: Any = None
    """``user_version``, schema and all other tables, temporary ones too, if there is more
    than the original's."""


Copy = Content | bytes
"""A database to be put back: its content, if that is all, or else serialized."""

_NOTHING: Final = Content((), ())


class _Mark(NamedTuple):
    """Differs once a row was written, even in vain, or a table was made or dropped."""

    connection: sqlite3.Connection
    changes: int
    schema_version: int
    user_version: int
    temporary: tuple[Row, ...]


class Holdings:
    """The database of a target: ``connection`` is one to it, as it is at first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._cursor = tuples(connection)
        first = self._look(connection)
        self._schema: Final = self._cursor.execute(_SCHEMA).fetchall()
        self._user_version: Final = first.user_version
        self._is_plain: Final = _is_plain(self._cursor, self._schema)
        self._plain_schema: tuple[sqlite3.Connection, int] | None = None
        self._empty: Final = _without_rows(connection)
        # Without a cache of statements, this one may be deserialized over and over.
        self._source: Final = sqlite3.connect(":memory:", cached_statements=0)
        self._copy: Copy = b""
        self._there: Content | None = None
        """The content of the copy; None until it is known."""

        self._mark = first
        self._seen: Content | None = None
        """What the database held when the mark was this one."""

    def close(self) -> None:
        """Let go of the copies."""
        self._empty.close()
        self._source.close()

    def look_at(self, copy: Copy) -> None:
        """What is put back from now on is ``copy``."""
        self._copy = copy
        self._there = None
        if isinstance(copy, Content):
            self._there = copy
        else:
            self._source.deserialize(zlib.decompress(copy))

    def put_back(self, connection: sqlite3.Connection) -> Content:
        """Make the database what it was when the copy was made; return its content. Nothing
        may have written to it since it was last read."""
        now, there = self._as_last_read(connection), self._there
        if now is there:
            return there
        if there is not None and there.rest is None and now.rest is None:
            self._rewrite(now, there)
            mark = self._mark._replace(changes=connection.total_changes)
        else:
            there = self._there = self._play_back(connection)
            mark = self._look(connection)
        self._mark, self._seen = mark, there
        return there

    def read(self, connection: sqlite3.Connection) -> Content:
        """All of it. It is the very same object as long as nothing has changed, and that of
        the copy, if that is what the database holds."""
        mark = self._look(connection)
        if self._seen is None or self._mark != mark:
            content = self._read(mark)
            if content.rest is None and content == self._there:
                content = self._there
            self._mark, self._seen = mark, content
        return self._seen

    def _as_last_read(self, connection: sqlite3.Connection) -> Content:
        if self._seen is None or self._mark.connection is not connection:
            return self.read(connection)
        return self._seen

    def copy(self, connection: sqlite3.Connection) -> Copy:
        """The database as it is now. Raises UnlikeError if that cannot be copied."""
        content = self.read(connection)
        if content is self._there:
            return self._copy
        if content.rest is None:
            return content
        self._refuse_temporary(self._look(connection))
        return zlib.compress(connection.serialize(), 1)

    def _look(self, connection: sqlite3.Connection) -> _Mark:
        if self._cursor.connection is not connection:
            self._cursor = tuples(connection)
        execute = self._cursor.execute
        (schema_version,) = execute("pragma schema_version").fetchone()
        (user_version,) = execute("pragma user_version").fetchone()
        temporary = tuple(execute(_TEMPORARY).fetchall())
        changes = connection.total_changes
        return _Mark(connection, changes, schema_version, user_version, temporary)

    def _play_back(self, connection: sqlite3.Connection) -> Content:
        """Triggers of the failing disk must not outlive their tables."""
        without_triggers(connection)
        if isinstance(self._copy, Content):
            self._empty.backup(connection)
            self._rewrite(_NOTHING, self._copy)
            return self._copy
        self._source.backup(connection)
        return self._read(self._look(connection))

    @staticmethod
    def _refuse_temporary(mark: _Mark) -> None:
        if mark.temporary:
            raise UnlikeError("it cannot be copied, since it has made something temporary")

    def _read(self, mark: _Mark) -> Content:
        if self._is_as_at_first(mark):
            execute = self._cursor.execute
            streams = tuple(execute(_STREAMS).fetchall())
            return Content(streams, tuple(execute(_CHUNKS).fetchall()))
        return Content((), (), _everything(self._cursor, mark))

    def _is_as_at_first(self, mark: _Mark) -> bool:
        """Whether there are the original's tables and nothing else. Which tables there are,
        the version of the schema tells, once they have been looked at."""
        if not self._is_plain or mark.user_version != self._user_version or mark.temporary:
            return False
        version = mark.connection, mark.schema_version
        if version == self._plain_schema:
            return True
        if self._cursor.execute(_SCHEMA).fetchall() != self._schema:
            return False
        self._plain_schema = version
        return True

    def _rewrite(self, now: Content, there: Content) -> None:
        """Write only what differs, which is little after one command."""
        execute = self._cursor.execute
        execute("begin")
        for table, old, new in zip(TABLES, now[:2], there[:2], strict=True):
            if old != new:
                for row in [row for row in old if row not in new]:
                    execute(_DELETE[table], row[:1])
                for row in [row for row in new if row not in old]:
                    execute(_INSERT[table], row)
        execute("commit")


def _is_plain(cursor: sqlite3.Cursor, schema: list[Row]) -> bool:
    """Whether nothing but ordinary tables of the original's form are there, and indexes."""
    if {name for name, kind, _ in schema if kind != "index"} != set(TABLES):
        return False
    try:
        for table in TABLES:
            columns = cursor.execute("select name, type from pragma_table_info(?)", (table,))
            if {name: kind.upper() for name, kind in columns} != _COLUMNS[table]:
                return False
            cursor.execute(f"select rowid from {table}")  # noqa: S608 - the names are our own
    except sqlite3.OperationalError:  # no rowid
        return False
    return True


def _without_rows(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Another database of the same schema."""
    empty = sqlite3.connect(":memory:")
    connection.backup(empty)
    for name, kind, _ in empty.execute(_SCHEMA).fetchall():
        if kind == "table" and name in TABLES:
            empty.execute(f"delete from {name}")  # noqa: S608 - the names are our own
    empty.commit()
    return empty


def _everything(cursor: sqlite3.Cursor, mark: _Mark) -> Any:
    schema = [*cursor.execute(_SCHEMA).fetchall(), *mark.temporary]
    rows = [
        cursor.execute(f'select * from "{name}"').fetchall()  # noqa: S608 - quoted
        for name, kind, _ in schema
        if kind == "table"
    ]
    return mark.user_version, schema, rows
