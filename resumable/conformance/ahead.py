"""Telling a target in advance what will be performed, if it wants to know.

A target at the other end of a pipe answers many requests that are sent at once far faster
than one after the other. What to send next depends on where the specification is; mostly
that can be foreseen, and where it cannot, any sequence of commands is as good as another.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from model import INITIAL, Command, Limits, State
from model.commands import moved
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.target import Target, step_of

Choose = Callable[[State, int], Command]
"""What to send next, by the state and the clock."""


class Planned(NamedTuple):
    """A command that will be performed, at its time; ``looks`` if ``detail`` will follow."""

    command: Command
    now_ms: int
    looks: bool


class PlansAhead(Protocol):
    """A target that wants to know in advance."""

    def plan(self, plan: Iterable[Planned]) -> None:
        """Exactly this will be performed after the next ``open``, or the first part of it."""
        ...


def plan(target: Target, commands: Iterable[Command], *, looks: bool) -> None:
    """Tell ``target`` that these will be performed, if it wants to know."""
    tell = _wish_of(target)
    if tell is not None:
        tell(_timed(commands, looks=looks))


def foreseen(
    target: Target, choose: Choose, length: int, end: Command, limits: Limits, *, looks: bool
) -> Choose:
    """``choose`` itself, or what it would choose if all goes as foreseen, if ``target`` wants
    to know that: ``length`` commands, after which comes ``end``, at which it is looked."""
    tell = _wish_of(target)
    if tell is None:
        return choose
    commands = list(chosen(target, choose, length, limits))
    *plan, last = _timed([*commands, end], looks=looks)
    tell([*plan, last._replace(looks=True)])
    left = iter(commands)
    return lambda _state, _now_ms: next(left)


def _wish_of(target: Target) -> Callable[[Iterable[Planned]], None] | None:
    """``plan``, if it ``PlansAhead``. Every sequence asks: see ``target.step_of``."""
    plan: Callable[[Iterable[Planned]], None] | None = getattr(target, "plan", None)
    return plan


def _timed(commands: Iterable[Command], *, looks: bool) -> Iterator[Planned]:
    now_ms = EPOCH_MS
    for command in commands:
        now_ms = moved(now_ms, command)
        yield Planned(command, now_ms, looks)


def chosen(target: Target, choose: Choose, length: int, limits: Limits) -> Iterator[Command]:
    """What ``choose`` would choose, one after the other, if all goes as foreseen."""
    permitted = step_of(target)
    state, now_ms = INITIAL, EPOCH_MS
    for _ in range(length):
        command = choose(state, now_ms)
        yield command
        now_ms = moved(now_ms, command)
        state = permitted(state, command, now_ms, limits)[0].state
