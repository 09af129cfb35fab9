"""Text goes in and comes out unchanged, but for what is not text at all."""

import pytest

from tests.stream.bench import Bench

MADE_WELL_FORMED = {
    "a lone high surrogate": ("a\ud83db", "a\ufffdb"),
    "a lone low surrogate": ("a\ude00b", "a\ufffdb"),
    "a high surrogate at the end": ("a\ud83d", "a\ufffd"),
    "a low surrogate at the start": ("\ude00a", "\ufffda"),
    "two high surrogates": ("\ud83d\ud83d", "\ufffd\ufffd"),
    "two low surrogates": ("\ude00\ude00", "\ufffd\ufffd"),
    "the wrong way round": ("\ude00\ud83d", "\ufffd\ufffd"),
    "a high one before a pair": ("\ud83d\ud83d\ude00", "\ufffd😀"),
    "a pair as two code points": ("\ud83d\ude00", "😀"),
    "a pair beside an astral letter": ("\ud83d\ude00😀", "😀😀"),
    "an astral letter beside a lone one": ("😀\ud83d", "😀\ufffd"),
}

UNCHANGED = {
    "NUL": "a\x00b",
    "NUL alone": "\x00",
    "line and paragraph separators": "\u2028\u2029",
    "all control characters": "".join(map(chr, range(0x20))) + "\x7f\x80\x9f",
    "a byte order mark": "\ufeffa",
    "not characters": "\ufffe\uffff\U0010ffff",
    "a decomposed letter": "e\u0301",
    "astral letters": "👩‍👩‍👧‍👦𠜎",
    "nothing": "",
    "line ends": "\r\n\r\n",
    "SQL": "'; drop table cf_ai_chat_stream_chunks; --",
    "digits": "007",
}

EVERY_TEXT = {**MADE_WELL_FORMED, **{name: (text, text) for name, text in UNCHANGED.items()}}

texts = pytest.mark.parametrize(("given", "kept"), EVERY_TEXT.values(), ids=EVERY_TEXT)


@texts
def test_a_body_is_kept(bench: Bench, given: str, kept: str) -> None:
    stream_id = bench.start()
    bench.store(stream_id, given)
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == [kept]


@texts
def test_a_request_id_is_kept_in_memory_and_on_disk(
    bench: Bench, given: str, kept: str
) -> None:
    stream_id = bench.stream.start(given)
    assert bench.stream.active_request_id == kept
    assert bench.stream.get_stream_metadata(stream_id) == {
        "status": "streaming",
        "request_id": kept,
    }
    bench.reopen()
    assert bench.stream.active_request_id == kept


@texts
def test_a_stream_id_names_the_same_stream_everywhere(
    bench: Bench, given: str, kept: str
) -> None:
    bench.stream.insert_stale_stream(given, "request", 0)
    bench.store(given, "body")
    bench.stream.complete(given)
    assert bench.statuses() == {kept: "completed"}
    assert bench.bodies(given) == bench.bodies(kept) == ["body"]
    assert bench.stream.get_stream_metadata(given) == bench.stream.get_stream_metadata(kept)


@texts
def test_an_inserted_request_id_is_kept(bench: Bench, given: str, kept: str) -> None:
    bench.stream.insert_stale_stream("stale", given, 0)
    assert bench.seen().streams[0][1] == kept


@pytest.mark.parametrize("given", [given for given, _ in EVERY_TEXT.values()], ids=EVERY_TEXT)
def test_every_frame_is_text_that_utf8_can_carry(bench: Bench, given: str) -> None:
    stream_id = bench.start()
    bench.store(stream_id, given)
    for frame in bench.replay(given):
        frame.encode()
