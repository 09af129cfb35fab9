"""Which disks a machine may find when it comes back: the table of what a crash may take.

``disks[0]`` … ``disks[k]`` are the disks after each commit, ``disks[k]`` the last one of
which the caller knows. What is found is one of ``disks[lowest]`` … ``disks[k]``; if a call
was under way, one that it may leave, too (``model.faults.inside``). ``lowest`` says the table:

=============================================  ==========================================
the process is killed, whatever the journal    k
power lost, WAL with synchronous=FULL          k
power lost, DELETE with synchronous=EXTRA      k
power lost, DELETE with synchronous=FULL       k - 1: that the journal is gone is not
                                               durable, and a journal that is found is
                                               rolled back
power lost, WAL with synchronous=NORMAL        what was last written back into the database:
                                               any later commit may be missing, with all
                                               that came after it, but never one in between
=============================================  ==========================================

Besides, a commit that raised in WAL mode is *doubtful*: it may have reached the WAL, where
the next process finds it. That holds although the caller has read that it is not there, and
until another commit takes its place.
"""

from typing import Literal, NamedTuple

from model.state import Disk

Durability = Literal["wal-full", "wal-normal", "delete-extra", "delete-full"]
"""Journal mode and ``synchronous`` of a connection."""

LOSES_NONE: tuple[Durability, ...] = ("wal-full", "delete-extra")

Disks = tuple[Disk, ...]
"""Mostly one; several where the specification permits several."""


class History(NamedTuple):
    """The commits since the disk was last known to be durable whole."""

    commits: tuple[Disks, ...]
    """Never empty. The first is durable."""

    doubtful: Disks = ()


def begun(disks: Disks) -> History:
    """All of ``disks`` is durable: power came back, or the WAL was closed in good order."""
    return History((disks,))


def committed(history: History, disks: Disks) -> History:
    """A commit was acknowledged; if it changed nothing, there was none."""
    return history if disks == history.commits[-1] else History((*history.commits, disks))


def doubted(history: History, durability: Durability, disks: Disks) -> History:
    """A commit raised that would have led to ``disks``. A rollback journal undoes it for
    certain; a WAL may have it."""
    if not durability.startswith("wal"):
        return history
    return history._replace(doubtful=tuple(dict.fromkeys((*history.doubtful, *disks))))


def left_by_kill(history: History) -> Disks:
    """What the next process may find."""
    return tuple(dict.fromkeys((*history.commits[-1], *history.doubtful)))


def left_by_power_loss(history: History, durability: Durability) -> Disks:
    """What the machine may find that is switched on again."""
    commits = history.commits[lowest(history, durability) :]
    found = [disk for disks in reversed(commits) for disk in disks]
    return tuple(dict.fromkeys((*found, *history.doubtful)))


def lowest(history: History, durability: Durability) -> int:
    """The oldest commit that may be the last one found, by its number."""
    last = len(history.commits) - 1
    if durability in LOSES_NONE:
        return last
    return max(last - 1, 0) if durability == "delete-full" else 0
