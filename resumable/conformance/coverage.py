"""What a run has tried and seen: class of state × command, and the moments worth seeing.

A cell that is empty, or a ``sometimes`` that was never seen, means that the run has not been
there. Cells that cannot exist are declared so, with the reason.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from model import (
    ClearAll,
    Command,
    Complete,
    Destroy,
    Limits,
    MarkError,
    Outcome,
    Restore,
    State,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.classes import (
    ACTIVE_WITHOUT_ROW,
    BUFFER_AT_MAXIMUM,
    CLASSES,
    DESTROYED,
    IDLE,
    IDLE_PENDING,
    LIVE_FULL,
    LIVE_WITHOUT_STREAM,
    NOTHING_STORED,
    classes_of,
)
from model.commands import KINDS
from model.properties import Moment, Property, by_kind
from model.sometimes import SOMETIMES
from resumable.conformance.left_out import NOTHING, LeftOut

Cell = tuple[str, str]
"""A class of state, and a column: what was sent in it."""

ACTIVE: Final = " to the active stream"
ANOTHER: Final = " to another stream"
NONE: Final = " to no stream"

_AIMED: Final = (Store, Complete, MarkError)
"""Kinds that mean something else by each stream they are aimed at."""

COLUMNS: Final[dict[str, type[Command]]] = {
    kind.__name__ + aim: kind
    for kind in KINDS
    for aim in ((ACTIVE, ANOTHER, NONE) if kind in _AIMED else ("",))
}
"""Every column with its kind of command."""


class Impossible(NamedTuple):
    """Cells that cannot be filled: all of these classes in all columns of this aim."""

    classes: tuple[str, ...]
    aim: str
    reason: str


IMPOSSIBLE: Final = (
    Impossible((IDLE, IDLE_PENDING, LIVE_WITHOUT_STREAM), ACTIVE, "no stream is active"),
    Impossible((NOTHING_STORED,), ANOTHER, "no stream is on disk"),
    Impossible((DESTROYED,), ACTIVE, "a destroyed instance has no active stream"),
    Impossible((DESTROYED,), ANOTHER, "the tables are gone, and all streams with them"),
)


_A_FAILURE: Final = frozenset[type[Command]]({WhileDiskFails, WhileFaulty})

NEEDS: Final[dict[str, frozenset[type[Command]]]] = {
    LIVE_FULL: _A_FAILURE,
    BUFFER_AT_MAXIMUM: _A_FAILURE,
    "a flush succeeds where one had failed": _A_FAILURE,
    LIVE_WITHOUT_STREAM: frozenset({ClearAll}),
    ACTIVE_WITHOUT_ROW: frozenset({Restore}),
    DESTROYED: frozenset({Destroy}),
    "a call after destroy is refused": frozenset({Destroy}),
    "a new instance follows a destroyed one": frozenset({Destroy}),
}
"""Classes and moments that only these kinds of command lead to."""


def column_of(command: Command, before: State) -> str:
    """The column of a command that was sent in ``before``."""
    kind = type(command)
    name = kind.__name__
    if not isinstance(command, _AIMED):
        return name
    if command.stream == before.memory.active:
        return name + ACTIVE
    for row in before.disk.streams:
        if row.id == command.stream:
            return name + ANOTHER
    return name + NONE


@cache
def impossible() -> dict[Cell, str]:
    """The cells that cannot exist, each with its reason."""
    return {
        (each, column): rule.reason
        for rule in IMPOSSIBLE
        for each in rule.classes
        for column in COLUMNS
        if column.endswith(rule.aim)
    }


@cache
def possible(left_out: LeftOut = NOTHING) -> tuple[Cell, ...]:
    """Every cell that can exist, and is not left out, in the order of their declaration."""
    cells = [
        (each, column)
        for each in CLASSES
        for column, kind in COLUMNS.items()
        if kind not in left_out.kinds and not _is_out_of_reach(each, left_out)
    ]
    return tuple([cell for cell in cells if cell not in impossible()])


def _is_out_of_reach(name: str, left_out: LeftOut) -> bool:
    """Whether a class or a moment cannot come about without what is left out."""
    needed = NEEDS.get(name)
    is_missing = needed is not None and needed <= left_out.kinds
    return is_missing or name in left_out.out_of_reach


@cache
def moments(left_out: LeftOut = NOTHING) -> tuple[str, ...]:
    """The ``sometimes`` that can be true, by name."""
    return tuple(
        [
            each.name
            for each in SOMETIMES
            if not _is_out_of_reach(each.name, left_out)
            and not left_out.kinds.issuperset(each.kinds)
        ]
    )


@dataclass
class Coverage:
    """Counts that add up over sequences, engines and processes."""

    sent: Counter[tuple[tuple[str, ...], str]] = field(default_factory=Counter)
    """How often a command of a column was sent in a state of exactly these classes."""

    seen: set[str] = field(default_factory=set)
    """Names of the ``sometimes`` that were true at least once."""

    left_out: LeftOut = NOTHING
    """What the target is not asked for, so that it is no gap."""

    def __post_init__(self) -> None:
        # By kind of command, so that a step asks only what is still unanswered.
        self._unseen: dict[type[Command], list[Property]] = {
            kind: [each for each in them if each.name not in self.seen]
            for kind, them in by_kind(SOMETIMES).items()
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Only what was counted travels between processes."""
        return Coverage, (self.sent, self.seen, self.left_out)

    def note(
        self, before: State, command: Command, now: int, outcome: Outcome, limits: Limits
    ) -> None:
        """Count one step. ``now`` is the time at which the command came."""
        classes = classes_of(before, now, limits)
        self.note_moment(Moment(before, command, now, outcome, limits), classes)

    def note_moment(self, moment: Moment, classes: tuple[str, ...]) -> None:
        """Count one step, whose state before is of exactly these ``classes``."""
        self.sent[classes, column_of(moment.command, moment.before)] += 1
        if unseen := self._unseen[type(moment.command)]:
            for each in [each for each in unseen if each.holds(moment)]:
                self.see(each.name)

    def see(self, name: str) -> None:
        """The ``sometimes`` of this name was true."""
        self.seen.add(name)
        for kind, them in self._unseen.items():
            self._unseen[kind] = [each for each in them if each.name != name]

    def add(self, other: "Coverage") -> None:
        """Count in what another has counted."""
        self.left_out = other.left_out or self.left_out
        self.sent.update(other.sent)
        for name in sorted(other.seen - self.seen):
            self.see(name)

    def cells(self) -> Counter[Cell]:
        """How often each cell was reached."""
        cells: Counter[Cell] = Counter()
        for (classes, column), times in self.sent.items():
            for each in classes:
                cells[each, column] += times
        return cells

    def empty_cells(self) -> list[Cell]:
        """Cells that can exist, and were not reached."""
        reached = self.cells()
        return [cell for cell in possible(self.left_out) if cell not in reached]

    def unseen(self) -> list[str]:
        """The ``sometimes`` that were never true."""
        return [name for name in moments(self.left_out) if name not in self.seen]

    def as_json(self) -> dict[str, Any]:
        """Everything as plain data."""
        reached = self.cells()
        return {
            "cells": {
                each: {
                    column: reached[each, column]
                    for column in COLUMNS
                    if (each, column) not in impossible()
                }
                for each in CLASSES
            },
            "empty_cells": [list(cell) for cell in self.empty_cells()],
            "impossible_cells": [[*cell, reason] for cell, reason in impossible().items()],
            "sometimes_seen": sorted(self.seen),
            "sometimes_unseen": self.unseen(),
        }
