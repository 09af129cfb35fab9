"""Several ways to do the same, in turn in one run, in seconds of CPU."""

from collections.abc import Callable
from time import process_time
from typing import Final

from pytest_benchmark.fixture import BenchmarkFixture

CHUNKS: Final = 5_000
BODY: Final = '{"type":"text-delta","id":"0","delta":"Hello, world"}'
ROUNDS: Final = 25

Times = dict[str, float]
"""Seconds by name, the best of all rounds."""


class Nobody:
    """A client that reads everything and keeps nothing."""

    def send(self, frame: str) -> None:
        pass


def report(
    benchmark: BenchmarkFixture,
    title: str,
    runs: dict[str, Callable[[], float]],
    rounds: int = ROUNDS,
) -> Times:
    """Run all in turn, ``rounds`` times, so that the machine is as noisy for one as for the
    other; print and return the best time of each."""
    best: Times = {}

    def one_round() -> None:
        for name, run in runs.items():
            best[name] = min(run(), best.get(name, float("inf")))

    benchmark.pedantic(one_round, rounds=rounds)  # type: ignore[no-untyped-call]  # it ships no types
    print(f"\n{title}")
    for name, seconds in best.items():
        print(f"  {name:<36} {seconds * 1e6:>12,.2f} us")
    benchmark.extra_info |= best
    return best


def timed(work: Callable[[], object], times: int) -> float:
    """Seconds of CPU for each of ``times``."""
    since = process_time()
    work()
    return (process_time() - since) / times


def ratio(best: Times, usual: str, other: str) -> None:
    print(f"  {other} takes {best[other] / best[usual]:.2f} times as long")
