"""What a surprise is, and what their predicates are made of; they themselves are in
``surprises``."""

from collections.abc import Callable
from typing import Final, NamedTuple

from model.commands import (
    Command,
    Complete,
    CutPower,
    InTransaction,
    MarkError,
    Reopen,
    Restart,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.properties import Moment, Predicate
from model.state import State, Stream


class Surprise(NamedTuple):
    """One of them."""

    name: str
    says: str
    """What was done, to be read after "it": ``forgets the active stream``."""

    wanted: str
    """The rule that a service would want in its place."""

    shows: Predicate
    """Whether a step shows it."""

    example: tuple[Command, ...]
    """A program that shows it, at its last command; none of them can be left out."""


SURPRISES: Final[dict[str, Surprise]] = {}
"""By name, in the order of a stream's life."""


def surprise(wanted: str, *example: Command) -> Callable[[Predicate], Predicate]:
    """Add the predicate below, its docstring being what it says."""

    def add(shows: Predicate) -> Predicate:
        name, says = shows.__name__, " ".join((shows.__doc__ or "").split()).rstrip(".")
        says = says[:1].lower() + says[1:]
        SURPRISES[name] = Surprise(name, says, wanted, shows, example)
        return shows

    return add


def call_of(it: Moment) -> Command:
    """What was called, if the caller got its reply."""
    command: Command = it.command
    while isinstance(command, InTransaction | WhileDiskFails | WhileFaulty):
        command = command.call
    return command


def was_done(it: Moment) -> bool:
    return it.reply.refused is None


def is_reborn(it: Moment) -> bool:
    """A new instance begins, and no call was lost on the way."""
    return isinstance(call_of(it), Restart | Reopen | CutPower)


def ends(it: Moment) -> bool:
    return isinstance(call_of(it), Complete | MarkError) and was_done(it)


def row_of(it: Moment) -> Stream | None:
    """The row of the stream that the call names."""
    name = getattr(call_of(it), "stream", None)
    return next((row for row in it.before.disk.streams if row.id == name), None)


def positions(state: State, stream: str) -> list[int]:
    """The positions of a stream's chunks, in the order in which they were stored."""
    flushed = [chunk.position for chunk in state.disk.chunks if chunk.stream == stream]
    return flushed + [each.position for each in state.memory.buffer if each.stream == stream]


def new_positions(it: Moment) -> list[int]:
    """The positions of a stream that streams, if the last one of them is new."""
    row, call = row_of(it), call_of(it)
    if not isinstance(call, Store) or row is None or row.ended_at is not None:
        return []
    after = positions(it.after, row.id)
    return after if len(after) > len(positions(it.before, row.id)) else []


def rows_after_active(it: Moment) -> list[Stream]:
    """The rows that were inserted after that of the active stream, and are no older."""
    rows = it.after.disk.streams
    for at, row in enumerate(rows):
        if row.id == it.after.memory.active:
            return [other for other in rows[at + 1 :] if other.created_at >= row.created_at]
    return []
