"""The benchmark of the engines: its machine of an afternoon, its meter, its table and plot."""

from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis.stateful import run_state_machine_as_test

from resumable import ResumableStream
from resumable.conformance.mutants import MUTANTS, Mutant, Rule, Source
from tests.benchmarks.afternoon import StreamMachine
from tests.benchmarks.power_plot import COLOURS, plot
from tests.benchmarks.power_table import Outcome, by_rule, not_found, table
from tests.benchmarks.rival import spend_an_afternoon

RIGHT: Final = Mutant("right", "does all right", Rule.START, Source.PORT, ResumableStream)
STARTS: Final = MUTANTS["start_is_not_live"]
STALE: Final = MUTANTS["stale_age_inclusive"]


def test_the_right_stream_passes_the_machine_of_an_afternoon() -> None:
    run_state_machine_as_test(StreamMachine)


@pytest.mark.parametrize(
    "name",
    [
        "start_is_not_live",
        "complete_does_not_flush",
        "flushes_at_nine",
        "replays_backwards",
        "destroyed_flushes",
        "restored_is_live",
        "inserted_has_no_age",
        "frame_has_spaces",
    ],
)
def test_the_machine_of_an_afternoon_finds(name: str) -> None:
    assert spend_an_afternoon(MUTANTS[name], 0, seconds_max=20).is_found


def test_what_was_found_is_counted_until_the_first_failure_and_shrunk_after_it() -> None:
    meter = spend_an_afternoon(STARTS, 0, seconds_max=20)
    assert meter.shortest == 1
    assert meter.steps >= 1
    assert 0 < meter.seconds < 20


def test_what_is_right_is_tested_with_seed_after_seed_until_time_is_over() -> None:
    meter = spend_an_afternoon(RIGHT, 0, seconds_max=0.3)
    assert not meter.is_found
    assert meter.steps > 10
    assert meter.seconds >= 0.3


def outcomes() -> list[Outcome]:
    return [
        Outcome("quick", STARTS, steps=10, seconds=0.1, trace=1),
        Outcome("quick", STALE, steps=30, seconds=0.3, trace=4),
        Outcome("slow", STARTS, steps=500, seconds=2.0, trace=1),
        Outcome("slow", STALE, steps=900, seconds=10.0, trace=None),
    ]


def test_a_table_has_found_shares_medians_and_how_much_longer_traces_are() -> None:
    lines = table(outcomes(), {STARTS.name: 1, STALE.name: 2}).splitlines()
    assert lines[2] == "| quick | 100% | 0.20 | 20 | 1.50 × the shortest | 50% |"


def test_what_was_not_found_counts_as_endless_in_a_median() -> None:
    lines = table(outcomes(), {STARTS.name: 1, STALE.name: 2}).splitlines()
    endless = "not within time"
    assert lines[3] == f"| slow | 50% | {endless} | {endless} | 1.00 × the shortest | 100% |"


def test_the_shortest_trace_may_be_one_that_an_engine_found() -> None:
    lines = table(outcomes(), {STARTS.name: 5, STALE.name: 5}).splitlines()
    assert lines[2].endswith("| 1.00 × the shortest | 100% |")


def test_shares_are_told_by_rule_and_misses_by_name() -> None:
    assert f"| {Rule.STALE} | 100% | 0% |" in by_rule(outcomes()).splitlines()
    assert f"| slow | {STALE.name} |" in not_found(outcomes()).splitlines()


def test_a_plot_is_an_image_with_a_line_for_each_engine() -> None:
    names = [f"engine <{number}>" for number in range(len(COLOURS))]
    image = ET.fromstring(plot([Outcome(each, STARTS, 1, 0.1, 1) for each in names], 10))  # noqa: S314 - ours
    of_svg = "{http://www.w3.org/2000/svg}"
    lines = [each for each in image.iter(f"{of_svg}path") if each.get("class") == "share"]
    assert len(lines) == len(names)
    said = [each.text for each in image.iter(f"{of_svg}text")]
    assert all(f"100%  {name}" in said for name in names)
