"""Errors at every point of a call: what raised has done nothing, and can be tried again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from model import (
    Command,
    Flush,
    Reopen,
    Replay,
    Start,
    State,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.crash import Durability
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults.coming_back import after
from resumable.conformance.faults.figures import KINDS, Counts
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.target import Target, TargetError
from resumable.conformance.workers import Beat

POINTS_MAX: Final = 10_000
"""No call has so many. One that can be struck that often never comes to an end."""


Make = Callable[[int], WhileFaulty | WhileDiskFails]
"""The struck command, by how many points are let through."""


class Errors:
    """Strikes the last commands of workloads, on ``target`` in ``mode``; ``beat`` is called
    before each strike."""

    def __init__(self, target: Target, scope: Scope, mode: Durability, beat: Beat) -> None:
        self._beat: Final = beat
        self._target: Final = target
        self._scope: Final = scope
        self._mode: Final[Durability] = mode
        self._seen: Final[set[tuple[State, ...]]] = set()

    def everywhere(self, kind: str, workload: Workload, counts: Counts) -> None:
        """At each point in turn, until the call comes through unharmed. A call that raised
        has done nothing, so that the next try needs no new beginning.

        Raises DivergedError.
        """
        make = strikes(kind, workload[-1])
        point: int | None = 0
        self._seen.clear()
        while point is not None:
            with after(self._target, self._scope, self._mode, workload[:-1]) as lockstep:
                point = self._until_it_happens(lockstep, make, point, counts)
                go_on(lockstep)
        counts.distinct += len(self._seen)

    def _until_it_happens(
        self, lockstep: Lockstep, make: Make, first: int, counts: Counts
    ) -> int | None:
        """Strike from point ``first`` on until the call has happened; the next point to
        strike at, or None if it happened without being struck."""
        for point in range(first, POINTS_MAX):
            self._beat()
            before = lockstep.states
            lockstep.do(make(point))
            seen = lockstep.steps[-1].seen
            if not seen.disk_failed:
                counts.workloads += point > 0
                return None
            self._seen.add(lockstep.states)
            counts.points += 1
            counts.raised += seen.refused is not None
            counts.after += seen.refused is None
            if lockstep.states != before:
                return point + 1
        raise endless(make(0))


def go_on(lockstep: Lockstep) -> None:
    """Work on with the target, which shows the rest of its memory: buffer, counter, what is
    active. Raises DivergedError."""
    active = lockstep.states[0].memory.active or "none"
    commands: tuple[Command, ...] = (
        *(Store(active, "x"), Flush(), Store(active, "y"), Replay("more")),
        *(Start("more", "more"), Store("more", "z"), Reopen()),
    )
    for command in commands:
        lockstep.do(command)


def strikes(kind: str, struck: Any) -> Make:
    """Strike ``struck`` with a kind of fault. Each try to start a stream takes another name."""

    def make(point: int) -> WhileFaulty | WhileDiskFails:
        call = struck
        if isinstance(call, Start) and point:
            call = replace(call, stream=f"{call.stream}-{point}")
        fault = KINDS[kind].fault
        if fault is None:
            return WhileDiskFails(call, point)
        return WhileFaulty(call, fault, point)

    return make


def endless(command: Command) -> TargetError:
    """What to raise where each further point can be struck, too."""
    return TargetError(f"comes to no end when it is struck: {command}")
