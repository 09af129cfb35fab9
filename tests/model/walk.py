"""A long way through the specification, by a seeded die."""

import random
from collections.abc import Iterator
from typing import Final

from model import (
    INITIAL,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
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
    State,
    Store,
    WhileDiskFails,
    WhileFaulty,
    step,
)
from model.commands import Call
from model.properties import Moment
from tests.model.lives import NOW_MS, SMALL

_BODIES: Final = ["x", "", "too large", "\ud83d", "漢é", "exactly8"]
_STEPS_MS: Final = [0, 1, 7, 50, 51, 100, 1_000, 1_001, -60]
_RESTART_EVERY: Final = 40


def walk(seed: int, length: int) -> Iterator[Moment]:
    """Every permitted outcome of ``length`` commands; the walk goes on from one of them.
    Every so often it begins anew."""
    die = random.Random(seed)  # noqa: S311 - it has to come out the same again
    now = NOW_MS
    for number in range(length):
        if number % _RESTART_EVERY == 0:
            state = INITIAL
        command = _command(die, state)
        if isinstance(command, Advance):
            now += command.ms
        permitted = step(state, command, now, SMALL)
        for outcome in permitted:
            yield Moment(state, command, now, outcome, SMALL)
        state = die.choice(permitted).state


def _command(die: random.Random, state: State) -> Command:
    kind = die.randrange(20)
    if kind < 5:
        return Advance(die.choice(_STEPS_MS))
    if kind < 7:
        struck = WhileFaulty(Restart(), "io_error", 0)
        reborn = (Restart(), struck, InTransaction(Restart()))
        return die.choice(reborn) if kind == 5 else Reopen()
    if kind < 8:
        call = _call(die, state)
        return die.choice((KillDuring(call, 1), CutPowerDuring(call, 1, "none")))
    if kind < 10:
        call = _call(die, state)
        return die.choice((WhileDiskFails(call, 0), WhileFaulty(call, "io_error", 0)))
    if kind < 12:
        return _replay_while_sending(die, state)
    return InTransaction(_call(die, state)) if kind == 12 else _call(die, state)


def _replay_while_sending(die: random.Random, state: State) -> Command:
    call = _call(die, state)
    if isinstance(call, ReplayToDeadSocket):
        return call
    return ReplayWhileSending("r", call, die.randint(0, 4))


def _call(die: random.Random, state: State) -> Call:
    """Mostly what a service calls, now and then what it should not."""
    new = f"s{len(state.disk.streams) + 1}"
    known = [row.id for row in state.disk.streams[-2:]]
    stream = die.choice([*known, *known, state.memory.active or "nobody", "nobody"])
    often: list[Call] = [
        Store(stream, die.choice(_BODIES)),
        Store(state.memory.active or stream, "x"),
        Burst(stream, "x", die.randint(1, 7)),
        Replay(die.choice(["r", "other"])),
    ]
    seldom: list[Call] = [
        Flush(),
        Complete(stream),
        MarkError(stream),
        ReplayToDeadSocket("r", die.randint(0, 4)),
        InsertStale(die.choice([new, stream]), "r", die.choice(_STEPS_MS)),
        Restore(),
    ]
    if die.random() < 0.03:
        return ClearAll() if die.random() < 0.5 else Destroy()
    if die.random() < 0.15 and new not in {row.id for row in state.disk.streams}:
        return Start(new, die.choice(["r", "\ud83d"]))
    return die.choice(often if die.random() < 0.6 else seldom)
