"""A database on a disk of the harness's own, under a target: it can be killed, cut from its
power, and struck, at any call of the disk."""

import gc
import sqlite3
from collections.abc import Callable
from functools import cache

from model.crash import Durability
from resumable.conformance.faults import images, vfs
from resumable.conformance.faults.disk import Disk, Image
from resumable.conformance.setting import Setting
from resumable.conformance.target import Rows, TargetError


class SimulatedDatabase:
    """One database, opened by one connection. ``durability`` says how: ``wal-full`` is
    journal_mode=WAL with synchronous=FULL.

    A crash that the call survives is not seen by it: it runs on to its end, on files that
    nobody will find.
    """

    def __init__(self, durability: Durability, image: Image | None = None) -> None:
        self._journal_mode, _, self._synchronous = durability.partition("-")
        self.connection: sqlite3.Connection
        self.midway: list[Rows] = []
        self.on_statement: Callable[[str], None] | None = None
        self.disk = Disk(blank(self._journal_mode) if image is None else image)
        self.opened_at = 0
        """How many events there were once it was open: SQLite has then recovered."""

        self._place = ""
        self._mark = 0
        self._statements_left = 0
        self._struck: Disk | None = None

    def connect(self, setting: Setting) -> sqlite3.Connection:
        self._place = vfs.mount(self.disk)
        self.connection = vfs.connect(self._place, setting.isolation_level)
        self.connection.execute(f"pragma synchronous = {self._synchronous}")
        self.opened_at = len(self.disk.events)
        return self.connection

    def crash(self, setting: Setting) -> sqlite3.Connection:
        return self._move_to(self.disk.fork(), setting)

    def kill_after(self, statements_run: int) -> None:
        self._struck = None
        self._statements_left = statements_run
        self.connection.set_trace_callback(self._before_statement)

    def killed(self, setting: Setting) -> sqlite3.Connection:
        return self._move_to(self._struck or self.disk.fork(), setting)

    def cut_power(self, kept: str, setting: Setting) -> sqlite3.Connection:
        self.note_beginning()
        return self.power_cut(0, kept, setting)

    def note_beginning(self) -> None:
        self._mark = len(self.disk.events)

    def power_cut(self, changes_made: int, kept: str, setting: Setting) -> sqlite3.Connection:
        upto = min(self._mark + changes_made, len(self.disk.events))
        if kept == images.ALL:
            return self._move_to(self.disk.fork(upto), setting)
        platter = images.at(self.disk.base, self.disk.events[:upto])
        found = platter.image(images.surviving(platter.pending, kept))
        return self._move_to(Disk(found), setting)

    def reopen(self, setting: Setting) -> sqlite3.Connection:
        self.connection.close()
        if vfs.is_open(self.disk):
            gc.collect()
        if vfs.is_open(self.disk):
            raise TargetError(
                "the target keeps a statement open somewhere, so that its database cannot be"
                " closed in good order"
            )
        return self._move_to(self.disk, setting)

    def close(self) -> None:
        self._leave()

    def _move_to(self, disk: Disk, setting: Setting) -> sqlite3.Connection:
        self._leave()
        self.disk = disk
        self.note_beginning()
        return self.connect(setting)

    def _leave(self) -> None:
        """What closing does to the files of a process that is dead, nobody sees."""
        if self._place:
            self.connection.close()
            vfs.unmount(self._place)
            self._place = ""
            vfs.raise_if_broken()

    def _before_statement(self, _statement: str) -> None:
        if self._statements_left == 0:
            self._struck = self.disk.fork()
        self._statements_left -= 1


@cache
def blank(journal_mode: str) -> Image:
    """A database without tables, that somebody has made durable."""
    disk = Disk({vfs.DATABASE: b""})
    place = vfs.mount(disk)
    connection = vfs.connect(place, None)
    connection.execute(f"pragma journal_mode = {journal_mode}")
    connection.close()
    vfs.unmount(place)
    vfs.raise_if_broken()
    return disk.image()
