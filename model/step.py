"""What each command does: every outcome that the specification permits, in one ``match``."""

from typing import assert_never

from model.commands import (
    REBIRTHS,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    CutPower,
    CutPowerDuring,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
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
    WhileFaulty,
)
from model.faults import inside, to_dead_socket, while_disk_fails, while_faulty
from model.limits import ORIGINAL, Limits
from model.outcome import DONE, Outcome, Reply, refused
from model.reentry import replayed, replayed_while_sending
from model.state import Disk, State
from model.transitions import (
    cleared,
    completed,
    destroyed,
    ended,
    flushed,
    restorable,
    restored,
    started,
    stored,
    with_stale,
)

INITIAL = State()
"""A new database and its first instance."""


def step(
    state: State, command: Command, now: int, limits: Limits = ORIGINAL
) -> tuple[Outcome, ...]:
    """Every permitted outcome of ``command`` at ``now`` (ms since the epoch).

    There is one, except where streaming rows tie at a restart, and where a fault strikes.
    A loss of power may take more than is said here (``model.crash``): that depends on the
    journal, and on what came before.
    """
    if state.memory.is_destroyed and not isinstance(command, SURVIVES_DESTROY):
        return (refused("closed", state),)
    match command:
        case Store(stream, body):
            return _done(stored(state, stream, body, now, limits))
        case Advance():
            return _done(state)
        case Burst(stream):
            for body in command.bodies:
                state = stored(state, stream, body, now, limits)
            return _done(state)
        case Start(stream, request):
            return (Outcome(Reply(stream), started(state, stream, request, now)),)
        case Flush():
            return _done(flushed(state, now))
        case Complete(stream):
            return _done(completed(state, stream, now, limits))
        case MarkError(stream):
            return _done(ended(state, stream, "error", now))
        case Replay():
            return (replayed(state, command, now, limits),)
        case ReplayToDeadSocket(request, frames_taken):
            sent = replayed(state, Replay(request), now, limits)
            return to_dead_socket(sent, state, frames_taken, now)
        case ReplayWhileSending(_, call):
            calls = step(flushed(state, now), call, now, limits)
            return replayed_while_sending(calls, state, command, now, limits)
        case Restart() | Reopen() | CutPower():
            return _restore(State(state.disk._replace(has_tables=True)), now, limits)
        case Restore():
            return _restore(state, now, limits)
        case ClearAll():
            return _done(cleared(state))
        case Destroy():
            return _done(destroyed(state))
        case InsertStale(stream, request, age_ms):
            if any(row.id == stream for row in state.disk.streams):
                return (refused("duplicate", state),)
            return _done(with_stale(state, stream, request, now - age_ms))
        case WhileDiskFails(call):
            clean = step(state, call, now, limits)
            return while_disk_fails(clean, state, call, now, limits)
        case InTransaction(call):
            return step(state, call, now, limits)
        case WhileFaulty(call):
            clean = step(state, call, now, limits)
            return while_faulty(clean, state, call, now, limits)
        case KillDuring(call) | CutPowerDuring(call):
            return _killed(state, call, now, limits)
        case _:
            assert_never(command)


SURVIVES_DESTROY = (
    Destroy,
    *REBIRTHS,
    Advance,
    InTransaction,
    WhileDiskFails,
    WhileFaulty,
)


def _done(state: State) -> tuple[Outcome, ...]:
    return (Outcome(DONE, state),)


def midway(state: State, command: Command, now: int, limits: Limits) -> tuple[Disk, ...]:
    """What a crash inside ``command`` may leave, besides the disks before and after it. A
    replay lets a call in between its flush and its end; and where the power is lost, a whole
    call may come before the restart, which may delete what is stale."""
    match command:
        case ReplayWhileSending(request, call, at_frame):
            flush = inside(state, Replay(request), now, limits)
            if at_frame >= len(replayed(state, Replay(request), now, limits).reply.frames):
                return flush
            return (*flush, *throughout(flushed(state, now), call, now, limits))
        case CutPowerDuring(call):
            return throughout(state, call, now, limits)
        case _:
            return inside(state, command, now, limits)


def throughout(state: State, call: Command, now: int, limits: Limits) -> tuple[Disk, ...]:
    """Every disk that a call leads to, on its way and at its end. A loss of power may come
    before the restart from another, which may delete what is stale."""
    if isinstance(call, CutPowerDuring):
        before = throughout(state, call.call, now, limits)
    else:
        before = inside(state, call, now, limits)
    after = [outcome.state.disk for outcome in step(state, call, now, limits)]
    return (*before, *after)


def _killed(state: State, call: Command, now: int, limits: Limits) -> tuple[Outcome, ...]:
    """The reply is lost. A new process restores the disk as it was before the call, as it
    is after it, or as it was in between where the call is more than one transaction."""
    disks = (state.disk, *throughout(state, call, now, limits))
    outcomes = [
        outcome
        for disk in dict.fromkeys(disks)
        for outcome in step(State(disk), Restart(), now, limits)
    ]
    return tuple(dict.fromkeys(outcomes))


def _restore(state: State, now: int, limits: Limits) -> tuple[Outcome, ...]:
    rows = restorable(state.disk)
    if not rows:
        return _done(state)
    return tuple([Outcome(DONE, restored(state, row, now, limits)) for row in rows])
