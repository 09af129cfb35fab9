"""Wrong when something fails, and towards the caller's connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.strangers.another_hand import AnotherHand
from tests.strangers.tables import Script


class FullBuffersRefuseEarly(AnotherHand):
    BATCH_MAX = 99


class FullBuffersNeverRefuse(AnotherHand):
    BATCH_MAX = 10**9


class FailedFlushesRaise(AnotherHand):
    """Raises from the store of the tenth chunk, which it keeps."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        super().store_chunk(stream_id, body)
        if len(self.mind.held) >= self.BATCH:
            self.flush_buffer()


class FailedFlushesLoseTheBuffer(AnotherHand):
    def flush_buffer(self) -> None:
        held, self.mind = self.mind.held, self.mind._replace(held=())
        with self.at_once():
            self.run(self.flushing(held))
        self.check()


class StartsBeforeItCommits(AnotherHand):
    def start(self, request_id: str) -> str:
        self.check()
        self.mind = self.mind._replace(live=True)
        return super().start(request_id)


class CompletesInTwo(AnotherHand):
    def complete(self, stream_id: str) -> None:
        self.flush_buffer()
        super().complete(stream_id)


class ClearsInTwo(AnotherHand):
    def clear_all(self) -> None:
        self.check()
        with self.at_once():
            self.run(self.emptying()[:1])
        super().clear_all()


class DestroysInTwo(AnotherHand):
    def destroy(self) -> None:
        if not self.gone:
            with self.at_once():
                self.run(self.dropping()[:1])
            self.mind = self.mind._replace(held=())
        super().destroy()


class RestoresInTwo(AnotherHand):
    """Deletes what is stale in one transaction, and its row in another."""

    def restore(self) -> None:
        self.check()
        for stream_id, _, created_at in self.newest():
            if self.is_stale(self.now() - created_at):
                with self.at_once():
                    self.run(self.deleting(stream_id)[:1])
        super().restore()


class ConnectionsAreManaged(AnotherHand):
    """Leaves transactions to ``with connection``, which ends those of the caller, too."""

    @contextmanager
    def at_once(self) -> Iterator[None]:
        with self.db:
            yield


class RowsHaveNames(AnotherHand):
    """Sets the row factory of the caller's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        super().__init__(connection)


class TablesComeFromAScript(AnotherHand):
    """Runs a script, which first commits whatever the caller has open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.executescript(";".join(statement for statement, _ in self.creating()))
        super().__init__(connection)


class CommitsByItself(AnotherHand):
    """Switches off the transactions of the caller's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.isolation_level = None
        super().__init__(connection)


class TablesAreCreatedOnce(AnotherHand):
    """Notes in the database that it has tables, also when they were destroyed."""

    def creating(self) -> Script:
        ((version,),) = self.rows("pragma user_version")
        return [] if version else [*super().creating(), ("pragma user_version = 1", ())]


class DestroyedIsEmpty(AnotherHand):
    """Reads out nothing after ``destroy``, where it should raise."""

    def get_all_stream_metadata(self) -> list[dict[str, Any]]:
        return [] if self.gone else super().get_all_stream_metadata()


class DestroyedStillStores(AnotherHand):
    def store_chunk(self, stream_id: str, body: str) -> None:
        if self.gone:
            self.mind = self.holding(stream_id, body)
        else:
            super().store_chunk(stream_id, body)


class DestroyedTwiceRaises(AnotherHand):
    def destroy(self) -> None:
        self.check()
        super().destroy()
