"""The whole life of an answer: a real service in a process of its own, a file, a real death."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from model import INITIAL, Command, Complete, Replay, Reply, Restart, Start, Store, step
from resumable import ResumableStream
from tests.answering_service import NOW_MS, live_frame
from tests.llm_answer import make_answer

ROOT: Final = Path(__file__).parents[1]
REQUEST: Final = "request-1"
ANSWER: Final = make_answer()
HALF: Final = len(ANSWER) // 2


class RunningService:
    """The service as a child process, with both ends of what it is told and what it says."""

    def __init__(self, database: Path) -> None:
        self._process: Final = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "tests.answering_service", str(database)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def tell(self, **what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def frames(self, count: int) -> list[str]:
        """The next ``count`` frames that the client gets."""
        assert self._process.stdout is not None
        return [self._process.stdout.readline().removesuffix("\n") for _ in range(count)]

    def answer(self, bodies: Iterable[str]) -> None:
        """Let the model say ``bodies``, and see each arrive at the client."""
        for body in bodies:
            self.tell(chunk=body)
            assert self.frames(1) == [live_frame(body, done=False)]

    def kill(self) -> None:
        self._process.kill()
        assert self._process.wait(60) == -signal.SIGKILL

    def end(self) -> None:
        """There is nothing more to tell; it ends by itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(60) == 0

    def close(self) -> None:
        """However it went, leave neither a process nor a pipe behind."""
        self._process.kill()
        self._process.wait(60)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
def service(database: Path) -> Iterator[RunningService]:
    with closing(RunningService(database)) as service:
        yield service


class Tab:
    """A client that reconnects, and reads frames as a browser does."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    def send(self, frame: str) -> None:
        self.frames.append(frame)

    @property
    def bodies(self) -> list[str]:
        return [json.loads(frame)["body"] for frame in self.frames[:-1]]

    @property
    def is_done(self) -> bool:
        return json.loads(self.frames[-1])["done"] is True


def predicted(*commands: Command) -> Reply:
    """What the specification says that the last command is answered with."""
    state = INITIAL
    for command in commands:
        ((reply, state),) = step(state, command, NOW_MS)
    return reply


def stored(bodies: Iterable[str]) -> list[Command]:
    return [Start("s1", REQUEST), *[Store("s1", body) for body in bodies]]


def reopened(database: Path) -> tuple[Tab, ResumableStream, str | None]:
    """A new instance on the file, and a client that reconnects to it."""
    with closing(sqlite3.connect(database)) as connection:
        stream = ResumableStream(connection, clock=lambda: NOW_MS)
        tab = Tab()
        return tab, stream, stream.replay_chunks(tab, REQUEST)


def test_the_answer_is_one_that_a_service_would_see() -> None:
    kinds = [json.loads(body)["type"] for body in ANSWER]
    assert len(ANSWER) > 250
    assert (kinds[0], kinds[-1]) == ("start", "finish")
    assert {"reasoning-delta", "tool-input-delta", "text-delta"} < set(kinds)
    large = [place for place, body in enumerate(ANSWER) if len(body.encode()) > 100_000]
    assert [kinds[place] for place in large] == ["tool-output-available"] * 2
    assert all(place < HALF // 10 * 10 for place in large)
    assert not "".join(ANSWER).isascii()
    assert make_answer() == ANSWER


@pytest.mark.parametrize("said", [HALF, HALF // 10 * 10, HALF // 10 * 10 + 9])
def test_a_service_killed_half_way_gives_back_what_it_had_flushed(
    service: RunningService, database: Path, said: int
) -> None:
    service.tell(ask=REQUEST)
    service.answer(ANSWER[:said])
    service.kill()
    tab, stream, orphan = reopened(database)
    assert tab.bodies == ANSWER[: said // 10 * 10]
    assert tab.is_done
    assert orphan is not None
    assert not stream.has_active_stream()
    reply = predicted(*stored(ANSWER[:said]), Restart(), Replay(REQUEST))
    assert tuple(tab.frames) == reply.frames
    assert reply.value == "s1"


def test_a_service_killed_in_full_flight_gives_back_whole_tens(
    service: RunningService, database: Path
) -> None:
    """Nobody knows how far it had come: at least as far as the client has seen."""

    def talk() -> None:
        with suppress(BrokenPipeError):
            for body in ANSWER:
                service.tell(chunk=body)

    service.tell(ask=REQUEST)
    talker = threading.Thread(target=talk)
    talker.start()
    seen = service.frames(HALF)
    service.kill()
    talker.join(60)
    tab, _, _ = reopened(database)
    flushed = len(tab.bodies)
    assert seen == [live_frame(body, done=False) for body in ANSWER[:HALF]]
    assert HALF // 10 * 10 <= flushed <= len(ANSWER)
    reply = predicted(*stored(ANSWER[:flushed]), Restart(), Replay(REQUEST))
    assert tuple(tab.frames) == reply.frames
    assert flushed % 10 == 0
    assert tab.is_done


def test_a_killed_service_that_starts_again_finishes_the_answer(
    service: RunningService, database: Path
) -> None:
    service.tell(ask=REQUEST)
    service.answer(ANSWER[:HALF])
    service.kill()
    reply = predicted(*stored(ANSWER[:HALF]), Restart(), Replay(REQUEST))
    with closing(RunningService(database)) as again:
        again.tell(reconnect=REQUEST)
        assert tuple(again.frames(len(reply.frames))) == reply.frames
        again.end()
    tab, stream, orphan = reopened(database)
    assert (tab.frames, orphan, stream.has_active_stream()) == ([], None, False)


def test_an_answer_that_comes_to_its_end_is_kept_whole(
    service: RunningService, database: Path
) -> None:
    service.tell(ask=REQUEST)
    service.answer(ANSWER)
    service.tell(end=True)
    assert service.frames(1) == [live_frame("", done=True)]
    with closing(sqlite3.connect(database)) as connection:
        stream = ResumableStream(connection, clock=lambda: NOW_MS)
        (row,) = stream.get_all_stream_metadata()
        chunks = stream.get_stream_chunks(row["id"])
    assert row["status"] == "completed"
    assert [chunk["body"] for chunk in chunks] == ANSWER
    assert [chunk["chunk_index"] for chunk in chunks] == list(range(len(ANSWER)))
    assert reopened(database)[0].frames == []
    assert predicted(*stored(ANSWER), Complete("s1"), Replay(REQUEST)).frames == ()


def test_a_client_that_reconnects_in_the_middle_misses_nothing(
    service: RunningService,
) -> None:
    service.tell(ask=REQUEST)
    service.answer(ANSWER[:HALF])
    service.tell(reconnect=REQUEST)
    reply = predicted(*stored(ANSWER[:HALF]), Replay(REQUEST))
    replayed = service.frames(HALF + 1)
    assert tuple(replayed) == reply.frames
    assert [json.loads(frame)["body"] for frame in replayed[:-1]] == ANSWER[:HALF]
    assert json.loads(replayed[-1])["replayComplete"] is True
    service.answer(ANSWER[HALF:])
    service.tell(end=True)
    assert service.frames(1) == [live_frame("", done=True)]


def test_an_answer_survives_two_deaths(service: RunningService, database: Path) -> None:
    """The second service dies in its turn before any client came back."""
    service.tell(ask=REQUEST)
    service.answer(ANSWER[:HALF])
    service.kill()
    with closing(RunningService(database)) as second:
        second.tell(chunk="one more")
        assert second.frames(1) == [live_frame("one more", done=False)]
        second.kill()
    tab, _, _ = reopened(database)
    assert tab.bodies == ANSWER[: HALF // 10 * 10]
    assert tab.is_done
