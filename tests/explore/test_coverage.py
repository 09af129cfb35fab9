"""The matrix of states and commands, and the moments worth seeing."""

import pickle

import pytest

from model import INITIAL, ORIGINAL, Complete, Flush, Outcome, Replay, Start, State, Store
from model.classes import CLASSES, classes_of
from model.commands import KINDS
from model.outcome import Reply
from model.sometimes import SOMETIMES
from model.state import Disk, Memory, Stream
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.coverage import COLUMNS, Coverage, column_of, impossible, possible
from resumable.conformance.targets.builtin import sqlite
from tests.explore.kit import FULL, explored

LIVE = State(
    Disk(
        (
            Stream("s1", "r", "completed", EPOCH_MS, EPOCH_MS),
            Stream("s2", "r", "streaming", EPOCH_MS, None),
        )
    ),
    Memory("s2", "r", is_live=True),
)


def test_every_cell_is_possible_or_declared_impossible_with_a_reason() -> None:
    assert len(possible()) + len(impossible()) == len(CLASSES) * len(COLUMNS)
    assert not set(possible()) & impossible().keys()
    assert all(impossible().values())


def test_no_cell_that_is_declared_impossible_is_ever_reached() -> None:
    reached = explored(sqlite(), FULL, 4).figures.coverage.cells()
    assert not reached.keys() & impossible().keys()


def test_every_column_is_of_a_kind_and_every_kind_has_a_column() -> None:
    assert set(COLUMNS.values()) == set(KINDS)


@pytest.mark.parametrize(
    ("stream", "aim"),
    [("s2", "active stream"), ("s1", "another stream"), ("s3", "no stream")],
)
def test_a_store_counts_by_the_stream_that_it_is_aimed_at(stream: str, aim: str) -> None:
    assert column_of(Store(stream, "a"), LIVE).endswith(aim)
    assert column_of(Complete(stream), LIVE).endswith(aim)


def test_a_command_fills_its_column_in_every_class_of_the_state() -> None:
    coverage = Coverage()
    coverage.note(LIVE, Flush(), EPOCH_MS, Outcome(Reply(), LIVE), ORIGINAL)
    classes = classes_of(LIVE, EPOCH_MS, ORIGINAL)
    assert coverage.cells() == {(each, "Flush"): 1 for each in classes}
    assert len(coverage.empty_cells()) == len(possible()) - len(classes)


def test_a_moment_is_seen_once_it_was_true() -> None:
    coverage = Coverage()
    started = State(Disk((Stream("s1", "r", "streaming", 0, None),)), Memory("s1", "r", True))
    coverage.note(INITIAL, Replay("r"), EPOCH_MS, Outcome(Reply(), INITIAL), ORIGINAL)
    assert coverage.seen == {"a replay finds nothing active"}
    coverage.note(started, Start("s2", "r"), EPOCH_MS, Outcome(Reply(), started), ORIGINAL)
    assert "a start supersedes a live stream" in coverage.seen
    assert len(coverage.unseen()) == len(SOMETIMES) - len(coverage.seen)


def test_what_two_have_covered_adds_up() -> None:
    one, other = Coverage(), Coverage()
    one.note(LIVE, Flush(), EPOCH_MS, Outcome(Reply(), LIVE), ORIGINAL)
    other.note(LIVE, Flush(), EPOCH_MS, Outcome(Reply(), LIVE), ORIGINAL)
    other.note(INITIAL, Replay("r"), EPOCH_MS, Outcome(Reply(), INITIAL), ORIGINAL)
    one.add(other)
    assert set(one.cells().values()) == {1, 2}
    assert one.seen == other.seen
    one.note(INITIAL, Replay("r"), EPOCH_MS, Outcome(Reply(), INITIAL), ORIGINAL)
    assert one.seen == other.seen


def test_it_travels_between_processes() -> None:
    coverage = explored(sqlite(), FULL, 2).figures.coverage
    there_and_back = pickle.loads(pickle.dumps(coverage))  # noqa: S301 - it is our own
    assert there_and_back == coverage
    assert there_and_back.unseen() == coverage.unseen()


def test_four_commands_show_every_telling_moment_but_two() -> None:
    unseen = explored(sqlite(), FULL, 4).figures.coverage.unseen()
    assert unseen == ["a sweep deletes", "a buffer at its maximum refuses a chunk"]
