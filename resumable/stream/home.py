"""Where a stream is at home: in the thread and in the process that made it.

A second thread would take an index that the first is about to take, and a forked child
would write to the parent's file through the parent's connection, which SQLite forbids. What
is in memory cannot be shared without a lock around every call; and one held while a slow
client is sent its frames would stop everybody. So a call from elsewhere is refused, before
anything was done; also where the connection was opened with ``check_same_thread=False``.

A fork is noticed if it is Python's own (``os.fork``, ``multiprocessing``): a child has
another ``process``. To notice it by asking for the process id would take a system call
each time. To compare costs 3% of storing a chunk in memory
(``tests/benchmarks/test_settings.py``).
"""

import os

from resumable.stream.errors import ForkedError, ResumableStreamError, WrongThreadError


class Process:
    """Stands for the process that it was made in. Two of them are never equal."""

    __slots__ = ()


process = Process()
"""This process. It has to be read as an attribute of this module, since a child has its own."""


def _in_child() -> None:
    global process  # noqa: PLW0603 - a child is another process, as the whole module has it
    process = Process()


if hasattr(os, "register_at_fork"):  # Windows has no forks.
    os.register_at_fork(after_in_child=_in_child)


def elsewhere(of: Process) -> ResumableStreamError:
    """What to raise for a call in another thread than that of the stream, or in another
    process than ``of``."""
    if of is not process:
        return ForkedError(
            "this stream belongs to the process that made it, not to a fork of that; in the"
            " child, open the database anew, once the parent has closed it"
        )
    return WrongThreadError(
        "this stream belongs to the thread that made it; hand the call over to that thread,"
        " or make connection and stream in the thread that uses them"
    )
