"""When two beginnings are the same: what is struck after one need not be after the other.

They are, if nothing that decides about a strike can tell them apart:

- *target and specification* are in the same state, as an exploration has it (see
  ``explore.sameness``, which says what is renamed away, and why): every row in the order of
  its rowid, and all that the instance holds, to any depth. So it goes on alike, whatever a
  call of the disk returns;
- *what a crash may take* is the same: which disks the specification permits after a loss of
  power does not follow from its state, but from the commits before;
- *what is not yet durable* has the same shape: the same changes, to the same files, at the
  same offsets, of the same size. So the same disks may be left, but for ids and bodies in
  them, which are opaque.

What SQLite keeps in memory besides, and where it has put a row in a page that is durable, is
not compared. That is SQLite's affair: it may make the same strike hit another read, but not
what the target does about it. Nor is what a target hides in a global or a thread. That is
why some are struck all the same: see ``tasks.Comparison``.
"""

import marshal
from contextlib import closing
from hashlib import blake2b
from typing import Final

from model import State
from model.crash import Durability
from resumable.conformance.explore.holdings import Holdings
from resumable.conformance.explore.memory import knowledge
from resumable.conformance.explore.places import begun_by_now
from resumable.conformance.explore.renaming import Renaming, Tree
from resumable.conformance.explore.sameness import KEY_BYTES, key_of
from resumable.conformance.explore.scope import Scope, gone
from resumable.conformance.faults import images
from resumable.conformance.faults.coming_back import after
from resumable.conformance.faults.disk import Created, Deleted, Disk, Truncated, Written
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.targets.in_process import InProcess

SAME: Final = (
    "Workloads are merged if they strike the same command after beginnings that are the same:"
    " in what a loss of power may take, in the files and offsets of what is not yet durable,"
    " and in their states."
)
"""The rule in short, for certificates. When states are the same, ``explore.sameness`` says."""


def key_after(target: InProcess, scope: Scope, mode: Durability, commands: Workload) -> bytes:
    """The key of where ``commands`` lead. Raises DivergedError."""
    with after(target, scope, mode, ()) as lockstep:
        begun: tuple[str, ...] = ()
        for command in commands:
            lockstep.do(command)
            begun = begun_by_now(begun, lockstep.states[0])
        return _key(target, lockstep, begun)


def _key(target: InProcess, lockstep: Lockstep, begun: tuple[str, ...]) -> bytes:
    shape = _shape(target.simulated.disk)
    with closing(Holdings(target.connection)) as holdings:
        content = holdings.read(target.connection)
    states = (*lockstep.states, *map(State, lockstep.may_be_found))
    known = knowledge(target.instance)
    renaming = Renaming(lockstep.bindings.names, lockstep.now_ms, target.instance)
    key = key_of(states, gone(begun, states[0]), content, known, renaming)
    rest = marshal.dumps((len(lockstep.states), shape), 2)
    return blake2b(key + rest, digest_size=KEY_BYTES).digest()


def _shape(disk: Disk) -> Tree:
    """The size of each file, and of each change that is pending."""
    numbers: dict[int, int] = {}

    def number(of: int) -> int:
        return numbers.setdefault(of, len(numbers))

    sizes = [
        (name, number(file.number), len(file.data), file.needs_directory)
        for name, file in disk.files.items()
    ]
    pending: list[Tree] = []
    for event in images.at(disk.base, disk.events).pending:
        match event:
            case Written(of, offset, data):
                pending.append(("written", number(of), offset, len(data)))
            case Truncated(of, size):
                pending.append(("truncated", number(of), size))
            case Created(name, of):
                pending.append(("created", name, number(of)))
            case Deleted(name):
                pending.append(("deleted", name))
    return sizes, pending
