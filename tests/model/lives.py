"""Lives of the specification's state machine, command by command."""

from typing import Final

from model import (
    INITIAL,
    ORIGINAL,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    Limits,
    MarkError,
    Outcome,
    Restore,
    Start,
    State,
    step,
)
from model.commands import Call

NOW_MS: Final = 1_767_225_600_000

SMALL: Final = Limits(
    flush_chunks=3,
    buffer_chunks_max=5,
    chunk_bytes_max=8,
    stale_age_ms=50,
    sweep_interval_ms=100,
    sweep_age_ms=1_000,
)


WRITING: Final[list[Call]] = [
    Flush(),
    Start("s2", "r"),
    Complete("s1"),
    MarkError("s1"),
    Restore(),
    ClearAll(),
    Destroy(),
    InsertStale("s2", "r", 1),
]
"""The calls that write by themselves, and do nothing if they cannot."""


class Life:
    """One state after another, where the specification leaves no choice."""

    def __init__(self, limits: Limits = ORIGINAL) -> None:
        self.limits: Final = limits
        self.state = INITIAL
        self.now = NOW_MS

    def do(self, *commands: Command) -> Outcome:
        """The one outcome of the last command; each must have exactly one."""
        for command in commands:
            (outcome,) = self.permitted(command)
            self.state = outcome.state
        return outcome

    def permitted(self, command: Command) -> tuple[Outcome, ...]:
        """Every outcome of the command; only the clock has moved on."""
        if isinstance(command, Advance):
            self.now += command.ms
        return step(self.state, command, self.now, self.limits)


def life_of(*commands: Command, limits: Limits = ORIGINAL) -> Life:
    """A life that has come to the state after ``commands``."""
    life = Life(limits)
    for command in commands:
        life.do(command)
    return life


def after(*commands: Command, limits: Limits = ORIGINAL) -> State:
    return life_of(*commands, limits=limits).state


def started(chunks: int = 0, stream: str = "s1") -> tuple[Command, ...]:
    """A stream with its first chunks: "c0", "c1", …"""
    return Start(stream, "r"), Burst(stream, "c", chunks)


def permitted_states(*commands: Command, then: Command) -> list[State]:
    """The permitted states of the last command, small limits."""
    return [state for _, state in life_of(*commands, limits=SMALL).permitted(then)]
