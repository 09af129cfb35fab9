"""An argument of the wrong type is named, and nothing has changed."""

import sqlite3
from collections.abc import Callable
from typing import Any, cast

import pytest

from resumable import (
    ArgumentTypeError,
    ArgumentValueError,
    Limits,
    ResumableStream,
    ResumableStreamError,
    StorageError,
)
from tests.stream.bench import Bench, Client
from tests.stream.faults import LIVE, go_on, prepare

Method = Callable[[ResumableStream, Any], object]

TEXT_ARGUMENTS: dict[str, tuple[str, Method]] = {
    "start": ("request_id", lambda stream, wrong: stream.start(wrong)),
    "store_chunk: stream": ("stream_id", lambda stream, wrong: stream.store_chunk(wrong, "x")),
    "store_chunk: body": ("body", lambda stream, wrong: stream.store_chunk(LIVE, wrong)),
    "complete": ("stream_id", lambda stream, wrong: stream.complete(wrong)),
    "mark_error": ("stream_id", lambda stream, wrong: stream.mark_error(wrong)),
    "replay_chunks": (
        "request_id",
        lambda stream, wrong: stream.replay_chunks(Client(), wrong),
    ),
    "get_stream_chunks": ("stream_id", lambda stream, wrong: stream.get_stream_chunks(wrong)),
    "get_stream_metadata": (
        "stream_id",
        lambda stream, wrong: stream.get_stream_metadata(wrong),
    ),
    "insert_stale_stream: stream": (
        "stream_id",
        lambda stream, wrong: stream.insert_stale_stream(wrong, "request", 1),
    ),
    "insert_stale_stream: request": (
        "request_id",
        lambda stream, wrong: stream.insert_stale_stream("stale", wrong, 1),
    ),
}

NO_TEXT: list[Any] = [None, b"bytes", bytearray(b"bytes"), 7, 1.5, True, ["x"], object()]


def refuse(bench: Bench, unharmed: Bench, call: Callable[[], object], name: str) -> None:
    """``call`` names the argument; disk and memory are those of a stream without the call."""
    prepare(bench)
    prepare(unharmed)
    with pytest.raises(ArgumentTypeError, match=f"^{name} must be ") as raised:
        call()
    assert isinstance(raised.value, TypeError)
    assert isinstance(raised.value, ResumableStreamError)
    assert bench.seen() == unharmed.seen()
    assert go_on(bench) == go_on(unharmed)


def kind(wrong: object) -> str:
    return type(wrong).__name__


@pytest.mark.parametrize("wrong", NO_TEXT, ids=kind)
@pytest.mark.parametrize(("name", "method"), TEXT_ARGUMENTS.values(), ids=TEXT_ARGUMENTS)
def test_what_is_not_text_is_refused(
    bench: Bench, unharmed: Bench, name: str, method: Method, wrong: Any
) -> None:
    refuse(bench, unharmed, lambda: method(bench.stream, wrong), name)


@pytest.mark.parametrize("wrong", [None, "7", 7.0, True], ids=repr)
def test_an_age_that_is_no_integer_is_refused(
    bench: Bench, unharmed: Bench, wrong: Any
) -> None:
    refuse(
        bench,
        unharmed,
        lambda: bench.stream.insert_stale_stream("stale", "request", wrong),
        "age_ms",
    )


class SendIsNoMethod:
    send = "frames, please"


@pytest.mark.parametrize("wrong", [None, object(), print, SendIsNoMethod()], ids=kind)
def test_a_client_that_cannot_send_is_refused(
    bench: Bench, unharmed: Bench, wrong: Any
) -> None:
    refuse(
        bench,
        unharmed,
        lambda: bench.stream.replay_chunks(wrong, "request"),
        r"connection\.send",
    )


def test_a_client_that_cannot_send_is_refused_although_nothing_is_active(
    bench: Bench,
) -> None:
    no_client: Any = None
    with pytest.raises(ArgumentTypeError):
        bench.stream.replay_chunks(no_client, "request")


@pytest.mark.parametrize("wrong", [None, "stream.db", 7], ids=repr)
def test_what_is_not_a_connection_is_refused(wrong: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=r"^connection must be Connection"):
        ResumableStream(wrong)


@pytest.mark.parametrize("name", ["clock", "new_id", "limits"])
def test_an_option_of_the_wrong_type_is_refused_before_anything_is_made(
    bench: Bench, name: str
) -> None:
    bench.stream.destroy()
    wrong: dict[str, Any] = {name: 7}
    with pytest.raises(ArgumentTypeError, match=f"^{name} must be "):
        ResumableStream(bench.connection, **wrong)
    assert bench.connection.execute("select * from sqlite_master").fetchall() == []


def test_an_option_is_given_by_its_name(bench: Bench) -> None:
    make: Any = ResumableStream
    with pytest.raises(TypeError, match="positional"):
        make(bench.connection, bench.clock)


@pytest.mark.parametrize("factory", [bytes, lambda raw: raw.decode("latin-1")])
def test_a_connection_that_does_not_read_text_as_str_is_refused(
    bench: Bench, factory: Callable[[bytes], object]
) -> None:
    bench.stream.destroy()
    bench.connection.text_factory = factory
    with pytest.raises(ArgumentTypeError, match=r"^connection\.text_factory must be str$"):
        ResumableStream(bench.connection)
    assert bench.connection.execute("select * from sqlite_master").fetchall() == []
    assert bench.connection.text_factory is factory


def test_a_subclass_of_str_is_text(bench: Bench) -> None:
    class Body(str):
        __slots__ = ()

    stream_id = bench.start()
    bench.store(stream_id, Body("漢\ud83d"))
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == ["漢\ufffd"]


def test_a_subclass_of_connection_is_a_connection() -> None:
    class Pooled(sqlite3.Connection):
        pass

    pooled = Pooled(":memory:")
    assert ResumableStream(pooled).start("request")
    pooled.close()


@pytest.mark.parametrize("age_ms", [2**70, -(2**70)])
def test_an_age_beyond_what_sqlite_holds_changes_nothing(bench: Bench, age_ms: int) -> None:
    prepare(bench)
    before = bench.seen()
    with pytest.raises(StorageError, match=r"^the database refused: .*too large"):
        bench.stream.insert_stale_stream("stale", "request", age_ms)
    assert bench.seen() == before
    assert not bench.connection.in_transaction


class Async:
    async def send(self, frame: str) -> None:
        raise AssertionError(f"nobody awaits {frame}")


@pytest.mark.parametrize("has_chunks", [True, False])
@pytest.mark.parametrize("is_live", [True, False])
def test_an_async_client_is_refused_and_its_stream_stays_as_it_was(
    bench: Bench, *, has_chunks: bool, is_live: bool
) -> None:
    stream_id = bench.stream.start("request")
    if has_chunks:
        bench.stream.store_chunk(stream_id, "a")
        bench.stream.flush_buffer()
    stream = bench.stream if is_live else ResumableStream(bench.connection, clock=bench.clock)
    with pytest.raises(ArgumentTypeError, match="this one is async"):
        stream.replay_chunks(Async(), "request")
    assert stream.active_stream_id == stream_id
    assert stream.get_stream_metadata(stream_id) == {
        "status": "streaming",
        "request_id": "request",
    }


class EndsIt:
    """Ends the stream from inside ``send``, and would have to be awaited at the last frame."""

    def __init__(self, stream: ResumableStream) -> None:
        self.stream = stream
        self.frames: list[str] = []

    def send(self, frame: str) -> object:
        self.frames.append(frame)
        if len(self.frames) == 1:
            self.stream.complete("stream-1")
            return len(frame)
        return Async().send(frame)


def test_an_async_end_of_a_stream_that_has_ended_is_refused_too(bench: Bench) -> None:
    """What ``send`` returns means nothing otherwise."""
    bench.stream.store_chunk(bench.stream.start("request"), "a")
    client = EndsIt(bench.stream)
    with pytest.raises(ArgumentTypeError, match="this one is async"):
        bench.stream.replay_chunks(client, "request")
    assert len(client.frames) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clock": lambda: 1.5}, r"clock\(\) must be int, not float"),
        (
            {"limits": Limits(*[cast(int, "9")] * 6)},
            "limits.chunk_buffer_size must be int, not str",
        ),
        ({"limits": Limits(True)}, "limits.chunk_buffer_size must be int, not bool"),
        ({"limits": Limits(0)}, "limits.chunk_buffer_size must be at least 1, not 0"),
        ({"limits": Limits(cleanup_interval_ms=-1)}, "must be at least 0, not -1"),
        ({"limits": Limits(50, 49)}, "chunk_buffer_max_size must not be below"),
    ],
)
def test_what_no_stream_could_work_with_is_refused_before_anything_is_made(
    options: dict[str, Any], message: str
) -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(ResumableStreamError, match=message):
        ResumableStream(connection, **options)
    assert connection.execute("select * from sqlite_master").fetchall() == []


@pytest.mark.parametrize("name", Limits._fields)
def test_each_limit_has_a_least_value(name: str) -> None:
    narrowest = Limits(1, 1, 0, 0, 0, 0)._asdict()
    limits = Limits(**{**narrowest, name: narrowest[name] - 1})
    with pytest.raises(ArgumentValueError, match=f"limits.{name} must be at least"):
        ResumableStream(sqlite3.connect(":memory:"), limits=limits)


def test_the_narrowest_limits_are_kept() -> None:
    stream = ResumableStream(sqlite3.connect(":memory:"), limits=Limits(1, 1, 0, 0, 0, 0))
    stream.store_chunk(stream.start("request"), "")
    assert len(stream.get_all_stream_metadata()) == 1


def test_an_id_that_is_no_text_is_refused_before_anything_is_kept(bench: Bench) -> None:
    stream = ResumableStream(bench.connection, new_id=lambda: 5)  # type: ignore[arg-type, return-value]
    before = bench.seen()
    with pytest.raises(ArgumentTypeError, match=r"new_id\(\) must be str, not int"):
        stream.start("request")
    assert bench.seen() == before
