"""Everything that the stream raises by itself; one base, so that one ``except`` will do.

What a client's ``send`` raises is not wrapped: it comes through ``replay_chunks`` as it is.
"""

import sqlite3


class ResumableStreamError(Exception):
    """The base of every error of this package."""


class ArgumentTypeError(ResumableStreamError, TypeError):
    """An argument has the wrong type; the message names it. Nothing was changed."""


class ArgumentValueError(ResumableStreamError, ValueError):
    """An argument has a value that cannot work; the message says which would."""


class StorageError(ResumableStreamError, sqlite3.Error):
    """The database refused, and the call did nothing: disk and memory are as before it, and
    the same call may be tried again. ``__cause__`` is what ``sqlite3`` raised.

    Surprise: a replay may have flushed, and sent, before it raised."""


class StreamExistsError(StorageError):
    """A stream of this id is in the database already: take another."""


class WrongThreadError(ResumableStreamError):
    """The call came from another thread than the one that made the stream. Nothing was
    changed."""


class ForkedError(ResumableStreamError):
    """The call came in a child process, on what the parent had made before the fork. Nothing
    was changed, there and here."""


class DatabaseOpenError(ResumableStreamError, sqlite3.Error):
    """``open_database`` cannot open this file; the message says what to do about it."""


class DatabaseOwnedError(ResumableStreamError):
    """``open_database`` found another owner of the file, in this process or another. Nothing
    was changed; once that one has closed it, or has died, it can be opened."""


class StreamDestroyedError(ResumableStreamError):
    """The call came after ``destroy``. A new ``ResumableStream`` on the same connection
    works."""
