"""Commands as requests, and replies as what the harness compares."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    Limits,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from model.limits import ORIGINAL
from resumable.conformance.codec import snake
from resumable.conformance.protocol.json_types import typed
from resumable.conformance.target import Brief, Detail, Raised, Row, Rows, Seen

Named = Callable[[str], str]
"""What a stream is called on the wire."""

Request = dict[str, Any]

KINDS: Final[frozenset[type[Command]]] = frozenset(
    {
        Advance,
        Burst,
        ClearAll,
        Complete,
        Destroy,
        Flush,
        InTransaction,
        InsertStale,
        KillDuring,
        MarkError,
        Reopen,
        Replay,
        ReplayToDeadSocket,
        ReplayWhileSending,
        Restart,
        Restore,
        Start,
        Store,
        WhileDiskFails,
    }
)
"""The kinds of command that there are requests for."""

_OBSERVED: Final = tuple([name for name in Brief._fields if name != "connection"])
_RETURN: Final = (Start, Replay, ReplayToDeadSocket, ReplayWhileSending)
"""Kinds whose value is looked at."""

_REFUSALS: Final = (None, "other", "closed", "duplicate", "socket", "disk")


class Answer(NamedTuple):
    """A reply, read."""

    seen: Seen
    brief: Brief
    detail: Detail | None
    """What was looked at, if that was asked for."""


def opening(database: str | None, limits: Limits) -> Request:
    """The request that begins a sequence."""
    request: Request = {"do": "open", "database": database}
    return {**request, "limits": changed(limits)} if changed(limits) else request


def changed(limits: Limits) -> dict[str, int]:
    """The limits that are not the original's."""
    pairs = zip(limits._asdict().items(), ORIGINAL, strict=True)
    return {name: limit for (name, limit), usual in pairs if limit != usual}


def request(command: Command, named: Named) -> Request:
    """The request for a command, but for the time."""
    if isinstance(command, InTransaction | KillDuring | WhileDiskFails):
        return {**request(command.call, named), **_surroundings(command)}
    match command:
        case ReplayWhileSending(text, call, at_frame):
            inner = request(call, named)
            return {"do": "replay", "request": text, "at_frame": at_frame, "call": inner}
        case Burst(stream):
            return {"do": "store", "stream": named(stream), "bodies": command.bodies}
        case Store(stream, body):
            return {"do": "store", "stream": named(stream), "bodies": [body]}
        case ReplayToDeadSocket():
            return {"do": "replay", **_arguments(command)}
        case _:
            arguments = _arguments(command)
            if "stream" in arguments:
                arguments["stream"] = named(arguments["stream"])
            return {"do": snake(type(command)), **arguments}


def _surroundings(command: Command) -> Request:
    """What the request for a call is given besides, where a fault surrounds it."""
    if isinstance(command, InTransaction):
        return {"in_transaction": True}
    arguments = _arguments(command)
    del arguments["call"]
    return arguments


def _arguments(command: Command) -> Request:
    return {field.name: getattr(command, field.name) for field in dataclasses.fields(command)}


def answer(
    reply: Mapping[str, Any],
    command: Command | None,
    called: Mapping[str, str] | None,
    *,
    has_rows: bool,
) -> Answer:
    """What the reply to a command (to ``open``, if that is None) says. ``called`` are the
    streams to be looked at, with what each was called in the request; None if that was not
    asked for. Raises ValueError, which says what is wrong with the reply."""
    return Answer(
        _seen(reply, has_value=_has_value(command)),
        _brief(reply),
        None if called is None else _detail(reply.get("looked"), called, has_rows=has_rows),
    )


def _has_value(command: Command | None) -> bool:
    """Whether what the call returns is looked at. That of one that is killed is lost."""
    while isinstance(command, InTransaction | WhileDiskFails):
        command = command.call
    return isinstance(command, _RETURN)


def _seen(reply: Mapping[str, Any], *, has_value: bool) -> Seen:
    refused = reply.get("refused", "other" if "error" in reply else None)
    if refused not in _REFUSALS:
        raise ValueError(f"'refused' is {refused!r}, which is no reason to refuse")
    return Seen(
        reply.get("value") if has_value else None,
        tuple(typed("frames", reply.get("frames", []), list)),
        refused,
        typed("disk_failed", reply.get("disk_failed", False), bool),
        typed("error", reply.get("error", ""), str),
    )


def _detail(looked: Any, called: Mapping[str, str], *, has_rows: bool) -> Detail:
    looked = typed("looked", looked, dict)
    chunks = typed("chunks", looked.get("chunks"), dict)
    metadata = typed("metadata", looked.get("metadata"), dict)
    for each in called.values():
        if each not in chunks or each not in metadata:
            raise ValueError(f"'looked' has nothing of {each!r}")
    return Detail(
        {name: _chunks(chunks[each]) for name, each in called.items()},
        {name: _metadata(metadata[each]) for name, each in called.items()},
        _rows(typed("rows", looked.get("rows"), dict)) if has_rows else None,
    )


def _brief(reply: Mapping[str, Any]) -> Brief:
    observed = typed("observed", reply.get("observed"), dict)
    for name in _OBSERVED:
        if name not in observed:
            raise ValueError(f"'observed' has no {name!r}")
    return Brief(
        **{name: _read(observed[name]) for name in _OBSERVED},
        connection=typed("connection", reply.get("connection", ""), str),
    )


def _read(value: Any) -> Any:
    """A value, or that reading it raised."""
    if isinstance(value, dict) and list(value) == ["raised"]:
        return Raised(str(value["raised"]))
    return value


def _chunks(value: Any) -> Any:
    """As (body, index) rows. What is something else stays, so that a report shows it."""
    try:
        return [(row["body"], row["chunk_index"]) for row in value]
    except (TypeError, KeyError):
        return _read(value)


def _metadata(value: Any) -> Any:
    try:
        return value["status"], value["request_id"]
    except (TypeError, KeyError):
        return _read(value)


def _rows(value: dict[str, Any]) -> Rows:
    streams, chunks = _table("streams", value, 5), _table("chunks", value, 4)
    return Rows(
        streams or (), chunks or (), has_tables=streams is not None or chunks is not None
    )


def _table(name: str, tables: dict[str, Any], columns: int) -> tuple[Row, ...] | None:
    rows = _read(tables.get(name))
    if rows is None or isinstance(rows, Raised):
        return None
    for row in typed(name, rows, list):
        if not isinstance(row, list) or len(row) != columns:
            raise ValueError(f"a row of {name} has {columns} columns, which {row!r} has not")
    return tuple(map(tuple, rows))
