"""A worked example of an adapter: ``python -m tests.protocol.adapter package.module:Class``,
where the class takes an open sqlite3.Connection, and reads the time from ``time``."""

import importlib
import json
import sqlite3
import sys
import time
from typing import Any

STREAMS = """select id, request_id, status, created_at, completed_at
    from cf_ai_chat_stream_metadata"""
CHUNKS = """select stream_id, body, chunk_index, created_at from cf_ai_chat_stream_chunks
    order by chunk_index, rowid"""
CALLS = {
    "start": ("start", "request"),
    "flush": ("flush_buffer",),
    "complete": ("complete", "id"),
    "mark_error": ("mark_error", "id"),
    "replay": ("replay_chunks", "socket", "request"),
    "insert_stale": ("insert_stale_stream", "id", "request", "age_ms"),
}


class Adapter:
    def __init__(self, make: Any) -> None:
        self.make, self.can = make, ["rows", "dead_socket", "lone_surrogates"]

    def hello(self) -> dict[str, Any]:
        return {"protocol": 1, "name": self.make.__name__, "can": self.can}

    def answer(self, it: dict[str, Any]) -> dict[str, Any]:
        time.time_ns = lambda: it["now"] * 1_000_000
        time.time = lambda: (it["now"] + 0.25) / 1000
        self.frames, self.frames_taken = list[str](), it.get("frames_taken")
        reply: dict[str, Any] = {"frames": self.frames}
        try:
            reply["value"] = self.do(it["do"], it)
        except Exception as error:  # noqa: BLE001 - whatever it raises is its reply
            refused = {"refused": "socket"} if isinstance(error, ConnectionResetError) else {}
            reply |= {"error": repr(error), **refused}
        names = ("active_stream_id", "active_request_id", "is_live")
        reply["observed"] = {name: read(getattr, self.stream, name) for name in names} | {
            "has_active_stream": read(self.stream.has_active_stream),
            "metadata": read(self.stream.get_all_stream_metadata),
        }
        return reply | ({"looked": self.looked(it["look"])} if "look" in it else {})

    def do(self, do: str, it: dict[str, Any]) -> object:
        if do == "open":
            self.db, self.ids = sqlite3.connect(":memory:"), dict[str, str]()
        if do in {"open", "restart"}:
            self.db.rollback()
            self.stream = self.make(self.db)
            return None
        it |= {"id": self.ids.get(it.get("stream", ""), it.get("stream")), "socket": self}
        if do == "store":
            return [self.stream.store_chunk(it["id"], body) for body in it["bodies"]]
        method, *names = CALLS.get(do, (do,))
        value = do != "advance" and getattr(self.stream, method)(*map(it.get, names))
        if do == "start":
            self.ids[it["stream"]] = str(value)
        return value

    def send(self, frame: str) -> None:
        if len(self.frames) == self.frames_taken:
            raise ConnectionResetError
        self.frames.append(frame)

    def looked(self, names: list[str]) -> dict[str, Any]:
        stream, ids = self.stream, {name: self.ids.get(name, name) for name in names}
        tables = {"streams": STREAMS, "chunks": CHUNKS}
        return {
            "chunks": {name: read(stream.get_stream_chunks, ids[name]) for name in names},
            "metadata": {name: read(stream.get_stream_metadata, ids[name]) for name in names},
            "rows": {name: read(self.db.execute, query) for name, query in tables.items()},
        }


def read(call: Any, *arguments: Any) -> object:
    try:
        return call(*arguments)
    except Exception as error:  # noqa: BLE001 - that it raises is what is observed
        return {"raised": repr(error)}


def main(kind: type[Adapter] = Adapter) -> None:
    module, _, name = sys.argv[1].partition(":")
    adapter = kind(getattr(importlib.import_module(module), name))
    for line in sys.stdin:
        it = json.loads(line)
        reply = adapter.hello() if it["do"] == "hello" else adapter.answer(it)
        sys.stdout.write(json.dumps({"n": it["n"], **reply}, default=list) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
