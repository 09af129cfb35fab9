"""Several targets side by side."""

import json
from pathlib import Path

import pytest

from resumable.conformance.boundaries import at_boundaries
from resumable.conformance.trace import misuses_name, read
from tests.harness.commands import Finished, called

STALE = "tests.strangers.wrong.memory:StaleAtFiveMinutes"


def compared(
    capsys: pytest.CaptureFixture[str], folder: Path, *targets: str, json: bool = False
) -> Finished:
    sequences = "300" if json else "40"
    words = [word for target in targets for word in ("--target", target)]
    rest = ["--sequences", sequences, "--workers", "1", "--out", str(folder)]
    return called(capsys, "compare", *words, *rest, *(["--json"] if json else []))


def test_each_departs_from_its_own_rule_by_the_shortest_trace(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = compared(capsys, tmp_path, "sqlite", STALE, json=True)
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
    done = compared(capsys, tmp_path, "sqlite", "sqlite-file")
    assert done.returncode == 0
    title = done.stdout.splitlines()[0]
    assert title.split() == ["departs", "from", "sqlite", "sqlite-file"]
    assert "sqlite-file departs from no rule  (40 sequences)" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_leaves_nothing_to_chance_uses_each_name_as_it_should() -> None:
    for commands in at_boundaries(0):
        names: dict[str, None] = {}
        assert not any(misuses_name(command, names) for command in commands)
    assert at_boundaries(0) == at_boundaries(0) != at_boundaries(1)
