"""Which call of the disk fails, and with what: only codes that a real disk returns there."""

import sqlite3
from collections.abc import Mapping
from typing import Final, Literal, get_args

Operation = Literal[
    "open",
    "read",
    "write",
    "truncate",
    "sync",
    "delete",
    "size",
    "lock",
    "check_lock",
    "map",
    "lock_shared",
]

IO_ERRORS: Final[Mapping[Operation, int]] = {
    "open": sqlite3.SQLITE_CANTOPEN,
    "read": sqlite3.SQLITE_IOERR_READ,
    "write": sqlite3.SQLITE_IOERR_WRITE,
    "truncate": sqlite3.SQLITE_IOERR_TRUNCATE,
    "sync": sqlite3.SQLITE_IOERR_FSYNC,
    "delete": sqlite3.SQLITE_IOERR_DELETE,
    "size": sqlite3.SQLITE_IOERR_FSTAT,
    "lock": sqlite3.SQLITE_IOERR_LOCK,
    "check_lock": sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK,
    "map": sqlite3.SQLITE_IOERR_SHMMAP,
}
"""Unlocking is not among them. A system refuses it on no local file; and if it did, SQLite
would report that a commit has failed which has happened."""

FULL: Final[Mapping[Operation, int]] = {"write": sqlite3.SQLITE_FULL}
BUSY: Final[Mapping[Operation, int]] = {
    "lock": sqlite3.SQLITE_BUSY,
    "lock_shared": sqlite3.SQLITE_BUSY,
}

DiskFault = Literal["io_error", "io_error_on", "full", "full_on", "busy", "busy_on"]
"""``_on``: not once, but from then on until the call has returned."""

DISK_FAULTS: Final[tuple[DiskFault, ...]] = get_args(DiskFault)

_CODES: Final[Mapping[str, Mapping[Operation, int]]] = {
    "io_error": IO_ERRORS,
    "full": FULL,
    "busy": BUSY,
}


class Strike:
    """Lets ``calls_let_through`` of those calls through that ``fault`` can strike, and fails
    the next; ``struck`` tells whether there was one."""

    def __init__(self, fault: DiskFault, calls_let_through: int) -> None:
        self._codes: Final = _CODES[fault.removesuffix("_on")]
        self._lasts: Final = fault.endswith("_on")
        self._left = calls_let_through
        self.struck = False

    def code_for(self, operation: Operation) -> int:
        """The code that this call returns: 0 is SQLITE_OK."""
        code = self._codes.get(operation, 0)
        if not code or (self.struck and not self._lasts):
            return 0
        if self._left:
            self._left -= 1
            return 0
        self.struck = True
        return code
