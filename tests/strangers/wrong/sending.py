"""Wrong in what a client gets, and in what becomes of text."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.strangers.another_hand import AnotherHand, Socket


class FramesHaveSpaces(AnotherHand):
    def frame(self, request_id: str, body: str = "", **more: bool) -> str:
        return json.dumps(
            json.loads(super().frame(request_id, body, **more)), ensure_ascii=False
        )


class FramesAreAscii(AnotherHand):
    def frame(self, request_id: str, body: str = "", **more: bool) -> str:
        frame = json.loads(super().frame(request_id, body, **more))
        return json.dumps(frame, separators=(",", ":"))


class FramesAreBytes(AnotherHand):
    def frame(self, request_id: str, body: str = "", **more: bool) -> Any:
        return super().frame(request_id, body, **more).encode()


class FramesSayReplayLast(AnotherHand):
    def frame(self, request_id: str, body: str = "", **more: bool) -> str:
        fields = json.loads(super().frame(request_id, body, **more))
        fields["replay"] = fields.pop("replay")
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


class LiveReplaysAreDone(AnotherHand):
    def frame(self, request_id: str, body: str = "", **more: bool) -> str:
        return super().frame(request_id, body, **more | {"done": bool(more)})


class OrphansCompleteBeforeTheyAreSent(AnotherHand):
    """Completes first, so that a dead socket loses the answer."""

    def replay_chunks(self, connection: Socket, request_id: str) -> str | None:
        request_id = self.clean("request_id", request_id)
        orphan = None if self.mind.live else self.mind.active
        if orphan is None:
            return super().replay_chunks(connection, request_id)
        self.complete(orphan)
        frames = [self.frame(request_id, body=body) for body, _ in self.chunks(orphan)]
        for frame in [*frames, self.frame(request_id, done=True)]:
            connection.send(frame)
        return orphan


class OrphansStay(AnotherHand):
    """Sends done, and completes nothing."""

    def replayed(self, socket: Socket, stream_id: str, request_id: str) -> str | None:
        with self.undone():
            return super().replayed(socket, stream_id, request_id)

    @contextmanager
    def undone(self) -> Iterator[None]:
        before = self.mind
        self.db.execute("savepoint undone")
        yield
        self.db.execute("rollback to undone")
        self.db.execute("release undone")
        self.mind = before


class OtherRequestsGetNothing(AnotherHand):
    def replay_chunks(self, connection: Socket, request_id: str) -> str | None:
        if request_id != self.mind.request:
            return None
        return super().replay_chunks(connection, request_id)


class ReplaysWhatIsOnDisk(AnotherHand):
    """Does not flush before a replay."""

    def replay_chunks(self, connection: Socket, request_id: str) -> str | None:
        held, self.mind = self.mind.held, self.mind._replace(held=())
        try:
            return super().replay_chunks(connection, request_id)
        finally:
            self.mind = self.mind._replace(held=held)


class DeadSocketsAreIgnored(AnotherHand):
    def replay_chunks(self, connection: Socket, request_id: str) -> str | None:
        with suppress(Exception):
            return super().replay_chunks(connection, request_id)
        return None


class OneKindOfDeathIsIgnored(AnotherHand):
    """Knows what the library of today raises, and takes that for the end of the matter."""

    kind: type[Exception] = ConnectionError

    def replay_chunks(self, connection: Socket, request_id: str) -> str | None:
        with suppress(self.kind):
            return super().replay_chunks(connection, request_id)
        return None


class ClosedSocketsAreIgnored(OneKindOfDeathIsIgnored):
    kind = RuntimeError


class ClosedFilesAreIgnored(OneKindOfDeathIsIgnored):
    kind = ValueError


class DeadSocketsEndTheStream(AnotherHand):
    def replay_chunks(self, connection: Socket, request_id: str) -> str | None:
        try:
            return super().replay_chunks(connection, request_id)
        except Exception:
            if self.mind.active is not None:
                self.mark_error(self.mind.active)
            raise


class SurrogatesAreQuestionMarks(AnotherHand):
    def clean(self, name: str, text: object) -> str:
        return (
            str(text).encode("utf-8", "replace").decode()
            if name == "body"
            else super().clean(name, text)
        )


class SurrogatesAreReplacedThrice(AnotherHand):
    """Replaces each of the three bytes that half a pair would have in UTF-8."""

    def clean(self, name: str, text: object) -> str:
        if name != "body":
            return super().clean(name, text)
        return str(text).encode("utf-8", "surrogatepass").decode("utf-8", "replace")


class RequestsAreNotCleaned(AnotherHand):
    def clean(self, name: str, text: object) -> str:
        return str(text) if name == "request_id" else super().clean(name, text)


class NulsAreStripped(AnotherHand):
    def clean(self, name: str, text: object) -> str:
        return super().clean(name, text).replace("\x00", "")


class EmptyRequestsAreRefused(AnotherHand):
    def clean(self, name: str, text: object) -> str:
        if name == "request_id" and not text:
            raise ValueError("request_id is empty")
        return super().clean(name, text)
