"""What the tables of revealing programs are written with."""

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
    MarkError,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from resumable.conformance.setting import DEFAULT, Setting


class Program(NamedTuple):
    """Commands of which the last shows that a mutant is wrong, and no earlier one does."""

    commands: tuple[Command, ...]
    setting: Setting = DEFAULT


Table = dict[str, Program]
"""Name of the mutant -> the program that reveals it."""


def program(*commands: Command, setting: Setting = DEFAULT) -> Program:
    return Program(commands, setting)


def while_disk_fails_at(row: int, call: Command) -> Command:
    """``call``, while the disk fails at the row of this number, from 0, and all after it."""
    return WhileDiskFails(call, row)  # type: ignore[arg-type] # the tables name calls only


ON_FILE: Final = Setting(storage="file")
BACKWARDS: Final = Setting(scans="backwards")

S1: Final = Start("s1", "r1")
S2: Final = Start("s2", "r2")
AGAIN: Final = Start("s2", "r1")
"""Another stream for the same request."""

A: Final = Store("s1", "a")
B: Final = Store("s1", "b")
X: Final = Store("x", "a")
"""A chunk of a stream that was never started, which is the shortest way to have one."""

Y: Final = Store("x", "b")
TWO: Final = Burst("x", "b", 2)
TEN: Final = Burst("x", "b", 10)
FLUSH: Final = Flush()

C1: Final = Complete("s1")
CX: Final = Complete("x")
"""Forgets what is active, and may sweep, but ends no stream."""

E1: Final = MarkError("s1")
EX: Final = MarkError("x")
REPLAY: Final = Replay("r1")
DEAD: Final = ReplayToDeadSocket("r1", 0)
RESTART: Final = Restart()
RESTORE: Final = Restore()
CLEAR: Final = ClearAll()
DESTROY: Final = Destroy()

STALE_MS: Final = 300_000
DAY_MS: Final = 86_400_000
TICK: Final = Advance(1)
DAY: Final = Advance(DAY_MS)
OVER_A_DAY: Final = Advance(DAY_MS + 1)


def while_sending(call: Command, at_frame: int = 0) -> Command:
    """A replay with ``call`` made from inside ``send`` of the frame of this number, from 0."""
    return ReplayWhileSending("r1", call, at_frame)  # type: ignore[arg-type] # as above


def inserted(stream: str, age_ms: int) -> InsertStale:
    return InsertStale(stream, "r1", age_ms)
