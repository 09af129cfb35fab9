"""The VFS: what SQLite calls instead of the operating system. It serves files of a ``Disk``.

A connection is led to a disk by its address (``address_of``); all others in the process keep
the system's files. It takes part in nothing but reading and writing: one connection at a
time has a database, so that every lock is granted unless a strike refuses it.

What a callback raises would be swallowed by ctypes, and the call would count as done. So it
is kept, the call fails, and ``raise_if_broken`` tells.
"""

import ctypes
import itertools
import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from resumable.conformance.faults import structures
from resumable.conformance.faults.disk import Contents, Disk
from resumable.conformance.faults.library import REGISTER, library
from resumable.conformance.faults.structures import (
    store_double,
    store_int,
    store_int64,
    store_pointer,
)

DATABASE: Final = "stream.db"
"""The name of every database on a disk; its journal and WAL are called after it."""

_NAME: Final = b"resumable-conformance"
_SYNCED_WITH_DIRECTORY: Final = 0x4000 | 0x800 | 0x80000
"""SQLITE_OPEN_SUPER_JOURNAL, SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_WAL. On unix the first sync
of such a file, once it was opened to be created if need be, takes its directory with it."""

_OPEN_CREATE: Final = 0x4
_POWERSAFE_OVERWRITE: Final = 0x1000
_SHM_UNLOCK: Final = 1
_SECTOR_BYTES: Final = 512
_NOON_BEFORE_ALL: Final = 2461041.5
"""A Julian day, 2026-01-01. SQLite asks for the time now and then; nothing depends on it."""


class _Handle:
    """One opened file."""

    __slots__ = ("contents", "disk", "regions")

    def __init__(self, disk: Disk, contents: Contents) -> None:
        self.disk: Final = disk
        self.contents: Final = contents
        self.regions: Final[list[Any]] = []
        """The WAL's index, which other processes would share. It is gone after a crash."""


class _Vfs:
    """The callbacks, named after the members of the structures that they go into."""

    def __init__(self) -> None:
        self.disks: Final[dict[str, Disk]] = {}
        self.broken: BaseException | None = None
        self.handles: Final[dict[int, _Handle]] = {}
        self._io_methods: Final = structures.IoMethods(
            2, *[self._callback(member) for member in structures.FILE_FUNCTIONS]
        )
        self._vfs: Final = structures.Vfs(
            1,
            ctypes.sizeof(structures.File),
            512,
            None,
            _NAME,
            None,
            *[self._callback(member) for member in structures.VFS_FUNCTIONS],
        )

    def register(self) -> None:
        status = getattr(library(), REGISTER)(ctypes.byref(self._vfs), 0)
        if status != sqlite3.SQLITE_OK:
            raise RuntimeError(f"SQLite did not take the VFS: status {status}")

    def _callback(self, member: structures.Member) -> Any:
        method: Callable[..., int | None] | None = getattr(self, member.name, None)
        if method is None:
            return None

        def call(*arguments: Any) -> int | None:
            try:
                return method(*arguments)
            except BaseException as error:  # noqa: BLE001 - see the module's docstring
                self.broken = self.broken or error
                return sqlite3.SQLITE_IOERR

        return member.kind(call)

    # -- The directory --

    def xOpen(self, _vfs: int, name: int, file: int, flags: int, out_flags: int) -> int:
        structures.File.from_address(file).pMethods = None  # until it is open
        disk, contents = self._find(name)
        code = disk.code_for("open")
        if code == 0 and contents is None and not flags & _OPEN_CREATE:
            code = sqlite3.SQLITE_CANTOPEN
        if code:
            return code
        if contents is None:
            contents = disk.create(_parts(name)[1])
        if flags & _OPEN_CREATE and flags & _SYNCED_WITH_DIRECTORY:
            contents.needs_directory = True
        self.handles[file] = _Handle(disk, contents)
        structures.File.from_address(file).pMethods = ctypes.addressof(self._io_methods)
        if out_flags:
            store_int(out_flags, flags)
        return sqlite3.SQLITE_OK

    def _find(self, name: int | None) -> tuple[Disk, Contents | None]:
        """A file without a name is temporary: no crash leaves it, so that its disk is none."""
        if name is None:
            return Disk({}), Contents(0)
        place, file = _parts(name)
        disk = self.disks[place]
        return disk, disk.files.get(file)

    def xDelete(self, _vfs: int, name: int, with_directory: int) -> int:
        place, file = _parts(name)
        disk = self.disks.get(place)
        if disk is None:  # somebody closes a connection late; nobody will look at its files
            return sqlite3.SQLITE_OK
        code = disk.code_for("delete")
        if code:
            return code
        if file not in disk.files:
            return sqlite3.SQLITE_IOERR_DELETE_NOENT
        disk.delete(file, with_directory=bool(with_directory))
        return sqlite3.SQLITE_OK

    def xAccess(self, _vfs: int, name: int, _flags: int, out: int) -> int:
        """An empty file counts as none, as on unix."""
        place, file = _parts(name)
        contents = self.disks[place].files.get(file)
        store_int(out, 1 if contents is not None and contents.data else 0)
        return sqlite3.SQLITE_OK

    def xFullPathname(self, _vfs: int, name: int, size: int, out: int) -> int:
        text = ctypes.string_at(name) + b"\0"
        ctypes.memmove(out, text, min(size, len(text)))
        return sqlite3.SQLITE_OK

    # -- A file --

    def xClose(self, file: int) -> int:
        del self.handles[file]
        return sqlite3.SQLITE_OK

    def xRead(self, file: int, buffer: int, amount: int, offset: int) -> int:
        handle = self.handles[file]
        code = handle.disk.code_for("read")
        if code:
            return code
        data = bytes(handle.contents.data[offset : offset + amount])
        if len(data) == amount:
            ctypes.memmove(buffer, data, amount)
            return sqlite3.SQLITE_OK
        ctypes.memmove(buffer, data.ljust(amount, b"\0"), amount)
        return sqlite3.SQLITE_IOERR_SHORT_READ

    def xWrite(self, file: int, buffer: int, amount: int, offset: int) -> int:
        handle = self.handles[file]
        code = handle.disk.code_for("write")
        if code:
            return code
        handle.disk.write(handle.contents, offset, ctypes.string_at(buffer, amount))
        return sqlite3.SQLITE_OK

    def xTruncate(self, file: int, size: int) -> int:
        handle = self.handles[file]
        code = handle.disk.code_for("truncate")
        if code:
            return code
        handle.disk.truncate(handle.contents, size)
        return sqlite3.SQLITE_OK

    def xSync(self, file: int, _flags: int) -> int:
        handle = self.handles[file]
        code = handle.disk.code_for("sync")
        if code:
            return code
        handle.disk.sync(handle.contents)
        return sqlite3.SQLITE_OK

    def xFileSize(self, file: int, out: int) -> int:
        handle = self.handles[file]
        code = handle.disk.code_for("size")
        if code:
            return code
        store_int64(out, len(handle.contents.data))
        return sqlite3.SQLITE_OK

    # -- Locks --

    def xLock(self, file: int, _level: int) -> int:
        return self.handles[file].disk.code_for("lock")

    def xUnlock(self, _file: int, _level: int) -> int:
        return sqlite3.SQLITE_OK

    def xCheckReservedLock(self, file: int, out: int) -> int:
        store_int(out, 0)
        return self.handles[file].disk.code_for("check_lock")

    def xShmMap(self, file: int, number: int, size: int, extend: int, out: int) -> int:
        handle = self.handles[file]
        code = handle.disk.code_for("map")
        if code:
            return code
        regions = handle.regions
        while extend and len(regions) <= number:
            regions.append(ctypes.create_string_buffer(size))
        is_there = number < len(regions)
        store_pointer(out, ctypes.addressof(regions[number]) if is_there else None)
        return sqlite3.SQLITE_OK

    def xShmLock(self, file: int, _offset: int, _count: int, flags: int) -> int:
        """SQLite does not cope with an unlock that fails, and none ever does."""
        if flags & _SHM_UNLOCK:
            return sqlite3.SQLITE_OK
        return self.handles[file].disk.code_for("lock_shared")

    def xShmBarrier(self, _file: int) -> None:
        return

    def xShmUnmap(self, file: int, _deletes: int) -> int:
        self.handles[file].regions.clear()
        return sqlite3.SQLITE_OK

    # -- The rest --

    def xFileControl(self, _file: int, _operation: int, _argument: int) -> int:
        return sqlite3.SQLITE_NOTFOUND

    def xSectorSize(self, _file: int) -> int:
        return _SECTOR_BYTES

    def xDeviceCharacteristics(self, _file: int) -> int:
        return _POWERSAFE_OVERWRITE

    def xRandomness(self, _vfs: int, size: int, out: int) -> int:
        ctypes.memset(out, 0, size)
        return size

    def xSleep(self, _vfs: int, microseconds: int) -> int:
        """Nobody else is there to wait for."""
        return microseconds

    def xCurrentTime(self, _vfs: int, out: int) -> int:
        store_double(out, _NOON_BEFORE_ALL)
        return sqlite3.SQLITE_OK

    def xGetLastError(self, _vfs: int, _size: int, _out: int) -> int:
        return 0


def mount(disk: Disk) -> str:
    """Put ``disk`` under SQLite; ``connect`` opens the database on the place returned.

    Raises SymbolsHiddenError where this Python does not allow that.
    """
    place = str(next(_PLACES))
    _installed().disks[place] = disk
    return place


def unmount(place: str) -> None:
    """Forget the disk."""
    del _installed().disks[place]


def is_open(disk: Disk) -> bool:
    """Whether a connection has files of ``disk`` open. One that was closed has, as long as
    somebody holds a statement of it."""
    return any(handle.disk is disk for handle in _installed().handles.values())


def connect(place: str, isolation_level: Any) -> sqlite3.Connection:
    """A connection to the one database of a disk."""
    address = f"file:/{place}/{DATABASE}?vfs={_NAME.decode()}"
    return sqlite3.connect(address, uri=True, timeout=0, isolation_level=isolation_level)


def raise_if_broken() -> None:
    """Raise what a callback raised, since SQLite cannot."""
    vfs = _installed()
    if vfs.broken is not None:
        broken, vfs.broken = vfs.broken, None
        raise broken


_PLACES: Final = itertools.count()


@cache
def _installed() -> _Vfs:
    vfs = _Vfs()
    vfs.register()
    return vfs


def _parts(name: int) -> tuple[str, str]:
    """Place and file of a full name, ``/3/stream.db-journal``."""
    _, place, file = ctypes.string_at(name).decode().split("/", 2)
    return place, file
