"""A small chat service in a process of its own: ``python -m tests.answering_service FILE``.

It is told on standard input what happens, one JSON object per line, and writes every frame
that it sends to its client to standard output, one per line:

    {"ask": "request-1"}        a client asks; the answer begins
    {"chunk": "…"}              the model says the next chunk of it
    {"reconnect": "request-1"}  the client was gone and is back
    {"end": true}               the model has said everything
"""

import json
import sqlite3
import sys
from typing import Any, Final

from resumable import ResumableStream

NOW_MS: Final = 1_767_225_600_000


class Client:
    """The client at the other end of standard output."""

    def send(self, frame: str) -> None:
        sys.stdout.write(frame + "\n")
        sys.stdout.flush()


class Service:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._stream: Final = ResumableStream(connection, clock=lambda: NOW_MS)
        self._client: Final = Client()

    def handle(self, what: dict[str, Any]) -> None:
        """Do what happened, and store before sending: what a client has seen may be missing
        after a crash, but only the last few chunks."""
        match what:
            case {"ask": request_id}:
                self._stream.start(request_id)
            case {"chunk": body}:
                self._stream.store_chunk(self._active(), body)
                self._client.send(live_frame(body, done=False))
            case {"reconnect": request_id}:
                self._stream.replay_chunks(self._client, request_id)
            case {"end": True}:
                self._stream.complete(self._active())
                self._client.send(live_frame("", done=True))

    def _active(self) -> str:
        stream_id = self._stream.active_stream_id
        assert stream_id is not None
        return stream_id


def live_frame(body: str, *, done: bool) -> str:
    """What the service itself sends while the answer comes in; no frame of a replay."""
    return json.dumps({"live": body, "done": done})


def main() -> None:
    service = Service(sqlite3.connect(sys.argv[1]))
    for line in sys.stdin:
        service.handle(json.loads(line))


if __name__ == "__main__":
    main()
