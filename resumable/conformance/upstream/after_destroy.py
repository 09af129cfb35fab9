"""What the original does once it is destroyed: it goes on until it meets a table that is gone.

Nothing of it reaches the disk, and a new instance ends it. Which error it raises is not told
apart.
"""

from model import (
    Advance,
    Burst,
    Command,
    Destroy,
    Flush,
    InsertStale,
    Limits,
    Outcome,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restore,
    Start,
    State,
    Store,
    WhileDiskFails,
)
from model.outcome import DONE, refused
from model.state import Memory
from model.transitions import buffered


def after_destroy(state: State, command: Command, limits: Limits) -> Outcome:
    """The one outcome of ``command`` on a destroyed instance."""
    memory = state.memory
    match command.call if isinstance(command, WhileDiskFails) else command:
        case Store(stream, body):
            return _stored(state, stream, [body], limits)
        case Burst(stream) as many:
            return _stored(state, stream, many.bodies, limits)
        case Start(stream, request) if not memory.buffer:
            return refused("closed", _active(state, stream, request, is_live=True))
        case Destroy() if not memory.buffer:
            return Outcome(DONE, _active(state, None, None, is_live=memory.is_live))
        case InsertStale() | Restore():
            return refused("closed", state)
        case call:
            needs_none = _needs_no_table(call, memory)
            return Outcome(DONE, state) if needs_none else refused("closed", _emptied(state))


def _needs_no_table(command: Command, memory: Memory) -> bool:
    match command:
        case Advance():
            return True
        case Flush():
            return not memory.buffer
        case Replay() | ReplayToDeadSocket() | ReplayWhileSending():
            return memory.active is None
        case _:
            return False


def _stored(state: State, stream: str, bodies: list[str], limits: Limits) -> Outcome:
    """Chunks are taken, until there are enough of them to be written."""
    for body in bodies:
        state = buffered(state, stream, body, limits)
        if len(state.memory.buffer) >= limits.flush_chunks:
            return refused("closed", _emptied(state))
    return Outcome(DONE, state)


def _emptied(state: State) -> State:
    """A flush forgets what it was to write before it fails."""
    return state._replace(memory=state.memory._replace(buffer=()))


def _active(state: State, stream: str | None, request: str | None, *, is_live: bool) -> State:
    memory = state.memory._replace(active=stream, request=request, is_live=is_live)
    return state._replace(memory=memory)
