"""What the tests of the exploration share."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from resumable import ResumableStream
from resumable.conformance.divergence import DivergedError
from resumable.conformance.explore.alphabet import commands
from resumable.conformance.explore.places import follow
from resumable.conformance.explore.result import Explored
from resumable.conformance.explore.scope import Scope, View, small
from resumable.conformance.explore.search import Budget, Exploration, Here
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import classify
from resumable.conformance.targets.in_process import InProcess

CORE = small("core")
FULL = small("full")


def explored(target: Target, scope: Scope, depth: int) -> Explored:
    """Everything up to a depth, in this process."""
    return Exploration(Here(target), target.name, scope, Budget(depth)).run()


def of(factory: Callable[..., ResumableStream]) -> InProcess:
    """A class of ours, or a wrong one, as a target."""
    time = {"now_ms": 0}

    def construct(connection: sqlite3.Connection, limits: Any) -> ResumableStream:
        return factory(connection, clock=lambda: time["now_ms"], limits=limits)

    return InProcess(
        construct,
        name=factory.__name__,
        set_clock=lambda now_ms: time.update(now_ms=now_ms),
        classify=classify,
    )


def every_trail(target: Target, scope: Scope, depth: int) -> Iterator[bytes]:
    """Every sequence of up to ``depth`` commands; after each is yielded, the target is where
    it leads from an empty database. Raises DivergedError."""
    trails = [b""]
    for trail in trails:
        lockstep, begun = follow(target, scope, trail, brief=False)
        yield trail
        if len(trail) < depth:
            view = View(scope, lockstep.states[0], lockstep.now_ms, begun, len(trail))
            trails.extend([trail + bytes((choice,)) for choice, _ in enumerate(commands(view))])
        target.close()


def shortest_divergence(target: Target, scope: Scope, depth: int) -> int | None:
    """How many commands the shortest program needs on which the target diverges."""
    try:
        for _ in every_trail(target, scope, depth):
            pass
    except DivergedError as error:
        return len(error.divergence.steps)
    return None
