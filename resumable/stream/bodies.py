"""The chunks of a stream on their way to a client."""

import sqlite3
from collections.abc import Callable, Iterator
from math import inf
from typing import Final

from resumable.stream import schema
from resumable.stream.transaction import storage_error

PAGE_CHARS: Final = 1 << 18
"""A page ends soon after so many: of a long answer, no more is in memory."""

_ROWS: Final = 64
"""So many are fetched at a time, which takes less time than one by one."""


class Bodies:
    """The bodies of a stream as they are on disk when this is made, in the order of a replay.

    They are read a page at a time, and between two pages no statement is open: a client may
    be slow without locking the database, and may have the stream called from inside ``send``.
    Whoever is about to change the tables calls ``keep`` before.
    """

    def __init__(self, new_cursor: Callable[[], sqlite3.Cursor], stream_id: str) -> None:
        """Raises StorageError, as iterating does."""
        self._new_cursor: Final = new_cursor
        self._stream_id: Final = stream_id
        self._after = schema.BEFORE_ALL
        self._kept: list[str] = []
        self._is_last = False
        self._read(PAGE_CHARS)

    def __iter__(self) -> Iterator[list[str]]:
        """Each body once, page by page."""
        while True:
            page, self._kept = self._kept, []
            yield page
            page.clear()  # So that there are never two.
            if not self._kept:
                if self._is_last:
                    return
                self._read(PAGE_CHARS)

    def keep(self) -> None:
        """Read all that is left, however much it is. Raises StorageError."""
        if not self._is_last:
            self._read(inf)

    def _read(self, chars_left: float) -> None:
        """Keep what comes next, until it is more than that."""
        cursor = self._new_cursor()
        try:
            cursor.execute(schema.CHUNKS, (self._stream_id, *self._after))
            while rows := cursor.fetchmany(_ROWS):
                bodies = [row[0] for row in rows]
                self._kept += bodies
                chars_left -= sum(map(len, bodies))
                if chars_left < 0:
                    self._after = rows[-1][1:]
                    return
            self._is_last = True
        except sqlite3.Error as error:
            raise storage_error(error) from error
        finally:
            cursor.close()
