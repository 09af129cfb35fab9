"""Faults while one call of the target runs: of the disk, and of SQLite's own making."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from model.commands import Fault
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.faults.strike import DISK_FAULTS, Strike
from resumable.conformance.raw import is_open
from resumable.conformance.targets.database import Database

_DDL: Final = frozenset({"create", "drop", "alter"})
"""Outside a transaction nothing tells whether these have taken effect already."""


class Striking(Protocol):
    """What is known of a strike once it is over."""

    @property
    def struck(self) -> bool: ...


class Countdown:
    """Lets so many ticks through, and strikes at the next; never again."""

    def __init__(self, let_through: int) -> None:
        self._left = let_through
        self.struck = False

    def now(self) -> bool:
        """Whether it strikes at this tick."""
        if self.struck or self._left:
            self._left -= 1
            return False
        self.struck = True
        return True


@contextmanager
def striking(database: Database, fault: Fault, let_through: int) -> Iterator[Striking]:
    """While it is entered, ``fault`` strikes the database. Only a disk of the harness's own
    can fail; interrupts and denials can strike any connection that is open."""
    countdown = Countdown(let_through)
    connection = database.connection
    if fault in DISK_FAULTS:
        if not isinstance(database, SimulatedDatabase):
            yield countdown
            return
        database.disk.strike = strike = Strike(fault, let_through)
        try:
            yield strike
        finally:
            database.disk.strike = None
    elif not is_open(connection):
        yield countdown
    elif fault == "interrupt":
        yield from _interrupting(database, countdown)
    else:
        yield from _denying(connection, countdown)


class _Interruptions:
    """As with ``sqlite3_interrupt``, a statement that has taken effect goes on. A progress
    handler is asked again after a commit, and could then have it raise, though it is done:
    only a handler can do that, and no transaction could undo it. Nor is what undoes one
    interrupted, as none is denied."""

    def __init__(self, database: Database, countdown: Countdown) -> None:
        self._connection: Final = database.connection
        self._on_statement: Final = database.on_statement
        self._countdown: Final = countdown
        self._verb = ""
        self._is_spared = False
        self._was_open = False
        self._written = 0

    def begin(self, statement: str) -> None:
        """A statement begins."""
        before, self._verb = self._verb, _verb_of(statement)
        self._was_open = self._connection.in_transaction
        self._written = self._connection.total_changes
        undoes = self._verb == "rollback" or (before, self._verb) == ("rollback", "release")
        self._is_spared = undoes or (self._verb in _DDL and not self._was_open)
        if self._on_statement is not None:
            self._on_statement(statement)

    def tick(self) -> bool:
        """Whether this is the moment."""
        return not self._is_spared and not self._has_taken_effect() and self._countdown.now()

    def _has_taken_effect(self) -> bool:
        if self._connection.in_transaction != self._was_open:
            return True
        return not self._was_open and self._connection.total_changes != self._written


def _verb_of(statement: str) -> str:
    words = statement[:80].split(maxsplit=1)
    return words[0].lower() if words else ""


def _interrupting(database: Database, countdown: Countdown) -> Iterator[Striking]:
    connection, interruptions = database.connection, _Interruptions(database, countdown)
    connection.set_trace_callback(interruptions.begin)
    connection.set_progress_handler(interruptions.tick, 1)
    try:
        yield countdown
    finally:
        if is_open(connection):
            connection.set_progress_handler(None, 1)
            connection.set_trace_callback(database.on_statement)


def _denying(connection: sqlite3.Connection, countdown: Countdown) -> Iterator[Striking]:
    def authorize(_action: int, first: Any, *_: Any) -> int:
        """A rollback is never denied: there would be no way left to undo anything."""
        is_denied = first != "ROLLBACK" and countdown.now()
        return sqlite3.SQLITE_DENY if is_denied else sqlite3.SQLITE_OK

    connection.set_authorizer(authorize)
    try:
        yield countdown
    finally:
        if is_open(connection):
            connection.set_authorizer(None)
