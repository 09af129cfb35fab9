"""The page that says what an adapter has to do is true."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest

from model import (
    ORIGINAL,
    Advance,
    Burst,
    Command,
    Flush,
    InTransaction,
    KillDuring,
    Replay,
    ReplayToDeadSocket,
    Start,
    Store,
    WhileDiskFails,
)
from resumable.conformance import protocol
from resumable.conformance.protocol import hello, wire
from resumable.conformance.protocol.process import ANSWER_S, LINE_BYTES_MAX
from resumable.conformance.target import Rows
from tests.harness.commands import called
from tests.harness.programs import ONE_OF_EACH
from tests.protocol import adapter

PAGE: Final = files(protocol).joinpath("PROTOCOL.md").read_text(encoding="utf-8")

SURROUNDINGS: Final = {
    *("frames_taken", "call", "at_frame", "in_transaction", "rows_written", "statements_run")
}


def section(title: str) -> str:
    """The text under a heading."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def table(text: str) -> dict[str, set[str]]:
    """The words in the first column of all tables, each with those in the second."""
    rows = [
        re.split(r"(?<!\\)\|", line)[1:3] for line in text.splitlines() if line[:3] == "| `"
    ]
    return {word.strip(" `"): set(re.findall("`([a-z_]+)`", others)) for word, others in rows}


def examples(text: str) -> list[Any]:
    """The JSON objects in the indented blocks, which may go over several lines."""
    blocks = re.findall(r"(?:^    .*\n)+", text, flags=re.MULTILINE)
    return [json.loads(block) for block in blocks if block.strip().startswith("{")]


def sent(command: Command) -> dict[str, Any]:
    return wire.request(command, lambda name: name)


def test_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, "protocol").stdout == PAGE


def test_its_version_is_the_one_that_is_spoken() -> None:
    assert PAGE.startswith(f"# The protocol, version {hello.VERSION}\n")


def test_its_handshake_is_understood() -> None:
    request, reply = examples(section("The handshake"))
    assert request == {"n": 0, **hello.request()}
    said = hello.understood(reply)
    assert said == hello.Hello("agents 0.9.0", frozenset({"rows", "dead_socket"}), ties="first")


def test_what_a_target_can_is_what_it_lists() -> None:
    words = table(section("The handshake"))
    assert words.keys() - {"protocol", "name", "can", "lacks", "limits", "ties"} == set(
        hello.CAN
    )


def test_what_a_target_may_lack_is_what_it_lists() -> None:
    assert table(section("The handshake"))["lacks"] == set(hello.MAY_LACK)


def test_every_request_is_in_the_table_with_what_it_carries() -> None:
    """And nothing is in the table that is never sent."""
    listed = table(section("Requests"))
    requests = [sent(command) for command in ONE_OF_EACH if type(command) in wire.KINDS]
    for request in [*requests, wire.opening(None, ORIGINAL._replace(stale_age_ms=1))]:
        carried = request.keys() - {"do"} - SURROUNDINGS
        assert listed[request["do"]] == carried
    assert listed.keys() - {"do"} == {request["do"] for request in requests} | {"open"}


def test_every_surrounding_is_told() -> None:
    told = re.findall(r"^- `([a-z_]+)`(?: and `([a-z_]+)`)?", section("Requests"), re.MULTILINE)
    assert {name for names in told for name in names if name} == SURROUNDINGS


def test_its_limits_are_those_that_are_sent() -> None:
    (names,) = re.findall(r"^    (flush_chunks .*)$", PAGE, flags=re.MULTILINE)
    assert tuple(names.split()) == ORIGINAL._fields
    assert f"(originally {', '.join(map(str, ORIGINAL))})" in PAGE


def test_its_reply_is_understood() -> None:
    (reply,) = examples(section("Replies"))
    answer = wire.answer(reply, Start("s1", "r1"), None, has_rows=True)
    assert answer.seen.value == answer.brief.active_stream_id == "V1StGXR8"
    assert answer.brief.metadata[0]["created_at"] == 1767225600000


def test_what_it_looks_at_is_understood() -> None:
    request, looked = examples(section("Looking"))
    names = {name: name for name in request["look"]}
    observed = examples(section("Replies"))[0]["observed"]
    reply = {**looked, "observed": observed}
    detail = wire.answer(reply, Advance(0), names, has_rows=True).detail
    assert detail is not None
    assert detail.chunks == {"s1": [("a", 0)], "unknown": []}
    assert detail.metadata == {"s1": ("streaming", "r1"), "unknown": None}
    assert detail.rows == Rows(
        (("V1StGXR8", "r1", "streaming", 1767225600000, None),),
        (("V1StGXR8", "a", 0, 1767225600000),),
        has_tables=True,
    )


def test_its_figures_are_right() -> None:
    assert f"does not answer for {ANSWER_S:g} s" in PAGE
    assert f"up to {LINE_BYTES_MAX >> 20} MiB long" in PAGE


def test_an_adapter_takes_less_than_a_hundred_lines() -> None:
    assert len(Path(adapter.__file__).read_text().splitlines()) < 100


@pytest.mark.parametrize(
    ("command", "request_"),
    [
        (Store("s1", "a"), {"do": "store", "stream": "s1", "bodies": ["a"]}),
        (Burst("s1", "b", 2), {"do": "store", "stream": "s1", "bodies": ["b0", "b1"]}),
        (ReplayToDeadSocket("r", 2), {"do": "replay", "request": "r", "frames_taken": 2}),
        (InTransaction(Replay("r")), {"do": "replay", "request": "r", "in_transaction": True}),
        (
            WhileDiskFails(Start("s1", "r"), 3),
            {"do": "start", "stream": "s1", "request": "r", "rows_written": 3},
        ),
        (
            InTransaction(WhileDiskFails(Flush(), 1)),
            {"do": "flush", "rows_written": 1, "in_transaction": True},
        ),
        (
            KillDuring(Start("s1", "r"), 4),
            {"do": "start", "stream": "s1", "request": "r", "statements_run": 4},
        ),
    ],
    ids=str,
)
def test_what_surrounds_a_call_goes_with_it(command: Command, request_: dict[str, Any]) -> None:
    assert sent(command) == request_
