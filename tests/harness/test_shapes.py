"""A read-out of another shape is told as what was returned, and what was wanted."""

from typing import Any

import pytest

from model import Start, Store
from model.commands import Flush
from resumable import ResumableStream
from resumable.conformance.report import explain
from resumable.conformance.run import run
from tests.explore.kit import of


class Pairs(ResumableStream):
    def get_stream_chunks(self, stream_id: str) -> Any:
        return [
            (row["body"], row["chunk_index"]) for row in super().get_stream_chunks(stream_id)
        ]


class OtherKeys(ResumableStream):
    def get_stream_chunks(self, stream_id: str) -> Any:
        return [{"text": row["body"]} for row in super().get_stream_chunks(stream_id)]


class EmptyForNone(ResumableStream):
    def get_stream_metadata(self, stream_id: str) -> Any:
        return super().get_stream_metadata(stream_id) or {}


class Ids(ResumableStream):
    def get_all_stream_metadata(self) -> Any:
        return [row["request_id"] for row in super().get_all_stream_metadata()]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (Pairs, "returned [('z', 0)], which is no list of dicts with body and chunk_index"),
        (OtherKeys, "returned [{'text': 'z'}], which is no list of dicts with body"),
        (EmptyForNone, "returned {}, which is no dict with status and request_id"),
        (Ids, "returned ['r1'], which is no list of dicts with id, status, request_id"),
    ],
)
def test_what_was_returned_is_told_with_what_was_wanted(
    wrong: type[ResumableStream], told: str
) -> None:
    found = run(
        of(wrong), [Store("unknown", "z"), Start("s1", "r1"), Store("s1", "a"), Flush()]
    )
    assert found is not None
    assert told in explain(found)
