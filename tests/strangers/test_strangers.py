"""Streams by another hand: the harness finds the right one right, and each wrong one wrong."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from model import ORIGINAL, Start
from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import SEQUENCES
from resumable.conformance.hunt.batch import run_sequence
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import left_out_of
from resumable.conformance.run import run
from resumable.conformance.tally import Tally
from resumable.conformance.targets.registry import open_target
from resumable.conformance.vocabulary import vocabulary
from tests.strangers import right
from tests.strangers.another_hand import AnotherHand
from tests.strangers.wrong import keeping, memory, rows, sending


def strangers(module: ModuleType) -> Iterator[str]:
    for name, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__:
            assert issubclass(value, AnotherHand)
            yield f"{module.__name__}:{name}"


WRONG: Final = [
    spec for module in (rows, memory, sending, keeping) for spec in strangers(module)
]


def hunted(spec: str, sequences: int) -> Divergence | None:
    with open_target(spec) as target:
        for number in range(sequences):
            swarm = Swarm(1, number, vocabulary(ORIGINAL))
            found = run_sequence(target, swarm, ORIGINAL, Tally(), None)
            if found is not None:
                return found
    return None


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    """Failing disks make strangers log, thousands of times."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


RIGHT: Final = ["tests.strangers.another_hand:AnotherHand", *strangers(right)]


@pytest.mark.parametrize("spec", RIGHT)
def test_a_right_stranger_conforms(spec: str) -> None:
    assert hunted(spec, 500) is None


def test_of_who_keeps_rows_elsewhere_it_is_said_that_they_were_not_compared() -> None:
    with open_target("tests.strangers.right:OwnTables") as target:
        assert run(target, [Start("s1", "r1")]) is None
        assert left_out_of(target).words() == [
            "what a crash between two statements would leave",
            "the raw rows",
        ]


@pytest.mark.parametrize("spec", WRONG)
def test_a_wrong_stranger_is_found(spec: str) -> None:
    assert hunted(spec, SEQUENCES) is not None


EARLY: Final = """
import time
from tests.strangers.another_hand import AnotherHand

class Early(AnotherHand):
    def now(self, clock=time.time_ns):
        return clock() // 1_000_000
"""


def test_a_clock_that_was_read_from_its_module_early_is_frozen_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "early.py").write_text(EARLY)
    monkeypatch.chdir(tmp_path)
    assert hunted("early:Early", 20) is None
