"""How an observation differs from a permitted outcome. Nothing found means that it agrees."""

from collections.abc import Collection, Iterator
from typing import Any

from model import Disk, Outcome, State
from model.outcome import Reply
from resumable.conformance.divergence import Difference
from resumable.conformance.observed import (
    ACCESSORS,
    Accessors,
    Namer,
    Observation,
    accessors_permitted,
    chunks_permitted,
    one_metadata_permitted,
    rows_permitted,
)
from resumable.conformance.target import Detail, Raised, Rows, Seen

CRASH = "a crash inside the command"
DISK_FAILED = "the disk failed it"
ANY_ERROR = "an error: the instance was destroyed"


def differences(outcome: Outcome, observation: Observation, namer: Namer) -> list[Difference]:
    """Everything that differs, the reply first; what agrees costs little."""
    reply, state = outcome
    found: list[Difference] = []
    if reply != observation.reply[:4]:
        found.extend(_reply(reply, observation.reply))
    if state.memory.is_destroyed:
        found.extend(_destroyed(state, observation))
    else:
        accessors = accessors_permitted(state)
        if accessors != observation.accessors:
            found.extend(_accessors(accessors, observation.accessors))
        metadata = namer.metadata_permitted(state.disk)
        if metadata != observation.metadata:
            found.append(
                Difference("get_all_stream_metadata()", observation.metadata, metadata)
            )
    if observation.connection:
        found.append(Difference("connection", observation.connection, "left as it was"))
    if observation.detail is not None:
        found.extend(detail_differences(state, observation.detail))
    return found


def crash_differences(permitted: Collection[Disk], detail: Detail) -> list[Difference]:
    """What a crash inside the command would have kept, although nothing permits that."""
    allowed = [rows_permitted(disk)[:2] for disk in permitted]
    torn = [rows[:2] for rows in detail.midway if rows[:2] not in allowed]
    return [Difference(CRASH, torn[0], allowed)] if torn else []


def agrees(reply: Reply, seen: Seen) -> bool:
    """Whether a target's reply is the permitted one."""
    return not any(_reply(reply, seen))


def _reply(reply: Reply, seen: Seen) -> Iterator[Difference]:
    if not _same_refusal(reply, seen):
        yield Difference("raises", seen.error or None, reply.refused)
    if reply.value != seen.value:
        yield Difference("returns", seen.value, reply.value)
    if reply.frames != seen.frames:
        yield Difference("frames", seen.frames, reply.frames)
    if reply.disk_failed != seen.disk_failed:
        yield Difference(DISK_FAILED, seen.disk_failed, reply.disk_failed)


def _same_refusal(reply: Reply, seen: Seen) -> bool:
    """A stranger's error ("other") may mean any refusal, but for the socket's own error."""
    if seen.refused == "other":
        return reply.refused not in (None, "socket")
    return reply.refused == seen.refused


def _accessors(permitted: Accessors, seen: Accessors) -> Iterator[Difference]:
    for name, value, right in zip(ACCESSORS, seen, permitted, strict=True):
        if value != right:
            yield Difference(name, value, right)


def _destroyed(state: State, observation: Observation) -> Iterator[Difference]:
    """Accessors may raise or answer. What ``is_live`` says of no stream has no meaning."""
    permitted = accessors_permitted(state)
    for name, value, right in zip(ACCESSORS, observation.accessors, permitted, strict=True):
        if value != right and name != "is_live" and not isinstance(value, Raised):
            yield Difference(name, value, right)
    if not isinstance(observation.metadata, Raised):
        yield Difference("get_all_stream_metadata()", observation.metadata, ANY_ERROR)


def detail_differences(state: State, detail: Detail) -> Iterator[Difference]:
    """What differs in all that is not compared after every command."""
    disk, is_destroyed = state.disk, state.memory.is_destroyed
    for name, seen in detail.chunks.items():
        right: Any = ANY_ERROR if is_destroyed else chunks_permitted(disk, name)
        if not _read_agrees(seen, right, is_destroyed):
            yield Difference(_where_chunks_differ(seen, right), seen, right, name)
    for name, seen in detail.metadata.items():
        right = ANY_ERROR if is_destroyed else one_metadata_permitted(disk, name)
        if not _read_agrees(seen, right, is_destroyed):
            yield Difference("get_stream_metadata()", seen, right, name)
    if detail.rows is not None:
        yield from _rows(detail.rows, rows_permitted(disk))


def _where_chunks_differ(seen: Any, right: Any) -> str:
    """The same bodies under other indexes is another mistake than other bodies."""
    comparable = isinstance(seen, list) and isinstance(right, list)
    if comparable and _bodies(seen) == _bodies(right):
        return "chunk_index in get_stream_chunks()"
    return "get_stream_chunks()"


def _bodies(chunks: list[tuple[Any, Any]]) -> list[str]:
    return sorted([str(body) for body, _ in chunks])


def _read_agrees(seen: Any, right: Any, is_destroyed: bool) -> bool:
    return isinstance(seen, Raised) if is_destroyed else seen == right


def _rows(seen: Rows, right: Rows) -> Iterator[Difference]:
    if seen.streams != right.streams:
        yield Difference("rows of metadata", seen.streams, right.streams)
    if seen.chunks != right.chunks:
        yield Difference("rows of chunks", seen.chunks, right.chunks)
    if seen.has_tables != right.has_tables:
        yield Difference("the tables exist", seen.has_tables, right.has_tables)
