"""What the observed shows of a mistake: frames, chunks and rows against those permitted.

An implementation may return anything at all, so that nothing here trusts a type.
"""

import json
from collections import Counter
from typing import Any, NamedTuple

from model.circumstances import has_active, old_rows, texts_of
from model.commands import InsertStale, Store, innermost
from model.departure import Departure
from model.frames import well_formed
from model.state import Chunk, Pending

Body = tuple[str, int]
"""The body of a chunk, and its index."""


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
    if it.where == "frames":
        return _is_shuffled(list(it.seen), list(it.permitted))
    return "chunk" in it.where and _is_shuffled(_bodies(it.seen), _bodies(it.permitted))


def indexes_are_wrong(it: Departure) -> bool:
    """The same chunks under other indexes, of which a replay shows the order alone."""
    if it.where == "frames":
        return is_shuffled(it) and "rows of chunks" in it.others
    return "chunk_index" in it.where and not is_shuffled(it)


def indexes_repeat(it: Departure) -> bool:
    """Some stream has two chunks of the same index."""
    permitted = Counter([index for _, index in _bodies(it.permitted)])
    waiting: list[Chunk | Pending] = [*it.before.disk.chunks, *it.before.memory.buffer]
    places = Counter([(chunk.stream, chunk.position) for chunk in waiting])
    return max((*permitted.values(), *places.values()), default=0) > 1


def chunks_appear(it: Departure) -> bool:
    """There are chunks that should be gone."""
    return bool(Counter(_bodies(it.seen)) - Counter(_bodies(it.permitted)))


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
    added = Counter(_bodies(it.seen)) - Counter(_bodies(it.permitted))
    return any((chunk.body, chunk.position) in added for chunk in it.before.memory.buffer)


def _bodies(value: Any) -> list[Body]:
    """Chunks as they are read, or as they are on disk."""
    if not isinstance(value, list | tuple):
        return []
    rows = [row for row in value if type(row) is tuple]
    read = [row for row in rows if _types(row) == [str, int]]
    return read + [row[1:3] for row in rows if _types(row)[1:3] == [str, int]]


def _types(row: tuple[Any, ...]) -> list[type]:
    return [type(field) for field in row]


def _lost(it: Departure) -> Counter[Body]:
    if "chunk" not in it.where:
        return Counter()
    return Counter(_bodies(it.permitted)) - Counter(_bodies(it.seen))


def _is_shuffled(seen: list[Any], permitted: list[Any]) -> bool:
    return seen != permitted and sorted(map(repr, seen)) == sorted(map(repr, permitted))


# -- Text --


def changes_text(it: Departure) -> bool:
    """A text comes out other than it went in, or one is lost, or refused, that is unusual."""
    if raises_unasked(it):
        call = innermost(it.command)
        is_kept = isinstance(call, Store | InsertStale)
        return is_kept and not all(_is_plain(text) for text in texts_of(call))
    if it.where == "frames":
        return _has_as_many_frames(it) and _first_frames(it).bodies_differ
    if it.where == "active_request_id":
        return isinstance(it.permitted, str) and not _is_plain(it.permitted)
    if it.where == "get_all_stream_metadata()":
        return _changes_a_request(it)
    return "index" not in it.where and _changes_a_body(it)


def refuses_text(it: Departure) -> bool:
    """As ``changes_text``, or a call is refused whose text is unusual in any way."""
    if raises_unasked(it):
        return not all(_is_plain(text) for text in texts_of(innermost(it.command)))
    return changes_text(it) or _first_frames(it).ids_differ_as_sent


def _changes_a_request(it: Departure) -> bool:
    """A row whose request is unusual is there, and right but for that."""
    left, right = _without_requests(it.seen), _without_requests(it.permitted)
    requests = [row[2] for row in it.permitted if row not in it.seen] if left == right else []
    return bool(requests) and not any(_is_plain(request) for request in requests)


def _without_requests(rows: Any) -> Any:
    if not isinstance(rows, list | tuple):
        return rows
    return [(*row[:2], *row[3:]) if type(row) is tuple else row for row in rows]


def _changes_a_body(it: Departure) -> bool:
    lost = [body for body, _ in _lost(it)]
    if lost and not any(_is_plain(body) for body in lost):
        return True
    seen, permitted = _bodies(it.seen), _bodies(it.permitted)
    return len(seen) == len(permitted) and any(
        left[0] != right[0] and left[1] == right[1]
        for left, right in zip(seen, permitted, strict=True)
    )


def _is_plain(text: str) -> bool:
    """``a``, ``b0``, ``r1``: the texts that mean nothing in a shortest program."""
    number = text[1:]
    return text[:1].isalpha() and text.isascii() and (not number or number.isdigit())


# -- Frames --


class _Frames(NamedTuple):
    """The first two frames that differ, as objects."""

    seen: Any
    permitted: Any

    @property
    def are_written_differently(self) -> bool:
        """They mean the same, or what is sent means nothing to a client."""
        if not _is_frame(self.seen):
            return self.permitted is not None
        return _meaning(self.seen) == _meaning(self.permitted)

    @property
    def bodies_differ(self) -> bool:
        if not _is_frame(self.seen) or not self.permitted["body"]:
            return False
        return bool(self.seen["body"] != self.permitted["body"])

    @property
    def ids_differ(self) -> bool:
        return _is_frame(self.seen) and bool(self.seen["id"] != self.permitted["id"])

    @property
    def ids_differ_as_sent(self) -> bool:
        """The id is the one that came, surrogates and all."""
        return self.ids_differ and well_formed(self.seen["id"]) == self.permitted["id"]


def is_written_differently(it: Departure) -> bool:
    """The frames say the same in another text."""
    return _has_as_many_frames(it) and _first_frames(it).are_written_differently


def is_sent_under_another_id(it: Departure) -> bool:
    return _first_frames(it).ids_differ


def sends_other_chunks(it: Departure) -> bool:
    """The frames differ that are chunks, not the one that ends the replay."""
    seen, permitted = ([*filter(_is_chunk, frames)] for frames in (it.seen, it.permitted))
    return seen != permitted


def leaves_chunks_unflushed(it: Departure) -> bool:
    """The disk lacks what a replay has to send."""
    return bool(it.before.memory.buffer) and "rows of chunks" in it.others


def _has_as_many_frames(it: Departure) -> bool:
    return it.where == "frames" and len(it.seen) == len(it.permitted)


def _first_frames(it: Departure) -> _Frames:
    if it.where != "frames":
        return _Frames(None, None)
    pairs = zip(it.seen, it.permitted, strict=False)
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    return _Frames(*map(_parsed, differing[0])) if differing else _Frames(None, None)


def _parsed(frame: str) -> Any:
    try:
        return json.loads(frame)
    except (TypeError, ValueError):
        return None


def _is_chunk(frame: str) -> bool:
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


# -- Rows of metadata --


def differs_in_time_alone(it: Departure) -> bool:
    """The rows are right but for when something happened."""
    return bool(_without_times(it.seen) == _without_times(it.permitted))


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


def _lost_ids(it: Departure) -> set[Any]:
    return _ids(it.permitted) - _ids(it.seen) if "metadata" in it.where else set()


def _ids(value: Any) -> set[Any]:
    rows = value if isinstance(value, list | tuple) else ()
    return {row[0] for row in rows if type(row) is tuple and type(row[0]) is str}


def _without_times(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return [
        [field for field in row if type(field) is not int] if type(row) is tuple else row
        for row in value
    ]
