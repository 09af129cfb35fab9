"""What a call from inside ``send`` does to the replay around it.

A replay takes its chunks before it sends the first, so that nothing that happens meanwhile
changes them. How it ends is decided when they are sent: a stream that is no longer active
by then is done, and is nobody's orphan. Only then is the last frame sent; an orphan that it
was sent for is completed after it, whatever was done from inside that last ``send``.
"""

from model.commands import Replay, ReplayWhileSending
from model.faults import flush_may_stay
from model.limits import Limits
from model.outcome import DONE, Outcome, Reply, refused
from model.state import State
from model.transitions import completed, flushed, is_orphan, last_sent, sent

Outcomes = tuple[Outcome, ...]


def replayed(state: State, command: Replay, now: int, limits: Limits) -> Outcome:
    """The active stream's frames with the one that ends them. A live stream goes on; an
    orphan is completed."""
    stream = state.memory.active
    if stream is None:
        return Outcome(DONE, state)
    state = flushed(state, now)
    frames = [*sent(state, command.request), last_sent(state, stream, command.request)]
    return _ended(stream, is_orphan(state, stream), frames, state, now, limits)


def replayed_while_sending(
    calls: Outcomes, state: State, command: ReplayWhileSending, now: int, limits: Limits
) -> Outcomes:
    """``calls`` is what the call may come to once the replay has flushed."""
    clean = replayed(state, Replay(command.request), now, limits)
    if command.at_frame >= len(clean.reply.frames):
        return (clean,)
    outcomes = [
        outcome
        for call in calls
        for outcome in _around(call, clean, state, command, now, limits)
    ]
    return tuple(dict.fromkeys(outcomes))


def _around(
    call: Outcome,
    clean: Outcome,
    state: State,
    command: ReplayWhileSending,
    now: int,
    limits: Limits,
) -> Outcomes:
    """The replay that would be ``clean`` without ``call``."""
    *frames, last = clean.reply.frames
    taken = command.at_frame + 1
    if call.reply.refused is not None:
        return flush_may_stay(call.reply.refused, state, clean.reply.frames[:taken], now)
    stream = state.memory.active
    assert stream is not None
    ends_orphan = clean.reply.value is not None
    if taken <= len(frames):
        last = last_sent(call.state, stream, command.request)
        ends_orphan = is_orphan(call.state, stream)
    frames = [*frames, last]
    frames[taken:taken] = call.reply.frames
    if ends_orphan and call.state.memory.is_destroyed:
        return (refused("closed", call.state, tuple(frames)),)
    return (_ended(stream, ends_orphan, frames, call.state, now, limits),)


def _ended(
    stream: str, is_orphan: bool, frames: list[str], state: State, now: int, limits: Limits
) -> Outcome:
    if not is_orphan:
        return Outcome(Reply(None, tuple(frames)), state)
    return Outcome(Reply(stream, tuple(frames)), completed(state, stream, now, limits))
