"""Where the comparison is lenient on purpose, and what it refuses even there."""

import sqlite3

import pytest

from model import Destroy, Flush, Restore, Start, Store
from model.outcome import DONE, Refusal, Reply
from resumable import (
    ResumableStream,
    StreamChunk,
    StreamDestroyedError,
    StreamMetadataRow,
)
from resumable.conformance.compare import agrees
from resumable.conformance.divergence import Divergence
from resumable.conformance.mutants.target import MutantTarget
from resumable.conformance.raw import has_rows_in_order, read_rows
from resumable.conformance.run import run
from resumable.conformance.target import Seen
from resumable.stream import schema

TWO = (Start("s1", "r1"), Start("s2", "r2"), Store("s2", "a"), Store("s2", "b"), Flush())
AT_THE_END = (Start("s1", "r1"), Destroy())


# -- Errors: a stranger's are all alike --


@pytest.mark.parametrize("refused", ["closed", "duplicate", "disk"])
def test_a_strangers_error_may_mean_any_refusal(refused: Refusal) -> None:
    disk_failed = refused == "disk"
    reply = Reply(refused=refused, disk_failed=disk_failed)
    assert agrees(reply, Seen(refused="other", disk_failed=disk_failed))


def test_a_strangers_error_is_no_success_and_no_dead_socket() -> None:
    assert not agrees(DONE, Seen(refused="other"))
    assert not agrees(Reply(refused="socket"), Seen(refused="other"))


def test_a_refusal_is_not_left_out_and_ours_are_told_apart() -> None:
    assert not agrees(Reply(refused="closed"), Seen())
    assert not agrees(Reply(refused="closed"), Seen(refused="duplicate"))
    assert agrees(Reply(refused="closed"), Seen(refused="closed", error="whatever it says"))


# -- What was destroyed may tell what it was, or raise --


class RaisesWhenDestroyed(ResumableStream):
    @property
    def active_stream_id(self) -> str | None:
        if self._is_destroyed:
            raise StreamDestroyedError("gone")
        return super().active_stream_id


class IsLiveWhenDestroyed(ResumableStream):
    @property
    def is_live(self) -> bool:
        return self._is_destroyed or super().is_live


class IsActiveWhenDestroyed(ResumableStream):
    def has_active_stream(self) -> bool:
        return self._is_destroyed or super().has_active_stream()


class ListsNothingWhenDestroyed(ResumableStream):
    def get_all_stream_metadata(self) -> list[StreamMetadataRow]:
        return [] if self._is_destroyed else super().get_all_stream_metadata()


def on_trial(wrong: type[ResumableStream], *, in_the_end: bool) -> Divergence | None:
    return run(MutantTarget(wrong.__name__, wrong), AT_THE_END if in_the_end else TWO)


@pytest.mark.parametrize("lenient", [RaisesWhenDestroyed, IsLiveWhenDestroyed])
def test_accessors_of_what_was_destroyed_may_raise(lenient: type[ResumableStream]) -> None:
    assert on_trial(lenient, in_the_end=True) is None


@pytest.mark.parametrize("wrong", [IsActiveWhenDestroyed, ListsNothingWhenDestroyed])
def test_what_was_destroyed_has_no_stream_and_no_rows(wrong: type[ResumableStream]) -> None:
    found = on_trial(wrong, in_the_end=True)
    assert found is not None
    assert len(found.steps) == 2


# -- Rows: compared if they tell in which order they were inserted --


def test_rows_of_a_table_without_rowids_are_read_but_not_compared() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in schema.CREATE[:2]:
        connection.execute(f"{statement} without rowid")
    connection.execute(schema.INSERT_CHUNK, ("id", "s1", "a", 0, 5))
    assert not has_rows_in_order(connection)
    assert read_rows(connection).chunks == (("s1", "a", 0, 5),)
    connection.close()


# -- The connection is as it was --


class ChangesTheTextFactory(ResumableStream):
    def restore(self) -> None:
        self._connection.text_factory = bytes.decode


def test_a_connection_that_gives_other_texts_was_not_left_alone() -> None:
    found = run(MutantTarget("changes", ChangesTheTextFactory), [Restore()])
    assert found is not None
    assert "changed the text factory" in str(found)


# -- Order: of streams it is free, of chunks it is not --


class ListsBackwards(ResumableStream):
    def get_all_stream_metadata(self) -> list[StreamMetadataRow]:
        return super().get_all_stream_metadata()[::-1]


class ReadsBackwards(ResumableStream):
    def get_stream_chunks(self, stream_id: str) -> list[StreamChunk]:
        return super().get_stream_chunks(stream_id)[::-1]


class ListsTwice(ResumableStream):
    def get_all_stream_metadata(self) -> list[StreamMetadataRow]:
        return super().get_all_stream_metadata() * 2


def test_streams_may_be_listed_in_any_order_but_each_once() -> None:
    assert on_trial(ListsBackwards, in_the_end=False) is None
    assert on_trial(ListsTwice, in_the_end=False) is not None


def test_chunks_are_read_in_one_order_alone() -> None:
    assert on_trial(ReadsBackwards, in_the_end=False) is not None
