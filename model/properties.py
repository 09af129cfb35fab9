"""What is claimed of every step, and what a run has to have seen to have proved anything.

An ``always`` that is false once is a bug of the specification. A ``sometimes`` that is never
true means that a run has not been where it should have been.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from model.commands import KINDS, Call, Command, innermost
from model.limits import Limits
from model.outcome import Outcome, Reply
from model.state import State


class Moment(NamedTuple):
    """One step: ``command`` came at ``now`` (ms) in ``before``, and led to ``outcome``."""

    before: State
    command: Command
    now: int
    outcome: Outcome
    limits: Limits

    @property
    def after(self) -> State:
        return self.outcome[1]

    @property
    def reply(self) -> Reply:
        return self.outcome[0]

    @property
    def call(self) -> Command | Call:
        """The command, or the innermost call in it."""
        return innermost(self.command)


Predicate = Callable[[Moment], bool]


class Property(NamedTuple):
    """A named claim about the steps of some kinds of command."""

    name: str
    kinds: tuple[type[Command], ...]
    holds: Predicate


def claim(
    properties: list[Property], *kinds: type[Command]
) -> Callable[[Predicate], Predicate]:
    """Put the decorated predicate among ``properties``, under its own name. Without
    ``kinds`` it speaks of every kind of command."""

    def add(predicate: Predicate) -> Predicate:
        name = predicate.__name__.replace("_", " ")
        properties.append(Property(name, kinds or KINDS, predicate))
        return predicate

    return add


def by_kind(properties: Iterable[Property]) -> Mapping[type[Command], list[Property]]:
    """The properties that speak of each kind of command."""
    found: Final[dict[type[Command], list[Property]]] = {kind: [] for kind in KINDS}
    for each in properties:
        for kind in each.kinds:
            found[kind].append(each)
    return found
