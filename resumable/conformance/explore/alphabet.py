"""The alphabets: which commands are tried in a state.

Each is a list of words. A word stands for one or several commands, depending on the state,
and says which. Streams are chosen by what they are (the active one, each other one on disk,
one that is not on disk), since their ids are arbitrary.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, NamedTuple

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
    step,
)
from model.commands import Call, PlainCall
from resumable.conformance.explore.scope import Scope, View
from resumable.conformance.vocabulary import UNKNOWN

ANOTHER_REQUEST: Final = "another"
"""A request that no stream was started for."""

_SMALL_BYTES: Final = 64


class Word(NamedTuple):
    """Some commands, and which they are."""

    says: str
    commands: Callable[[View], Sequence[Command]]


def commands(view: View) -> list[Command]:
    """Every command that is tried in ``view``, always in the same order."""
    tried = [each for word in alphabet_of(view.scope) for each in word.commands(view)]
    left_out = view.scope.left_out
    return [each for each in tried if not left_out.forbids(each)] if left_out else tried


@cache
def alphabet_of(scope: Scope) -> tuple[Word, ...]:
    """The words of a scope."""
    words = CORE if scope.alphabet == "core" else (*CORE, *OTHERS)
    return words if scope.bursts else tuple([word for word in words if word is not BURSTS])


def body(view: View) -> str:
    """A body that no earlier command has stored. Where limits are small it has exactly the
    greatest size; two that come early are odd in other ways."""
    number = view.number
    if number in _ODD_BODIES and not view.scope.left_out.lone_surrogates:
        return _ODD_BODIES[number]
    size = view.scope.limits.chunk_bytes_max
    return f"é{number:0{size - 2}}" if size < _SMALL_BYTES else f"é{number}"


_ODD_BODIES: Final = {2: "\ud8002", 3: "[3]"}
"""By the number of the command: with half a surrogate pair, and a JSON array."""


def too_large(view: View) -> str:
    """One byte too much; fewer letters than the limit has bytes, where limits are small."""
    size = view.scope.limits.chunk_bytes_max
    return "é" + "x" * (size - 1) if size < _SMALL_BYTES else "x" * (size + 1)


def _active_or_none(view: View) -> str:
    """The active stream; without one, a stream that is not on disk."""
    return view.state.memory.active or _none(view)


def _none(view: View) -> str:
    """A stream that is not on disk: preferably one that was."""
    return view.gone or UNKNOWN


def _others(view: View) -> list[str]:
    """Each stream on disk that is not active."""
    active = view.state.memory.active
    return [row.id for row in view.state.disk.streams if row.id != active]


def _start(view: View) -> list[Start]:
    return [] if view.is_full else [Start(view.new, f"request-{view.new}")]


def _store(view: View) -> list[Store]:
    streams = [_active_or_none(view), *_others(view)]
    return [Store(stream, body(view)) for stream in streams]


def _complete(view: View) -> list[Complete]:
    return [Complete(stream) for stream in [_active_or_none(view), *_others(view)]]


def _replay_own(view: View) -> list[Replay]:
    own = view.state.memory.request
    return [] if own is None else [Replay(own)]


def _store_empty(view: View) -> list[Store]:
    """Only where no other chunk is: each one doubles the states."""
    disk, memory = view.state
    if memory.active is None or disk.chunks or memory.buffer:
        return []
    return [Store(memory.active, "")]


def _to_none_while_active(view: View) -> list[Command]:
    if view.state.memory.active is None:
        return []
    return [Store(_none(view), body(view)), Complete(_none(view))]


def _dead_socket(view: View) -> list[ReplayToDeadSocket]:
    """To nobody, nothing is sent."""
    if view.state.memory.active is None:
        return []
    return [ReplayToDeadSocket(ANOTHER_REQUEST, taken) for taken in (0, 1)]


def _while_sending(view: View) -> list[ReplayWhileSending]:
    """With the first frame in hand, which is the last one too where no chunk is."""
    active = view.state.memory.active
    if active is None:
        return []
    calls: list[PlainCall] = [
        *_start(view),
        Store(active, body(view)),
        Complete(active),
        Replay(ANOTHER_REQUEST),
    ]
    return [ReplayWhileSending(ANOTHER_REQUEST, call, 0) for call in calls]


def _reopen(view: View) -> list[Reopen]:
    """Otherwise a restart, which is quicker, is no different."""
    return [Reopen()] if view.state.memory.buffer else []


def _insert_stale(view: View) -> list[InsertStale]:
    age_ms = view.scope.limits.stale_age_ms + 1
    fresh = [] if view.is_full else [InsertStale(view.new, f"request-{view.new}", age_ms)]
    taken = [InsertStale(row.id, row.request, age_ms) for row in view.state.disk.streams[:1]]
    return [*fresh, *taken]


def _burst(view: View) -> list[Burst]:
    active = view.state.memory.active
    if active is None:
        return []
    return [Burst(active, f"b{view.number}-", count) for count in view.scope.bursts]


def _calls(view: View) -> list[Call]:
    """One call of each kind that a service makes."""
    stream = _active_or_none(view)
    return [
        *_start(view),
        Store(stream, body(view)),
        Flush(),
        Complete(stream),
        MarkError(stream),
        Replay(ANOTHER_REQUEST),
        Restore(),
        ClearAll(),
    ]


def _in_transaction(view: View) -> list[InTransaction]:
    return [InTransaction(call) for call in _calls(view)]


def _while_disk_fails(view: View) -> list[WhileDiskFails]:
    """A call that writes nothing is as if the disk were whole."""
    calls = [call for call in _calls(view) if _writes(view, call)]
    at_once = [WhileDiskFails(call, 0) for call in calls]
    later = [WhileDiskFails(call, 1) for call in calls if _has_parts(view, call)]
    return [*at_once, *later]


def _has_parts(view: View, call: Call) -> bool:
    """Whether several rows are written by several statements."""
    if view.state.memory.buffer:
        return isinstance(call, Start | Complete | MarkError | ClearAll)
    return isinstance(call, ClearAll)


def _writes(view: View, call: Call) -> bool:
    """Whether the specification has ``call`` change the disk."""
    state, now, limits = view.state, view.now_ms, view.scope.limits
    return any(
        outcome.state.disk is not state.disk for outcome in step(state, call, now, limits)
    )


def _kill_during(view: View) -> list[KillDuring]:
    """In the middle of what is made of several statements once a chunk is pending."""
    if not view.state.memory.buffer:
        return []
    stream = _active_or_none(view)
    calls: list[Call] = [*_start(view), Store(stream, body(view)), Complete(stream)]
    return [KillDuring(call, 3) for call in calls]


def _advance(view: View) -> list[Advance]:
    return [Advance(ms) for ms in view.scope.jumps_ms]


BURSTS: Final = Word("bursts to the active stream", _burst)

CORE: Final = (
    Word("start a new stream, unless as many as the scope allows are on disk", _start),
    Word("store to the active stream (or to none, if none is) and each other one", _store),
    Word(
        "store one byte too much to the active stream",
        lambda view: [Store(_active_or_none(view), too_large(view))],
    ),
    BURSTS,
    Word("flush", lambda _: [Flush()]),
    Word("complete the active stream (or none, if none is), and each other one", _complete),
    Word("replay under a request of no stream", lambda _: [Replay(ANOTHER_REQUEST)]),
    Word("restart", lambda _: [Restart()]),
    Word("move the clock by each jump of the scope", _advance),
)

OTHERS: Final = (
    Word("store an empty chunk to the active stream, if it is the first of all", _store_empty),
    Word("replay under the active stream's request", _replay_own),
    Word(
        "store to none, and complete none, while a stream is active",
        _to_none_while_active,
    ),
    Word(
        "mark_error for the active stream (or none, if none is)",
        lambda view: [MarkError(_active_or_none(view))],
    ),
    Word("replay to a socket that dies at the first frame, and at the second", _dead_socket),
    Word(
        "replay to a socket that starts, stores, completes or replays from inside send of the"
        " first frame",
        _while_sending,
    ),
    Word("reopen while a chunk is pending", _reopen),
    Word("restore", lambda _: [Restore()]),
    Word("clear_all", lambda _: [ClearAll()]),
    Word("destroy", lambda _: [Destroy()]),
    Word("insert a stale stream: a new one, and one whose id is taken", _insert_stale),
    Word("each call in a transaction of the caller's", _in_transaction),
    Word(
        "start, store and complete while a chunk is pending, killed after three statements",
        _kill_during,
    ),
    Word(
        "each call that writes, while the disk fails at the first row; and at the second one,"
        " if it comes from another statement",
        _while_disk_fails,
    ),
)
