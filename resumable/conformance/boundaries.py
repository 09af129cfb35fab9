"""Short sequences that leave nothing to chance: every age at which a rule may change, and then
every kind of command."""

import random
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, get_args

from model import (
    INITIAL,
    ORIGINAL,
    Advance,
    Burst,
    Command,
    Complete,
    InsertStale,
    MarkError,
    Restart,
    Start,
    Store,
    step,
)
from model.commands import moved
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.hunt.errands import Aim, aimed
from resumable.conformance.vocabulary import WEIGHTS, View, vocabulary

Way = tuple[Command, ...]

_START: Final = Start("s1", "r1")
_STALE_AGES: Final = (ORIGINAL.stale_age_ms, ORIGINAL.stale_age_ms + 1)
_SWEEP_AGES: Final = (ORIGINAL.sweep_age_ms, ORIGINAL.sweep_age_ms + 1)
_AIMED: Final = (Store, Complete, MarkError)


@cache
def at_boundaries(seed: int) -> tuple[Way, ...]:
    """Each way with each kind of command at its end, and each stream that it may aim at."""
    chance = random.Random(f"boundaries/{seed}")  # noqa: S311 - a seed gives the same ones
    return tuple([(*way, last) for way in _ways() for last in _lasts(way, chance)])


def _ways() -> Iterator[Way]:
    for age_ms in _STALE_AGES + _SWEEP_AGES:
        yield (InsertStale("s1", "r1", age_ms),)
        yield (_START, Advance(age_ms))
    for age_ms in _SWEEP_AGES:
        yield (_START, Complete("s1"), Advance(age_ms))
        yield (_START, MarkError("s1"), Advance(age_ms))
    yield from ((), (_START,), (_START, Restart()), (Burst("unknown", "b", 9),))
    yield from ((_START, Store("s1", "a")), (_START, Store("s1", "a"), Restart()))
    yield from ((_START, Start("s2", "r2")), (_START, Complete("s1")))


def _lasts(way: Way, chance: random.Random) -> Iterator[Command]:
    state, now_ms = INITIAL, EPOCH_MS
    for command in way:
        now_ms = moved(now_ms, command)
        state = step(state, command, now_ms)[0].state
    begun = dict.fromkeys(
        [each.stream for each in way if isinstance(each, Start | InsertStale)]
    )
    view = View(state, now_ms, list(begun))

    def choose(options: Any) -> Any:
        return options[int(chance.random() * len(options))]

    for kind in WEIGHTS:
        last = vocabulary(ORIGINAL).command(kind, view, choose)
        aims: tuple[Aim, ...] = get_args(Aim) if kind in _AIMED else ("active",)
        for aim in aims:
            yield aimed(last, aim, state)
