"""Where the original departs from the specification, declared: here, and nowhere else.

The specification rules differently on purpose. A difference takes the place of the
specification: in its circumstance the original has to do what is written here, and nothing
else, so that a difference that does not exist is a divergence.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from model import (
    Command,
    Destroy,
    KillDuring,
    Limits,
    Outcome,
    Reopen,
    Replay,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    State,
    Store,
    WhileDiskFails,
    step,
)
from model.classes import BUFFER_AT_MAXIMUM, LIVE_FULL
from model.faults import inside
from model.state import Stream
from model.transitions import restorable
from resumable.conformance.upstream import requests
from resumable.conformance.upstream.after_destroy import after_destroy
from resumable.conformance.upstream.failing import while_disk_fails

Outcomes = tuple[Outcome, ...]
Step = Callable[[State, Command, int, Limits], Outcomes]


class Declared(NamedTuple):
    """One difference."""

    name: str
    ruling: str
    """What the specification says."""

    original: str
    """What the original does."""

    reason: str
    """Why it is to stay."""

    is_at_stake: Callable[[State, Command], bool]
    outcomes: Callable[[State, Any, int, Limits, Step], Outcomes]
    """What the original does, as the specification would say it. The last argument is what
    all differences that are declared after this one make of the specification."""

    shown_by: tuple[Command, ...]
    """The shortest program that shows it, with its last command."""

    out_of_reach: tuple[str, ...] = ()
    """Classes of state, and telling moments, that by it never come about."""

    @property
    def says(self) -> str:
        """All of it, for people."""
        return f"{self.ruling} The original: {self.original} Why: {self.reason}"


def step_by(
    declared: tuple[Declared, ...], state: State, command: Command, now: int, limits: Limits
) -> Outcomes:
    """``model.step``, but for what is declared; the first that is at stake decides."""
    for number, each in enumerate(declared):
        if each.is_at_stake(state, command):
            rest = partial(step_by, declared[number + 1 :])
            return each.outcomes(state, command, now, limits, rest)
    return step(state, command, now, limits)


def original_step(state: State, command: Command, now: int, limits: Limits) -> Outcomes:
    """``model.step`` as the original takes it."""
    return step_by(DECLARED, state, command, now, limits)


def at_stake(state: State, command: Command) -> str | None:
    """The name of the difference that decides what ``command`` does; None if none does."""
    return next((each.name for each in DECLARED if each.is_at_stake(state, command)), None)


def _ties(state: State, command: Command) -> bool:
    if isinstance(command, KillDuring):
        return True
    call = command.call if isinstance(command, ReplayWhileSending) else command
    return isinstance(call, Restart | Reopen | Restore) and len(restorable(state.disk)) > 1


def _oldest(state: State, command: Command, now: int, limits: Limits, rest: Step) -> Outcomes:
    """The first of those that tie. After a kill that may be a row of the call's own."""
    if not isinstance(command, KillDuring):
        return rest(state, command, now, limits)[:1]
    call = command.call
    disks = [state.disk, *inside(state, call, now, limits)]
    disks += [outcome.state.disk for outcome in original_step(state, call, now, limits)]
    restarted = [step(State(disk), Restart(), now, limits)[0] for disk in disks]
    return tuple(dict.fromkeys(restarted))


def _outlives_destroy(state: State, command: Command) -> bool:
    return state.memory.is_destroyed and not isinstance(command, Restart | Reopen | KillDuring)


def _as_it_came(
    state: State, command: Command, now: int, limits: Limits, rest: Step
) -> Outcomes:
    own_frames = 0
    if isinstance(command, ReplayWhileSending):
        (alone,) = step(state, Replay(command.request), now, limits)
        own_frames = len(alone.reply.frames)
    outcomes = rest(state, command, now, limits)
    return tuple([requests.as_it_came(each, command, own_frames) for each in outcomes])


DECLARED: Final = (
    Declared(
        "after_destroy",
        "After destroy every method but destroy raises, and changes nothing.",
        "It takes chunks, loses them at the next flush, and start raises, but leaves a stream"
        " active.",
        "The tables are gone: whatever a destroyed instance does, a caller is better told so.",
        _outlives_destroy,
        lambda state, command, _, limits, __: (after_destroy(state, command, limits),),
        (Destroy(), Store("unknown", "")),
    ),
    Declared(
        "failing_disk",
        "A call that raises has done nothing, and a chunk that was accepted is kept.",
        "A flush forgets its buffer before it writes; what fails halfway stays half done, and"
        " start leaves a stream active that has no row.",
        "Its host ends an instance whose disk fails. Under SQLite a full disk is survived, and"
        " accepted chunks must be.",
        lambda _, command: isinstance(command, WhileDiskFails),
        lambda *arguments: (while_disk_fails(*arguments[:-1]),),
        (WhileDiskFails(Start("s1", "r1"), 0),),
        (
            LIVE_FULL,
            BUFFER_AT_MAXIMUM,
            "a chunk is kept though its flush failed",
            "a buffer at its maximum refuses a chunk",
            "a flush succeeds where one had failed",
        ),
    ),
    Declared(
        "odd_requests",
        "Half a surrogate pair in a request id becomes U+FFFD as it enters.",
        "Accessor and frames keep it as it came, until a restart reads it from the database.",
        "No encoding of Unicode can carry it, and what is stored should be what is sent.",
        lambda _, command: requests.asks_oddly(command),
        _as_it_came,
        (Start("s1", "\ud83d"),),
    ),
    Declared(
        "ties",
        "Of several streams that were started in the same millisecond a restart may resume any;"
        " our implementation resumes the last one started.",
        "It resumes the first one.",
        "SQL promises no order among equals. The last one started is what a client waits for.",
        _ties,
        _oldest,
        (Start("s1", "r1"), Start("s2", "r2"), Restart()),
    ),
)
"""All of them."""


def _untied(
    state: State, command: WhileDiskFails, now: int, limits: Limits, _rest: Step
) -> Outcomes:
    rows: list[Stream | None] = [None]
    if isinstance(command.call, Restore):
        rows = [*restorable(state.disk)] or rows
    return tuple([while_disk_fails(state, command, now, limits, row) for row in rows])


UNTIED: Final = tuple(
    [
        each._replace(outcomes=_untied) if each.name == "failing_disk" else each
        for each in DECLARED
        if each.name != "ties"
    ]
)
"""Those that hold on a file that others have made indexes in: any of a tie may come first."""
