"""Streams by another hand: the harness finds the right one right, and each wrong one wrong."""

import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Final

import pytest

from model import ORIGINAL
from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import SEQUENCES
from resumable.conformance.hunt.batch import run_sequence
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.tally import Tally
from resumable.conformance.targets.registry import open_target
from resumable.conformance.vocabulary import vocabulary
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


def test_a_right_stranger_conforms() -> None:
    assert hunted("tests.strangers.another_hand:AnotherHand", 500) is None


@pytest.mark.parametrize("spec", WRONG)
def test_a_wrong_stranger_is_found(spec: str) -> None:
    assert hunted(spec, SEQUENCES) is not None
