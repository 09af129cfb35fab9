"""Several targets side by side."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from resumable.conformance.boundaries import at_boundaries
from resumable.conformance.trace import misuses_name, read
from tests.harness.commands import Finished, called

STALE = "tests.strangers.wrong.memory:StaleAtFiveMinutes"
BROKEN = "tests.harness.targets.broken:CannotBeMade"


def compared(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    *targets: str,
    sequences: int = 300,
    options: Sequence[str] = (),
) -> Finished:
    words = [word for target in targets for word in ("--target", target)]
    rest = ["--sequences", str(sequences), "--workers", "1", "--out", str(folder)]
    return called(capsys, "compare", *words, *rest, *options)


def test_each_departs_from_its_own_rule_by_the_shortest_trace(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = compared(capsys, tmp_path, "sqlite", STALE, options=["--json"])
    right, stale = json.loads(done.stdout)["targets"]
    assert done.returncode == 1
    assert right["departs"] == []
    (departed,) = stale["departs"]
    assert departed["rule"] == "five_minutes_is_not_stale"
    assert departed["steps"] == 2
    assert len(read(Path(departed["trace"])).commands) == 2


def test_the_table_has_a_column_for_each_target(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = compared(capsys, tmp_path, "sqlite", STALE)
    assert done.returncode == 1
    title, row = [line.split() for line in done.stdout.splitlines()[:2]]
    assert title == ["departs", "from", "sqlite", STALE]
    assert row == ["five_minutes_is_not_stale", "·", "2", "commands"]
    assert "sqlite departs from no rule  (in 300 short sequences)" in done.stdout


def test_where_nobody_departs_there_is_no_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = compared(capsys, tmp_path, "sqlite", "sqlite-file", sequences=40)
    assert done.returncode == 0
    assert done.stdout.split("\n\n") == [
        "\nsqlite departs from no rule  (in 40 short sequences)",
        "sqlite-file departs from no rule  (in 40 short sequences)\n",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_broke_was_not_compared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = compared(capsys, tmp_path, BROKEN, sequences=40)
    assert done.returncode == 3
    assert done.stdout == f"\n{BROKEN} was not compared\n"
    assert done.stderr.count("raised when constructed") == 1


def test_what_leaves_nothing_to_chance_uses_each_name_as_it_should() -> None:
    for commands in at_boundaries(0):
        names: dict[str, None] = {}
        assert not any(misuses_name(command, names) for command in commands)
    assert at_boundaries(0) == at_boundaries(0) != at_boundaries(1)
