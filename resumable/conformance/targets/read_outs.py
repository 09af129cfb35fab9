"""What is read from an instance, and from the connection that it works on."""

from collections.abc import Callable
from sqlite3 import Connection, ProgrammingError
from typing import Any

from resumable.conformance.setting import ROW_FACTORIES, Setting
from resumable.conformance.target import UNCHANGED, Brief, Misshapen, Raised
from resumable.conformance.targets.stream_like import StreamLike

_NO_ROWS = (TypeError, KeyError, IndexError)
"""What comes of asking something for a column that it has not."""


def brief(stream: StreamLike, is_unchanged: bool, harm: Callable[[], str]) -> Brief:
    """What is cheap to read. Mostly nothing raises, and then it is read in one go."""
    try:
        return Brief(
            stream.active_stream_id,
            stream.active_request_id,
            stream.has_active_stream(),
            stream.is_live,
            UNCHANGED if is_unchanged else stream.get_all_stream_metadata(),
            harm(),
        )
    except Exception:  # noqa: BLE001 - then each is read by itself
        return Brief(
            _read(lambda: stream.active_stream_id),
            _read(lambda: stream.active_request_id),
            _read(lambda: stream.has_active_stream()),  # noqa: PLW0108 - there may be no method
            _read(lambda: stream.is_live),
            _read(lambda: stream.get_all_stream_metadata()),  # noqa: PLW0108 - likewise
            harm(),
        )


def rows_written(connection: Connection) -> int | None:
    """How many rows this connection has written so far; None once it is closed."""
    try:
        return connection.total_changes
    except ProgrammingError:
        return None


def chunks(stream: StreamLike, id: str) -> Any:
    """``get_stream_chunks`` as (body, index) rows, or the exception."""
    rows = _read(lambda: stream.get_stream_chunks(id))
    if isinstance(rows, Raised):
        return rows
    try:
        return [(row["body"], row["chunk_index"]) for row in rows]
    except _NO_ROWS:
        return Misshapen(rows, "list of dicts with body and chunk_index")


def metadata(stream: StreamLike, id: str) -> Any:
    """``get_stream_metadata`` as (status, request), None, or the exception."""
    row = _read(lambda: stream.get_stream_metadata(id))
    if row is None or isinstance(row, Raised):
        return row
    try:
        return (row["status"], row["request_id"])
    except _NO_ROWS:
        return Misshapen(row, "dict with status and request_id, and not None")


def harm_to(connection: Connection, setting: Setting, *, ended_transaction: bool) -> str:
    """What was done to the caller's connection; "" if it was left as it was."""
    try:
        left_open = connection.in_transaction
    except ProgrammingError:
        return "closed it"
    if ended_transaction:
        return "ended the transaction that the caller had open"
    if left_open:
        return "left a transaction open"
    return _changed_in(connection, setting)


def _changed_in(connection: Connection, setting: Setting) -> str:
    if connection.row_factory is not ROW_FACTORIES[setting.rows]:
        return "changed the row factory"
    if connection.text_factory is not str:
        return "changed the text factory"
    if connection.isolation_level != setting.isolation_level:
        return "changed the isolation level"
    return ""


def _read(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - that it raises is what is observed
        return Raised(f"{type(error).__name__}: {error}")
