"""Model, Python and TypeScript on the same commands."""

from collections import Counter
from typing import Final

import pytest

from model import ClearAll, Command, Flush, Replay, Restart, Start, Store
from resumable.conformance.ahead import plan
from resumable.conformance.divergence import DivergedError
from resumable.conformance.target import Target
from resumable.conformance.targets import builtin
from resumable.conformance.targets.registry import open_target
from resumable.conformance.upstream import differences
from resumable.conformance.upstream.differences import DECLARED
from resumable.conformance.upstream.target import Upstream
from resumable.conformance.upstream.three_way import ApartError, ThreeWay
from tests.upstream.programs import programs

TIE: Final[list[Command]] = [Start("s1", "r1"), Start("s2", "r2"), Restart()]


def both(original: Upstream, ours: Target, commands: list[Command]) -> ThreeWay:
    plan(original, commands, looks=True)
    three = ThreeWay(original, ours)
    try:
        for command in commands:
            three.do(command)
    finally:
        three.close()
    return three


def test_all_three_agree_to_the_last_byte(original: Upstream) -> None:
    together, apart = 0, Counter[str]()
    for commands in programs(original, 40):
        three = both(original, builtin.sqlite(), commands)
        together += three.together
        apart += three.apart
    assert together > 1000
    assert set(apart) <= {"kills", *(each.name for each in DECLARED)}


def test_what_only_ours_gets_wrong_is_found(original: Upstream) -> None:
    stored: list[Command] = [Start("s1", "r1"), Store("s1", "é"), Replay("r1")]
    wrong = open_target("tests.strangers.wrong.sending:FramesAreBytes")
    with wrong as ours, pytest.raises(DivergedError):
        both(original, ours, stored)


def test_a_tie_parts_them_until_they_are_in_one_state_again(original: Upstream) -> None:
    three = both(original, builtin.sqlite(), [*TIE, Flush(), ClearAll(), Flush()])
    assert three.apart == {"ties": 2}
    assert three.together == 4


def test_they_may_not_part_where_nothing_is_declared(
    original: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "DECLARED", ())
    with pytest.raises(ApartError):
        both(original, builtin.sqlite(), TIE)
