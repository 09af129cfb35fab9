"""Which commands are worth sending in which state: the words that every engine draws from.

An engine brings ``choose``, which takes one of several options, the simplest first: for the
hunt that is a seeded generator, for Hypothesis a draw that can be shrunk.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, NamedTuple, Protocol, TypeVar, get_args

from model import (
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
    Limits,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    State,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.commands import Fault
from resumable.conformance.faults.images import PLAIN_WAYS

T = TypeVar("T")

UNKNOWN: Final = "unknown"
"""The id of a stream that never existed."""

STRANGE_IDS: Final = (
    *[UNKNOWN] * 6,
    "",
    "it's",
    '"',
    "%",
    "*",
    UNKNOWN.upper(),
    f" {UNKNOWN} ",
    f"{UNKNOWN}\0",
    "007",
    UNKNOWN * 50,
)
"""Further ones: for whoever takes an empty id for none, puts SQL together by hand, matches
patterns, or takes ids for the same that are not, or for numbers."""

_INSERTED_IDS: Final = tuple(filter(None, STRANGE_IDS))
"""The original takes the active stream for none if its id is empty: none begins so."""

WEIGHTS: Final[dict[type[Command], int]] = {
    Store: 120,
    Burst: 4,
    Advance: 14,
    Start: 8,
    Flush: 6,
    Complete: 8,
    Replay: 7,
    Restart: 7,
    MarkError: 3,
    InsertStale: 4,
    Restore: 3,
    ReplayToDeadSocket: 3,
    ReplayWhileSending: 3,
    WhileDiskFails: 4,
    KillDuring: 4,
    WhileFaulty: 4,
    CutPower: 2,
    CutPowerDuring: 3,
    InTransaction: 3,
    Reopen: 2,
    ClearAll: 2,
    Destroy: 1,
}

REQUESTS: Final = (
    "r1",
    "r2",
    "r1",
    "",
    "запрос-😀",
    'r"\\\n\x00\u2028',
    "\ud83d",
    "007",
    " R1 nai\u0308ve's <b>",
    "\t\b\f\x1f\x7f",
    "r" * 600,
)

PLAIN_BODIES: Final = (
    "a",
    '{"type":"text-delta","id":"0","delta":"Hello"}',
    "",
    '{"type":"finish"}',
)

# Both halves of a pair in a row are not among them: whether they are lone is a matter of taste.
ODD_BODIES: Final = (
    '[{"type":"start"},{"type":"finish"}]',
    "[]",
    " naïve nai\u0308ve 你好 👩‍💻 ",
    "NUL \x00 in the middle",
    "line\u2028and\u2029paragraph",
    "\ud800 alone, \udfff alone",
    '"\\/\b\f\n\r\t\x1f\x7f',
    "null",
    "007",
    '{"a": 1.0, "b": "\\u00e9"}',
    "data: x\r\n\r\n",
    "[DONE]",
    "\ufeff<b>&amp;</b> it's 100%",
)
"""What an implementation may take for something else than text: for a number, for JSON that can
be written in another way, for a line of a protocol, for markup."""

LONG_BODY: Final = "long " * 14_000

PLAIN_CALLS: Final = (
    Store,
    Flush,
    Complete,
    Start,
    Burst,
    Replay,
    MarkError,
    ClearAll,
    Restore,
    InsertStale,
    Destroy,
)

CALLS: Final = (*PLAIN_CALLS, ReplayToDeadSocket)


class Choose(Protocol):
    """Takes one of ``options``."""

    def __call__(self, options: Sequence[T], /) -> T: ...


class View(NamedTuple):
    """What a choice may depend on."""

    state: State
    now_ms: int
    streams: Sequence[str]
    """The names given so far; the next is ``s1``, ``s2``, …"""


class Vocabulary:
    """The commands for one set of limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits: Final = limits
        self._edge_bodies: Final = edge_bodies(limits.chunk_bytes_max)
        self._makers: Final[dict[type[Command], Callable[[View, Choose], Command]]] = {
            Start: lambda view, choose: Start(_fresh(view), choose(REQUESTS)),
            Store: lambda view, choose: Store(_stream(view, choose), self._body(choose)),
            Burst: self._burst,
            Flush: lambda *_: Flush(),
            Complete: lambda view, choose: Complete(_stream(view, choose)),
            MarkError: lambda view, choose: MarkError(_stream(view, choose)),
            Replay: lambda view, choose: Replay(_request(view, choose)),
            ReplayToDeadSocket: self._replay_to_dead_socket,
            ReplayWhileSending: self._replay_while_sending,
            Restart: lambda *_: Restart(),
            Reopen: lambda *_: Reopen(),
            Restore: lambda *_: Restore(),
            ClearAll: lambda *_: ClearAll(),
            Destroy: lambda *_: Destroy(),
            InsertStale: self._insert_stale,
            Advance: self._advance,
            WhileDiskFails: self._while_disk_fails,
            InTransaction: self._in_transaction,
            KillDuring: self._kill_during,
            WhileFaulty: self._while_faulty,
            CutPower: lambda _view, choose: CutPower(choose(WAYS_KEPT)),
            CutPowerDuring: self._cut_power_during,
        }

    def command(self, kind: type[Command], view: View, choose: Choose) -> Command:
        """A command of ``kind`` that makes sense, or just does not, in ``view``."""
        return self._makers[kind](view, choose)

    def _body(self, choose: Choose) -> str:
        body = choose(_BODIES)
        return choose(self._edge_bodies) if body is None else body

    def _burst(self, view: View, choose: Choose) -> Burst:
        """Sizes around the flush, from an empty buffer and from what is in it."""
        size = self.limits.flush_chunks
        left = max(1, size - len(view.state.memory.buffer))
        counts = (left, left + 1, max(1, left - 1), size, size + 1, 2 * size, 2 * size + 1)
        return Burst(_stream(view, choose), choose(_BURST_BODIES), choose(counts))

    def _replay_to_dead_socket(self, view: View, choose: Choose) -> ReplayToDeadSocket:
        return ReplayToDeadSocket(_request(view, choose), choose(_telling_frames(view)))

    def _replay_while_sending(self, view: View, choose: Choose) -> ReplayWhileSending:
        call: Any = self.command(choose(PLAIN_CALLS), view, choose)
        frame = choose(_telling_frames(view))
        return ReplayWhileSending(_request(view, choose), call, frame)

    def _insert_stale(self, view: View, choose: Choose) -> InsertStale:
        age = self.limits.stale_age_ms
        ages = (age + 1, age, 0, age - 1, 2 * age, 1, -1000)
        taken = _stream(view, choose, _INSERTED_IDS)
        streams = (_fresh(view), _fresh(view), _fresh(view), taken)
        return InsertStale(choose(streams), choose(REQUESTS), choose(ages))

    def _advance(self, view: View, choose: Choose) -> Advance:
        return Advance(choose(choose(self._jumps(view))))

    def _jumps(self, view: View) -> Sequence[Sequence[int]]:
        """Groups of jumps: short ones, those *to* a threshold of a row or of the sweep, whole
        thresholds, and backwards."""
        whole = _whole_jumps(self.limits)
        to_rows, to_sweep = self._jumps_to_rows(view), self._jumps_to_sweep(view)
        return (SHORT_JUMPS, to_rows or whole, to_sweep or whole, whole, BACKWARDS)

    def _jumps_to_rows(self, view: View) -> Sequence[int]:
        limits = self.limits
        instants = []
        for row in view.state.disk.streams[-4:]:
            if row.ended_at is None:
                instants.append(row.created_at + limits.stale_age_ms)
            else:
                sweepable = row.ended_at + limits.sweep_age_ms
                # From the second, a sweep one whole interval later meets the first.
                instants += [sweepable, sweepable + 1 - limits.sweep_interval_ms]
        return [instant - view.now_ms + off for instant in instants for off in (1, 0, -1)]

    def _jumps_to_sweep(self, view: View) -> Sequence[int]:
        swept_at = view.state.memory.swept_at
        if not swept_at:
            return ()
        due = swept_at + self.limits.sweep_interval_ms - view.now_ms
        return (due, due - 1, due + 1)

    def _while_disk_fails(self, view: View, choose: Choose) -> WhileDiskFails:
        call: Any = self.command(choose(CALLS), view, choose)
        if isinstance(call, Burst):
            most = self.limits.buffer_chunks_max
            call = replace(call, count=choose((call.count, call.count, most, most + 1)))
        pending = len(view.state.memory.buffer)
        return WhileDiskFails(call, choose((0, 1, pending, pending + 1, pending // 2)))

    def _in_transaction(self, view: View, choose: Choose) -> InTransaction:
        if choose(_DISK_FAILS_WITHIN):
            return InTransaction(self._while_disk_fails(view, choose))
        call: Any = self.command(choose((*CALLS, Restart)), view, choose)
        return InTransaction(call)

    def _kill_during(self, view: View, choose: Choose) -> KillDuring:
        """Right after the transaction began, within its rows, and just before its commit."""
        call: Any = self.command(choose(CALLS), view, choose)
        written = len(view.state.memory.buffer) + 1
        filled = self.limits.flush_chunks + 1
        counts = (1, written, written + 1, filled, filled + 1, written + 2, 2, written + 4, 0)
        return KillDuring(call, choose(counts))

    def _while_faulty(self, view: View, choose: Choose) -> WhileFaulty:
        """The first points, some in the middle, and those about a commit."""
        call: Any = self.command(choose((*CALLS, Restart)), view, choose)
        return WhileFaulty(call, choose(get_args(Fault)), choose(_STRUCK_AFTER))

    def _cut_power_during(self, view: View, choose: Choose) -> CutPowerDuring:
        call: Any = self.command(choose(CALLS), view, choose)
        return CutPowerDuring(call, choose(_STRUCK_AFTER), choose(WAYS_KEPT))


@cache
def vocabulary(limits: Limits) -> Vocabulary:
    """The one for these limits."""
    return Vocabulary(limits)


WAYS_KEPT: Final = (*PLAIN_WAYS, "first 4", "some 0", "some 1", "torn 0", "torn 1")
_DISK_FAILS_WITHIN: Final = (False, False, False, True)
_STRUCK_AFTER: Final = (0, 1, 2, 4, 6, 8, 11, 15, 20, 30)
_MANY: Final = 400
SHORT_JUMPS: Final = (1, 0, 1000, 60_000)
BACKWARDS: Final = (-1, -1000, -300_000, -3_000_000, -86_400_000)
_AIMS: Final = ("active", "active", "active", "last", "any", "any", UNKNOWN)
_BURST_BODIES: Final = ("b", '{"delta":"😀"}')
_BODIES: Final[Sequence[str | None]] = (
    *PLAIN_BODIES * 750,
    *ODD_BODIES * 80,
    *(LONG_BODY,) * 20,
    *(None,) * 6,  # stand for the bodies at the edge of the limit, which are slow
)


@cache
def edge_bodies(bytes_max: int) -> tuple[str, ...]:
    """Bodies of exactly ``bytes_max`` UTF-8 bytes and of one more, of 1- to 4-byte letters."""
    exact = ["a" * bytes_max]
    for letter in ("é", "€", "😀"):
        count, rest = divmod(bytes_max, len(letter.encode()))
        exact.append(letter * count + "a" * rest)
    return tuple([body + more for body in exact for more in ("", "a")])


@cache
def _whole_jumps(limits: Limits) -> tuple[int, ...]:
    spans = (limits.stale_age_ms, limits.sweep_interval_ms, limits.sweep_age_ms)
    jumps = [span + off for span in spans for off in (1, 0, -1)]
    return (*jumps, _MANY * limits.sweep_age_ms)


def _fresh(view: View) -> str:
    return f"s{len(view.streams) + 1}"


def _stream(view: View, choose: Choose, strange: Sequence[str] = STRANGE_IDS) -> str:
    """Mostly the active stream, or the last; sometimes an older one, or one of no stream."""
    streams = view.streams
    if not streams:
        return choose(strange)
    aim = choose(_AIMS)
    if aim == "active":
        return view.state.memory.active or streams[-1]
    if aim == "last":
        return streams[-1]
    return choose(streams) if aim == "any" else choose(strange)


def _telling_frames(view: View) -> Sequence[int]:
    """Numbers of frames of a replay: the first, the middle, the very last."""
    memory, disk = view.state.memory, view.state.disk
    stored = sum(1 for chunk in disk.chunks if chunk.stream == memory.active)
    pending = sum(1 for chunk in memory.buffer if chunk.stream == memory.active)
    last = stored + pending
    return (0, 1, last // 2, last)


def _request(view: View, choose: Choose) -> str:
    return choose((view.state.memory.request or "r1", choose(REQUESTS)))
