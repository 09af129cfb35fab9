"""The two structures of a SQLite VFS, as ctypes sees them (see sqlite.org/c3ref/vfs.html).

Pointers come and go as plain numbers (``c_void_p``): a callback gets an ``int``, which is
quick, and a name that SQLite hands in is never copied by ctypes behind its back.
"""

import ctypes
from ctypes import CFUNCTYPE, c_char_p, c_double, c_int, c_int64, c_void_p
from typing import Any, Final, NamedTuple


class Member(NamedTuple):
    """A function pointer in a structure: its name, and its type in C."""

    name: str
    kind: Any


def _function(name: str, *arguments: Any) -> Member:
    return Member(name, CFUNCTYPE(c_int, *arguments))


FILE_FUNCTIONS: Final = (
    _function("xClose", c_void_p),
    _function("xRead", c_void_p, c_void_p, c_int, c_int64),
    _function("xWrite", c_void_p, c_void_p, c_int, c_int64),
    _function("xTruncate", c_void_p, c_int64),
    _function("xSync", c_void_p, c_int),
    _function("xFileSize", c_void_p, c_void_p),
    _function("xLock", c_void_p, c_int),
    _function("xUnlock", c_void_p, c_int),
    _function("xCheckReservedLock", c_void_p, c_void_p),
    _function("xFileControl", c_void_p, c_int, c_void_p),
    _function("xSectorSize", c_void_p),
    _function("xDeviceCharacteristics", c_void_p),
    _function("xShmMap", c_void_p, c_int, c_int, c_int, c_void_p),
    _function("xShmLock", c_void_p, c_int, c_int, c_int),
    Member("xShmBarrier", CFUNCTYPE(None, c_void_p)),
    _function("xShmUnmap", c_void_p, c_int),
)

VFS_FUNCTIONS: Final = (
    _function("xOpen", c_void_p, c_void_p, c_void_p, c_int, c_void_p),
    _function("xDelete", c_void_p, c_void_p, c_int),
    _function("xAccess", c_void_p, c_void_p, c_int, c_void_p),
    _function("xFullPathname", c_void_p, c_void_p, c_int, c_void_p),
    Member("xDlOpen", c_void_p),
    Member("xDlError", c_void_p),
    Member("xDlSym", c_void_p),
    Member("xDlClose", c_void_p),
    _function("xRandomness", c_void_p, c_int, c_void_p),
    _function("xSleep", c_void_p, c_int),
    _function("xCurrentTime", c_void_p, c_void_p),
    _function("xGetLastError", c_void_p, c_int, c_void_p),
)


class IoMethods(ctypes.Structure):
    """``sqlite3_io_methods`` of version 2: with shared memory for WAL, without mmap."""

    _fields_ = (("iVersion", c_int), *FILE_FUNCTIONS)


class File(ctypes.Structure):
    """``sqlite3_file``. SQLite makes room for it; its address is what tells files apart."""

    _fields_ = (("pMethods", c_void_p),)


class Vfs(ctypes.Structure):
    """``sqlite3_vfs`` of version 1."""

    _fields_ = (
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        *VFS_FUNCTIONS,
    )


def store_int(address: int, value: int) -> None:
    """``*(int *)address = value``"""
    c_int.from_address(address).value = value


def store_int64(address: int, value: int) -> None:
    """``*(sqlite3_int64 *)address = value``"""
    c_int64.from_address(address).value = value


def store_double(address: int, value: float) -> None:
    """``*(double *)address = value``"""
    c_double.from_address(address).value = value


def store_pointer(address: int, value: int | None) -> None:
    """``*(void **)address = value``"""
    c_void_p.from_address(address).value = value
