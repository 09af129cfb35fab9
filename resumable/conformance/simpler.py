"""What is simpler than what, for shrinking: fewer commands, then plainer ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

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
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.commands import AROUND_A_CALL, Fault, innermost, stream_of
from resumable.conformance.faults.images import PLAIN_WAYS
from resumable.conformance.plain_text import BODY, REQUEST, oddity, plainer
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.vocabulary import UNKNOWN

_PLAIN_FIRST: Final = (
    Start,
    Store,
    Flush,
    Replay,
    Complete,
    Restart,
    Advance,
    MarkError,
    Burst,
    Restore,
    ClearAll,
    InsertStale,
    Reopen,
    Destroy,
    ReplayToDeadSocket,
    ReplayWhileSending,
    InTransaction,
    WhileDiskFails,
    KillDuring,
    WhileFaulty,
    CutPower,
    CutPowerDuring,
)
_RANK: Final = {kind: rank for rank, kind in enumerate(_PLAIN_FIRST)}

_STRANGE: Final = 100
"""What a name weighs that looks like a stream's, but never begins."""

Cost = tuple[int, int, int]


def cost(commands: Sequence[Command], setting: Setting) -> Cost:
    """Less is simpler: the number of commands, how plain the setting, how plain they are."""
    odd = sum(1 for value, plain in zip(setting, DEFAULT, strict=True) if value != plain)
    begun = {UNKNOWN, *[name for name in _names(commands) if _is_begun(commands, name)]}
    strange = sum(1 for name in _names(commands) if name not in begun)
    weights = sum([_weight(command) for command in commands])
    return len(commands), odd, weights + _STRANGE * strange


def simpler(command: Command, limits: Limits) -> Iterator[Command]:
    """Commands to put in its place, the plainest first. Some are not plainer at all; the
    caller compares costs."""
    match command:
        case WhileDiskFails(call, rows_written):
            yield call
            for rows in (0, 1, 2, rows_written - 1):
                yield replace(command, rows_written=max(rows, 0))
            for inner in simpler(call, limits):
                yield replace(command, call=inner)  # type: ignore[arg-type]  # stays a call
        case KillDuring(call, statements_run):
            yield from (call, Restart())
            for statements in (1, 2, statements_run - 1):
                yield replace(command, statements_run=max(statements, 0))
            for inner in simpler(call, limits):
                yield replace(command, call=inner)  # type: ignore[arg-type]  # stays a call
        case WhileFaulty(call, fault, let_through):
            yield call
            once = cast(Fault, fault.removesuffix("_on"))
            yield replace(command, fault=once)
            for fewer in (0, 1, 2, let_through - 1):
                yield replace(command, let_through=max(fewer, 0))
            for inner in simpler(call, limits):
                yield replace(command, call=inner)  # type: ignore[arg-type]  # stays a call
        case CutPower():
            yield Restart()
            yield from [CutPower(kept) for kept in PLAIN_WAYS]
        case CutPowerDuring(call, changes_made, kept):
            yield from (call, Restart(), CutPower(kept))
            yield from [replace(command, kept=plain) for plain in PLAIN_WAYS]
            for fewer in (0, 1, 2, changes_made - 1):
                yield replace(command, changes_made=max(fewer, 0))
            for inner in simpler(call, limits):
                yield replace(command, call=inner)  # type: ignore[arg-type]  # stays a call
        case InTransaction(call):
            yield call
            for inner in simpler(call, limits):
                yield replace(command, call=inner)  # type: ignore[arg-type]  # stays a call
        case Burst(stream, _, count):
            yield Store(stream, "b")
            for fewer in _fewer(count, limits.flush_chunks):
                yield Burst(stream, "b", fewer)
            yield Burst(stream, "b", count)
        case Advance(ms):
            for jump in _jumps(ms, limits):
                yield Advance(jump)
        case InsertStale(stream, _, age_ms):
            yield Start(stream, REQUEST)
            for age in (0, limits.stale_age_ms + 1, limits.stale_age_ms, age_ms):
                yield InsertStale(stream, REQUEST, age)
        case Reopen():
            yield Restart()
        case Complete():
            yield Flush()
        case MarkError(stream):
            yield Flush()
            yield Complete(stream)
        case ReplayToDeadSocket(request, frames_taken):
            yield Replay(request)
            for frames in (0, 1, frames_taken - 1):
                yield ReplayToDeadSocket(request, max(frames, 0))
        case ReplayWhileSending(request, call, at_frame):
            yield from (Replay(request), call)
            for frame in (0, 1, at_frame - 1):
                yield replace(command, at_frame=max(frame, 0))
            for inner in simpler(call, limits):
                yield replace(command, call=inner)  # type: ignore[arg-type]  # stays a call
    yield from _with_plain_text(command)


def renamed(commands: Sequence[Command]) -> Iterator[tuple[Command, ...]]:
    """The same program with its streams named in order, those that never begin as unknown
    or as they come; and with two streams merged into one."""
    names = _names(commands)
    begun = [name for name in names if _is_begun(commands, name)]
    in_order = {name: f"s{number}" for number, name in enumerate(begun, 1)}
    plain = {name: in_order.get(name, UNKNOWN) for name in names}
    yield tuple([with_streams(command, plain) for command in commands])
    known = [name for name in names if name != UNKNOWN]
    as_they_come = {name: f"s{number}" for number, name in enumerate(known, 1)}
    yield tuple([with_streams(command, as_they_come) for command in commands])
    for later in range(len(begun) - 1, 0, -1):
        for earlier in range(later):
            merged = {begun[later]: begun[earlier]}
            kept = [one for one in commands if not _begins(one, begun[later])]
            yield tuple([with_streams(command, merged) for command in kept])


def _names(commands: Sequence[Command]) -> list[str]:
    named = [stream_of(one) for one in commands]
    return list(dict.fromkeys([name for name in named if name is not None]))


def _is_begun(commands: Sequence[Command], name: str) -> bool:
    return any(_begins(command, name) for command in commands)


def _begins(command: Command, name: str) -> bool:
    call = innermost(command)
    return isinstance(call, Start | InsertStale) and call.stream == name


def with_streams(command: Command, names: Mapping[str, str]) -> Command:
    """The command with other streams in place of those in ``names``."""
    if isinstance(command, AROUND_A_CALL | ReplayWhileSending):
        inner: Any = with_streams(command.call, names)
        return replace(command, call=inner)
    if isinstance(command, Start | Store | Burst | Complete | MarkError | InsertStale):
        return replace(command, stream=names.get(command.stream, command.stream))
    return command


def _with_plain_text(command: Command) -> Iterator[Command]:
    if isinstance(command, Store):
        for body in plainer(command.body, BODY):
            yield replace(command, body=body)
    requesting = Start | Replay | ReplayToDeadSocket | ReplayWhileSending | InsertStale
    if isinstance(command, requesting):
        for request in plainer(command.request, REQUEST):
            yield replace(command, request=request)


def _fewer(count: int, flush_chunks: int) -> list[int]:
    counts = {2, flush_chunks - 1, flush_chunks, flush_chunks + 1, count // 2, count - 1}
    return sorted([fewer for fewer in counts if 1 < fewer < count])


def _jumps(ms: int, limits: Limits) -> list[int]:
    """The meaningful jumps no longer than this one, in its direction; nearest to zero first."""
    spans = (limits.stale_age_ms, limits.sweep_interval_ms, limits.sweep_age_ms)
    jumps = {1, *[span + off for span in spans for off in (-1, 0, 1)]}
    sign = 1 if ms > 0 else -1
    return [sign * jump for jump in sorted(jumps) if jump <= abs(ms)]


def _weight(command: Command) -> int:
    """One figure for how much there is to read in a command."""
    weight = 100 * _RANK[type(command)]
    match command:
        case WhileDiskFails(call, rows_written):
            return weight + rows_written + _weight(call)
        case WhileFaulty(call, fault, let_through):
            return weight + let_through + fault.endswith("_on") + _weight(call)
        case CutPower(kept):
            return weight + _kept_weight(kept)
        case CutPowerDuring(call, changes_made, kept):
            return weight + changes_made + _kept_weight(kept) + _weight(call)
        case KillDuring(call, statements_run):
            return weight + statements_run + _weight(call)
        case InTransaction(call):
            return weight + _weight(call)
        case ReplayWhileSending(request, call, at_frame):
            return weight + oddity(request, REQUEST) + at_frame + _weight(call)
        case Burst(_, body, count):
            weight += count + (body != "b")
        case Store(_, body):
            weight += oddity(body, BODY)
        case Advance(ms):
            weight += _jump_weight(ms)
        case InsertStale(_, request, age_ms):
            weight += oddity(request, REQUEST) + _jump_weight(age_ms)
        case Start(_, request) | Replay(request):
            weight += oddity(request, REQUEST)
        case ReplayToDeadSocket(request, frames_taken):
            weight += oddity(request, REQUEST) + frames_taken
    return weight + _stream_weight(stream_of(command))


def _kept_weight(kept: str) -> int:
    return PLAIN_WAYS.index(kept) if kept in PLAIN_WAYS else len(PLAIN_WAYS)


def _jump_weight(ms: int) -> int:
    """Round spans are plainer than odd ones, short ones than long ones, and forwards than
    backwards."""
    size = abs(ms)
    odd = 0 if size % 60_000 == 0 else 20 if (size + 1) % 60_000 in (0, 2) else 40
    return odd + len(str(size)) + (20 if ms < 0 else 0)


def _stream_weight(name: str | None) -> int:
    """A stream that began is easier to follow than one that never was."""
    if name is None:
        return 0
    if name == UNKNOWN:
        return 20
    return int(name[1:]) if name[1:].isdigit() else 50
