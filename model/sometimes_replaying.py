"""What a run has to have seen of replays."""

from typing import Final

from model.commands import Replay, ReplayToDeadSocket, ReplayWhileSending, Start, Store
from model.properties import Moment, Property, claim
from model.state import Chunk, Pending

REPLAYING: Final[list[Property]] = []


@claim(REPLAYING, Replay)
def an_orphan_is_replayed(it: Moment) -> bool:
    return it.reply.value is not None


@claim(REPLAYING, Replay)
def a_live_stream_is_replayed(it: Moment) -> bool:
    return bool(it.reply.frames) and it.before.memory.is_live


@claim(REPLAYING, Replay)
def a_replay_finds_nothing_active(it: Moment) -> bool:
    return it.before.memory.active is None and it.reply.refused is None


@claim(REPLAYING, Replay)
def a_replay_flushes_first(it: Moment) -> bool:
    return bool(it.before.memory.buffer) and bool(it.reply.frames)


@claim(REPLAYING, Replay)
def a_replay_goes_under_another_request(it: Moment) -> bool:
    assert isinstance(it.command, Replay)
    return bool(it.reply.frames) and it.command.request != it.before.memory.request


@claim(REPLAYING, ReplayToDeadSocket)
def a_socket_dies_in_the_middle(it: Moment) -> bool:
    return it.reply.refused == "socket" and bool(it.reply.frames)


# -- A call from inside send --


@claim(REPLAYING, ReplayWhileSending)
def a_chunk_is_stored_from_inside_send(it: Moment) -> bool:
    assert isinstance(it.command, ReplayWhileSending)
    was_made = it.command.at_frame < len(it.reply.frames)
    return was_made and isinstance(it.call, Store)


@claim(REPLAYING, ReplayWhileSending)
def a_stream_ends_from_inside_send(it: Moment) -> bool:
    ended = it.reply.value is None and it.after.memory.active is None
    return _calls_with_a_chunk_in_hand(it) and ended


@claim(REPLAYING, ReplayWhileSending)
def a_stream_starts_from_inside_send(it: Moment) -> bool:
    return _calls_with_a_chunk_in_hand(it) and isinstance(it.call, Start)


@claim(REPLAYING, ReplayWhileSending)
def what_starts_when_an_orphan_is_done_is_forgotten_at_once(it: Moment) -> bool:
    assert isinstance(it.command, ReplayWhileSending)
    starts = isinstance(it.call, Start) and it.command.at_frame < len(it.reply.frames)
    return starts and it.after.memory.active is None


@claim(REPLAYING, ReplayWhileSending)
def a_replay_comes_in_the_middle_of_another(it: Moment) -> bool:
    return _calls_with_a_chunk_in_hand(it) and isinstance(it.call, Replay)


def _calls_with_a_chunk_in_hand(it: Moment) -> bool:
    """The call is made, and not with the last frame."""
    assert isinstance(it.command, ReplayWhileSending)
    chunks: list[Chunk | Pending] = [*it.before.disk.chunks, *it.before.memory.buffer]
    own = sum(chunk.stream == it.before.memory.active for chunk in chunks)
    return it.command.at_frame < own and it.reply.refused is None
