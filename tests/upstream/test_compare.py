"""What later versions of the original do otherwise is found, and told by its shortest trace."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from model import (
    Command,
    Complete,
    InsertStale,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    Restart,
    Start,
    Store,
)
from resumable.conformance.report import explain, rule_of
from resumable.conformance.run import run
from resumable.conformance.upstream.target import Upstream
from tests.harness.commands import called
from tests.upstream.conftest import require

NEWEST: Final = "0.32.0"
"""As of writing. ``upstream@latest`` is whatever is the newest today."""


class Change(NamedTuple):
    """Something that a version came to do otherwise, and the rule that it departs from."""

    rule: str
    program: tuple[Command, ...]


STALE: Final = Change("stale_is_deleted", (InsertStale("s1", "r1", 300_001), Restart()))
SWEPT: Final = Change(
    "sweep_is_exact", (InsertStale("s1", "r1", 86_400_001), Complete("unknown"))
)
DEAD: Final = Change(
    "dead_socket_changes_nothing", (Start("s1", "r1"), ReplayToDeadSocket("r1", 0))
)
TIES: Final = Change("any_of_a_tie", (Start("s1", "r1"), Start("s2", "r2"), Restart()))
SEQUENCE: Final = Change("frame_is_exact", (Start("s1", "r1"), Store("s1", "a"), Replay("r1")))
ENDS_ONCE: Final = Change(
    "last_end_stands", (Start("s1", "r1"), Complete("s1"), MarkError("s1"))
)
REPLACES: Final = Change(
    "start_inserts", (Start("s1", "r1"), Complete("s1"), Start("s2", "r2"))
)

CHANGES: Final = {
    "0.10.0": (STALE, SWEPT),
    "0.12.4": (STALE, SWEPT, DEAD),
    NEWEST: (STALE, DEAD, TIES, SEQUENCE, ENDS_ONCE, REPLACES),
}

KEPT: Final = {
    "0.10.0": (DEAD, TIES, SEQUENCE, ENDS_ONCE, REPLACES),
    "0.12.4": (TIES, SEQUENCE, ENDS_ONCE, REPLACES),
    NEWEST: (),
}


@contextmanager
def version(number: str) -> Iterator[Upstream]:
    require(number)
    target = Upstream(f"upstream@{number}")
    try:
        yield target
    finally:
        target.stop()


@pytest.mark.parametrize("number", CHANGES)
def test_a_later_version_departs_where_it_was_changed(number: str) -> None:
    with version(number) as target:
        for rule, program in CHANGES[number]:
            found = run(target, program)
            assert found is not None, f"{number} follows {rule}"
            assert rule_of(found)[0] == rule, explain(found)
        for _, program in KEPT[number]:
            kept = run(target, program)
            assert kept is None, explain(kept)


def test_the_first_version_departs_nowhere(original: Upstream) -> None:
    for change in (STALE, SWEPT, DEAD, TIES, SEQUENCE, ENDS_ONCE, REPLACES):
        found = run(original, change.program)
        assert found is None, explain(found)


@pytest.mark.usefixtures("original")  # it is there
def test_the_table_finds_the_changes_by_itself(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    require("0.10.0")
    targets = ("--target", "upstream", "--target", "upstream@0.10.0")
    rest = ("--sequences", "300", "--out", tmp_path, "--json")
    done = called(capsys, "compare", *targets, *rest)
    assert done.returncode == 1
    first, second = json.loads(done.stdout)["targets"]
    assert first["departs"] == []
    departs = {each["rule"]: each for each in second["departs"]}
    assert departs.keys() == {"stale_is_deleted", "sweep_is_exact"}
    assert all(each["steps"] <= 3 for each in departs.values())
    assert all(Path(each["trace"]).exists() for each in departs.values())
