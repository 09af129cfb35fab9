"""How fast a target is at the other end of a pipe: requests sent in one go, and one by one.

Idle targets show what the pipe costs; real ones, with every step checked, what is left of it.
"""

import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from model import ORIGINAL, Advance
from resumable.conformance.ahead import plan
from resumable.conformance.hunt.batch import run_sequence
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import left_out_of
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.tally import Tally
from resumable.conformance.target import Target
from resumable.conformance.targets.registry import open_target
from resumable.conformance.vocabulary import vocabulary
from tests.protocol.commands import spoken

HERE: Final = Path(__file__).parent
STEPS: Final = 5_000
SEQUENCES: Final = 150

IDLE: Final = {
    "idle, Python": f"command: {sys.executable} {HERE / 'idle.py'}",
    "idle, node": f"command: node {HERE / 'idle.mjs'}",
}
REAL: Final = {
    "our stream, Python": spoken("resumable:ResumableStream"),
    "the original, node": "upstream",
}

steps_per_s: Final[dict[str, float]] = {}


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", autouse=True)
def _figures() -> Iterator[None]:
    yield
    print("\n\nsteps a second, every step checked:")
    for name, rate in steps_per_s.items():
        print(f"  {name:<34} {rate:>10,.0f}")


def in_one_go(target: Target) -> int:
    plan(target, [Advance(1)] * STEPS, looks=False)
    return one_by_one(target)


def one_by_one(target: Target) -> int:
    lockstep = Lockstep(target, brief=True)
    for _ in range(STEPS):
        lockstep.do(Advance(1))
    target.close()
    return STEPS


def hunted(target: Target) -> int:
    tally = Tally()
    for number in range(SEQUENCES):
        swarm = Swarm(0, number, vocabulary(ORIGINAL), left_out=left_out_of(target))
        run_sequence(target, swarm, ORIGINAL, tally, None)
    return tally.steps


def measure(
    benchmark: BenchmarkFixture, name: str, spec: str, steps: Callable[[Target], int]
) -> None:
    """Note how many steps a second the best of three rounds makes."""
    if "node" in name and shutil.which("node") is None:
        pytest.skip("there is no node")

    def timed() -> None:
        since = perf_counter()
        rate = steps(target) / (perf_counter() - since)
        steps_per_s[name] = max(rate, steps_per_s.get(name, 0.0))

    with open_target(spec) as target:
        benchmark.pedantic(timed, rounds=3)  # type: ignore[no-untyped-call]  # it ships no types
    benchmark.extra_info["steps_per_s"] = round(steps_per_s[name])


@pytest.mark.benchmark(group="pipe")
@pytest.mark.parametrize("steps", [in_one_go, one_by_one], ids=["in one go", "one by one"])
@pytest.mark.parametrize("name", IDLE)
def test_an_idle_target(
    benchmark: BenchmarkFixture, name: str, steps: Callable[[Target], int]
) -> None:
    said = steps.__name__.replace("_", " ")
    measure(benchmark, f"{name}, {said}", IDLE[name], steps)


@pytest.mark.benchmark(group="real")
@pytest.mark.parametrize("name", REAL)
def test_a_hunt(benchmark: BenchmarkFixture, name: str) -> None:
    measure(benchmark, f"{name}, hunt", REAL[name], hunted)
