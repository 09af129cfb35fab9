"""The specification: what a resumable stream is, as a pure state machine in memory.

Read the modules in this order, each a few minutes:

1. ``limits``      the numbers (how many chunks, bytes, milliseconds)
2. ``state``       what a crash keeps (``Disk``) and what it forgets (``Memory``)
3. ``commands``    everything that can be done to a stream
4. ``step``        what each command does: ``step(state, command, now)``
5. ``transitions`` the parts that ``step`` is made of, each ``State -> State``
6. ``reentry``     what a call from inside ``send`` does to the replay around it
7. ``faults``      what a failing disk or a dead socket may leave behind
8. ``crash``       what a loss of power may leave behind
9. ``frames``      the text that a client receives
10. ``rules``      the rules in sentences, for reports, and which one is at stake
11. ``properties`` what must always hold, and what must sometimes be seen

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
