"""Streams that are wrong once, in a state that they hide: each in another place.

All send too little from the third replay of one instance on, and look right until then.
"""

import os
import sqlite3
from collections.abc import Callable
from typing import Any

from resumable import Limits, ResumableStream
from resumable.stream.limits import DEFAULT_LIMITS
from resumable.stream.stream import now_ms

LAST_RIGHT_REPLAY = 2


class _Hiding(ResumableStream):
    """``replays`` counts where a subclass hides it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        clock: Callable[[], int] = now_ms,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(connection, clock=clock, limits=limits)
        self.hide(connection)

    def hide(self, connection: sqlite3.Connection) -> None:
        """Prepare the place."""

    def replays(self) -> int:
        """How many there have been, with the one that begins."""
        raise NotImplementedError

    def replay_chunks(self, connection: Any, request_id: str) -> str | None:
        if self.active_stream_id is not None and self.replays() > LAST_RIGHT_REPLAY:
            return None
        return super().replay_chunks(connection, request_id)


class InAnAttribute(_Hiding):
    def hide(self, _connection: sqlite3.Connection) -> None:
        self._replays = 0

    def replays(self) -> int:
        self._replays += 1
        return self._replays


class InADictOfALaterAttribute(_Hiding):
    """The attribute is not even there at first."""

    def replays(self) -> int:
        held = self.__dict__.setdefault("_held", {"replays": [0]})
        held["replays"][0] += 1
        return int(held["replays"][0])


class InAnotherObject(_Hiding):
    def hide(self, _connection: sqlite3.Connection) -> None:
        self._counter = Counter(self)

    def replays(self) -> int:
        return self._counter.next()


class Counter:
    """Knows its owner, as objects do."""

    __slots__ = ("number", "owner")

    def __init__(self, owner: object) -> None:
        self.owner = owner
        self.number = 0

    def next(self) -> int:
        self.number += 1
        return self.number


class InAClosure(_Hiding):
    """Which cannot be copied."""

    def hide(self, _connection: sqlite3.Connection) -> None:
        self.count = _counter()

    def replays(self) -> int:
        return self.count()


def _counter() -> Callable[[], int]:
    number = 0

    def count() -> int:
        nonlocal number
        number += 1
        return number

    return count


class InAGenerator(_Hiding):
    """Which cannot be copied, either."""

    def hide(self, _connection: sqlite3.Connection) -> None:
        self.numbers = (number + 1 for number in range(100))

    def replays(self) -> int:
        return next(self.numbers)


class InAnotherTable(_Hiding):
    def hide(self, connection: sqlite3.Connection) -> None:
        connection.execute("create table if not exists replays (number integer)")

    def replays(self) -> int:
        self._connection.execute("insert into replays values (1)")
        self._connection.commit()
        (number,) = self._connection.execute("select count(*) from replays").fetchone()
        return int(number)


class InAnotherColumn(_Hiding):
    def hide(self, connection: sqlite3.Connection) -> None:
        table = "cf_ai_chat_stream_metadata"
        columns = [name for _, name, *_ in connection.execute(f"pragma table_info({table})")]
        if "replays" not in columns:
            connection.execute(f"alter table {table} add column replays integer default 0")

    def replays(self) -> int:
        table = "cf_ai_chat_stream_metadata"
        self._connection.execute(f"update {table} set replays = replays + 1")
        self._connection.commit()
        (number,) = self._connection.execute(f"select max(replays) from {table}").fetchone()
        return int(number)


class InTheUserVersion(_Hiding):
    def replays(self) -> int:
        (number,) = self._connection.execute("pragma user_version").fetchone()
        self._connection.execute(f"pragma user_version = {number + 1}")
        return int(number) + 1


class InATemporaryTable(_Hiding):
    """Which a copy of the database does not have."""

    def hide(self, connection: sqlite3.Connection) -> None:
        connection.execute("drop table if exists temp.replays")
        connection.execute("create temp table replays (number integer)")

    def replays(self) -> int:
        self._connection.execute("insert into temp.replays values (1)")
        self._connection.commit()
        (number,) = self._connection.execute("select count(*) from temp.replays").fetchone()
        return int(number)


HIDING: dict[type[_Hiding], bool] = {
    InAnAttribute: True,
    InADictOfALaterAttribute: True,
    InAnotherObject: True,
    InAnotherTable: True,
    InAnotherColumn: True,
    InTheUserVersion: True,
    InAClosure: False,
    InAGenerator: False,
    InATemporaryTable: False,
}
"""Each with whether it can be copied."""


class ExitsAtTheSecondStart(ResumableStream):
    """Takes its process with it."""

    def start(self, request_id: str) -> str:
        if self.active_stream_id is not None:
            os._exit(7)
        return super().start(request_id)
