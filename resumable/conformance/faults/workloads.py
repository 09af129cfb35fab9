"""Workloads: every short sequence of commands, the last of which is to be struck."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from model import (
    INITIAL,
    Advance,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    MarkError,
    Replay,
    Restart,
    Restore,
    Start,
    Store,
    step,
)
from model.commands import moved
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.explore.alphabet import BURSTS, Word, body
from resumable.conformance.explore.places import begun_by_now
from resumable.conformance.explore.scope import Scope, View
from resumable.conformance.vocabulary import UNKNOWN

Workload = tuple[Command, ...]


def _active(view: View) -> str:
    return view.state.memory.active or view.gone or UNKNOWN


def _start(view: View) -> list[Start]:
    return [] if view.is_full else [Start(view.new, f"request-{view.new}")]


def _insert(view: View) -> list[InsertStale]:
    age_ms = view.scope.limits.stale_age_ms + 1
    return [] if view.is_full else [InsertStale(view.new, f"request-{view.new}", age_ms)]


EVERYWHERE: Final = (
    Word("start a stream, unless two are on disk", _start),
    Word("store to the active stream", lambda view: [Store(_active(view), body(view))]),
    BURSTS,
    Word("flush", lambda _: [Flush()]),
    Word("complete the active stream", lambda view: [Complete(_active(view))]),
    Word("replay", lambda _: [Replay("request")]),
    Word("clear_all", lambda _: [ClearAll()]),
)
"""What may be struck, and may come before what is struck."""

_RESTART: Final = Word("restart", lambda _: [Restart()])

BEFORE: Final = (
    _RESTART,
    Word(
        "move the clock on, until all is stale, and a sweep is due for what has ended",
        lambda view: [Advance(view.scope.limits.sweep_age_ms + 1)],
    ),
)
"""What only comes before."""

STRUCK: Final = (
    _RESTART,
    Word("mark_error for the active stream", lambda view: [MarkError(_active(view))]),
    Word("restore", lambda _: [Restore()]),
    Word("destroy", lambda _: [Destroy()]),
    Word("insert a stale stream", _insert),
)
"""What only comes last. A restart also comes before; it is struck by errors only, since a
crash of the process that restarts is struck with every other crash."""


class Beginning(NamedTuple):
    """The commands that come before one that is struck, and where they lead."""

    view: View
    commands: tuple[Command, ...]

    @property
    def workloads(self) -> list[Workload]:
        """With each command that may be struck here, always in the same order."""
        return [
            (*self.commands, command)
            for command in _commands((*EVERYWHERE, *STRUCK), self.view)
        ]


def beginnings(scope: Scope, length: int) -> Iterator[Beginning]:
    """Every sequence of exactly ``length`` commands before the last, always in the same
    order."""
    if length == 0:
        yield Beginning(View(scope, INITIAL, EPOCH_MS, (), 0), ())
        return
    for view, before in beginnings(scope, length - 1):
        for command in _commands((*EVERYWHERE, *BEFORE), view):
            yield Beginning(_after(view, command), (*before, command))


def workloads(scope: Scope, length: int) -> Iterator[Workload]:
    """Every sequence of exactly ``length`` commands, always in the same order."""
    for beginning in beginnings(scope, length - 1):
        yield from beginning.workloads


def _commands(words: Sequence[Word], view: View) -> list[Command]:
    return [command for word in words for command in word.commands(view)]


def _after(view: View, command: Command) -> View:
    """Where rows tie, a target may go another way; the next commands make sense there, too."""
    now_ms = moved(view.now_ms, command)
    state = step(view.state, command, now_ms, view.scope.limits)[0].state
    begun = begun_by_now(view.begun, state)
    return View(view.scope, state, now_ms, begun, view.number + 1)
