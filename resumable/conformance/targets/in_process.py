"""Any Python implementation that works on an open ``sqlite3.Connection``, in this process."""

from collections.abc import Callable, Sequence
from functools import partial
from sqlite3 import Connection, Error
from typing import Any, Final

import resumable
from model import (
    ORIGINAL,
    ClearAll,
    Command,
    CutPower,
    CutPowerDuring,
    Destroy,
    InTransaction,
    KillDuring,
    Limits,
    Reopen,
    Restart,
    WhileDiskFails,
    WhileFaulty,
)
from resumable.conformance.bindings import Bindings
from resumable.conformance.failing_disk import FailingDisk, without_triggers
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.faults.library import can_simulate
from resumable.conformance.faults.striking import striking
from resumable.conformance.hindsight import durability_of
from resumable.conformance.left_out import NOTHING, LeftOut
from resumable.conformance.raw import (
    has_rows_in_order,
    is_open,
    read_rows,
    tables,
)
from resumable.conformance.setting import ROW_FACTORIES, Setting
from resumable.conformance.target import Brief, Detail, Seen, TargetError
from resumable.conformance.targets import read_outs
from resumable.conformance.targets.calls import DONE, Calls, Perform
from resumable.conformance.targets.database import (
    Database,
    FileDatabase,
    MemoryDatabase,
    new_folder,
)
from resumable.conformance.targets.stream_like import (
    Classify,
    Factory,
    SetClock,
    StreamLike,
    any_exception,
    folder_of,
    limits_of,
    missing_methods,
    takes_limits,
)


class InProcess:
    """A target that is constructed by ``factory(connection)``.

    Each restart constructs a new instance on the same database. ``set_clock`` makes a time
    the one that the target reads. ``always_on_file`` overrules the setting.
    """

    def __init__(
        self,
        factory: Factory,
        *,
        name: str,
        set_clock: SetClock,
        classify: Classify = any_exception,
        always_on_file: bool = False,
    ) -> None:
        self.name: Final = name
        self.takes_limits: Final = takes_limits(factory)
        self._factory: Final = factory
        self._set_clock: Final = set_clock
        self._always_on_file: Final = always_on_file
        self._memory: Final = MemoryDatabase()
        self._database: Database
        self._setting = Setting()
        self._limits: dict[str, resumable.Limits] = {}
        is_strange = classify is any_exception
        self._calls: Final = Calls(classify, folder_of(factory) if is_strange else "")
        self._spared: StreamLike
        self._now_ms = 0
        self._has_rows: bool | None = None
        """Whether it keeps its rows as the original does, which its first instance tells: a
        later one might find the tables of another."""
        self._disk: FailingDisk | None = None
        self._ended_transaction = False
        self._rows_read: int | None = None
        """How many rows had been written when all metadata was last read."""
        self._perform: Final = self._calls.methods
        self._perform.update(self._methods())

    @property
    def connection(self) -> Connection:
        """The target's connection, for engines that look into its database."""
        return self._database.connection

    @property
    def instance(self) -> StreamLike:
        """The living instance, for engines that look into it."""
        return self._calls.instance

    @property
    def database(self) -> Database:
        """What it works on, for engines that put another one in its place."""
        return self._database

    @property
    def simulated(self) -> SimulatedDatabase:
        """Its database, in a setting whose storage can lose its power."""
        assert isinstance(self._database, SimulatedDatabase)  # noqa: S101 - the setting says so
        return self._database

    @property
    def left_out(self) -> LeftOut:
        """Rows in other tables than the original's are its own affair. That is known once it
        has been opened."""
        if self._has_rows is not False:
            return NOTHING
        return LeftOut(rows=True, crash_points=True, by=self.name)

    def go_back(self) -> None:
        """Work with the same connection and instance as at the last time that this was
        called in this sequence, whatever happened to the process since. Rows and memory
        are what they are by now."""
        if not self._memory.go_back():
            self._spared = self._calls.instance
        self._calls.instance = self._spared

    def renew(self) -> None:
        """Open the next sequence on a new connection. One that was used before knows some
        statements already, so that a fault meets others."""
        self._memory.stop()

    def open(self, setting: Setting, now_ms: int, limits: Limits = ORIGINAL) -> None:
        database = self._database_for(setting)
        seen = self.attach(database, setting, now_ms, limits)
        obstacle = f"raised when constructed: {seen.error}" if seen.refused else self._lack()
        if obstacle:
            database.close()
            raise TargetError(f"{self.name} {obstacle}")

    def _database_for(self, setting: Setting) -> Database:
        durability = durability_of(setting)
        if durability is not None and can_simulate():
            return SimulatedDatabase(durability)
        on_file = self._always_on_file or setting.storage != "memory"
        return FileDatabase(new_folder()) if on_file else self._memory

    def attach(
        self, database: Database, setting: Setting, now_ms: int, limits: Limits = ORIGINAL
    ) -> Seen:
        """Construct an instance on ``database``, which may hold something already."""
        if limits != ORIGINAL and not self.takes_limits:
            raise TargetError(f"{self.name} has no parameter called limits")
        self._setting = setting
        self._limits = {"limits": limits_of(limits)} if self.takes_limits else {}
        self._database = database
        self._tick(now_ms)
        seen = self._restart(database.connect)
        if self._has_rows is None and not seen.refused:
            self._has_rows = has_rows_in_order(database.connection)
        return seen

    def close(self) -> None:
        if self._disk is not None and is_open(self._database.connection):
            # They would slow down the sequences that come after.
            without_triggers(self._database.connection)
        self._disk = None
        self._calls.forget()
        self._database.close()

    def stop(self) -> None:
        self.renew()

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        if now_ms != self._now_ms:
            self._tick(now_ms)
        self._ended_transaction = False
        self._database.midway.clear()
        return self._perform[type(command)](command, bindings)

    def brief(self, *, may_skip: bool) -> Brief:
        written = read_outs.rows_written(self._database.connection)
        is_unchanged = may_skip and written == self._rows_read
        self._rows_read = written
        return read_outs.brief(self._calls.instance, is_unchanged, self._harm)

    def detail(self, names: Sequence[str], bindings: Bindings) -> Detail:
        connection = self._database.connection
        has_rows = self._has_rows and is_open(connection)
        midway = tuple(dict.fromkeys(self._database.midway)) if has_rows else ()
        stream, ids = self._calls.instance, bindings.ids
        return Detail(
            {name: read_outs.chunks(stream, ids.get(name, name)) for name in names},
            {name: read_outs.metadata(stream, ids.get(name, name)) for name in names},
            read_rows(connection) if has_rows else None,
            midway,
        )

    def _lack(self) -> str:
        missing = missing_methods(self._calls.instance)
        return f"has no {', no '.join(missing)}" if missing else ""

    def _tick(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._set_clock(now_ms)

    def _construct(self, connection: Connection) -> None:
        connection.row_factory = ROW_FACTORIES[self._setting.rows]
        self._rows_read = None
        self._calls.instance = self._factory(connection, **self._limits)

    # -- Commands that are more than a call --

    def _methods(self) -> dict[type[Command], Perform]:
        return {
            ClearAll: self._dropping(self._calls.methods[ClearAll]),
            Destroy: self._dropping(self._calls.methods[Destroy]),
            Restart: lambda _command, _bindings: self._restart(self._database.crash),
            Reopen: lambda _command, _bindings: self._restart(self._database.reopen),
            WhileDiskFails: self._while_disk_fails,
            InTransaction: self._in_transaction,
            KillDuring: self._kill_during,
            WhileFaulty: self._while_faulty,
            CutPower: self._cut_power,
            CutPowerDuring: self._cut_power_during,
        }

    def _dropping(self, perform: Perform) -> Perform:
        """``perform``, which may drop tables: their rows do not count as written."""

        def performed(command: Any, bindings: Bindings) -> Seen:
            self._rows_read = None
            return perform(command, bindings)

        return performed

    def _restart(self, connect: Callable[[Setting], Connection]) -> Seen:
        self._calls.forget()
        try:
            self._construct(connect(self._setting))
        except TargetError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it raises is its reply
            return self._calls.refusal(error)
        return DONE

    def _while_disk_fails(self, command: WhileDiskFails, bindings: Bindings) -> Seen:
        connection = self._database.connection
        call = self._perform[type(command.call)]
        if not is_open(connection) or not tables(connection):
            return call(command.call, bindings)
        if self._disk is None or self._disk.connection is not connection:
            self._disk = FailingDisk(connection)
        with self._disk.fails_after(command.rows_written) as disk:
            seen = call(command.call, bindings)
        return seen._replace(disk_failed=disk.failed)

    def _in_transaction(self, command: InTransaction, bindings: Bindings) -> Seen:
        call: Callable[[], Seen]
        if isinstance(command.call, Restart):
            connection = self._database.crash(self._setting)
            call = partial(self._restart, lambda _: connection)
        else:
            connection = self._database.connection
            call = partial(self._perform[type(command.call)], command.call, bindings)
        connection.execute("begin")
        connection.execute("savepoint callers_own")
        seen = call()
        self._ended_transaction = not _goes_on(connection)
        if is_open(connection):
            connection.commit()
        return seen

    def _kill_during(self, command: KillDuring, bindings: Bindings) -> Seen:
        """In this process the call runs on to its end, which nobody sees: all that counts is
        what the database would have been left as."""
        connection = self._database.connection
        if not is_open(connection):
            return self._restart(self._database.crash)
        if self._disk is not None and self._disk.connection is connection:
            without_triggers(connection)
        self._database.kill_after(command.statements_run)
        self._perform[type(command.call)](command.call, bindings)
        return self._restart(self._database.killed)

    def _while_faulty(self, command: WhileFaulty, bindings: Bindings) -> Seen:
        if isinstance(command.call, Restart):
            return self._restart_while_faulty(command)
        call = self._perform[type(command.call)]
        with striking(self._database, command.fault, command.let_through) as strike:
            seen = call(command.call, bindings)
        return seen._replace(disk_failed=strike.struck)

    def _restart_while_faulty(self, command: WhileFaulty) -> Seen:
        """The connection is the caller's: it is opened before the fault may strike, and the
        same when the constructor is called again."""
        database = self._database
        connection = database.crash(self._setting)
        with striking(database, command.fault, command.let_through) as strike:
            seen = self._restart(lambda _: connection)
        if seen.refused is not None:
            database.midway.append(read_rows(connection))
            again = self._restart(lambda _: connection)
            seen = seen if again.refused is None else again
        return seen._replace(disk_failed=strike.struck)

    def _cut_power(self, command: CutPower, _bindings: Bindings) -> Seen:
        return self._restart(partial(self._database.cut_power, command.kept))

    def _cut_power_during(self, command: CutPowerDuring, bindings: Bindings) -> Seen:
        """As for a kill, the call runs on to its end, which nobody sees; and so does the
        recovery from another crash."""
        self._database.note_beginning()
        self._perform[type(command.call)](command.call, bindings)
        left = partial(self._database.power_cut, command.changes_made, command.kept)
        return self._restart(left)

    def _harm(self) -> str:
        return read_outs.harm_to(
            self._database.connection,
            self._setting,
            ended_transaction=self._ended_transaction,
        )


def _goes_on(connection: Connection) -> bool:
    """Whether the transaction is still the one that had the caller's savepoint in it."""
    try:
        connection.execute("release callers_own")
    except Error:
        return False
    return True
