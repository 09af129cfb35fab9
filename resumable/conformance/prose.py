"""Commands, texts and times as a person reads them."""

from typing import Any, Final

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
from model.commands import Fault

_UNITS: Final = (("h", 3_600_000), ("min", 60_000), ("s", 1_000))
_TEXT_MAX: Final = 60


def duration(ms: int) -> str:
    """``5 min``, ``24 h 10 min``, ``5 min + 1 ms``, ``24 h - 1 ms``, ``1,234 ms``."""
    if ms < 0:
        size = duration(-ms)
        return f"-({size})" if "+" in size or "-" in size else f"-{size}"
    for off, suffix in ((0, ""), (1, " + 1 ms"), (-1, " - 1 ms")):
        if ms - off > 0 and (ms - off) % 1000 == 0:
            return _round(ms - off) + suffix
    return f"{ms:,} ms"


def _round(ms: int) -> str:
    parts = []
    for unit, size in _UNITS:
        count, ms = divmod(ms, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts)


def instant(offset_ms: int) -> str:
    """A time since the start: ``0``, ``+5 min``."""
    if offset_ms == 0:
        return "0"
    return duration(offset_ms) if offset_ms < 0 else f"+{duration(offset_ms)}"


def count(number: int, thing: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def text(value: str) -> str:
    """A text in quotes; a long one by its beginning and its size."""
    if len(value) <= _TEXT_MAX:
        return _quoted(value)
    size = f"{len(value.encode('utf-8', 'surrogatepass')):,} bytes"
    if value == value[0] * len(value):
        letters = f"{_quoted(value[0])} × {len(value):,}"
        return letters if value.isascii() else f"{letters} ({size})"
    return f"{_quoted(value[:20])}… ({size})"


def visible(frame: str) -> str:
    """A frame as it is, but for letters that nobody could see: they are named. An escape would
    look like one of JSON's."""
    return "".join(
        [letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in frame]
    )


def stream(name: Any) -> str:
    """A stream by its name; an id of no stream, or no id at all, as a value."""
    return name if isinstance(name, str) and name.isidentifier() else value(name)


def command(value: Command) -> str:
    """The command as a line of the program, in the names of the Python class."""
    match value:
        case Start(name, request):
            return f"{stream(name)} = start({text(request)})"
        case Store(name, body):
            return f"store_chunk({stream(name)}, {text(body)})"
        case Burst(name, body, chunks):
            last = f" … {text(f'{body}{chunks - 1}')}" if chunks > 1 else ""
            bodies = f"{text(body + '0')}{last}"
            return f"store_chunk({stream(name)}, {bodies})  # {count(chunks, 'chunk')}"
        case Flush():
            return "flush_buffer()"
        case Complete(name):
            return f"complete({stream(name)})"
        case MarkError(name):
            return f"mark_error({stream(name)})"
        case Replay(request):
            return f"replay_chunks(socket, {text(request)})"
        case ReplayToDeadSocket(request, frames_taken):
            taken = count(frames_taken, "frame")
            return f"replay_chunks(socket that dies after {taken}, {text(request)})"
        case ReplayWhileSending(request, call, at_frame):
            around = f"replay_chunks(socket, {text(request)})"
            return f"{around}, and inside send of frame {at_frame + 1}: {command(call)}"
        case Restart():
            return "the process is killed, and starts again"
        case Reopen():
            return "the database is closed, and opened again"
        case Restore():
            return "restore()"
        case ClearAll():
            return "clear_all()"
        case Destroy():
            return "destroy()"
        case InsertStale(name, request, age_ms):
            return f"insert_stale_stream({stream(name)}, {text(request)}, {duration(age_ms)})"
        case Advance(ms):
            return f"the clock {'moves on' if ms >= 0 else 'is set back'}: {duration(abs(ms))}"
        case WhileDiskFails(call, rows_written):
            return f"{command(call)}, while the disk fails after {count(rows_written, 'row')}"
        case InTransaction(call):
            return f"{command(call)}, inside a transaction of the caller's"
        case KillDuring(call, statements_run):
            ran = count(statements_run, "SQL statement")
            return f"{command(call)}, killed after {ran}; the process starts again"
        case WhileFaulty(call, fault, let_through):
            return f"{command(call)}, while {_fault(fault, let_through)}"
        case CutPower(kept):
            return f"{_loss(kept)}, and starts again"
        case CutPowerDuring(call, changes_made, kept):
            made = count(changes_made, "change")
            return f"{command(call)}; after {made} to its files {_loss(kept)}, and starts again"


def _fault(fault: Fault, let_through: int) -> str:
    lasts = " and all later ones" if fault.endswith("_on") else ""
    return _FAULTS[fault.removesuffix("_on")].format(let_through + 1) + lasts


_FAULTS: Final = {
    "io_error": "call {} of the disk is an I/O error",
    "full": "write {} finds the disk full",
    "busy": "lock {} is held by another",
    "interrupt": "tick {} of SQLite's progress interrupts it",
    "denied": "the authorizer denies action {}",
}


def _loss(kept: str) -> str:
    if kept == "all":
        return "the process is killed"
    return f"the machine loses its power (kept of what was not synced: {kept})"


def value(thing: Any) -> str:
    """Anything else that is observed, on one line."""
    if isinstance(thing, str):
        return text(thing)
    if isinstance(thing, tuple | list):
        return f"({', '.join([value(part) for part in thing])})"
    return repr(thing)


def _quoted(value: str) -> str:
    """Like Python's literal, but always in double quotes unless that needs escapes."""
    plain = repr(value)
    return f'"{value}"' if plain == f"'{value}'" and '"' not in value else plain
