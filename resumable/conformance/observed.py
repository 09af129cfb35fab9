"""What was observed after a command, in symbolic names, and what a state permits there."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from model import Disk, State
from model.state import Stream, in_order
from resumable.conformance.bindings import Bindings
from resumable.conformance.target import (
    UNCHANGED,
    Brief,
    Detail,
    Misshapen,
    Raised,
    Row,
    Rows,
    Seen,
)

ACCESSORS: Final = ("active_stream_id", "active_request_id", "has_active_stream", "is_live")

Accessors = tuple[Any, Any, Any, Any]
"""What the four read, in the order of their names."""


class Observation(NamedTuple):
    """All that was observed of one command, in symbolic names."""

    reply: Seen
    accessors: Accessors
    metadata: Any
    connection: str
    detail: Detail | None
    """None where the engine compares it only at the end of a sequence."""


class Namer:
    """Puts names for a target's ids. What did not change since the last command is not
    put together again, which is most of it."""

    __slots__ = ("_bindings", "_permitted", "_seen", "_streams")

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._seen: Any = None
        self._streams: tuple[Stream, ...] | None = None
        self._permitted: tuple[Row, ...] = ()

    def observation(self, reply: Seen, brief: Brief, detail: Detail | None) -> Observation:
        name = self._bindings.name
        active, request, has_active, is_live, returned, connection = brief
        if reply.value is not None:
            reply = reply._replace(value=name(reply.value))
        if returned is not UNCHANGED:
            self._seen = self._metadata(returned)
        if active is not None:
            active = name(active)
        detail = detail and self.detail(detail)
        accessors = (active, request, has_active, is_live)
        return Observation(reply, accessors, self._seen, connection, detail)

    def unnamed(self, returned: Any) -> Any:
        """The id in ``get_all_stream_metadata`` that has no name yet: a stream whose
        ``start`` was never answered, since the process was killed."""
        rows = self._metadata(returned)
        known = (*self._bindings.names.values(), *self._bindings.used)
        is_read = not isinstance(rows, Raised | Misshapen)
        ids = [row[0] for row in rows if row[0] not in known] if is_read else []
        return ids[0] if len(ids) == 1 else None

    def metadata_permitted(self, disk: Disk) -> tuple[Row, ...]:
        """The rows of ``get_all_stream_metadata``, in the order of their names."""
        if disk.streams is not self._streams:
            self._streams = disk.streams
            rows = [(row.id, row.status, row.request, row.created_at) for row in disk.streams]
            self._permitted = tuple(sorted(rows))
        return self._permitted

    def _metadata(self, returned: Any) -> Any:
        """SQL promises no order, so it is that of the names. Anything but rows stays as it
        is, so that a report shows it."""
        if isinstance(returned, Raised):
            return returned
        name = self._bindings.name
        try:
            rows = [
                (name(row["id"]), row["status"], row["request_id"], row["created_at"])
                for row in returned
            ]
            return tuple(sorted(rows))
        except (TypeError, KeyError, IndexError):
            wanted = "list of dicts with id, status, request_id and created_at"
            return Misshapen(returned, wanted)

    def detail(self, detail: Detail) -> Detail:
        """The same, in names."""
        rows = None if detail.rows is None else self._rows(detail.rows)
        midway = tuple([self._rows(rows) for rows in detail.midway])
        return detail._replace(rows=rows, midway=midway)

    def _rows(self, rows: Rows) -> Rows:
        name = self._bindings.name
        streams = sorted([(name(row[0]), *row[1:]) for row in rows.streams], key=_first)
        chunks = [(name(row[0]), *row[1:]) for row in rows.chunks]
        return Rows(tuple(streams), _by_stream(chunks), rows.has_tables)


def accessors_permitted(state: State) -> Accessors:
    memory = state.memory
    return memory.active, memory.request, memory.active is not None, memory.is_live


def chunks_permitted(disk: Disk, name: str) -> list[tuple[str, int]]:
    """``get_stream_chunks`` as (body, index)."""
    return [(chunk.body, chunk.position) for chunk in in_order(disk, name)]


def one_metadata_permitted(disk: Disk, name: str) -> tuple[str, str] | None:
    """``get_stream_metadata`` as (status, request)."""
    for row in disk.streams:
        if row.id == name:
            return row.status, row.request
    return None


def rows_permitted(disk: Disk) -> Rows:
    """The raw tables."""
    streams = sorted(
        [
            (row.id, row.request, row.status, row.created_at, row.ended_at)
            for row in disk.streams
        ],
        key=_first,
    )
    chunks = sorted(disk.chunks, key=lambda chunk: chunk.position)
    return Rows(tuple(streams), _by_stream([tuple(row) for row in chunks]), disk.has_tables)


def _by_stream(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The sort is stable: within a stream the rows stay in the order of a replay."""
    return tuple(sorted(rows, key=_first))


def _first(row: Row) -> str:
    return str(row[0])
