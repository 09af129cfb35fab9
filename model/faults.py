"""What a failing disk or a dead socket may leave behind.

The rule is that a call that raises has done nothing. Its two exceptions are said here: a
chunk that ``Store`` accepted is kept although its flush failed, and a replay that fails
after its flush may leave the flush done.
"""

from collections.abc import Iterator

from model.commands import (
    Burst,
    Call,
    Command,
    CutPowerDuring,
    Replay,
    ReplayToDeadSocket,
    Restart,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.limits import Limits
from model.outcome import Outcome, Refusal, Reply, refused
from model.state import Disk, State
from model.transitions import buffered, flushed, must_flush_first, stored

Outcomes = tuple[Outcome, ...]

KEPT = Reply(disk_failed=True)


def while_disk_fails(
    clean: Outcomes, state: State, call: Call, now: int, limits: Limits
) -> Outcomes:
    """Either the call wrote too few rows to notice (``clean``), or the disk failed it. Of
    what is destroyed there is no disk left to fail."""
    if state.memory.is_destroyed:
        return clean
    return (*clean, *_failed(clean, state, call, now, limits))


def while_faulty(
    clean: Outcomes, state: State, call: Call | Restart, now: int, limits: Limits
) -> Outcomes:
    """As ``while_disk_fails``, for faults that may strike only once, and at reads and locks,
    too: the call may not have minded, and a replay, which may read while it sends, may fail
    after any of its frames. A constructor that raised has done nothing, so that the next one
    restores the same. What is destroyed may still ask the database, and fail with it."""
    unharmed = [outcome._replace(reply=_struck(outcome.reply)) for outcome in clean]
    if isinstance(call, Restart):
        return (*clean, *unharmed, *[refused("disk", outcome.state) for outcome in clean])
    if state.memory.is_destroyed:
        return (*clean, *unharmed, refused("disk", state))
    failed = list(_failed(clean, state, call, now, limits))
    match call:
        case Burst(stream):
            failed.extend(_burst_failed_once(state, stream, call.bodies, now, limits))
        case Replay() | ReplayToDeadSocket():
            frames = clean[0].reply.frames
            for sent in range(len(frames)):
                failed.extend(flush_may_stay("disk", state, frames[:sent], now))
    return tuple(dict.fromkeys((*clean, *unharmed, *failed)))


def to_dead_socket(clean: Outcome, state: State, frames_taken: int, now: int) -> Outcomes:
    """The exception of ``send`` comes through, and the stream is as it was."""
    frames = clean.reply.frames
    if frames_taken >= len(frames):
        return (clean,)
    return flush_may_stay("socket", state, frames[:frames_taken], now)


def inside(state: State, command: Command, now: int, limits: Limits) -> tuple[Disk, ...]:
    """What a crash *inside* the command may leave, besides the disks before and after it.

    A call is one transaction, so there is mostly nothing. A burst is several calls, and a
    replay flushes before it sends, if there is anything to send.
    """
    if state.memory.is_destroyed:
        return ()
    match command:
        case Burst(stream):
            disks = []
            for body in command.bodies:
                state = stored(state, stream, body, now, limits)
                disks.append(state.disk)
            return tuple(disks)
        case Replay() | ReplayToDeadSocket():
            return () if state.memory.active is None else (flushed(state, now).disk,)
        case WhileFaulty(Burst(stream) as call):
            return _after_any_chunk(state, stream, call.bodies, now, limits)
        case WhileDiskFails(call) | WhileFaulty(call) | CutPowerDuring(call):
            return inside(state, call, now, limits)
        case _:
            return ()


def _failed(clean: Outcomes, state: State, call: Call, now: int, limits: Limits) -> Outcomes:
    match call:
        case Store(stream, body):
            return (_stores_failed(state, stream, [body], limits),)
        case Burst(stream):
            return _burst_failed(state, stream, call.bodies, now, limits)
        case Replay() | ReplayToDeadSocket() if state.memory.active is not None:
            sent = flush_may_stay("disk", state, clean[0].reply.frames, now)
            return (refused("disk", state), *sent)
        case _:
            return (refused("disk", state),)


def _stores_failed(state: State, stream: str, bodies: list[str], limits: Limits) -> Outcome:
    """Each chunk is kept, its flush left to a later call, until the buffer takes no more."""
    for body in bodies:
        after = buffered(state, stream, body, limits)
        if after is not state and must_flush_first(state, limits):
            return refused("disk", state)
        state = after
    return Outcome(KEPT, state)


def _burst_failed(
    state: State, stream: str, bodies: list[str], now: int, limits: Limits
) -> Outcomes:
    """The disk may have failed from any of the burst's flushes on."""
    flushes = _flushes(state, stream, bodies, now, limits)
    return tuple([_stores_failed(before, stream, left, limits) for before, left in flushes])


def _burst_failed_once(
    state: State, stream: str, bodies: list[str], now: int, limits: Limits
) -> Outcomes:
    """One of the burst's flushes has failed, and the next chunk's has done its work."""
    outcomes = []
    for before, (body, *later) in _flushes(state, stream, bodies, now, limits):
        healed = _stores_failed(before, stream, [body], limits).state
        for each in later:
            healed = stored(healed, stream, each, now, limits)
        outcomes.append(Outcome(KEPT, healed))
    return tuple(outcomes)


def _flushes(
    state: State, stream: str, bodies: list[str], now: int, limits: Limits
) -> Iterator[tuple[State, list[str]]]:
    """Each flush of a burst: the state before the chunk that brings it about, and the chunks
    from that one on."""
    for number, body in enumerate(bodies):
        after = stored(state, stream, body, now, limits)
        if after.disk is not state.disk:
            yield state, bodies[number:]
        state = after


def _after_any_chunk(
    state: State, stream: str, bodies: list[str], now: int, limits: Limits
) -> tuple[Disk, ...]:
    """A flush that failed is made up for with whatever chunk comes next; before it, if the
    buffer takes no more."""
    disks = [flushed(state, now).disk] if must_flush_first(state, limits) else []
    for body in bodies:
        state = buffered(state, stream, body, limits)
        disks.append(flushed(state, now).disk)
    return tuple(disks)


def _struck(reply: Reply) -> Reply:
    return reply._replace(disk_failed=True)


def flush_may_stay(
    reason: Refusal, state: State, frames: tuple[str, ...], now: int
) -> Outcomes:
    """A replay was refused after ``frames``: all is as it was, but for a flush that it made
    before it sent the first."""
    states = dict.fromkeys((state, flushed(state, now)))
    return tuple([refused(reason, each, frames) for each in states])
