"""``resumable mutants``: who is chosen, what is told, and the exit status."""

import importlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from resumable.conformance.mutants import MUTANTS
from resumable.conformance.power.canary import CAGES, Canary
from resumable.conformance.power.engines import Given, hunts
from tests.harness.commands import called

Capture = pytest.CaptureFixture[str]


def json_of(capsys: Capture, *arguments: str) -> tuple[int, dict[str, Any]]:
    run = called(capsys, "mutants", *arguments, "--workers", "1", "--json")
    return run.returncode, json.loads(run.stdout)


def test_a_mutant_that_is_killed_is_told_with_rule_source_and_cost(capsys: Capture) -> None:
    run = called(capsys, "mutants", "start_is_not_live", "--workers", "1")
    mutant = MUTANTS["start_is_not_live"]
    assert run.returncode == 0
    assert f"{mutant.sentence} ({mutant.source})" in run.stdout
    assert f"\n{mutant.rule}\n" in run.stdout
    assert "check: 1 of 1 killed; median" in run.stdout
    assert run.stdout.endswith("all killed  (1 mutant, 0 survivors)\n")


def test_the_json_has_the_program_that_kills(capsys: Capture) -> None:
    status, found = json_of(capsys, "start_is_not_live", "--engine", "explore")
    (mutant,) = found["mutants"]
    (fate,) = mutant["fates"]
    assert (status, found["verdict"], found["survivors"]) == (0, "all killed", [])
    assert mutant["target"] == "resumable.conformance.mutants.lifecycle:StartIsNotLive"
    assert fate["program"] == ['s1 = start("r1")']
    assert (fate["killed"], fate["trace"], fate["the_right_one_passes"]) == (True, 1, True)


def test_a_survivor_is_named_and_fails_the_run(capsys: Capture) -> None:
    """No short sequence shows it."""
    arguments = ("--engine", "explore", "--time", "0.2s", "--workers", "1")
    run = called(capsys, "mutants", "clear_forgets_the_sweep", *arguments)
    assert run.returncode == 1
    assert "explore: 0 of 1 killed" in run.stdout
    assert "survived  (1 mutant, 1 survivor: clear_forgets_the_sweep)" in run.stdout


def test_one_engine_is_enough_to_kill(capsys: Capture) -> None:
    name, engines = "blanks_are_stripped", ("--engine", "explore", "--engine", "hunt")
    status, found = json_of(capsys, name, *engines, "--time", "1s")
    assert status == 0
    fates = {fate["engine"]: fate["killed"] for fate in found["mutants"][0]["fates"]}
    assert fates == {"explore": False, "hunt": True}


def test_mutants_are_chosen_by_patterns(capsys: Capture) -> None:
    _, found = json_of(capsys, "counts_*", "*_is_ignored", "--engine", "hunt")
    names = {mutant["name"] for mutant in found["mutants"]}
    assert {"counts_from_one", "inserted_is_ignored"} <= names
    assert all(name.startswith("counts_") or name.endswith("_is_ignored") for name in names)


def test_bugs_that_users_met_can_be_chosen(capsys: Capture) -> None:
    _, found = json_of(capsys, "errors_*", "stale_*", "--met", "--engine", "hunt")
    assert [mutant["name"] for mutant in found["mutants"]] == ["errors_are_never_swept"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no_such_bug",), "no mutant is called 'no_such_bug'"),
        (("stale_age_inclusive", "--met"), "users met none of these"),
        (("--engine", "guess"), "'guess' is not one of"),
        (("--time", "0"), "is no time above zero"),
    ],
)
def test_wrong_usage_is_told(arguments: tuple[str, ...], says: str, capsys: Capture) -> None:
    run = called(capsys, "mutants", *arguments)
    assert run.returncode == 2
    assert says in run.stderr


def test_a_check_under_which_the_canary_lives_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    check = importlib.import_module("resumable.conformance.cli.check")
    none_at_all = partial(hunts, given=Given(), sequences=0)
    hidden = {"hunt": CAGES["hunt"]._replace(find=none_at_all)}
    monkeypatch.setattr(check, "Canary", partial(Canary, hidden))
    monkeypatch.setattr(check, "SEQUENCES", 25)
    monkeypatch.setattr(check, "EXPLORED_DEPTH", 1)
    monkeypatch.setattr(check, "STRUCK_DEPTH", 1)
    run = called(capsys, "check", "--workers", "1", "--out", tmp_path, "--traces", tmp_path)
    assert run.returncode == 3
    assert "the canary lives: hunt did not find" in run.stderr
    assert "the canary was found" not in run.stdout
