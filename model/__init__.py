"""The specification: what a resumable stream is, as a pure state machine in memory.

Read the modules in this order, each a few minutes. What is specified:

1. ``limits``       the numbers (how many chunks, bytes, milliseconds)
2. ``state``        what a crash keeps (``Disk``) and what it forgets (``Memory``)
3. ``commands``     everything that can be done to a stream
4. ``outcome``      what a command may lead to: a reply, and a next state
5. ``step``         what each command does: ``step(state, command, now)``
6. ``transitions``  the parts that ``step`` is made of, each ``State -> State``
7. ``frames``       the text that a client receives
8. ``reentry``      what a call from inside ``send`` does to the replay around it
9. ``faults``       what a failing disk or a dead socket may leave behind
10. ``crash``       what a loss of power may leave behind

What is claimed of every step (``properties``): what ``always`` holds, and what ``sometimes``
(and ``sometimes_replaying``) has to be seen; ``classes`` are the states that a person tells
apart.

What is said to people: the ``rules`` in words (``rules_of_calls``, ``rules_across_calls``, each
a ``rule``), and which of them a ``departure`` breaks, by its ``circumstances`` and the
``evidence``; the surprises that a service may forbid are in ``surprises``, each a ``surprise``.

No I/O, no clock, no randomness, and nothing shared with the implementation: a constant that
is wrong there cannot be wrong here too. Times are whole milliseconds since the epoch, stream
ids are symbolic names (``s1``, ``s2`` in the order of starting).
"""

from model.commands import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    CutPower,
    CutPowerDuring,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.limits import ORIGINAL, Limits
from model.outcome import Outcome, Reply
from model.state import Chunk, Disk, Memory, Pending, State, Stream
from model.step import INITIAL, step

__all__ = [
    "INITIAL",
    "ORIGINAL",
    "Advance",
    "Burst",
    "Chunk",
    "ClearAll",
    "Command",
    "Complete",
    "CutPower",
    "CutPowerDuring",
    "Destroy",
    "Disk",
    "Flush",
    "InTransaction",
    "InsertStale",
    "KillDuring",
    "Limits",
    "MarkError",
    "Memory",
    "Outcome",
    "Pending",
    "Reopen",
    "Replay",
    "ReplayToDeadSocket",
    "ReplayWhileSending",
    "Reply",
    "Restart",
    "Restore",
    "Start",
    "State",
    "Store",
    "Stream",
    "WhileDiskFails",
    "WhileFaulty",
    "step",
]
