"""Errands: every short way into a rare state, followed by every kind of command there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from model import Command, Complete, Limits, MarkError, State, Store
from resumable.conformance.hunt.preludes import preludes
from resumable.conformance.left_out import LeftOut
from resumable.conformance.vocabulary import UNKNOWN, WEIGHTS

COVERS_EVERY: Final = 6
"""One sequence in so many runs an errand and counts what it covers, which takes as long as
the steps themselves."""

Aim = Literal["active", "another", "unknown"]
_AIMS: Final[tuple[Aim, ...]] = ("active", "another", "unknown")
_KINDS: Final = tuple(WEIGHTS)


class Errand(NamedTuple):
    """A kind of command to be sent, and at which stream."""

    kind: type[Command]
    aim: Aim


def errand(number: int, limits: Limits, left_out: LeftOut) -> Iterator[Command | Errand]:
    """Way and errand of this number; the numbers go through all of them, and round again."""
    ways = preludes(limits, left_out)
    number, way = divmod(number, len(ways))
    number, kind = divmod(number, len(_KINDS))
    yield from ways[way]
    yield Errand(_KINDS[kind], _AIMS[number % len(_AIMS)])


def aimed(command: Command, aim: Aim, state: State) -> Command:
    """``command`` sent at the stream that is meant, if there is one."""
    if not isinstance(command, Store | Complete | MarkError):
        return command
    active = state.memory.active
    others = [row.id for row in state.disk.streams if row.id != active]
    streams = {
        "active": active,
        "another": others[0] if others else None,
        "unknown": UNKNOWN,
    }
    return replace(command, stream=streams[aim] or command.stream)
