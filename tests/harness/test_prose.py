"""Times, texts and commands as a person reads them."""

import pytest

from model import Advance, Burst, Command, Complete, MarkError, Store
from resumable.conformance import prose
from tests.harness import programs


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0 ms"),
        (1, "1 ms"),
        (999, "1 s - 1 ms"),
        (1_000, "1 s"),
        (1_234, "1,234 ms"),
        (60_000, "1 min"),
        (299_999, "5 min - 1 ms"),
        (300_000, "5 min"),
        (300_001, "5 min + 1 ms"),
        (86_400_000, "24 h"),
        (86_400_001, "24 h + 1 ms"),
        (87_000_000, "24 h 10 min"),
        (-1, "-1 ms"),
        (-300_000, "-5 min"),
        (-300_001, "-(5 min + 1 ms)"),
    ],
)
def test_a_span_is_said_by_the_nearest_threshold(ms: int, text: str) -> None:
    assert prose.duration(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0"), (1, "+1 ms"), (300_000, "+5 min"), (-1_000, "-1 s")]
)
def test_an_instant_is_said_from_the_start(ms: int, text: str) -> None:
    assert prose.instant(ms) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", '""'),
        ("a", '"a"'),
        ('say "hi"', "'say \"hi\"'"),
        ("it's", '"it\'s"'),
        ("\x00", "'\\x00'"),
        ("a\u2028b", "'a\\u2028b'"),
        ("\ud800", "'\\ud800'"),
        ("a" * 60, f'"{"a" * 60}"'),
        ("a" * 61, '"a" × 61'),
        ("é" * 61, '"é" × 61 (122 bytes)'),
        ("ab" * 40, f'"{"ab" * 10}"… (80 bytes)'),
        ("\ud800" * 61, "'\\ud800' × 61 (183 bytes)"),
    ],
)
def test_a_text_is_quoted_and_a_long_one_cut(value: str, text: str) -> None:
    assert prose.text(value) == text


def test_the_commands_of_a_program_read_like_the_class() -> None:
    assert [prose.command(command) for command in programs.ONE_OF_EACH] == [
        's1 = start("r1")',
        'store_chunk(s1, "a")',
        'store_chunk(s1, "b0" … "b2")  # 3 chunks',
        "flush_buffer()",
        "complete(s1)",
        "mark_error(unknown)",
        'replay_chunks(socket, "r1")',
        'replay_chunks(socket that dies after 1 frame, "r1")',
        'replay_chunks(socket, "r1"), and inside send of frame 1: complete(s1)',
        "the process is killed, and starts again",
        "the database is closed, and opened again",
        "restore()",
        "clear_all()",
        "destroy()",
        'insert_stale_stream(s2, "r2", -1 ms)',
        "the clock is set back: 5 min + 1 ms",
        's3 = start("r3"), while the disk fails after 1 row',
        'store_chunk(s1, "a"), inside a transaction of the caller\'s',
        "complete(s1), killed after 2 SQL statements; the process starts again",
        "flush_buffer(), while call 3 of the disk is an I/O error and all later ones",
        "the machine loses its power (kept of what was not synced: none), and starts again",
        (
            "complete(s1); after 3 changes to its files the machine loses its power (kept of"
            " what was not synced: torn 7), and starts again"
        ),
    ]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (Advance(0), "the clock moves on: 0 ms"),
        (Complete(""), 'complete("")'),
        (MarkError("it's"), 'mark_error("it\'s")'),
        (Burst("s1", "b", 1), 'store_chunk(s1, "b0")  # 1 chunk'),
        (Store("s1", "a" * 1_800_001), 'store_chunk(s1, "a" × 1,800,001)'),
    ],
)
def test_numbers_are_said_as_one_says_them(command: Command, text: str) -> None:
    assert prose.command(command) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "None"), ("a", '"a"'), (("a", 1), '("a", 1)'), ([], "()")]
)
def test_whatever_was_observed_fits_on_a_line(value: object, text: str) -> None:
    assert prose.value(value) == text


def test_a_letter_that_nobody_sees_is_named_in_a_frame() -> None:
    assert prose.visible('{"body":"na\u00efve \u2028 \ud800\x7f"}') == (
        '{"body":"na\u00efve <U+2028> <U+D800><U+007F>"}'
    )
    assert prose.visible("\\u2028") == "\\u2028"
