"""What the observed shows of a mistake: frames, chunks and rows against those permitted.

An implementation may return anything at all, so that nothing here trusts a type.
"""

import json
import re
from collections import Counter
from typing import Any, Final

from model.circumstances import has_active, old_rows, texts_of
from model.commands import Call, Command, InsertStale, Store, innermost
from model.departure import Departure
from model.frames import well_formed
from model.state import Chunk, Pending

Body = tuple[str, int]
"""The body of a chunk, and its index."""

Frames = tuple[Any, ...]
"""What was sent, each in its place; a client takes texts alone."""

_PLAIN: Final = re.compile("[a-zA-Z][0-9]*")
_TIMES_FROM: Final = 3


# -- Refusals --


def raises_unasked(it: Departure) -> bool:
    """Something was raised, and nothing may be."""
    return it.where == "raises" and it.seen is not None and it.permitted is None


# -- Chunks --


def chunks_are_missing(it: Departure) -> bool:
    return bool(_lost(it))


def nothing_arrived(it: Departure) -> bool:
    """Of what was to be flushed, nothing was."""
    before = {(chunk.body, chunk.position) for chunk in it.before.disk.chunks}
    return bool(_lost(it)) and before.issuperset(_bodies(it.seen))


def is_shuffled(it: Departure) -> bool:
    """The very same chunks or frames, in another order."""
    return _is_shuffled(*_frames(it)) or _is_shuffled(_bodies(it.seen), _bodies(it.permitted))


def indexes_are_wrong(it: Departure) -> bool:
    """The same chunks under other indexes, of which a replay shows the order alone."""
    if it.where == "frames":
        return is_shuffled(it) and "rows of chunks" in it.others
    return "chunk_index" in it.where and not is_shuffled(it)


def indexes_repeat(it: Departure) -> bool:
    """Some stream has two chunks of the same index."""
    chunks: list[Chunk | Pending] = [*it.before.disk.chunks, *it.before.memory.buffer]
    places = [(chunk.stream, chunk.position) for chunk in chunks]
    return _repeats(places) or _repeats(_indexes(_read(it.permitted)))


def chunks_appear(it: Departure) -> bool:
    """There are chunks that should be gone."""
    return bool(_added(it))


def loses_chunks_of_another(it: Departure) -> bool:
    """What was stored for a stream that is not the active one is missing."""
    ended = {row.id for row in it.before.disk.streams if row.ended_at is not None}
    active = it.before.memory.active
    return any(
        (chunk.body, chunk.position) in _lost(it)
        and chunk.stream != active
        and (has_active(it) or chunk.stream in ended)
        for chunk in it.before.memory.buffer
    )


def files_chunks_elsewhere(it: Departure) -> bool:
    """What was waiting for one stream has come to be another's."""
    added = _added(it)
    return any((chunk.body, chunk.position) in added for chunk in it.before.memory.buffer)


def _repeats(values: list[Any]) -> bool:
    return bool(Counter(values) - Counter({*values}))


def _indexes(bodies: list[Body]) -> list[int]:
    return [index for _, index in bodies]


def _read(value: Any) -> list[Body]:
    """Chunks of one stream, as they are read."""
    return [row for row in _rows(value) if _types(row) == [str, int]]


def _bodies(value: Any) -> list[Body]:
    """Chunks as they are read, or as they are on disk."""
    stored = [row for row in _rows(value) if _types(row)[1:3] == [str, int]]
    return _read(value) + [row[1:3] for row in stored]


def _added(it: Departure) -> Counter[Body]:
    return Counter(_bodies(it.seen)) - Counter(_bodies(it.permitted))


def _lost(it: Departure) -> Counter[Body]:
    return Counter(_bodies(it.permitted)) - Counter(_bodies(it.seen))


def _is_shuffled(seen: Frames | list[Body], permitted: Frames | list[Body]) -> bool:
    return seen != permitted and sorted(map(repr, seen)) == sorted(map(repr, permitted))


# -- Text --


def changes_text(it: Departure) -> bool:
    """A text comes out other than it went in, or one is lost, or refused, that is unusual."""
    if raises_unasked(it):
        call = innermost(it.command)
        return isinstance(call, Store | InsertStale) and _brings_unusual_text(call)
    match it.where:
        case "frames":
            return _sends_another_body(it)
        case "active_request_id":
            return isinstance(it.permitted, str) and not _is_plain(it.permitted)
        case "get_all_stream_metadata()":
            return _changes_a_request(it)
    return "index" not in it.where and _changes_a_body(it)


def refuses_text(it: Departure) -> bool:
    """As ``changes_text``, or a call is refused whose text is unusual in any way."""
    if raises_unasked(it):
        return _brings_unusual_text(innermost(it.command))
    return changes_text(it) or _sends_the_id_that_came(it)


def _brings_unusual_text(call: Command | Call) -> bool:
    return not all(_is_plain(text) for text in texts_of(call))


def _changes_a_request(it: Departure) -> bool:
    """A row whose request is unusual is there, and right but for that."""
    if _without_requests(it.seen) != _without_requests(it.permitted):
        return False
    requests = [row[2] for row in it.permitted if row not in it.seen]
    return bool(requests) and not any(_is_plain(request) for request in requests)


def _without_requests(value: Any) -> list[Any]:
    return [(*row[:2], *row[3:]) if type(row) is tuple else row for row in _rows(value)]


def _changes_a_body(it: Departure) -> bool:
    lost = [body for body, _ in _lost(it)]
    if lost and not any(_is_plain(body) for body in lost):
        return True
    seen, permitted = _bodies(it.seen), _bodies(it.permitted)
    return seen != permitted and _indexes(seen) == _indexes(permitted)


def _is_plain(text: str) -> bool:
    """``a``, ``b0``, ``r1``: the texts that mean nothing in a shortest program."""
    return _PLAIN.fullmatch(text) is not None


# -- Frames --


def is_written_differently(it: Departure) -> bool:
    """A frame says the same in another text, or nothing that a client understands."""
    seen, permitted = _first_frames(it)
    if not _is_frame(seen):
        return permitted is not None
    return _meaning(seen) == _meaning(permitted)


def is_sent_under_another_id(it: Departure) -> bool:
    seen, permitted = _first_frames(it)
    return _is_frame(seen) and bool(seen["id"] != permitted["id"])


def sends_other_chunks(it: Departure) -> bool:
    """The frames differ that are chunks, not the one that ends the replay."""
    seen, permitted = ([*filter(_is_chunk, frames)] for frames in _frames(it))
    return seen != permitted


def leaves_chunks_unflushed(it: Departure) -> bool:
    """The disk lacks what a replay has to send."""
    return bool(it.before.memory.buffer) and "rows of chunks" in it.others


def _sends_another_body(it: Departure) -> bool:
    seen, permitted = _first_frames(it)
    as_many = len(it.seen) == len(it.permitted)
    return as_many and _is_frame(seen) and permitted["body"] not in ("", seen["body"])


def _sends_the_id_that_came(it: Departure) -> bool:
    """Surrogates and all."""
    seen, permitted = _first_frames(it)
    return is_sent_under_another_id(it) and well_formed(seen["id"]) == permitted["id"]


def _first_frames(it: Departure) -> tuple[Any, Any]:
    """The first two that differ, as objects."""
    pairs = zip(*_frames(it), strict=False)
    seen, permitted = next((pair for pair in pairs if pair[0] != pair[1]), (None, None))
    return _parsed(seen), _parsed(permitted)


def _frames(it: Departure) -> tuple[Frames, Frames]:
    """Those that were sent, and those that should have been."""
    return (it.seen, it.permitted) if it.where == "frames" else ((), ())


def _parsed(frame: Any) -> Any:
    try:
        return json.loads(frame)
    except (TypeError, ValueError, RecursionError):
        return None


def _is_chunk(frame: Any) -> bool:
    parsed = _parsed(frame)
    return _is_frame(parsed) and not (parsed["done"] or parsed.get("replayComplete"))


def _is_frame(value: Any) -> bool:
    """Whether a client would understand it."""
    return isinstance(value, dict) and all(
        isinstance(value.get(name), kind)
        for name, kind in (("body", str), ("done", bool), ("id", str))
    )


def _meaning(frame: Any) -> tuple[Any, ...]:
    return frame["body"], frame["done"], frame["id"], frame.get("replayComplete", False)


# -- Rows --


def differs_in_time_alone(it: Departure) -> bool:
    """The rows are right but for when something happened."""
    return _without_times(it.seen) == _without_times(it.permitted)


def loses_old_rows(it: Departure) -> bool:
    """A stream that ended long ago is gone."""
    return not {row.id for row in old_rows(it)}.isdisjoint(_lost_ids(it))


def loses_what_is_stored(it: Departure) -> bool:
    """A stream is gone that was on disk, or a chunk of one."""
    stored = {(chunk.body, chunk.position) for chunk in it.before.disk.chunks}
    return bool(_lost_ids(it)) or not stored.isdisjoint(_lost(it))


def is_not_what_the_disk_has(it: Departure) -> bool:
    """The raw rows are right, and yet a read-out tells something else."""
    return it.rows_agree and it.where.endswith("()")


def _lost_ids(it: Departure) -> set[str]:
    return _ids(it.permitted) - _ids(it.seen) if "metadata" in it.where else set()


def _ids(value: Any) -> set[str]:
    return {row[0] for row in _rows(value) if _types(row)[:1] == [str]}


def _without_times(value: Any) -> list[Any]:
    """In every table the times come last, and None is no time."""
    return [
        [field for at, field in enumerate(row) if at < _TIMES_FROM or field is None]
        if type(row) is tuple
        else row
        for row in _rows(value)
    ]


def _rows(value: Any) -> list[Any]:
    """What a list or a tuple holds; anything else stands alone."""
    return [*value] if isinstance(value, list | tuple) else [value]


def _types(row: Any) -> list[type]:
    """Of each field; what is no row has no fields."""
    return [type(field) for field in row] if type(row) is tuple else []
