"""Random programs, as wild as a trace may hold them."""

from collections.abc import Iterable
from typing import Any, Final, get_args

from hypothesis import strategies as st

from model import (
    ORIGINAL,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    CutPower,
    CutPowerDuring,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.commands import Fault, moved
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.divergence import Step
from resumable.conformance.faults.images import PLAIN_WAYS
from resumable.conformance.setting import Scans, Setting, Storage
from resumable.conformance.target import Seen
from resumable.conformance.trace import Trace, misuses_name

any_text: Final = st.text(st.characters(exclude_categories=()), max_size=8)
run_of_one_letter: Final = st.builds(
    lambda letter, count, rest: letter * count + rest,
    st.characters(exclude_categories=()),
    st.integers(60, 70),
    any_text,
)
texts: Final = any_text | run_of_one_letter
names: Final = st.sampled_from(("s1", "s2", "s3", "unknown"))
counts: Final = st.integers(0, 3)
spans: Final = st.integers(-(10**9), 10**9)

PLAIN_CALLS: Final[list[st.SearchStrategy[Any]]] = [
    st.builds(Start, names, texts),
    st.builds(Store, names, texts),
    st.builds(Burst, names, texts, counts),
    st.just(Flush()),
    st.builds(Complete, names),
    st.builds(MarkError, names),
    st.builds(Replay, texts),
    st.just(Restore()),
    st.just(ClearAll()),
    st.just(Destroy()),
    st.builds(InsertStale, names, texts, spans),
]
plain_calls: Final = st.one_of(PLAIN_CALLS)
calls: Final = plain_calls | st.builds(ReplayToDeadSocket, texts, counts)
kept: Final = st.sampled_from((*PLAIN_WAYS, "first 3", "some 7", "torn 0"))
losses: Final[st.SearchStrategy[Any]] = st.builds(CutPower, kept) | st.builds(
    CutPowerDuring, calls, counts, kept
)
commands: Final[st.SearchStrategy[Any]] = st.one_of(
    calls,
    st.builds(ReplayWhileSending, texts, plain_calls, counts),
    st.just(Restart()),
    st.just(Reopen()),
    st.builds(Advance, spans),
    st.builds(WhileDiskFails, calls, counts),
    st.builds(InTransaction, calls | st.just(Restart())),
    st.builds(KillDuring, calls, counts),
    st.builds(
        WhileFaulty, calls | st.just(Restart()), st.sampled_from(get_args(Fault)), counts
    ),
    st.builds(CutPower, kept),
    st.builds(CutPowerDuring, calls | st.just(Restart()) | losses, counts, kept),
)
settings: Final = st.builds(
    Setting,
    st.sampled_from((None, "DEFERRED", "IMMEDIATE", "EXCLUSIVE")),
    st.sampled_from(("tuple", "Row", "dict")),
    st.sampled_from(get_args(Storage)),
    st.sampled_from(get_args(Scans)),
)
limits: Final = st.sampled_from((ORIGINAL, ORIGINAL._replace(flush_chunks=2)))


def well_formed(program: list[Command]) -> list[Command]:
    """Without the commands that would start a stream under a name that is taken."""
    names: dict[str, None] = {}
    return [command for command in program if not misuses_name(command, names)]


programs: Final = st.lists(commands, max_size=12).map(well_formed)


def of_commands(commands: Iterable[Command], **rest: Any) -> Trace:
    """A trace whose replies nobody has recorded."""
    steps: list[Step] = []
    now_ms = EPOCH_MS
    for command in commands:
        now_ms = moved(now_ms, command)
        steps.append(Step(command, now_ms, Seen()))
    return Trace(tuple(steps), **{"verdict": "unknown", **rest})


ONE_OF_EACH: Final[tuple[Command, ...]] = (
    Start("s1", "r1"),
    Store("s1", "a"),
    Burst("s1", "b", 3),
    Flush(),
    Complete("s1"),
    MarkError("unknown"),
    Replay("r1"),
    ReplayToDeadSocket("r1", 1),
    ReplayWhileSending("r1", Complete("s1"), 0),
    Restart(),
    Reopen(),
    Restore(),
    ClearAll(),
    Destroy(),
    InsertStale("s2", "r2", -1),
    Advance(-300_001),
    WhileDiskFails(Start("s3", "r3"), 1),
    InTransaction(Store("s1", "a")),
    KillDuring(Complete("s1"), 2),
    WhileFaulty(Flush(), "io_error_on", 2),
    CutPower("none"),
    CutPowerDuring(Complete("s1"), 3, "torn 7"),
)
