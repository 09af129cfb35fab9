"""``--forbid``: what conforms and is not wanted is found, shrunk, told, and replayed."""

import json
from pathlib import Path
from typing import Final

import pytest

from model import Restart, Start, Store
from model.surprises import SURPRISES
from resumable.conformance import DivergedError, assert_conforms
from resumable.conformance.forbidden import forbidding, names_forbidden
from resumable.conformance.power.engines import Given, explores, hunts
from resumable.conformance.report import explain
from resumable.conformance.run import run
from resumable.conformance.shrink import shrink
from resumable.conformance.targets.builtin import sqlite
from resumable.conformance.trace import read
from tests.harness.commands import called, resumable

LOST: Final = "chunks_lost_by_a_crash"
OURS: Final = [name for name in SURPRISES if name != "older_of_a_tie"]
"""What our class does as the original does. Of a tie it takes the last."""

SEQUENCES_MAX: Final = 2_000
"""Some 25,000 steps, which take two seconds."""

TOLD: Final = """\
sqlite does at step 3 what is forbidden: chunks_lost_by_a_crash.

The rule: A chunk that store_chunk has taken outlives the process. (chunks_lost_by_a_crash)

     clock  command
   1 0      s1 = start("r1")
   2 0      store_chunk(s1, "a")
▸  3 0      the process is killed, and starts again

At step 3 the target loses chunks that were only in memory.
The specification permits that, as the original does it; --forbid does not.

Replay it:       resumable replay lost.jsonl --target sqlite --forbid chunks_lost_by_a_crash
Make it a test:  resumable replay lost.jsonl --target sqlite --forbid chunks_lost_by_a_crash \
--as-test > test_lost.py
"""

Capture = pytest.CaptureFixture[str]
ours = pytest.mark.parametrize("name", OURS)


@ours
def test_our_class_shows_it_and_conforms_unless_it_is_forbidden(name: str) -> None:
    example = SURPRISES[name].example
    assert run(sqlite(), example) is None
    with forbidding([name]):
        found = run(sqlite(), example)
    assert found is not None
    assert (found.forbidden, len(found.steps)) == (name, len(example))


def test_our_class_takes_the_last_of_a_tie() -> None:
    with forbidding(["older_of_a_tie"]):
        assert run(sqlite(), SURPRISES["older_of_a_tie"].example) is None


@ours
def test_a_hunt_finds_it_blind_and_shrinks_it_to_hardly_more_than_the_example(
    name: str,
) -> None:
    """What ends in another call than the example may take one command more."""
    with forbidding([name]):
        found = hunts(sqlite(), Given(), SEQUENCES_MAX)
        assert found is not None
        shrunk = shrink(sqlite(), found)
    assert shrunk is not None
    assert shrunk.forbidden == name
    assert len(shrunk.steps) <= len(SURPRISES[name].example) + 1


def test_an_exploration_finds_it_by_a_shortest_program() -> None:
    with forbidding([LOST]):
        found = explores(sqlite(), Given(), 3)
    assert found is not None
    assert (found.forbidden, len(found.steps)) == (LOST, 3)


def test_of_two_that_are_forbidden_the_one_that_was_shown_is_told() -> None:
    with forbidding(["stored_to_no_stream", LOST]):
        found = run(sqlite(), SURPRISES[LOST].example)
    assert found is not None
    assert found.forbidden == LOST


def test_nothing_is_forbidden_afterwards() -> None:
    with forbidding([LOST]):
        with forbidding(()):
            assert names_forbidden() == ()
        assert names_forbidden() == (LOST,)
    assert names_forbidden() == ()


def test_it_is_told_in_words() -> None:
    with forbidding([LOST]):
        found = run(sqlite(), [Start("s1", "r1"), Store("s1", "a"), Restart()])
    assert found is not None
    assert explain(found, "lost.jsonl") == TOLD


# -- The command line --


def test_what_a_hunt_found_replays_only_while_it_is_forbidden(tmp_path: Path) -> None:
    """The hunt is in another process, which is told, too."""
    options = ("--sequences", "100", "--workers", "1", "--json")
    hunt = resumable("hunt", "--forbid", LOST, *options, "--out", "found", cwd=tmp_path)
    assert hunt.returncode == 1
    (found,) = json.loads(hunt.stdout)["found"]
    assert (found["rule"], found["steps"]) == (LOST, 3)
    again = resumable("replay", found["trace"], "--forbid", LOST, cwd=tmp_path)
    assert again.returncode == 1
    assert again.stdout.rstrip() == found["text"].rstrip()
    permitted = resumable("replay", found["trace"], cwd=tmp_path)
    assert permitted.returncode == 0


def test_it_makes_a_test_that_forbids_it(tmp_path: Path, capsys: Capture) -> None:
    hunt = ("hunt", "--sequences", "100", "--workers", "1", "--out", tmp_path)
    called(capsys, *hunt, "--forbid", LOST)
    (path,) = tmp_path.glob("*.jsonl")
    assert read(path).verdict == "diverged"
    text = called(capsys, "replay", path, "--forbid", LOST, "--as-test").stdout
    assert f"assert_conforms('sqlite', TRACE, forbid=('{LOST}',))" in text
    with pytest.raises(DivergedError, match="what is forbidden"):
        assert_conforms("sqlite", path.read_text(encoding="utf-8"), forbid=[LOST])
    assert_conforms("sqlite", path.read_text(encoding="utf-8"))


def test_the_names_are_listed(capsys: Capture) -> None:
    listed = called(capsys, "hunt", "--forbid", "list")
    assert listed.returncode == 0
    names = [line.partition(":")[0] for line in listed.stdout.splitlines()]
    assert names == list(SURPRISES)


def test_an_unknown_name_is_wrong_usage(capsys: Capture) -> None:
    wrong = called(capsys, "check", "--forbid", "rain")
    assert wrong.returncode == 2
    assert "'rain' is no surprise; --forbid list has them all" in wrong.stderr


def test_who_shows_what_is_told_for_each_target(capsys: Capture) -> None:
    targets = ("sqlite", "resumable.conformance.mutants.restoring:RestoresTheOldest")
    options = [word for target in targets for word in ("--target", target)]
    told = called(capsys, "surprises", *options, "--json")
    assert told.returncode == 0
    answers = {
        each["name"]: [each["targets"][target]["answer"] for target in targets]
        for each in json.loads(told.stdout)["surprises"]
    }
    assert list(answers) == list(SURPRISES)
    assert answers[LOST] == ["shows it", "shows it"]
    assert answers["older_of_a_tie"] == ["does not", "shows it"]
    assert answers["foreign_stream_is_live"] == ["shows it", "differs"]


def test_surprises_are_listed_for_people(capsys: Capture) -> None:
    told = called(capsys, "surprises")
    assert f"{LOST}    shows it  loses chunks that were only in memory" in told.stdout
