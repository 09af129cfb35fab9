"""Circumstances of a command that rules and reports tell apart."""

from model.commands import Burst, Command, Store, WhileDiskFails
from model.limits import Limits
from model.state import State
from model.transitions import restorable


def always(_state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    """In every circumstance."""
    return True


def is_destroyed(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return state.memory.is_destroyed


def has_tie(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return len(restorable(state.disk)) > 1


def newest_is_stale(state: State, _command: Command, now: int, limits: Limits) -> bool:
    rows = restorable(state.disk)
    return bool(rows) and now - rows[0].created_at > limits.stale_age_ms


def newest_is_almost_stale(state: State, _command: Command, now: int, limits: Limits) -> bool:
    rows = restorable(state.disk)
    return bool(rows) and now - rows[0].created_at == limits.stale_age_ms


def something_streams(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return bool(restorable(state.disk))


def several_stream(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return sum(1 for row in state.disk.streams if row.status == "streaming") > 1


def has_active(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return state.memory.active is not None


def is_live(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return state.memory.active is not None and state.memory.is_live


def is_orphan(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return state.memory.active is not None and not state.memory.is_live


def nothing_active(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return state.memory.active is None


def has_pending(state: State, _command: Command, _now: int, _limits: Limits) -> bool:
    return bool(state.memory.buffer)


def ends_another(state: State, command: Command, _now: int, _limits: Limits) -> bool:
    stream = getattr(command, "stream", None)
    return state.memory.active is not None and stream != state.memory.active


def old_ended(state: State, _command: Command, now: int, limits: Limits) -> bool:
    cutoff = now - limits.sweep_age_ms
    return any(
        row.ended_at is not None and row.ended_at <= cutoff for row in state.disk.streams
    )


def is_too_large(_state: State, command: Command, _now: int, limits: Limits) -> bool:
    body = getattr(command, "body", "")
    return len(body.encode("utf-8", "surrogatepass")) > limits.chunk_bytes_max


def is_at_edge(_state: State, command: Command, _now: int, limits: Limits) -> bool:
    body = getattr(command, "body", "")
    return len(body.encode("utf-8", "surrogatepass")) == limits.chunk_bytes_max


def has_surrogate(_state: State, command: Command, _now: int, _limits: Limits) -> bool:
    text = getattr(command, "body", "") + getattr(command, "request", "")
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def fills_buffer(state: State, command: Command, _now: int, limits: Limits) -> bool:
    count = getattr(command, "count", 1)
    return len(state.memory.buffer) + count >= limits.flush_chunks


def disk_fails_a_store(_state: State, command: Command, _now: int, _limits: Limits) -> bool:
    return isinstance(command, WhileDiskFails) and isinstance(command.call, Store | Burst)
