"""Everything that the stream raises by itself; one base, so that one ``except`` will do.

What a client's ``send`` raises is not wrapped: it comes through ``replay_chunks`` as it is.
"""

import sqlite3


class ResumableStreamError(Exception):
    """The base of every error of this package."""


class ArgumentTypeError(ResumableStreamError, TypeError):
    """An argument has the wrong type; the message names it. Nothing was changed."""


class StorageError(ResumableStreamError, sqlite3.Error):
    """The database refused, and the call did nothing: disk and memory are as before it, and
    the same call may be tried again. ``__cause__`` is the ``sqlite3`` error."""


class StreamExistsError(StorageError):
    """A stream of this id is in the database already."""


class StreamDestroyedError(ResumableStreamError):
    """The call came after ``destroy``. A new ``ResumableStream`` on the same connection
    works."""
