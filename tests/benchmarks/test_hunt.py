"""How fast the hunt is beside Hypothesis: steps a second of one core, in one run.

Everybody sends the same kinds of command, in sequences of the same length. The baseline is
the least that Hypothesis can do: rules that draw their arguments, and do nothing with them.
"""

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from time import perf_counter
from types import FunctionType
from typing import Any, ClassVar, Final, Self

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from pytest_benchmark.fixture import BenchmarkFixture

from model import ORIGINAL
from resumable.conformance import target as targets
from resumable.conformance.hunt.batch import run_sequence
from resumable.conformance.hunt.hunt import Budget, Hunt
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.machine import lockstep_machine
from resumable.conformance.tally import Tally
from resumable.conformance.targets.builtin import sqlite
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.vocabulary import (
    ODD_BODIES,
    PLAIN_BODIES,
    REQUESTS,
    UNKNOWN,
    vocabulary,
)
from resumable.conformance.workers import Workers

STEPS: Final = 50
EXAMPLES: Final = 200

DRAWS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "stream": st.sampled_from(("s1", "s2", "s3", UNKNOWN)),
    "request": st.sampled_from(REQUESTS),
    "body": st.sampled_from((*PLAIN_BODIES, *ODD_BODIES)),
    "ms": st.sampled_from((0, 1, 299_999, 300_000, 300_001, 600_000, -1000, 86_400_001)),
    "count": st.sampled_from((9, 10, 11, 20, 21)),
}

RULES: Final = {
    "start": ("request",),
    "store": ("stream", "body"),
    "burst": ("stream", "body", "count"),
    "flush": (),
    "complete": ("stream",),
    "mark_error": ("stream",),
    "replay": ("request",),
    "replay_to_dead_socket": ("request", "count"),
    "replay_while_sending": ("request", "stream", "count"),
    "restart": (),
    "reopen": (),
    "restore": (),
    "clear_all": (),
    "destroy": (),
    "insert_stale": ("stream", "request", "ms"),
    "advance": ("ms",),
    "while_disk_fails": ("stream", "body", "count"),
    "in_transaction": ("stream", "body"),
    "kill_during": ("stream", "count"),
    "while_faulty": ("stream", "body", "count"),
    "cut_power": ("count",),
    "cut_power_during": ("stream", "body", "count"),
}
"""Every kind of command, with what a rule for it draws."""

steps_per_s: Final[dict[str, float]] = {}


@pytest.fixture(scope="module", autouse=True)
def _report() -> Iterator[None]:
    """At the end, whatever was measured first."""
    yield
    print("\n\nsteps a second of one core, every step checked:")
    for name, rate in sorted(steps_per_s.items(), key=lambda item: item[1]):
        ratio = steps_per_s.get("hunt", rate) / rate
        print(f"  {name:<26} {rate:>10,.0f}   the hunt makes {ratio:.1f} times as many")


class Watch:
    """Notes how long each part of the work takes, without what it calls in another part."""

    def __init__(self) -> None:
        self.seconds: Final = defaultdict[str, float](float)

    def over(self, part: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """``call``, whose time counts for ``part``."""

        def timed(*arguments: Any, **named: Any) -> Any:
            since = perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                self.seconds[part] += perf_counter() - since

        return timed


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def empty_machine() -> type[RuleBasedStateMachine]:
    """All kinds of command; the rules are empty."""

    def nothing(self: RuleBasedStateMachine, **drawn: Any) -> None:
        pass

    rules: dict[str, Any] = {}
    for name, draws in RULES.items():
        drawn: dict[str, Any] = {each: DRAWS[each] for each in draws}
        own = FunctionType(nothing.__code__, nothing.__globals__, name)
        rules[name] = rule(**drawn)(own)  # type: ignore[no-untyped-call]  # it has none
    return type("Empty", (RuleBasedStateMachine,), rules)


def hypothesis_run(machine: type[RuleBasedStateMachine]) -> int:
    """``EXAMPLES`` examples; how many steps they have."""
    options = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=options)
    return EXAMPLES * STEPS


def hunt_run() -> int:
    """Sequences of a hunt; how many steps they have. The long ways of the first ones, which
    each hunt goes once, are left out."""
    target, tally = sqlite(), Tally()
    for number in range(1000, 2000):
        swarm = Swarm(0, number, vocabulary(ORIGINAL))
        if swarm.setting.storage == "memory":
            run_sequence(target, swarm, ORIGINAL, tally, None)
    target.stop()
    return tally.steps


def measure(benchmark: BenchmarkFixture, name: str, run: Callable[[], int]) -> None:
    """Note how many steps a second the best of three rounds makes."""

    def timed() -> None:
        since = perf_counter()
        steps = run()
        rate = steps / (perf_counter() - since)
        steps_per_s[name] = max(rate, steps_per_s.get(name, 0.0))

    benchmark.pedantic(timed, rounds=3)  # type: ignore[no-untyped-call]  # it ships no types
    benchmark.extra_info["steps_per_s"] = round(steps_per_s[name])


@pytest.mark.benchmark(group="steps")
def test_hypothesis_with_empty_rules(benchmark: BenchmarkFixture) -> None:
    machine = empty_machine()
    measure(benchmark, "Hypothesis, empty rules", lambda: hypothesis_run(machine))


@pytest.mark.benchmark(group="steps")
def test_our_hypothesis_machine(benchmark: BenchmarkFixture) -> None:
    machine = lockstep_machine(sqlite)
    measure(benchmark, "Hypothesis, our machine", lambda: hypothesis_run(machine))


@pytest.mark.benchmark(group="steps")
def test_the_hunt(benchmark: BenchmarkFixture) -> None:
    measure(benchmark, "hunt", hunt_run)


class Recorded(sqlite3.Cursor):
    """Notes what SQLite is asked."""

    statements: ClassVar[list[tuple[bool, str, Any]]] = []

    def execute(self, sql: str, values: Any = ()) -> Self:
        self.statements.append((False, sql, values))
        return super().execute(sql, values)

    def executemany(self, sql: str, rows: Any) -> Self:
        rows = list(rows)
        self.statements.append((True, sql, rows))
        return super().executemany(sql, rows)


class Recording(sqlite3.Connection):
    def cursor(self, factory: Any = Recorded) -> Any:
        return super().cursor(factory)


@pytest.mark.benchmark(group="steps")
def test_what_sqlite_alone_takes(
    benchmark: BenchmarkFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statements of the hunt's cursors, one after the other on one database, and nothing
    else: whatever the harness costs, it cannot be faster."""
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Recording))
        Recorded.statements.clear()
        steps = hunt_run()

    def alone() -> int:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        cursor = connection.cursor()
        for is_many, sql, values in Recorded.statements:
            with suppress(sqlite3.Error):
                (cursor.executemany if is_many else cursor.execute)(sql, values)
                cursor.fetchall()
        connection.close()
        return steps

    measure(benchmark, "the hunt's SQL, alone", alone)
    Recorded.statements.clear()


@pytest.mark.benchmark(group="split")
def test_the_parts_of_a_step(
    benchmark: BenchmarkFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the hunt spends its time. Comparing is what remains; beginning and ending a
    sequence is part of it, but for what the target does there."""
    watch = Watch()
    for part, owner, name in (
        ("choosing the command", Swarm, "next"),
        ("the model", targets, "step"),
        ("the target", InProcess, "perform"),
        ("reading the target out", InProcess, "brief"),
        ("reading out its rows", InProcess, "detail"),
        ("a new database", InProcess, "open"),
        ("emptying it", InProcess, "close"),
    ):
        monkeypatch.setattr(owner, name, watch.over(part, getattr(owner, name)))
    steps = benchmark.pedantic(watch.over("all", hunt_run))  # type: ignore[no-untyped-call]  # it ships no types
    total = watch.seconds.pop("all")
    watch.seconds["comparing"] = total - sum(watch.seconds.values())
    print(f"\n\na step takes {total / steps * 1e6:.1f} µs:")
    for part, seconds in sorted(watch.seconds.items(), key=lambda item: -item[1]):
        print(f"  {part:<26} {seconds / steps * 1e6:6.1f} µs  {seconds / total:4.0%}")


@pytest.mark.benchmark(group="workers")
@pytest.mark.parametrize("workers", [1, 2])
def test_the_hunt_over_workers(benchmark: BenchmarkFixture, workers: int) -> None:
    """As ``resumable hunt`` runs: with sequences on files, and with the coverage."""
    with Workers("sqlite", workers) as pool:

        def run() -> int:
            return Hunt(pool, seed=0, budget=Budget(sequences=3000)).run().tally.steps

        measure(benchmark, f"resumable hunt, {workers} worker{'s' * (workers > 1)}", run)
