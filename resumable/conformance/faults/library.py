"""SQLite's own functions, out of the very library that the module ``sqlite3`` works with.

Another copy of SQLite (apsw brings one, and so may the system) would not see what is
registered here.
"""

import _sqlite3
import ctypes
import sqlite3
from functools import cache
from typing import Final

from resumable.conformance.target import TargetError

REGISTER: Final = "sqlite3_vfs_register"


class SymbolsHiddenError(TargetError):
    """The Python that runs hides SQLite's functions from everybody: the harness cannot
    put a disk of its own under it, and faults of the disk stay unknown here."""


@cache
def can_simulate() -> bool:
    """Whether the harness can put a disk of its own under SQLite. Where it cannot, a file
    stands in, which never fails."""
    try:
        library()
    except SymbolsHiddenError:
        return False
    return True


@cache
def library() -> ctypes.CDLL:
    """The library. Raises SymbolsHiddenError if it is not the one, or hides its symbols."""
    path: str | None = getattr(_sqlite3, "__file__", None)  # None if it is built in
    try:
        found = ctypes.CDLL(path)
        version = found.sqlite3_libversion
        getattr(found, REGISTER)
    except (OSError, AttributeError) as error:
        raise SymbolsHiddenError(f"SQLite's functions cannot be reached: {error}") from error
    version.restype = ctypes.c_char_p
    if version().decode() != sqlite3.sqlite_version:
        raise SymbolsHiddenError(
            f"the SQLite found is {version().decode()}, but sqlite3 uses another,"
            f" {sqlite3.sqlite_version}"
        )
    return found
