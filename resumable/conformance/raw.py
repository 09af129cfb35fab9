"""The raw rows of a database in the original's form."""

import sqlite3
from typing import Final

from resumable.conformance.target import Rows

TRIGGERS: Final = "resumable_fails_"
"""What the names of the harness's own triggers begin with."""

TABLES: Final = ("cf_ai_chat_stream_metadata", "cf_ai_chat_stream_chunks")

_STREAMS: Final = """
    select id, request_id, status, created_at, completed_at
    from cf_ai_chat_stream_metadata"""

_CHUNKS: Final = """
    select stream_id, body, chunk_index, created_at
    from cf_ai_chat_stream_chunks order by chunk_index, rowid"""

_CHUNKS_WITHOUT_ROWID: Final = _CHUNKS.replace(", rowid", "")

_DELETES: Final = [f"delete from {table}" for table in TABLES]  # noqa: S608 - our own names

_USER_VERSION: Final = "select user_version from pragma_user_version"

_TEMPORARY: Final = f"""
    select 1 from temp.sqlite_master where name not like '{TRIGGERS}%' limit 1"""  # noqa: S608 - our own name

_NAMES: Final = """
    select name from sqlite_master
    where type = 'table' and name not like 'sqlite_%' and sql not like 'create virtual %'"""


def read_rows(connection: sqlite3.Connection) -> Rows:
    """Everything on disk. Tables that are missing count as empty, and are reported; so is a
    database that is broken, in place of its rows."""
    cursor = tuples(connection)
    try:
        streams = tuple(cursor.execute(_STREAMS))
        return Rows(streams, tuple(cursor.execute(_CHUNKS)), has_tables=True)
    except sqlite3.OperationalError:
        return _as_far_as_it_goes(connection)
    except sqlite3.DatabaseError as error:
        return Rows(((f"cannot be read: {error}",),), (), has_tables=True)


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that rows are written to, whatever they are called."""
    return [name for (name,) in tuples(connection).execute(_NAMES)]


def has_tables(connection: sqlite3.Connection) -> bool:
    """Whether both of the original's tables are there."""
    return set(tables(connection)).issuperset(TABLES)


def has_rows_in_order(connection: sqlite3.Connection) -> bool:
    """Whether both tables are there, and tell in which order rows were inserted."""
    try:
        tuples(connection).execute(_CHUNKS).fetchone()
    except sqlite3.DatabaseError:
        return False
    return has_tables(connection)


def has_temporary(connection: sqlite3.Connection) -> bool:
    """Whether there is something that would end with the connection."""
    return tuples(connection).execute(_TEMPORARY).fetchone() is not None


def is_open(connection: sqlite3.Connection) -> bool:
    """Whether nobody has closed it."""
    try:
        return connection.total_changes >= 0
    except sqlite3.ProgrammingError:
        return False


def emptied(connection: sqlite3.Connection) -> bool:
    """Delete all rows, if there is nothing but the original's tables; whether that was so."""
    cursor = tuples(connection)
    if set(tables(connection)) != set(TABLES):
        return False
    if cursor.execute(_USER_VERSION).fetchone() != (0,) or has_temporary(connection):
        return False
    for delete in _DELETES:
        cursor.execute(delete)
    connection.commit()
    return True


def tuples(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """A cursor that gives tuples, whatever the row factory of the connection."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def _as_far_as_it_goes(connection: sqlite3.Connection) -> Rows:
    cursor, names = tuples(connection), tables(connection)
    streams = tuple(cursor.execute(_STREAMS)) if TABLES[0] in names else ()
    chunks = tuple(cursor.execute(_CHUNKS_WITHOUT_ROWID)) if TABLES[1] in names else ()
    return Rows(streams, chunks, has_tables=bool({*names}.intersection(TABLES)))
