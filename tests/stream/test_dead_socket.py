"""A client whose socket dies in the middle of a replay gets everything when it returns."""

import pytest

from resumable import ResumableStream
from tests.stream.bench import Bench, Client

CHUNKS = 12
FRAMES = CHUNKS + 1

every_frame = pytest.mark.parametrize("taken", range(FRAMES))


@every_frame
def test_a_live_stream_stays_live_when_send_raises(bench: Bench, taken: int) -> None:
    stream_id = bench.start(chunks=CHUNKS)
    client = Client(frames_taken=taken)
    with pytest.raises(ConnectionResetError, match="the client went away"):
        bench.stream.replay_chunks(client, "request")
    assert bench.seen()[:4] == (stream_id, "request", True, True)
    assert bench.statuses() == {stream_id: "streaming"}
    frames = bench.replay()
    assert client.frames == frames[:taken]
    assert len(frames) == FRAMES
    assert bench.stream.is_live


@every_frame
def test_an_orphan_stays_an_orphan_when_send_raises(bench: Bench, taken: int) -> None:
    stream_id = bench.start(chunks=CHUNKS)
    bench.stream.flush_buffer()
    bench.reopen()
    client = Client(frames_taken=taken)
    with pytest.raises(ConnectionResetError, match="the client went away"):
        bench.stream.replay_chunks(client, "request")
    assert bench.seen()[:4] == (stream_id, "request", True, False)
    assert bench.statuses() == {stream_id: "streaming"}
    whole = Client()
    assert bench.stream.replay_chunks(whole, "request") == stream_id
    assert client.frames == whole.frames[:taken]
    assert len(whole.frames) == FRAMES
    assert bench.statuses() == {stream_id: "completed"}


def test_a_socket_that_dies_after_the_last_frame_does_no_harm(bench: Bench) -> None:
    stream_id = bench.start(chunks=CHUNKS)
    bench.stream.flush_buffer()
    bench.reopen()
    client = Client(frames_taken=FRAMES)
    assert bench.stream.replay_chunks(client, "request") == stream_id


def test_the_very_exception_of_send_comes_through(bench: Bench) -> None:
    bench.start(chunks=1)
    died = KeyboardInterrupt()

    class Tab:
        def send(self, _frame: str) -> None:
            raise died

    with pytest.raises(KeyboardInterrupt) as raised:
        bench.stream.replay_chunks(Tab(), "request")
    assert raised.value is died


def test_no_transaction_is_open_while_a_frame_is_sent(bench: Bench) -> None:
    """A slow client must not keep everybody else from writing."""
    bench.start(chunks=11)
    open_while_sending = []

    class Tab:
        def send(self, _frame: str) -> None:
            open_while_sending.append(bench.connection.in_transaction)

    bench.stream.replay_chunks(Tab(), "request")
    assert open_while_sending == [False] * 12


def test_a_client_may_take_frames_in_the_middle_of_another_replay(bench: Bench) -> None:
    bench.start(chunks=3)
    inner: list[str] = []

    class Tab:
        def __init__(self, stream: ResumableStream) -> None:
            self.frames: list[str] = []
            self._stream = stream

        def send(self, frame: str) -> None:
            self.frames.append(frame)
            if len(self.frames) == 2:
                inner.extend(bench.replay())

    tab = Tab(bench.stream)
    bench.stream.replay_chunks(tab, "request")
    assert tab.frames == inner
