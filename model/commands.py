"""The alphabet: everything that can be done to a stream store, time included.

A stream is named by a symbol (``s1``). A name that no ``Start`` or ``InsertStale`` has bound
is an id that never existed, which is a thing to try, too.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Start:
    """Begin ``stream`` for ``request`` (the original's ``start``)."""

    stream: str
    request: str


@dataclass(frozen=True, slots=True)
class Store:
    """Buffer one chunk (``storeChunk``), for any stream id: active, ended or unknown."""

    stream: str
    body: str


@dataclass(frozen=True, slots=True)
class Burst:
    """Store ``count`` chunks: ``body`` followed by 0, 1, 2, … The first refusal ends it."""

    stream: str
    body: str
    count: int

    @property
    def bodies(self) -> list[str]:
        return [f"{self.body}{number}" for number in range(self.count)]


@dataclass(frozen=True, slots=True)
class Flush:
    """Write the buffer to disk (``flushBuffer``)."""


@dataclass(frozen=True, slots=True)
class Complete:
    """End a stream as completed (``complete``); a sweep may follow."""

    stream: str


@dataclass(frozen=True, slots=True)
class MarkError:
    """End a stream as failed (``markError``); never sweeps."""

    stream: str


@dataclass(frozen=True, slots=True)
class Replay:
    """Send the active stream to a client that reconnects (``replayChunks``)."""

    request: str


@dataclass(frozen=True, slots=True)
class ReplayToDeadSocket:
    """Replay to a socket that takes ``frames_taken`` frames and raises on the next."""

    request: str
    frames_taken: int


@dataclass(frozen=True, slots=True)
class Restart:
    """The process dies and a new one starts: memory is lost, the disk is kept."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """The database is closed in good order and opened again by a new instance."""


@dataclass(frozen=True, slots=True)
class Restore:
    """``restore`` on an instance that already lives."""


@dataclass(frozen=True, slots=True)
class ClearAll:
    """Delete everything (``clearAll``)."""


@dataclass(frozen=True, slots=True)
class Destroy:
    """Drop the tables (``destroy``). After it, only ``Destroy`` and a new instance work."""


@dataclass(frozen=True, slots=True)
class InsertStale:
    """Insert a streaming row that is ``age_ms`` old (``insertStaleStream``)."""

    stream: str
    request: str
    age_ms: int


@dataclass(frozen=True, slots=True)
class Advance:
    """Move the clock by ``ms``: zero and backwards are allowed, as on a real machine."""

    ms: int


PlainCall = (
    Start
    | Store
    | Burst
    | Flush
    | Complete
    | MarkError
    | Replay
    | Restore
    | ClearAll
    | Destroy
    | InsertStale
)
"""A call of a method in which nothing goes wrong."""

Call = PlainCall | ReplayToDeadSocket
"""What is a call of a method on a living instance."""


@dataclass(frozen=True, slots=True)
class ReplayWhileSending:
    """Replay to a socket that makes ``call`` from inside ``send``, once, with the frame of
    number ``at_frame`` (from 0) in its hands. If the call raises, so does ``send``; if it is
    a replay, it goes to the same socket."""

    request: str
    call: PlainCall
    at_frame: int


@dataclass(frozen=True, slots=True)
class WhileDiskFails:
    """``call``, while every row written after the first ``rows_written`` is an I/O error."""

    call: Call
    rows_written: int


@dataclass(frozen=True, slots=True)
class InTransaction:
    """``call``, inside a transaction that the caller has opened and afterwards commits. If
    the disk fails the call, the transaction goes on, with nothing of the call in it.

    Of a restart, it is the constructor that is called inside one."""

    call: Call | WhileDiskFails | Restart


@dataclass(frozen=True, slots=True)
class KillDuring:
    """``call``, but the process is killed once ``statements_run`` of its SQL statements have
    run, or after its last one if there are no more; then a new process starts."""

    call: Call
    statements_run: int


Fault = Literal[
    "io_error", "io_error_on", "full", "full_on", "busy", "busy_on", "interrupt", "denied"
]
"""An I/O error, no space left, a lock that another holds, an interrupt at a tick of SQLite's
progress (but not of a statement that has taken effect), a statement that the authorizer
denies: once, or (``_on``) from then on until the call has returned."""


@dataclass(frozen=True, slots=True)
class WhileFaulty:
    """``call``, while ``fault`` strikes: ``let_through`` of the points at which it can are
    let through, and the next one is struck, if there is one.

    Of a restart, it strikes the constructor. If that raises, it is called again once the fault
    has passed."""

    call: Call | Restart
    fault: Fault
    let_through: int


@dataclass(frozen=True, slots=True)
class CutPower:
    """The machine loses its power between two calls, and is switched on again. Of what the
    disk was not told to make durable, ``kept`` says what it has all the same; with ``all``
    nothing is lost, as when only the process is killed."""

    kept: str


@dataclass(frozen=True, slots=True)
class CutPowerDuring:
    """``call``, but the power is lost once ``changes_made`` of its changes have been handed
    to the disk, or just before it returns if there are no more; then as ``CutPower``.

    If ``call`` is a crash, the power is lost (again) while what comes after that recovers."""

    call: "Call | Restart | CutPower | CutPowerDuring"
    changes_made: int
    kept: str


Command = (
    Call
    | ReplayWhileSending
    | Restart
    | Reopen
    | Advance
    | WhileDiskFails
    | InTransaction
    | KillDuring
    | WhileFaulty
    | CutPower
    | CutPowerDuring
)

KINDS: tuple[type[Command], ...] = (
    Start,
    Store,
    Burst,
    Flush,
    Complete,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Reopen,
    Restore,
    ClearAll,
    Destroy,
    InsertStale,
    Advance,
    WhileDiskFails,
    InTransaction,
    KillDuring,
    WhileFaulty,
    CutPower,
    CutPowerDuring,
)

CRASHES: tuple[type[Command], ...] = (Restart, KillDuring, CutPower, CutPowerDuring)
"""The process dies, and another one starts."""

REBIRTHS: tuple[type[Command], ...] = (*CRASHES, Reopen)
"""A new instance takes over."""

UNANSWERED: tuple[type[Command], ...] = (KillDuring, CutPowerDuring)
"""The process dies before it can say what came of the call."""

AROUND_A_CALL = WhileDiskFails | WhileFaulty | InTransaction | KillDuring | CutPowerDuring
"""Something happens around a call of a method."""


def crashes(command: Command) -> bool:
    """Whether the process dies, and another one starts; whatever its constructor meets."""
    if isinstance(command, WhileFaulty | InTransaction):
        command = command.call
    return isinstance(command, CRASHES)


def stream_of(command: Command) -> str | None:
    """The stream that a command, or the call inside it, names; None if it names none."""
    stream: str | None = getattr(innermost(command), "stream", None)
    return stream


def moved(now: int, command: Command) -> int:
    """The time at which ``command`` comes, if the one before it came at ``now``."""
    return now + command.ms if isinstance(command, Advance) else now


def innermost(command: Command) -> Command:
    """The call within a command, however deep, also one from inside ``send``; itself, if
    there is none."""
    while (call := getattr(command, "call", None)) is not None:
        command = call
    return command
