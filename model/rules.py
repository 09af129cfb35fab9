"""The rules in words, for people: which one is at stake when an implementation departs.

``step`` decides what is right; a rule only says it in a sentence. A report names the first
rule whose commands, whose place and whose circumstance fit, so that what holds across all
calls stands before what a single one does.
"""

from collections.abc import Iterator
from typing import Final

from model.commands import AROUND_A_CALL, Command
from model.departure import Departure
from model.rule import Rule
from model.rules_across_calls import ACROSS_CALLS
from model.rules_of_calls import OF_CALLS

RULES: Final[tuple[Rule, ...]] = (*ACROSS_CALLS, *OF_CALLS)


def rule_at_stake(departure: Departure) -> Rule | None:
    """The rule that was probably broken, or None if none fits."""
    return next(
        (
            rule
            for layer in _layers(departure)
            for rule in RULES
            if rule.is_at_stake(departure._replace(command=layer))
        ),
        None,
    )


def _layers(departure: Departure) -> Iterator[Command]:
    """What surrounds a call comes first, then the call."""
    command = departure.command
    yield command
    while isinstance(command, AROUND_A_CALL):
        command = command.call
        yield command
