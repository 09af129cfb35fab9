"""The worked example, and all else that an adapter may do: ``python -m tests.protocol.mortal
package.module:Class``. Asked to die, it really does."""

import os
import signal
import sqlite3
from typing import Any

from resumable.conformance.failing_disk import FailingDisk, without_triggers
from resumable.conformance.raw import has_tables
from tests.protocol.adapter import Adapter, main


class Mortal(Adapter):
    def __init__(self, make: Any) -> None:
        super().__init__(make)
        self.can += ["file", "reopen", "transactions", "failing_disk", "kills"]
        self.can += ["calling_socket"]
        self.call: tuple[int, dict[str, Any]] | None = None

    def answer(self, it: dict[str, Any]) -> dict[str, Any]:
        self.disk_failed, self.harm, self.call = False, "", None
        reply = super().answer(it)
        return {**reply, "disk_failed": self.disk_failed, "connection": self.harm}

    def do(self, do: str, it: dict[str, Any]) -> object:
        if do == "open":
            self.path, self.ids = it["database"], {}
        if do in {"open", "restart", "reopen"}:
            return self.connect()
        if "call" in it:
            self.call = it.pop("at_frame"), it.pop("call")
        if "statements_run" in it:
            return self.die_during(do, it)
        if "in_transaction" in it:
            return self.in_transaction(do, it)
        return self.make_call(do, it)

    def make_call(self, do: str, it: dict[str, Any]) -> object:
        if "rows_written" in it and has_tables(self.db):
            return self.while_disk_fails(do, it)
        return super().do(do, it)

    def send(self, frame: str) -> None:
        super().send(frame)
        if self.call is not None and len(self.frames) == self.call[0] + 1:
            (_, call), self.call = self.call, None
            self.do(call["do"], call)

    def connect(self) -> object:
        if hasattr(self, "db"):
            self.db.close()
        self.db = sqlite3.connect(self.path)
        self.db.execute("pragma synchronous = off")
        self.stream = self.make(self.db)
        return None

    def die_during(self, do: str, it: dict[str, Any]) -> object:
        left = it["statements_run"]

        def before_statement(_: str) -> None:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

        without_triggers(self.db)
        self.db.set_trace_callback(before_statement)
        try:
            return super().do(do, it)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)

    def in_transaction(self, do: str, it: dict[str, Any]) -> object:
        self.db.execute("begin")
        try:
            return self.make_call(do, it)
        finally:
            if not self.db.in_transaction:
                self.harm = "ended the transaction that the caller had open"
            self.db.commit()

    def while_disk_fails(self, do: str, it: dict[str, Any]) -> object:
        with FailingDisk(self.db).fails_after(it["rows_written"]) as disk:
            try:
                return super().do(do, it)
            finally:
                self.disk_failed = disk.failed


if __name__ == "__main__":
    main(Mortal)
