"""Back from a branch: the target is what it was, whatever was done to it."""

import pytest

from resumable.conformance.explore.alphabet import commands
from resumable.conformance.explore.places import Place
from resumable.conformance.explore.scope import Scope, original
from resumable.conformance.explore.walk import Walker
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import sqlite
from tests.explore.hiding import HIDING
from tests.explore.kit import CORE, FULL, of


def places(walker: Walker, depth: int) -> list[Place]:
    """Some places: the first ones of each depth."""
    found = frontier = [walker.start()]
    for _ in range(depth):
        reached = [
            arrival.place
            for place in frontier
            for arrival in walker.arrivals(place, is_last=False)
            if arrival.is_new and arrival.place is not None
        ]
        frontier = reached[:: max(1, len(reached) // 5)]
        found = found + frontier
    return found


def keys_around(target: Target, scope: Scope, *, copies: bool) -> list[bytes]:
    """What every command leads to, at some places."""
    walker = Walker(target, scope, copies=copies, seen=set())
    keys = [
        arrival.key
        for place in places(walker, 3)
        for arrival in walker.arrivals(place, is_last=True)
    ]
    walker.close()
    return keys


@pytest.mark.parametrize(
    "scope", [CORE, FULL, original("core")], ids=lambda each: "-".join(each[:2])
)
def test_a_copy_goes_on_as_the_same_commands_from_the_start_do(scope: Scope) -> None:
    by_copies = keys_around(sqlite(), scope, copies=True)
    by_repeats = keys_around(sqlite(), scope, copies=False)
    assert by_copies == by_repeats


@pytest.mark.parametrize(
    "hiding",
    [each for each, copied in HIDING.items() if copied],
    ids=lambda each: each.__name__,
)
def test_a_copy_holds_what_the_target_hides(hiding: type) -> None:
    by_copies = keys_around(of(hiding), CORE, copies=True)
    by_repeats = keys_around(of(hiding), CORE, copies=False)
    assert by_copies == by_repeats


def test_each_command_at_a_place_begins_from_that_place() -> None:
    target = sqlite()
    walker = Walker(target, FULL, copies=True, seen=set())
    for place in places(walker, 3):
        again = [arrival.key for arrival in walker.arrivals(place, is_last=True)]
        assert again == [arrival.key for arrival in walker.arrivals(place, is_last=True)]
        assert len(again) == len(commands(place.view(FULL)))
        walker.check(place)
    walker.close()
