"""Each surprise: a program that shows it, what comes close and does not, and its words."""

from collections.abc import Iterator, Sequence

import pytest

from model import (
    INITIAL,
    ORIGINAL,
    Advance,
    Command,
    Complete,
    CutPower,
    Destroy,
    InTransaction,
    KillDuring,
    Reopen,
    ReplayToDeadSocket,
    Restart,
    Store,
    WhileDiskFails,
    WhileFaulty,
    step,
)
from model.commands import moved
from model.properties import Moment
from model.surprises import SURPRISES, Surprise
from tests.model.lives import NOW_MS
from tests.model.surprises import (
    NEAR_MISSES,
    OF_TWO,
    SHOWN_TOO,
    UNHARMED,
    A,
    B,
    Program,
)


def last_moments(program: Sequence[Command]) -> Iterator[Moment]:
    """The last step of a program, in each way that is permitted."""
    *earlier, last = program
    states, now = [INITIAL], NOW_MS
    for command in earlier:
        now = moved(now, command)
        states = [
            outcome.state for state in states for outcome in step(state, command, now, ORIGINAL)
        ]
    now += last.ms if isinstance(last, Advance) else 0
    for state in states:
        for outcome in step(state, last, now, ORIGINAL):
            yield Moment(state, last, now, outcome, ORIGINAL)


def shows(surprise: Surprise, program: Sequence[Command]) -> bool:
    return any(surprise.shows(moment) for moment in last_moments(program))


every = pytest.mark.parametrize("surprise", SURPRISES.values(), ids=SURPRISES)


@every
def test_an_example_shows_its_surprise_at_the_last_command(surprise: Surprise) -> None:
    example = surprise.example
    assert shows(surprise, example)
    assert not any(shows(surprise, example[:end]) for end in range(1, len(example)))


@every
def test_no_command_of_an_example_can_be_left_out(surprise: Surprise) -> None:
    example = surprise.example
    for at in range(len(example) - 1):
        assert not shows(surprise, example[:at] + example[at + 1 :]), example[at]


@pytest.mark.parametrize(
    ("name", "program"),
    [(name, program) for name, programs in NEAR_MISSES.items() for program in programs],
)
def test_what_comes_close_does_not_show_it(name: str, program: Program) -> None:
    assert not shows(SURPRISES[name], program)


@pytest.mark.parametrize(
    ("name", "program"),
    [(name, program) for name, programs in SHOWN_TOO.items() for program in programs],
)
def test_another_program_shows_it(name: str, program: Program) -> None:
    assert shows(SURPRISES[name], program)


@pytest.mark.parametrize("name", UNHARMED)
def test_a_call_that_was_refused_does_not_show_it(name: str) -> None:
    programs = [SURPRISES[name].example, *SHOWN_TOO.get(name, [])]
    moments = [moment for program in programs for moment in last_moments(program)]
    calls = [moment for moment in moments if not isinstance(moment.command, Restart)]
    assert calls
    for moment in calls:
        reply = moment.reply._replace(refused="disk", disk_failed=True)
        refused = moment.outcome._replace(reply=reply)
        assert not SURPRISES[name].shows(moment._replace(outcome=refused))


@every
def test_an_example_goes_over_a_limit_by_the_least_there_is(surprise: Surprise) -> None:
    example = surprise.example
    for at, command in enumerate(example):
        match command:
            case Advance(ms):
                less: Command = Advance(ms - 1 if ms > 0 else ms + 1)
            case Store(stream, body) if len(body) > 1:
                less = Store(stream, body[1:])
            case _:
                continue
        assert not shows(surprise, (*example[:at], less, *example[at + 1 :]))


def test_every_surprise_has_near_misses() -> None:
    assert NEAR_MISSES.keys() == SURPRISES.keys()


@every
def test_a_surprise_reads_as_a_report_and_as_a_rule(surprise: Surprise) -> None:
    assert surprise.says[0].islower()
    assert not surprise.says.endswith(".")
    assert surprise.wanted.endswith(".")
    assert surprise.name in surprise.shows.__name__


# -- What surrounds a call --


@pytest.mark.parametrize(
    "around",
    [
        InTransaction(Store("x", "a")),
        InTransaction(WhileDiskFails(Store("x", "a"), 0)),
        WhileDiskFails(Store("x", "a"), 0),
        WhileFaulty(Store("x", "a"), "io_error", 0),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_surrounds_a_call_shows_what_the_call_shows(around: Command) -> None:
    assert shows(SURPRISES["stored_to_no_stream"], (around,))


@pytest.mark.parametrize(
    "rebirth", [Restart(), Reopen(), CutPower("all")], ids=lambda each: type(each).__name__
)
def test_a_new_instance_shows_it_however_it_came_to_be(rebirth: Command) -> None:
    assert shows(SURPRISES["superseded_comes_back"], (A, B, Complete("s2"), rebirth))


def test_a_call_that_nobody_heard_of_again_shows_nothing() -> None:
    assert not shows(SURPRISES["unknown_stream_ended"], (KillDuring(Complete("x"), 9),))
    assert not shows(SURPRISES["answer_not_replayed"], (A, ReplayToDeadSocket("r1", 0)))


@every
def test_what_was_destroyed_shows_no_surprise(surprise: Surprise) -> None:
    calls = [command for command in surprise.example if not isinstance(command, Restart)]
    assert not shows(surprise, (*OF_TWO, Destroy(), calls[-1]))
